"""Requests of MLflow's REST API, as its own Python client sends them."""

from __future__ import annotations

import json
from typing import Any

from benchmarks.load import ask, post, post_json

PREFIX = "/api/2.0/mlflow"


def create_run(start_ms: int, tags: tuple[tuple[str, str], ...] = ()) -> bytes:
    document = {"experiment_id": "0", "start_time": start_ms, "tags": _pairs(tags)}
    return post_json(f"{PREFIX}/runs/create", document)


def finish_run(run_id: str, end_ms: int) -> bytes:
    return post_json(f"{PREFIX}/runs/update", {"run_id": run_id, "status": "FINISHED", "end_time": end_ms})


def log_metric(run_id: str, key: str, value: float, timestamp_ms: int, step: int) -> bytes:
    document = {"run_id": run_id, "key": key, "value": value, "timestamp": timestamp_ms, "step": step}
    return post_json(f"{PREFIX}/runs/log-metric", document)


def metrics_json(points: list[tuple[str, float, int, int]]) -> bytes:
    """Points of (key, value, timestamp ms, step) as the `metrics` of a log-batch."""
    metrics = [{"key": k, "value": v, "timestamp": t, "step": s} for k, v, t, s in points]
    return json.dumps(metrics, separators=(",", ":")).encode()


def log_batch(run_id: str, metrics: bytes, params: tuple[tuple[str, str], ...] = ()) -> bytes:
    """A log-batch around metrics that `metrics_json` has written before."""
    params_json = json.dumps(_pairs(params), separators=(",", ":"))
    head = f'{{"run_id":"{run_id}","params":{params_json},"tags":[],"metrics":'.encode()
    return post(f"{PREFIX}/runs/log-batch", head + metrics + b"}")


def search_runs(
    *, filter_string: str = "", order_by: tuple[str, ...] = (), max_results: int = 50, page_token: str = ""
) -> bytes:
    document: dict[str, Any] = {"experiment_ids": ["0"], "max_results": max_results, "run_view_type": "ACTIVE_ONLY"}
    if filter_string:
        document["filter"] = filter_string
    if order_by:
        document["order_by"] = list(order_by)
    if page_token:
        document["page_token"] = page_token
    return post_json(f"{PREFIX}/runs/search", document)


def new_run_id(port: int, start_ms: int) -> str:
    return run_id_of(ask(port, create_run(start_ms)).body)


def run_id_of(body: bytes) -> str:
    run_id: str = json.loads(body)["run"]["info"]["run_id"]
    return run_id


def run_ids(port: int, n_runs: int) -> list[str]:
    """The newest runs of the experiment 0."""
    reply = json.loads(ask(port, search_runs(max_results=n_runs)).body)
    return [run["info"]["run_id"] for run in reply["runs"]]


def _pairs(items: tuple[tuple[str, str], ...]) -> list[dict[str, str]]:
    return [{"key": key, "value": value} for key, value in items]
