"""What rights and the audit add to a call: the same calls to two servers in this process, one of them with users.

    python -m benchmarks.rights [--n-grants 10000] [--n-calls 3000]

Calls go straight to the application, without sockets, and what is compared is the processor's time of all threads: the
server's own work, whatever else the machine does.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import statistics
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path
from time import process_time
from typing import Any

from starlette.applications import Starlette

from runfold.artifacts.local import LocalArtifacts
from runfold.config import ServerSettings, StoreSettings
from runfold.domain.access import Grant, Place, PlaceKind, Role, Subject, SubjectKind
from runfold.domain.run import NewRun
from runfold.server import create_app
from runfold.stores.sql.store import SqlStore

ROUNDS = 7


class Server:
    """An application with a run to log to; with users, a contributor of the experiment calls."""

    def __init__(self, folder: Path, *, auth: bool, n_grants: int) -> None:
        self.store = SqlStore(f"sqlite:///{folder}/runfold.db", StoreSettings(durability="process"))
        self.app: Starlette = create_app(ServerSettings(auth=auth), self.store, LocalArtifacts(folder / "files"))
        self.headers = [(b"host", b"localhost"), (b"content-type", b"application/json")]
        # As many experiments as grants on both, so that searches look through the same.
        ids = [self.store.create_experiment(f"team/{number}") for number in range(max(1, n_grants))]
        self.experiment_id = ids[0]
        self.run_id = self.store.create_run(NewRun(experiment_id=ids[0])).info.run_id
        if auth:
            self.store.create_user("ann", password="correct horse battery")
            subject = Subject(SubjectKind.USER, "ann")
            for experiment_id in ids:
                place = Place(PlaceKind.EXPERIMENT, experiment_id)
                self.store.set_grant(Grant(subject=subject, place=place, role=Role.CONTRIBUTOR))
            secret = self.store.create_token("ann", scope=Role.CONTRIBUTOR).secret
            self.headers.append((b"authorization", f"Bearer {secret}".encode()))

    async def call(self, path: str, body: bytes) -> None:
        scope: dict[str, Any] = {
            "type": "http",
            "method": "POST",
            "path": path,
            "query_string": b"",
            "headers": self.headers,
            "client": ("127.0.0.1", 1),
        }
        answer: list[Any] = []

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message: Any) -> None:
            answer.append(message)

        await self.app(scope, receive, send)
        if answer[0]["status"] != 200:
            raise RuntimeError(f"{path} answered {answer[0]['status']}: {answer[1]['body']!r}")


def works(n_calls: int) -> dict[str, tuple[int, Callable[[Server, int], Awaitable[None]]]]:
    """By name: how many calls, and one of them."""

    async def log_metric(server: Server, number: int) -> None:
        body = {"run_id": server.run_id, "key": "loss", "value": 1.0, "timestamp": number, "step": number}
        await server.call("/api/2.0/mlflow/runs/log-metric", json.dumps(body).encode())

    async def log_batch(server: Server, number: int) -> None:
        metrics = [{"key": "loss", "value": 1.0, "timestamp": n, "step": number * 1000 + n} for n in range(1000)]
        await server.call(
            "/api/2.0/mlflow/runs/log-batch", json.dumps({"run_id": server.run_id, "metrics": metrics}).encode()
        )

    async def search_experiments(server: Server, number: int) -> None:
        await server.call("/api/2.0/mlflow/experiments/search", b'{"max_results": 100}')

    async def search_runs(server: Server, number: int) -> None:
        body = {"experiment_ids": [server.experiment_id], "filter": "metrics.loss > 0", "max_results": 50}
        await server.call("/api/2.0/mlflow/runs/search", json.dumps(body).encode())

    return {
        "log-metric": (n_calls, log_metric),
        "log-batch of 1000": (n_calls // 20, log_batch),
        "experiments/search": (n_calls // 20, search_experiments),
        "runs/search": (n_calls // 20, search_runs),
    }


async def measure(servers: dict[str, Server], n_calls: int, in_parallel: int) -> None:
    for name, (n, work) in works(n_calls).items():
        took: dict[str, list[float]] = {kind: [] for kind in servers}
        for round_number in range(ROUNDS):
            for kind, server in servers.items():  # in turn, so that what else the machine does hits both
                started = process_time()
                for first in range(0, n, in_parallel):
                    numbers = range(round_number * n + first, round_number * n + min(n, first + in_parallel))
                    await asyncio.gather(*(work(server, number) for number in numbers))
                took[kind].append((process_time() - started) / n)
        open_ms, auth_ms = (statistics.median(took[kind]) * 1000 for kind in ("open", "with users"))
        print(f"{name:22} open {open_ms:8.4f} ms   with users {auth_ms:8.4f} ms   {auth_ms / open_ms - 1:+.1%}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--n-grants", type=int, default=10_000)
    parser.add_argument("--n-calls", type=int, default=3000)
    parser.add_argument("--in-parallel", type=int, default=16)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        servers = {}
        for kind, auth in (("open", False), ("with users", True)):
            place = Path(folder) / kind.replace(" ", "-")
            place.mkdir()
            servers[kind] = Server(place, auth=auth, n_grants=chosen.n_grants)
        asyncio.run(measure(servers, chosen.n_calls, chosen.in_parallel))
        for server in servers.values():
            server.store.close()


if __name__ == "__main__":
    main()
