"""Logs made runs into an Aim repository; run in Aim's environment."""

from __future__ import annotations

import sys

from aim import Run

from benchmarks.dataset import METRICS, made_runs


def load(repository: str, n_runs: int) -> None:
    for made in made_runs(n_runs):
        run = Run(repo=repository, experiment="many", system_tracking_interval=None, log_system_params=False)
        run.name = made.name
        run["hparams"] = dict(made.params)
        for key, value in zip(METRICS, made.metrics, strict=True):
            run.track(value, name=key, step=0)
        run.close()


if __name__ == "__main__":
    load(sys.argv[1], int(sys.argv[2]))
