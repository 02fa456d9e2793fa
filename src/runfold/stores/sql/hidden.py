"""Datasets that must not be told of in what a connection reads.

As a connection is told its workspace, it is told what to leave out: whatever loads a record or looks for one then does,
whichever call it is for. Names hold in the workspace of the experiment that a dataset is recorded in, or of the
registered model whose card has it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import msgspec
import sqlalchemy as sa

from runfold.domain.dataset_access import NOTHING_HIDDEN, HiddenDatasets
from runfold.stores.sql.tables import experiments, workspaces
from runfold.stores.sql.transaction import chunks

_OPTION = "runfold_hidden_datasets"
_AT_A_TIME = 500
_NO_NAMES: frozenset[str] = frozenset()


@contextmanager
def hiding(connection: sa.Connection, hidden: HiddenDatasets) -> Iterator[None]:
    """Have `hidden_of` answer these for a while."""
    connection.execution_options(**{_OPTION: hidden})
    try:
        yield
    finally:
        connection.execution_options(**{_OPTION: NOTHING_HIDDEN})


def hidden_of(connection: sa.Connection) -> HiddenDatasets:
    found: HiddenDatasets = connection.get_execution_options().get(_OPTION, NOTHING_HIDDEN)
    return found


class Unseen(msgspec.Struct, frozen=True, kw_only=True):
    """What is hidden in the experiments that are looked at.

    Attributes:
        names: of datasets, by the number of the experiment; experiments with none are left out.
        is_everywhere: they are the same in all experiments that are looked at.
    """

    names: dict[int, frozenset[str]] = {}
    is_everywhere: bool = False

    def __bool__(self) -> bool:
        return bool(self.names)

    def of(self, experiment: int) -> frozenset[str]:
        return self.names.get(experiment, _NO_NAMES)


NOTHING_UNSEEN = Unseen()


def unseen_in(connection: sa.Connection, looked_at: Iterable[int]) -> Unseen:
    """What is hidden in these experiments, by their numbers."""
    hidden = hidden_of(connection)
    if not hidden:
        return NOTHING_UNSEEN
    asked = sorted(set(looked_at))
    found: dict[int, frozenset[str]] = {}
    for some in chunks(asked, _AT_A_TIME):
        lies_in = sa.select(experiments.c.id, workspaces.c.name).join(
            workspaces, workspaces.c.id == experiments.c.workspace
        )
        concerned = lies_in.where(experiments.c.id.in_(some), workspaces.c.name.in_(sorted(hidden.names)))
        found.update((number, hidden.in_workspace(name)) for number, name in connection.execute(concerned))
    if not found:
        return NOTHING_UNSEEN
    return Unseen(names=found, is_everywhere=len(found) == len(asked) and len(set(found.values())) == 1)
