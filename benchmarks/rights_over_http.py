"""What users cost over HTTP: two real servers on one store of many runs, one asks who calls, the other does not.

    python -m benchmarks.rights_over_http [--n-runs 1000000] [--n-grants 10000] [--n-workspaces 0]
        [--engine sqlite] [--folder FOLDER]

The caller has a role on `n_grants` experiments, one of which holds all the runs. The others lie in the default
workspace and in as many more as are asked for, on each of which the caller has a role, too. The servers take turns,
round by round, so that what else the machine does hits both. A folder that is given is kept, and its store used again.
"""

from __future__ import annotations

import argparse
import json
import secrets
import statistics
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.load import alone, ask, drive, post_json
from benchmarks.machine import describe_machine
from benchmarks.peers.rows_to_postgresql import copy_store, postmaster_of, temporary_database
from benchmarks.peers.runfold_loader import load
from benchmarks.processes import Server, free_port, serving, tree_cpu_s
from runfold.config import StoreSettings
from runfold.domain.access import Grant, Place, PlaceKind, Role, Subject, SubjectKind
from runfold.stores.sql.store import SqlStore

ROUNDS = 9
_EXPERIMENT = "0"


@dataclass(frozen=True)
class Caller:
    server: Server
    authorization: str
    postmaster: int | None = None

    def cpu_s(self) -> float:
        """Of the server and the database, which works for nobody else while this one's turn is."""
        return self.server.cpu_s() + (tree_cpu_s(self.postmaster) if self.postmaster else 0.0)

    def signed(self, request: bytes) -> bytes:
        return request.replace(b"\r\n\r\n", self.authorization.encode() + b"\r\n\r\n", 1)

    def new_run(self) -> str:
        made = ask(self.server.port, self.signed(_mlflow("runs/create", experiment_id=_EXPERIMENT)))
        return str(json.loads(made.body)["run"]["info"]["run_id"])


def _mlflow(call: str, **fields: object) -> bytes:
    return post_json(f"/api/2.0/mlflow/{call}", fields)


def works(other_experiments: list[str]) -> dict[str, tuple[int, int, Callable[[str, int], bytes]]]:
    """By name: how many calls in a round, on how many connections, and one of them for a run."""

    def log_metric(run_id: str, number: int) -> bytes:
        return _mlflow("runs/log-metric", run_id=run_id, key="loss", value=0.5, timestamp=number, step=number)

    def log_batch(run_id: str, number: int) -> bytes:
        points = [{"key": "loss", "value": 0.5, "timestamp": n, "step": number * 1000 + n} for n in range(1000)]
        return _mlflow("runs/log-batch", run_id=run_id, metrics=points)

    def first_page(run_id: str, number: int) -> bytes:
        return _mlflow("runs/search", experiment_ids=[_EXPERIMENT], max_results=50)

    def filtered(run_id: str, number: int) -> bytes:
        wanted = f"metrics.accuracy > 0.9{number % 10} AND params.optimizer = 'adam'"
        return _mlflow("runs/search", experiment_ids=[_EXPERIMENT], filter=wanted, max_results=50)

    def across(run_id: str, number: int) -> bytes:
        return _mlflow("runs/search", experiment_ids=[_EXPERIMENT, *other_experiments[:1000]], max_results=50)

    def experiments(run_id: str, number: int) -> bytes:
        return _mlflow("experiments/search", max_results=100)

    return {
        "log-metric": (300, 1, log_metric),
        "log-metric, 16 connections": (1600, 16, log_metric),
        "log-batch of 1000": (40, 1, log_batch),
        "runs/search, first page": (60, 1, first_page),
        "runs/search, metric and param": (60, 1, filtered),
        "runs/search over 1001 experiments": (20, 1, across),
        "experiments/search": (60, 1, experiments),
    }


def prepare(store: SqlStore, n_grants: int, n_workspaces: int) -> str:
    """Experiments, an account with a role on each, and a token of it; as many as are there already are left."""
    if store.find_user("ann") is None:
        store.create_user("ann", password="correct horse battery")
        names = [f"tenant-{number}" for number in range(n_workspaces)]
        for name in names:
            store.create_workspace(name)
        inside = [store, *(store.in_workspace(name) for name in names)]
        ids = [inside[n % len(inside)].create_experiment(f"team/{n}") for n in range(n_grants - 1 - n_workspaces)]
        places = [Place(PlaceKind.EXPERIMENT, experiment_id) for experiment_id in (_EXPERIMENT, *ids)]
        for place in (*places, *(Place(PlaceKind.WORKSPACE, name) for name in names)):
            store.set_grant(Grant(subject=Subject(SubjectKind.USER, "ann"), place=place, role=Role.CONTRIBUTOR))
    return store.create_token("ann", scope=Role.CONTRIBUTOR).secret


def made_store(folder: Path, n_runs: int) -> str:
    database = folder / "records.db"
    address = f"sqlite:///{database}"
    if not database.exists():
        SqlStore(address, StoreSettings()).close()
        load(database, n_runs)
    return address


def measure(callers: dict[str, Caller], n_experiments: int) -> Iterator[tuple[str, list[float]]]:
    """Yields a row: median milliseconds and CPU milliseconds of a call, for both."""
    for name, (n, connections, request) in works([str(number) for number in range(1, n_experiments)]).items():
        latency: dict[str, list[float]] = {kind: [] for kind in callers}
        cpu: dict[str, list[float]] = {kind: [] for kind in callers}
        runs = {kind: caller.new_run() for kind, caller in callers.items()}
        for round_number in range(ROUNDS + 1):
            for kind, caller in callers.items():
                numbers = range(round_number * n, (round_number + 1) * n)
                asked = [caller.signed(request(runs[kind], number)) for number in numbers]
                before_s = caller.cpu_s()
                outcome = drive(caller.server.port, map(alone, asked), connections=connections, at_most_s=120)
                if outcome.failed:
                    raise RuntimeError(f"{outcome.failed} of {n} calls of {name!r} were refused")
                if round_number:  # the first one warms up
                    latency[kind].append(statistics.median(outcome.latencies_ms))
                    cpu[kind].append((caller.cpu_s() - before_s) / n * 1000)
        yield name, [statistics.median(values[kind]) for values in (latency, cpu) for kind in callers]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--n-runs", type=int, default=1_000_000)
    parser.add_argument("--n-grants", type=int, default=10_000)
    parser.add_argument("--n-workspaces", type=int, default=0)
    parser.add_argument("--engine", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--folder", type=Path)
    chosen = parser.parse_args()
    with ExitStack() as stack:
        folder = chosen.folder or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        folder.mkdir(parents=True, exist_ok=True)
        address, postmaster = made_store(folder, chosen.n_runs), None
        if chosen.engine == "postgresql":
            copied = stack.enter_context(temporary_database())
            SqlStore(copied, StoreSettings()).close()
            copy_store(folder / "records.db", copied)
            address, postmaster = copied, postmaster_of(copied)
        store = SqlStore(address, StoreSettings())
        secret = prepare(store, chosen.n_grants, chosen.n_workspaces)
        store.close()
        callers = {
            kind: stack.enter_context(calling(kind, folder, address, secret, postmaster)) for kind in ("open", "users")
        }
        print(describe_machine())
        size = f"{chosen.n_runs:,} runs, {chosen.n_grants:,} grants, {chosen.n_workspaces} more workspaces"
        print(f"{chosen.engine}, {size}; medians of {ROUNDS} rounds\n")
        print("| call | ms open | ms with users | | CPU ms open | CPU ms with users | |")
        print("| --- | --- | --- | --- | --- | --- | --- |")
        n_experiments = chosen.n_grants - chosen.n_workspaces
        for name, (open_ms, users_ms, open_cpu, users_cpu) in measure(callers, n_experiments):
            more = f"{users_ms - open_ms:+.3f} ms, {users_ms / open_ms - 1:+.1%}"
            more_cpu = f"{users_cpu / open_cpu - 1:+.1%}"
            cells = (name, f"{open_ms:.3f}", f"{users_ms:.3f}", more, f"{open_cpu:.3f}", f"{users_cpu:.3f}", more_cpu)
            print(f"| {' | '.join(cells)} |", flush=True)


@contextmanager
def calling(kind: str, folder: Path, address: str, secret: str, postmaster: int | None) -> Iterator[Caller]:
    """A server that asks nobody, or everybody, and who calls it."""
    port, data = free_port(), folder / f"{kind}-{secrets.token_hex(4)}"
    data.mkdir()
    command = [sys.executable, "-m", "runfold", "server", "--host", "127.0.0.1", "--port", str(port)]
    command += ["--store", address, "--artifacts", str(data / "files")]
    signed = ""
    if kind == "users":
        command.append("--auth")
        signed = f"\r\nAuthorization: Bearer {secret}"
    with serving(command, port=port, data=data, environment={}, health_path="/health") as server:
        yield Caller(server, signed, postmaster)


if __name__ == "__main__":
    main()
