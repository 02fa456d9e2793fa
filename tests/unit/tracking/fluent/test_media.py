from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image

import runfold
from runfold.errors import InvalidValue, NotFound
from runfold.tracking.active_run import ActiveRun

pytestmark = pytest.mark.usefixtures("workspace")


@pytest.fixture
def run() -> Iterator[ActiveRun]:
    with runfold.start_run() as run:
        yield run


def fetch(run: ActiveRun, path: str) -> Path:
    return Path(runfold.download_artifacts(run_id=run.info.run_id, artifact_path=path))


@pytest.mark.parametrize(
    ("pixels", "expected"),
    [
        (np.full((2, 3), 200, np.uint8), 200),
        (np.full((2, 3, 1), 1.0), 255),
        (np.ones((2, 3), bool), 255),
        (np.full((2, 3, 3), 7), (7, 7, 7)),
        (Image.new("RGBA", (3, 2), (1, 2, 3, 4)), (1, 2, 3, 4)),
    ],
)
def test_an_image_is_kept_as_it_is(run: ActiveRun, pixels: object, expected: object) -> None:
    runfold.log_image(pixels, "image.png")

    with Image.open(fetch(run, "image.png")) as image:
        assert image.size == (3, 2)
        assert image.getpixel((0, 0)) == expected


@pytest.mark.parametrize("pixels", [np.zeros(3), np.zeros((2, 2, 2)), np.full((2, 2), 1.5), np.full((2, 2), 256)])
def test_what_is_no_image_is_refused(run: ActiveRun, pixels: object) -> None:
    with pytest.raises(InvalidValue):
        runfold.log_image(pixels, "image.png")


def test_a_series_of_images_has_the_names_that_mlflow_reads(run: ActiveRun) -> None:
    runfold.log_image(np.zeros((300, 400), np.uint8), key="val/sample", step=3, timestamp=1234)

    names = [file.path for file in runfold.list_artifacts(run.info.run_id, "images")]
    pattern = r"images/val#sample%step%3%timestamp%1234%[g-z][0-9a-f-]{35}"
    assert len(names) == 2
    assert re.fullmatch(pattern + r"%compressed\.webp", names[0])
    assert re.fullmatch(pattern + r"\.png", names[1])
    with Image.open(fetch(run, names[0])) as small:
        assert small.size == (256, 192)
    assert runfold.get_run(run.info.run_id).data.tags["mlflow.loggedImages"] == "True"


def test_an_image_needs_one_place() -> None:
    with pytest.raises(InvalidValue):
        runfold.log_image(np.zeros((2, 2)))
    with pytest.raises(InvalidValue):
        runfold.log_image(np.zeros((2, 2)), "a.png", key="a")


def test_rows_are_added_to_a_table(run: ActiveRun) -> None:
    runfold.log_table({"question": ["1+1", "2+2"], "answer": [2, np.int64(4)]}, "answers.json")
    runfold.log_table(pd.DataFrame({"question": ["3+3"], "score": [0.5]}), "answers.json")

    assert json.loads(fetch(run, "answers.json").read_text()) == {
        "columns": ["question", "answer", "score"],
        "data": [["1+1", 2, None], ["2+2", 4, None], ["3+3", None, 0.5]],
    }
    tag = runfold.get_run(run.info.run_id).data.tags["mlflow.loggedArtifacts"]
    assert json.loads(tag) == [{"path": "answers.json", "type": "table"}]


def test_rows_are_added_to_the_table_of_an_earlier_process() -> None:
    with runfold.start_run() as first:
        runfold.log_table({"a": 1}, "t.json")
    with runfold.start_run(run_id=first.info.run_id):
        runfold.log_table({"a": 2}, "t.json")

    assert list(runfold.load_table("t.json", [first.info.run_id])["a"]) == [1, 2]


def test_tables_of_several_runs_come_as_one() -> None:
    for number in range(2):
        with runfold.start_run(run_name=f"run {number}"):
            runfold.log_table({"a": [number]}, "t.json")

    frame = runfold.load_table("t.json", extra_columns=["run_name"])
    assert sorted(zip(frame["a"], frame["run_name"], strict=True)) == [(0, "run 0"), (1, "run 1")]
    with pytest.raises(NotFound):
        runfold.load_table("other.json")


def test_what_is_no_table_is_refused(run: ActiveRun) -> None:
    with pytest.raises(InvalidValue, match=r"\.json"):
        runfold.log_table({"a": 1}, "t.csv")
    with pytest.raises(InvalidValue, match="equally long"):
        runfold.log_table({"a": [1, 2], "b": [1]}, "t.json")
    with pytest.raises(InvalidValue, match="list"):
        runfold.log_table([1, 2], "t.json")  # type: ignore[arg-type]
