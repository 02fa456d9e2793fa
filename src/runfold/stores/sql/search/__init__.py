"""Searches over records: the filter language as SQL, for both engines.

`values` turns one test of one value into SQL, `conditions` a whole filter, `ordering` an order and the place
of a page in it. `runs`, `groups`, `experiments`, `keys` and `datasets` answer the calls.
"""

from runfold.stores.sql.search.datasets import get_dataset, list_datasets, search_datasets
from runfold.stores.sql.search.experiments import search_experiments
from runfold.stores.sql.search.groups import group_runs, read_table
from runfold.stores.sql.search.keys import search_key_values, search_keys
from runfold.stores.sql.search.runs import changed_runs, search_runs

__all__ = [
    "changed_runs",
    "get_dataset",
    "group_runs",
    "list_datasets",
    "read_table",
    "search_datasets",
    "search_experiments",
    "search_key_values",
    "search_keys",
    "search_runs",
]
