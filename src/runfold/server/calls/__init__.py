"""What the calls of the table do, one module per resource.

A plain function may wait for the store and runs in a thread; a coroutine runs in the event loop and must not.
"""
