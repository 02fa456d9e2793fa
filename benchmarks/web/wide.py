"""An experiment of very many metric keys: what sweeps over models that name their layers leave behind."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import NamedTuple

from benchmarks.dataset import METRICS, MadeRun, made_runs

EXPERIMENT = 1
NAME = "wide"
OWN_KEYS = 30  # beside the ten that every run has


class WideRun(NamedTuple):
    run: MadeRun
    metrics: tuple[tuple[str, float], ...]


def key_names(n_keys: int) -> list[str]:
    """The ten usual keys, then those of layers."""
    return [*METRICS, *(f"layer{number // 100:03}/weight{number:05}" for number in range(n_keys - len(METRICS)))]


def wide_runs(n_runs: int, n_keys: int) -> Iterator[WideRun]:
    """Every key is used: run after run takes the next thirty, round and round. Ids differ from those of `made_runs`."""
    rng = random.Random(23)
    names = key_names(n_keys)[len(METRICS) :]
    for number, made in enumerate(made_runs(n_runs, seed=19)):
        run = MadeRun(
            f"f{made.run_id[1:]}", made.name, made.start_ms, made.end_ms, made.metrics, made.params, made.tags
        )
        own = (names[(number * OWN_KEYS + at) % len(names)] for at in range(OWN_KEYS))
        yield WideRun(run, (*zip(METRICS, made.metrics, strict=True), *((key, rng.random()) for key in own)))
