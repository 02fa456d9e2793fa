"""`make demo`: train, log, and open the server on what was logged."""

from __future__ import annotations

import argparse
import os
import socket
import sys
import time
from collections.abc import Callable
from pathlib import Path

from threadpoolctl import threadpool_limits

import runfold
from examples.demo import boosting, breast_cancer, colours, diabetes, digits_linear, digits_networks, wine

# A higher number makes `make demo` train anew beside what an older demo left.
VERSION = "2"
VERSION_TAG = "demo.version"
LESSONS = (digits_networks, digits_linear, diabetes, boosting, wine, breast_cancer, colours)


def main() -> None:
    arguments = parse_arguments()
    home = arguments.home.absolute()
    runfold.set_tracking_uri(str(home))
    port = arguments.port or free_port(5000)
    if arguments.again or not is_there():
        train_all()
    else:
        print(f"The runs of the demo are in {home} already; DEMO_ARGS=--again trains them once more.")
    say_where_to_look(home, port, serves=not arguments.no_serve)
    if not arguments.no_serve:
        serve(home, port)


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make demo", description=__doc__)
    parser.add_argument("--home", type=Path, default=Path(".runfold"), help="folder of the store [.runfold]")
    parser.add_argument("--port", type=int, default=0, help="port of the server [the first free one from 5000]")
    parser.add_argument("--again", action="store_true", help="train and log again, beside what is there")
    parser.add_argument("--no-serve", action="store_true", help="stop after logging")
    return parser.parse_args()


def is_there() -> bool:
    experiment = runfold.get_experiment_by_name(LESSONS[-1].EXPERIMENT)
    return experiment is not None and experiment.tags.get(VERSION_TAG) == VERSION


def train_all() -> None:
    # The matrices are small: handing pieces of them to several threads takes longer than multiplying them.
    with threadpool_limits(1):
        for lesson in LESSONS:
            train_one(lesson.EXPERIMENT, str(lesson.__doc__), lesson.train)


def train_one(experiment: str, description: str, train: Callable[[], None]) -> None:
    began = time.perf_counter()
    print(f"{experiment} ...", end=" ", flush=True)
    train()
    # The tag comes last: an experiment that was cut short is trained again.
    runfold.set_experiment_tags({"mlflow.note.content": description, VERSION_TAG: VERSION})
    n_runs = len(runfold.search_runs(experiment_names=[experiment], output_format="list"))
    print(f"{n_runs} runs in {time.perf_counter() - began:.1f} s")


def free_port(first: int) -> int:
    for port in range(first, first + 100):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    sys.exit(f"No port from {first} to {first + 99} is free; name one with --port.")


def say_where_to_look(home: Path, port: int, *, serves: bool) -> None:
    place = "" if home == Path.cwd() / ".runfold" else f" -u {home}"
    if serves:
        print(f"\n    http://127.0.0.1:{port}\n\nshows the runs in a browser from now on; Ctrl-C ends the server.")
    print(f"""
In a terminal (. .venv/bin/activate first):
    runfold experiments list{place}
    runfold search 'metrics.val/accuracy.max > 0.97' -e classification/ -o 'metrics.val/accuracy DESC'{place}
    runfold metrics plot mlp-64-lr0.001-seed1 -k loss -k val/accuracy{place}
    runfold runs list -e regression/diabetes/epochs{place}
    runfold models show diabetes-progression@champion{place}
    runfold run examples/elastic_net -P alpha=0.1 -x regression/diabetes/project{place}
""")


def serve(home: Path, port: int) -> None:
    """Become the server."""
    command = [
        str(Path(sys.executable).with_name("runfold")),
        *("server", "--port", str(port), "--agent-slots", "2"),
        *("--store", f"sqlite:///{home / 'runfold.db'}", "--artifacts", str(home / "artifacts")),
    ]
    sys.stdout.flush()
    os.execv(command[0], command)


if __name__ == "__main__":
    main()
