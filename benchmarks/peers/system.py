"""What the benchmarks need to know of a system that records runs."""

from __future__ import annotations

import os
from abc import ABC, abstractmethod
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from benchmarks.load import get
from benchmarks.sizes import Sizes


class SeriesPlan(NamedTuple):
    """Histories to load: the first `n_runs` made runs get one key, `loss`, of `n_points` points each."""

    n_runs: int
    n_points: int
    digits: int | None = None  # values are rounded to this many decimals; None keeps every bit of noise

    @property
    def label(self) -> str:
        return f"series-{self.n_runs}x{self.n_points}" + ("" if self.digits is None else f"-{self.digits}-digits")


class ClientVariant(NamedTuple):
    """One way to use a client.

    Attributes:
        n_calls: how often it is called: often enough to see its rare slow calls, in a time that can be waited for.
        options: for client_loop.py.
    """

    n_calls: Callable[[Sizes], int]
    options: tuple[str, ...] = ()


SERIES_KEY = "loss"


class System(ABC):
    """A tracking server with MLflow's REST API and a SQLite file, and how to run it."""

    name: str
    version: str
    module: str | None = None  # its Python client, with MLflow's function names
    environment: dict[str, str] = {}
    health_path = "/health"
    proxies_artifacts = True
    plans_without_statistics = False  # whether an ANALYZE of its database would change nothing

    @abstractmethod
    def install(self, home: Path) -> None:
        """Make its environment below `home`, if it is not there."""

    @abstractmethod
    def python(self) -> Path:
        """The interpreter that imports its client."""

    @abstractmethod
    def command(self, port: int, *, lean: bool) -> list[str]:
        """Serve the current folder on 127.0.0.1.

        Args:
            lean: One process and no background jobs, for work that comes over one connection. What a
                system starts by default is used for everything else.
        """

    @abstractmethod
    def database(self, data: Path) -> Path:
        """The SQLite file in a folder that this system has served."""

    @abstractmethod
    def load_runs(self, data: Path, n_runs: int) -> None:
        """Put `dataset.made_runs` into the experiment 0 of a folder that was served once."""

    @abstractmethod
    def load_series(self, data: Path, plan: SeriesPlan) -> None:
        """Put histories into the experiment 0 of a folder that was served once."""

    def client_environment(self) -> dict[str, str]:
        return {**os.environ, **self.environment}

    def client_variants(self) -> dict[str, ClientVariant]:
        """Ways to use its Python client, by the label that results carry."""
        return {}

    def embedded_uri(self, folder: Path) -> str:
        """The tracking URI of a store that the client opens itself."""
        return f"sqlite:///{folder}/records.db"

    def data_version(self) -> str:
        """Loaded folders are kept for as long as this stays the same."""
        return self.version

    def page_token(self, offset: int) -> str | None:
        """The token of the page that begins after `offset` runs; None when only the page before it can tell."""
        return None

    def chart_requests(self, run_ids: list[str], n_buckets: int) -> dict[str, bytes]:
        """Ways to ask for what a chart of `SERIES_KEY` draws, by the label that results carry."""
        return {self.name: sampled_history(run_ids, n_buckets)}


def sampled_history(run_ids: list[str], n_buckets: int) -> bytes:
    """MLflow's call for the charts of its UI."""
    runs = "&".join(f"run_ids={run_id}" for run_id in run_ids)
    path = "/api/2.0/mlflow/metrics/get-history-bulk-interval"
    return get(f"{path}?{runs}&metric_key={SERIES_KEY}&max_results={n_buckets}")
