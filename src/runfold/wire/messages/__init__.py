"""What requests and replies carry, one module per resource; no behaviour.

MLflow's messages come first in each module; those of `/api/runfold/v1` follow. A field with its default is left out
of a reply, as MLflow's servers do; fields without a default are always sent.
"""
