"""Whether a repeated run gave the same: of all metrics, point by point; and what was not the same to begin with."""

from __future__ import annotations

import enum
import math
from collections.abc import Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray

from runfold.domain.metric import Series
from runfold.domain.run import Run
from runfold.domain.states import RunStatus
from runfold.projects.digest import has_other_code
from runfold.projects.packages import PackageChange, changed_packages
from runfold.stores.base import SeriesStore
from runfold.tracking.session import Session

DEFAULT_TOLERANCE = 0.01
"""Relative difference of last values that still counts as noise."""
SYSTEM_METRICS = "system/"
VERDICT_TAG = "runfold.rerun.verdict"
_N_SHOWN = 8


class Verdict(enum.StrEnum):
    SAME = "same"
    WITHIN_NOISE = "within noise"
    DIFFERENT = "different"


class MetricVerdict(msgspec.Struct, frozen=True, kw_only=True):
    """
    Attributes:
        first, second: last values; None: the run lacks the metric.
        diverges_at: the first step at which the two differ; None: nowhere.
    """

    key: str
    verdict: Verdict
    first: float | None
    second: float | None
    diverges_at: int | None = None


class DatasetChange(msgspec.Struct, frozen=True, kw_only=True):
    """
    Attributes:
        first, second: digests, in order; none: the run did not use it.
    """

    name: str
    first: tuple[str, ...]
    second: tuple[str, ...]


class Comparison(msgspec.Struct, frozen=True, kw_only=True):
    """
    Attributes:
        metrics: those that differ first, the earliest divergence before others.
        datasets: whose digests are not the same in both, by name.
        packages: that are not installed in the same version in both, by name.
        is_other_code: the project, which has no commit, was changed in between.
        ends: how both ended, where only one of them finished; empty: alike.
    """

    verdict: Verdict
    metrics: tuple[MetricVerdict, ...]
    datasets: tuple[DatasetChange, ...] = ()
    packages: tuple[PackageChange, ...] = ()
    is_other_code: bool = False
    ends: tuple[RunStatus, ...] = ()


def judge(session: Session, first: Run, second: Run, *, tolerance: float = DEFAULT_TOLERANCE) -> Comparison:
    """Hold a repeated run against its origin, its data and packages included, and note the verdict with it."""
    compared = msgspec.structs.replace(
        compare_runs(session.store, first, second, tolerance=tolerance),
        packages=changed_packages(session, first, second),
        is_other_code=has_other_code(first, second),
    )
    session.store.set_tag(second.info.run_id, VERDICT_TAG, compared.verdict.value)
    return compared


def explain(compared: Comparison) -> tuple[str, ...]:
    """The verdict in lines for people, with what may explain it."""
    lines = []
    if compared.ends:
        first, second = compared.ends
        lines.append(f"The first run ended as {first.name}, this one as {second.name}.")
        if second is RunStatus.FAILED:
            lines.append("If it misses a file: a copy of a commit has none that git does not hold, such as data.")
    apart = [metric for metric in compared.metrics if metric.verdict is not Verdict.SAME]
    for metric in apart[:_N_SHOWN]:
        since = "" if metric.diverges_at is None else f", apart from step {metric.diverges_at}"
        lines.append(f"{metric.key}: {_shown(metric.first)} then, {_shown(metric.second)} now{since}.")
    if compared.is_other_code:
        lines.append("The code is not the same: the project's files were changed, and are in no commit.")
    if compared.datasets:
        named = [f"{one.name} {_digests(one.first)} -> {_digests(one.second)}" for one in compared.datasets[:_N_SHOWN]]
        lines.append(f"The data is not the same: {_listed(named, len(compared.datasets))}.")
    if compared.packages:
        named = [f"{one.name} {one.first or 'none'} -> {one.second or 'none'}" for one in compared.packages[:_N_SHOWN]]
        lines.append(f"Packages are not the same: {_listed(named, len(compared.packages))}.")
    return (*lines, f"Verdict: {compared.verdict.value}")


def _listed(shown: Sequence[str], n: int) -> str:
    return ", ".join(shown) + (f" and {n - len(shown)} more" if n > len(shown) else "")


def _digests(found: Sequence[str]) -> str:
    return " and ".join(digest[:12] for digest in found) or "none"


def _shown(value: float | None) -> str:
    return "nothing" if value is None else f"{value:.6g}"


def compare_runs(store: SeriesStore, first: Run, second: Run, *, tolerance: float = DEFAULT_TOLERANCE) -> Comparison:
    """Hold a repeated run against its origin.

    `same`: every point has the same step and value (times do not count). `within noise`: every last value lies within
    the tolerance of the first run's. Metrics of the system are left out. Where one of the two finished and the other
    failed or was killed, they are `different`, whatever they recorded.
    """
    keys = sorted(key for key in first.metrics.keys() | second.metrics.keys() if not key.startswith(SYSTEM_METRICS))
    series = {
        (found.run_id, found.key): found
        for found in store.get_series((first.info.run_id, second.info.run_id), keys)
        if keys
    }
    found = [
        _compare(key, series.get((first.info.run_id, key)), series.get((second.info.run_id, key)), tolerance)
        for key in keys
    ]
    rank = {verdict: number for number, verdict in enumerate(reversed(Verdict))}
    ordered = sorted(found, key=lambda m: (rank[m.verdict], math.inf if m.diverges_at is None else m.diverges_at))
    ends = _other_ends(first, second)
    worst = Verdict.DIFFERENT if ends else ordered[0].verdict if ordered else Verdict.SAME
    return Comparison(verdict=worst, metrics=tuple(ordered), datasets=_other_datasets(first, second), ends=ends)


def _other_ends(first: Run, second: Run) -> tuple[RunStatus, ...]:
    ends = first.info.status, second.info.status
    is_over = all(status in (RunStatus.FINISHED, RunStatus.FAILED, RunStatus.KILLED) for status in ends)
    return ends if is_over and ends.count(RunStatus.FINISHED) == 1 else ()


def _compare(key: str, first: Series | None, second: Series | None, tolerance: float) -> MetricVerdict:
    if first is None or second is None:
        return MetricVerdict(key=key, verdict=Verdict.DIFFERENT, first=_last(first), second=_last(second))
    steps, values = _by_step(first)
    other_steps, other_values = _by_step(second)
    diverges_at = _divergence(steps, values, other_steps, other_values)
    last, other_last = float(values[-1]), float(other_values[-1])
    if diverges_at is None:
        verdict = Verdict.SAME
    elif _is_near(last, other_last, tolerance):
        verdict = Verdict.WITHIN_NOISE
    else:
        verdict = Verdict.DIFFERENT
    return MetricVerdict(key=key, verdict=verdict, first=last, second=other_last, diverges_at=diverges_at)


def _by_step(series: Series) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Steps and values in the order of steps; the order of points that share a step stays."""
    steps, values = np.asarray(series.steps, np.int64), np.asarray(series.values, np.float64)
    order = np.argsort(steps, kind="stable")
    return steps[order], values[order]


def _last(series: Series | None) -> float | None:
    return None if series is None else float(_by_step(series)[1][-1])


def _divergence(
    steps: NDArray[np.int64],
    values: NDArray[np.float64],
    other_steps: NDArray[np.int64],
    other_values: NDArray[np.float64],
) -> int | None:
    n = min(len(steps), len(other_steps))
    same = (steps[:n] == other_steps[:n]) & (
        (values[:n] == other_values[:n]) | (np.isnan(values[:n]) & np.isnan(other_values[:n]))
    )
    if not same.all():
        return int(steps[:n][int(np.argmin(same))])
    if len(steps) != len(other_steps):
        longer = steps if len(steps) > len(other_steps) else other_steps
        return int(longer[n])
    return None


def _is_near(one: float, other: float, tolerance: float) -> bool:
    if math.isnan(one) or math.isnan(other):
        return math.isnan(one) and math.isnan(other)
    return math.isclose(one, other, rel_tol=tolerance)


def _other_datasets(first: Run, second: Run) -> tuple[DatasetChange, ...]:
    then, now = _digests_of(first), _digests_of(second)
    changes = (
        DatasetChange(name=name, first=then.get(name, ()), second=now.get(name, ()))
        for name in sorted(then.keys() | now.keys())
    )
    return tuple(change for change in changes if change.first != change.second)


def _digests_of(run: Run) -> dict[str, tuple[str, ...]]:
    """By name; one run may use several versions of a dataset, such as parts of it to train and to test."""
    found: dict[str, set[str]] = {}
    for use in run.datasets:
        found.setdefault(use.dataset.name, set()).add(use.dataset.digest)
    return {name: tuple(sorted(digests)) for name, digests in found.items()}
