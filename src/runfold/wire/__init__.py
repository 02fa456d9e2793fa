"""The HTTP contract, shared by the server and the REST store.

`endpoints` is the table of calls; `messages` what they carry; `convert` the bridge between messages and domain
values; `errors` the HTTP side of every error; `decode` reads requests as leniently as MLflow's servers do.
"""
