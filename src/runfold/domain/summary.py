"""Many runs at once: groups of them with means and spreads, and chosen fields as columns."""

from __future__ import annotations

import msgspec

from runfold.domain.ids import RunId


class Spread(msgspec.Struct, frozen=True, kw_only=True):
    """How the finite values of a metric lie in a group. All but `n` are None where there is no value.

    Attributes:
        sd: sample standard deviation (n - 1); None for fewer than two values.
        q1, median, q3: quartiles, linear between neighbours (Hyndman and Fan 1996, type 7; numpy's default).
    """

    n: int
    mean: float | None = None
    sd: float | None = None
    min: float | None = None
    q1: float | None = None
    median: float | None = None
    q3: float | None = None
    max: float | None = None


class RunGroup(msgspec.Struct, frozen=True, kw_only=True):
    """Runs that have the same values.

    Attributes:
        values: one for each field that the runs are grouped by; None: these runs have none.
        metrics: one for each metric that was asked for.
        run_ids: the newest of its runs, as many as were asked for.
    """

    values: tuple[str | None, ...]
    n_runs: int
    metrics: tuple[Spread, ...] = ()
    run_ids: tuple[RunId, ...] = ()


class RunGroups(msgspec.Struct, frozen=True, kw_only=True):
    """Groups of all runs that fit.

    Attributes:
        by: the fields of `RunGroup.values`, as the filter language writes them.
        n_groups: how many there are, those that are left out included.
        n_runs: how many runs they hold together.
    """

    by: tuple[str, ...]
    groups: tuple[RunGroup, ...]
    n_groups: int
    n_runs: int


class RunColumn(msgspec.Struct, frozen=True, kw_only=True):
    """A field of many runs; None where a run has no value."""

    field: str
    values: tuple[float | str | None, ...]


class RunTable(msgspec.Struct, frozen=True, kw_only=True):
    """Chosen fields of runs, column by column.

    Attributes:
        n_runs: how many runs fit; where more than were asked for, the rows are a random sample of them.
    """

    run_ids: tuple[RunId, ...]
    run_names: tuple[str, ...]
    columns: tuple[RunColumn, ...]
    n_runs: int
