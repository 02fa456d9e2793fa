"""Runs full of edge cases, for comparing a store's searches with their meaning in memory."""

import math
import random

from runfold.config import StoreSettings
from runfold.domain.dataset import Dataset, DatasetUse
from runfold.domain.metric import Metric
from runfold.domain.run import FinishedRun, NewRun, Run, RunBatch
from runfold.domain.states import RunStatus
from runfold.stores.sql.store import SqlStore

SETTINGS = StoreSettings(durability="process", fold_interval_s=3600)
EXPERIMENTS = ("0", "1")

METRIC_KEYS = ("loss", "val/acc", "a.max", "top: 5")
PARAM_KEYS = ("lr", "opt", "a b", "v1.0")
TAG_KEYS = ("team", "mlflow.note.content", "größe")
NUMBERS = (0.0, -0.0, 1.0, 0.5, 2.5, -3.0, 1e300, 5e-324, math.nan, math.inf, -math.inf)
TEXTS = (
    "",
    "a",
    "A",
    "b",
    "ab",
    "aB%",
    "a_b",
    "ä",
    "Ä",
    "Straße",
    "50%",
    "[a]",
    "a*b",
    "a?b",
    "x\\y",
    "a\nb",
    "ſ",
    "𝒳",
    "İ",
)
TEXTS += ("1", "1.0", "10", "9", "-0.5", " 1 ", "nan", "inf", "1e400", "z" * 300, "z" * 301)
NAMES = ("data", "Data", "d%")


def fill(store: SqlStore, *, seed: int, n_runs: int = 60) -> list[Run]:
    """Register runs in two experiments; returns them as the store reads them back one by one."""
    chance = random.Random(seed)
    if store.find_experiment_by_name("other") is None:
        store.create_experiment("other")
    run_ids: list[str] = []
    for number in range(n_runs):
        run_ids.append(_register(store, chance, f"run-{seed}-{number:03}", run_ids))
    for run_id in chance.sample(run_ids, n_runs // 6):
        store.delete_runs([run_id])
    return [store.get_run(run_id) for run_id in run_ids]


def _register(store: SqlStore, chance: random.Random, run_id: str, earlier: list[str]) -> str:
    def some(keys, values):
        return tuple((key, chance.choice(values)) for key in keys if chance.random() < 0.7)

    parent = chance.choice(earlier) if earlier and chance.random() < 0.4 else None
    points = [
        Metric(key, chance.choice(NUMBERS), chance.randrange(3), chance.randrange(-2, 3))
        for key, _ in some(METRIC_KEYS, (None,))
        for _ in range(chance.choice((1, 1, 3)))
    ]
    status = chance.choice(list(RunStatus))
    run = FinishedRun(
        run=NewRun(
            experiment_id=chance.choice(EXPERIMENTS),
            run_id=run_id,
            run_name=chance.choice(TEXTS[1:]),
            user_id=chance.choice(("", "ada", "Ada")),
            start_time_ms=chance.choice((0, 1000, 1000, 2000, 3000, 2**53 + 1)),
            tags=dict(some(TAG_KEYS, TEXTS)),
            parent_run_id=parent,
        ),
        status=status,
        end_time_ms=chance.choice((None, 500, 1500, 2**53 + 2)) if status.is_finished else None,
        batch=RunBatch(metrics=tuple(points), params=some(PARAM_KEYS, TEXTS)),
        datasets=tuple(_use(chance) for _ in range(chance.choice((0, 0, 1, 2)))),
    )
    return store.register_run(run).run.info.run_id


def _use(chance: random.Random) -> DatasetUse:
    dataset = Dataset(name=chance.choice(NAMES), digest=chance.choice("abc"), source_type="local", source="{}")
    context = chance.choice(({}, {"mlflow.data.context": "training"}, {"mlflow.data.context": "eval"}))
    return DatasetUse(dataset=dataset, tags=context, is_output=chance.random() < 0.3)
