"""The made-up records that all systems are given: deterministic, so that every system holds the same."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass

FIRST_START_MS = 1_700_000_000_000
METRICS = ("accuracy", "auc", "f1", "loss", "precision", "recall", "rmse", "time/epoch_s", "val/accuracy", "val/loss")
OPTIMIZERS = ("adam", "sgd", "adamw", "rmsprop")  # a filter on one keeps one run in four
_WORDS = ("baseline", "wider", "dropout", "augmented", "frozen", "warmup", "distilled", "cosine", "long", "retry")


@dataclass(frozen=True)
class MadeRun:
    """A finished run of 10 metrics, 10 params and 5 tags."""

    run_id: str
    name: str
    start_ms: int
    end_ms: int
    metrics: tuple[float, ...]  # in the order of METRICS, each in [0, 1)
    params: tuple[tuple[str, str], ...]
    tags: tuple[tuple[str, str], ...]


def made_runs(n_runs: int, *, seed: int = 7) -> Iterator[MadeRun]:
    """Runs of one experiment, a second apart. Their ids grow, which is the kind case for every B-tree."""
    rng = random.Random(seed)
    for i in range(n_runs):
        yield _made_run(i, rng)


def noisy_series(n_points: int, *, seed: int = 11, digits: int | None = None) -> Iterator[float]:
    """A falling loss with noise in it; all 53 bits of the mantissa are noisy unless rounded to `digits`."""
    rng = random.Random(seed)
    for i in range(n_points):
        value = 1.0 / (1.0 + i / 1000) + rng.random() / 10
        yield value if digits is None else round(value, digits)


def _made_run(i: int, rng: random.Random) -> MadeRun:
    start = FIRST_START_MS + 1000 * i
    name = f"{rng.choice(_WORDS)}-{i}"
    note = f"{rng.choice(_WORDS)} {rng.choice(_WORDS)} attempt {i}"
    return MadeRun(
        run_id=f"{i:012x}{rng.getrandbits(80):020x}",
        name=name,
        start_ms=start,
        end_ms=start + 60_000 + rng.randrange(3_600_000),
        metrics=tuple(rng.random() for _ in METRICS),
        params=(
            ("optimizer", OPTIMIZERS[i % 4]),
            ("lr", f"{10 ** -rng.uniform(1, 5):.6f}"),
            ("batch_size", str(16 << rng.randrange(5))),
            ("epochs", str(rng.randrange(1, 100))),
            ("dropout", f"{rng.random() / 2:.3f}"),
            ("depth", str(rng.randrange(2, 50))),
            ("width", str(64 * rng.randrange(1, 17))),
            ("seed", str(i)),
            ("dataset", f"corpus-{rng.randrange(50)}"),
            ("activation", rng.choice(("relu", "gelu", "tanh"))),
        ),
        tags=(
            ("mlflow.runName", name),
            ("mlflow.user", f"user-{i % 20}"),
            ("mlflow.source.name", "train.py"),
            ("team", ("vision", "speech", "text")[i % 3]),
            ("note", note),
        ),
    )
