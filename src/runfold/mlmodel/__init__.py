"""The folder format of models, as values: the `MLmodel` document, signatures, and what a pickle would do if loaded.

Pure: nothing here reads a file, imports a framework or executes anything, so servers and clients use it alike.
"""
