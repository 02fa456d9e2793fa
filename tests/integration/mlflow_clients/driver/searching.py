"""Searches of runs and experiments, their pages, and what is not there."""

from __future__ import annotations

import time

import mlflow
from mlflow.entities import ViewType
from ours import CLIENT, error_of, experiment, fresh, run_in


def play_search_experiments() -> object:
    prefix = fresh("find")
    ids = [CLIENT.create_experiment(f"{prefix}/{letter}", tags={"letter": letter}) for letter in "abcde"]
    CLIENT.delete_experiment(ids[4])
    like = f"name LIKE '{prefix}%'"

    def names(**how: object) -> list[str]:
        return [found.name.rpartition("/")[2] for found in mlflow.search_experiments(**how)]

    first = CLIENT.search_experiments(filter_string=like, max_results=3, order_by=["name ASC"])
    second = CLIENT.search_experiments(filter_string=like, max_results=3, order_by=["name ASC"], page_token=first.token)
    return {
        "active": names(filter_string=like, order_by=["name DESC"]),
        "deleted": names(filter_string=like, view_type=ViewType.DELETED_ONLY),
        "all": sorted(names(filter_string=like, view_type=ViewType.ALL)),
        "by tag": names(filter_string=f"{like} AND tags.letter = 'b'"),
        "default order": names(filter_string=like),
        "pages": [[found.name[-1] for found in page] for page in (first, second)],
        "last token": second.token or "",
        "bad filter": error_of(CLIENT.search_experiments, filter_string="nonsense ="),
    }


def play_search_runs() -> object:
    experiment_id, other = experiment(), experiment()
    for number in range(7):
        run_id = run_in(
            experiment_id,
            start_time=1000 + number,
            run_name=f"run-{number}",
            tags={"parity": ["even", "odd"][number % 2]},
        )
        CLIENT.log_param(run_id, "p", ["a", "b", "Ab"][number % 3])
        if number != 3:
            CLIENT.log_metric(run_id, "m", number / 10)
    CLIENT.delete_run(run_id)
    run_in(other, run_name="elsewhere", start_time=1)

    def names(filter_string: str = "", **how: object) -> list[str]:
        found = CLIENT.search_runs([experiment_id], filter_string, **how)
        return [run.info.run_name for run in found]

    pages, token = [], None
    while True:
        page = CLIENT.search_runs([experiment_id, other], max_results=3, page_token=token, order_by=["metrics.m ASC"])
        pages.append([run.info.run_name for run in page])
        token = page.token
        if not token:
            break
    return {
        "default": names(),
        "metric": names("metrics.m > 0.15"),
        "both": names("metrics.m >= 0.1 and params.p = 'b' and tags.parity != 'even'"),
        "like": names("params.p LIKE 'A%'"),
        "ilike": names("params.p ILIKE 'A%'"),
        "name": names("attributes.run_name = 'run-2'"),
        "name without prefix": names("run_name LIKE 'run-%'", order_by=["run_name DESC"]),
        "status": names("attributes.status = 'RUNNING'", order_by=["attributes.start_time ASC"]),
        "start": names("attributes.start_time >= 1004"),
        "in": names("params.p IN ('b', 'Ab')", order_by=["params.p", "start_time"]),
        "by metric": names(order_by=["metrics.m DESC"]),
        "by tag": names(order_by=["tags.parity DESC", "attributes.start_time ASC"]),
        "deleted": names(run_view_type=ViewType.DELETED_ONLY),
        "all": sorted(names(run_view_type=ViewType.ALL)),
        "pages": pages,
        "bad filter": error_of(names, "metrics.m >"),
        "bad order": error_of(names, order_by=["nonsense.m"]),
        "too many": error_of(names, max_results=50_001),
        "none": [run.info.run_name for run in CLIENT.search_runs([], "")],
        "fluent": [
            run.info.run_name
            for run in mlflow.search_runs([experiment_id], "metrics.m < 0.2", max_results=1, output_format="list")
        ],
    }


def play_paging_long_lists() -> object:
    experiment_id = experiment()
    for number in range(1, 26):
        run_in(experiment_id, start_time=number)
    seen, token = [], None
    while True:
        page = CLIENT.search_runs([experiment_id], max_results=10, page_token=token)
        seen += [run.info.start_time for run in page]
        token = page.token
        if not token:
            return seen


def play_what_is_not_there() -> object:
    """A client must learn at once that there is nothing, and not try again and again."""
    start = time.monotonic()
    code = error_of(CLIENT.get_registered_model, "absent")
    found = CLIENT.search_model_versions("name = 'absent'")
    return [code, len(found), time.monotonic() - start < 10]
