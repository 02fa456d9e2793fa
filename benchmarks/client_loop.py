"""A training loop as a client library sees it; run as a script in the environment of the library.

It prints one JSON document. Only the standard library and the client are imported, the client by the name given:
Runfold and MLflow share the names of their functions.
"""

from __future__ import annotations

import argparse
import importlib
import json
import resource
import time


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--module", required=True)
    parser.add_argument("--tracking-uri", default="")
    parser.add_argument("--calls", type=int, required=True)
    parser.add_argument("--asynchronous", action="store_true", help="MLflow's background queue")
    arguments = parser.parse_args()
    client = importlib.import_module(arguments.module)
    if arguments.tracking_uri:
        client.set_tracking_uri(arguments.tracking_uri)
    if arguments.asynchronous:
        client.config.enable_async_logging(True)
    client.set_experiment("loop")

    nanoseconds = []
    cpu_before, began = _cpu_s(), time.perf_counter()
    with client.start_run() as run:
        client.log_metric("warmup", 0.0, step=0)
        for step in range(arguments.calls):
            value = 1.0 / (step + 1)
            before = time.perf_counter_ns()
            client.log_metric("loss", value, step=step)
            nanoseconds.append(time.perf_counter_ns() - before)
        loop_s = time.perf_counter() - began
    cpu_s = _cpu_s() - cpu_before
    stored_s = time.perf_counter() - began
    stored = client.get_run(run.info.run_id).data.metrics["loss"]
    if stored != value:
        raise SystemExit(f"the run has ended, but its last point is {stored!r} and not {value!r}")
    nanoseconds.sort()
    report = {
        "p50_us": nanoseconds[len(nanoseconds) // 2] / 1e3,
        "p99_us": nanoseconds[int(len(nanoseconds) * 0.99)] / 1e3,
        "worst_us": nanoseconds[-1] / 1e3,
        "calls_per_s": arguments.calls / loop_s,
        "durable_points_per_s": arguments.calls / stored_s,
        "cpu_us_each": cpu_s / arguments.calls * 1e6,
    }
    print(json.dumps(report))


def _cpu_s() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


if __name__ == "__main__":
    main()
