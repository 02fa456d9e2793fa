"""What Runfold aims at. Results say whether a budget is met; nothing fails when it is not."""

from __future__ import annotations

from dataclasses import dataclass

from benchmarks.journal import Journal, medians
from benchmarks.quantities import QUANTITIES


@dataclass(frozen=True)
class Budget:
    """A bound on a quantity of Runfold's, absolute or as a ratio to another system in the same run."""

    work: str
    case: str | None  # None: every case of the work must hold it
    quantity: str
    at_most: float | None = None
    at_least: float | None = None
    against: str | None = None  # the system that a ratio is taken to, such as "mlflow"
    against_case: str | None = None  # a case of Runfold's own that a ratio is taken to


@dataclass(frozen=True)
class Verdict:
    budget: Budget
    measured: float  # of the worst case
    is_met: bool


_BATCH, _CLIENT = "log-batch", "log_metric in a training loop"
_MILLION, _HUNDRED_THOUSAND = "search in 1,000,000 runs", "search in 100,000 runs"
_FILTERED = "metric and param, ordered by the metric"

BUDGETS = (
    Budget(_CLIENT, None, "p50_us", at_most=5),
    Budget(_CLIENT, None, "p99_us", at_most=50),
    Budget(_BATCH, None, "points_per_s", at_least=100, against="mlflow"),
    Budget(_BATCH, None, "points_per_s", at_least=15, against="fasttrackml"),
    Budget(_BATCH, None, "cpu_s_per_million", at_most=2),
    Budget("log-metric", "16 connections", "requests_per_s", at_least=30, against="mlflow"),
    Budget("log-metric", "16 connections", "cpu_ms_each", at_most=0.3),
    Budget("create and log a run", None, "runs_per_s", at_least=30, against="mlflow"),
    Budget("create and log a run", None, "cpu_ms_each", at_most=1.5),
    Budget(_MILLION, _FILTERED, "p50_ms", at_most=30),
    Budget(_HUNDRED_THOUSAND, _FILTERED, "p50_ms", at_least=20, against="mlflow, analyzed"),
    Budget(_MILLION, "first page", "p50_ms", at_most=30),
    Budget(_MILLION, "page 50", "p50_ms", at_most=1.2, against_case="first page"),
    Budget(_MILLION, "two metrics, ordered by a third", "p50_ms", at_most=500),
    Budget(_MILLION, "tag LIKE without a match", "p50_ms", at_most=500),
    Budget("charts", "1 x 1,000,000 points", "p50_ms", at_most=60),
    Budget("charts", "100 x 10,000 points", "p50_ms", at_most=150),
    Budget("bytes per point", None, "bytes_per_point", at_most=12),
    Budget("start and idle", None, "first_answer_s", at_most=1),
    Budget("start and idle", None, "idle_pss_mib", at_most=100),
    Budget("import", None, "wall_ms", at_most=60),
    Budget("import", None, "modules", at_most=60),
    Budget("artifact through the server", None, "mib_per_s", at_least=0.6, against="nginx"),
    Budget("artifact through the server", None, "grown_mib", at_most=64),
    *(
        Budget("scoring", f"{model}, 1 row, {connections}", "requests_per_s", at_least=10, against="mlflow")
        for model in ("logistic", "forest", "xgboost")
        for connections in ("1 connection", "8 connections")
    ),
    *(
        Budget("scoring", f"{model}, 1000 rows, 1 connection", "p50_ms", at_most=1.5, against="direct")
        for model in ("logistic", "forest", "xgboost")
    ),
    Budget("first table after navigation", None, "first_ms", at_most=1000),
    Budget("first table after navigation", None, "script_bytes", at_most=300_000),
    Budget("scrolling the table", None, "page_ms", at_most=100),
    Budget("scrolling the table", None, "longest_task_ms", at_most=100),
    Budget("charts drawn", None, "draw_ms", at_most=300),
)


def verdicts(journal: Journal) -> list[Verdict]:
    """Each budget whose work and comparison were measured, in the order of BUDGETS."""
    return [verdict for budget in BUDGETS if (verdict := _judge(budget, journal))]


def _judge(budget: Budget, journal: Journal) -> Verdict | None:
    found = medians(journal.samples(budget.work))
    ratios = []
    for (case, system, quantity), value in found.items():
        if system != "runfold" or quantity != budget.quantity or budget.case not in (None, case):
            continue
        yardstick = 1.0
        if budget.against:
            yardstick = found.get((case, budget.against, quantity), 0.0)
        elif budget.against_case:
            yardstick = found.get((budget.against_case, system, quantity), 0.0)
        if not yardstick:
            return None
        # "At least 20 times MLflow" in milliseconds means a twentieth of its time.
        is_speedup = budget.against and budget.at_least and QUANTITIES[quantity].is_better_when_lower
        ratios.append(yardstick / value if is_speedup else value / yardstick)
    if not ratios:
        return None
    if budget.at_least is not None:
        worst = min(ratios)
        return Verdict(budget, worst, worst >= budget.at_least)
    assert budget.at_most is not None
    worst = max(ratios)
    return Verdict(budget, worst, worst <= budget.at_most)
