from __future__ import annotations

import io
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

import runfold
from runfold.errors import InvalidValue, NotFound
from runfold.tracking.active_run import ActiveRun

pytestmark = pytest.mark.usefixtures("workspace")


@pytest.fixture
def run() -> Iterator[ActiveRun]:
    with runfold.start_run() as run:
        yield run


def content(run: ActiveRun, path: str) -> str:
    return Path(runfold.download_artifacts(run_id=run.info.run_id, artifact_path=path)).read_text()


def paths(run: ActiveRun, folder: str = "") -> list[str]:
    return [file.path for file in runfold.list_artifacts(run.info.run_id, folder) if file.path != "runfold"]


def test_a_file_keeps_its_name(run: ActiveRun, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("hello")
    runfold.log_artifact(tmp_path / "a.txt")
    runfold.log_artifact(str(tmp_path / "a.txt"), "deep/folder")

    assert paths(run) == ["a.txt", "deep"]
    assert content(run, "deep/folder/a.txt") == "hello"


def test_a_folder_goes_under_its_name_or_not(run: ActiveRun, tmp_path: Path) -> None:
    (tmp_path / "model" / "data").mkdir(parents=True)
    (tmp_path / "model" / "data" / "weights").write_text("1")
    runfold.log_artifact(tmp_path / "model")
    runfold.log_artifacts(tmp_path / "model", "flat")

    assert paths(run, "model/data") == ["model/data/weights"]
    assert paths(run, "flat") == ["flat/data"]


@pytest.mark.parametrize("path", ["../evil", "/etc/passwd", "a//b", "", "a/../../b"])
def test_a_path_that_leads_elsewhere_is_refused(run: ActiveRun, path: str) -> None:
    with pytest.raises(InvalidValue):
        runfold.log_text("x", path)


def test_what_is_not_there_is_refused(run: ActiveRun) -> None:
    with pytest.raises(InvalidValue, match="no file or folder"):
        runfold.log_artifact("nowhere.txt")
    with pytest.raises(InvalidValue, match="no folder"):
        runfold.log_artifacts("nowhere")
    with pytest.raises(NotFound):
        runfold.download_artifacts(run_id=run.info.run_id, artifact_path="nowhere")


def test_texts_and_dictionaries_are_files(run: ActiveRun) -> None:
    runfold.log_text("größer", "notes.md")
    runfold.log_dict({"a": [1, Path("b")]}, "settings.json")
    runfold.log_dict({"a": [1, "b"]}, "settings.yaml")

    assert content(run, "notes.md") == "größer"
    assert json.loads(content(run, "settings.json")) == {"a": [1, "b"]}
    assert "a" in content(run, "settings.yaml")


@pytest.mark.parametrize("stream", [io.StringIO("größer"), io.BytesIO("größer".encode())])
def test_a_stream_is_read_to_its_end(run: ActiveRun, stream: io.StringIO | io.BytesIO) -> None:
    runfold.log_stream(stream, "stream.txt")

    assert content(run, "stream.txt") == "größer"


def test_a_figure_is_saved_by_its_own_method(run: ActiveRun) -> None:
    class Figure:
        def savefig(self, path: Path, **options: object) -> None:
            path.write_text(f"{path.suffix} {options}")

    runfold.log_figure(Figure(), "plots/loss.png", save_kwargs={"dpi": 50})
    with pytest.raises(InvalidValue, match="no matplotlib or plotly figure"):
        runfold.log_figure(object(), "plot.png")

    assert content(run, "plots/loss.png") == ".png {'dpi': 50}"


def test_files_are_fetched_by_their_address(run: ActiveRun, tmp_path: Path) -> None:
    runfold.log_text("hello", "a/b.txt")

    by_run = runfold.download_artifacts(f"runs:/{run.info.run_id}/a", dst_path=tmp_path / "one")
    by_uri = runfold.download_artifacts(runfold.get_artifact_uri("a/b.txt"), dst_path=tmp_path / "two")
    assert Path(by_run, "b.txt").read_text() == Path(by_uri).read_text() == "hello"
    with pytest.raises(InvalidValue):
        runfold.download_artifacts()


def test_packages_are_kept_with_the_run() -> None:
    with runfold.start_run() as run:
        pass

    assert "msgspec==" in content(run, "runfold/packages.txt")
