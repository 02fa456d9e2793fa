import os
import subprocess
import sys
import tarfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from runfold.config import ClientSettings
from runfold.domain.artifact import ArtifactPath
from runfold.domain.run import Run
from runfold.errors import InvalidState
from runfold.projects.digest import CODE_TAG
from runfold.projects.environments.cache import EnvironmentCache
from runfold.projects.rerun import ORIGIN_TAG, request_of
from runfold.projects.run import LOG_PATH, ProjectRequest, ProjectRun, run_project
from runfold.projects.verdict import VERDICT_TAG, Verdict, compare_runs, explain, judge
from runfold.stores.base import RunQuery
from runfold.tracking.session import Session
from tests.wheels import write_wheel

SCRIPT = """
import sys, runfold
with runfold.start_run():
    for step in range(5):
        runfold.log_metric("loss", float(sys.argv[1]) / (step + 1), step=step)
"""
FILE = """
entry_points:
  main:
    parameters: {rate: float}
    command: "python train.py {rate}"
"""


def git(folder: Path, *arguments: str) -> None:
    identity = ["-c", "user.name=n", "-c", "user.email=e@example.org", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", *identity, "-C", str(folder), *arguments], check=True, capture_output=True)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    folder = tmp_path / "code"
    (folder / "sub").mkdir(parents=True)
    (folder / "sub" / "train.py").write_text(SCRIPT)
    (folder / "sub" / "MLproject").write_text(FILE)
    git(folder, "init", "--quiet", "--initial-branch=main")
    git(folder, "remote", "add", "origin", folder.as_uri())
    git(folder, "add", ".")
    git(folder, "commit", "--quiet", "-m", "begin")
    return folder


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    opened = Session(f"sqlite:///{tmp_path}/store/runfold.db", ClientSettings(spool_dir=str(tmp_path / "spool")))
    yield opened
    opened.close()


@pytest.fixture
def start(session: Session) -> Callable[[ProjectRequest], ProjectRun]:
    return lambda request: run_project(session, request, tracking_uri=session.full_uri, tell=lambda line: None)


@pytest.fixture
def record(session: Session) -> Callable[[ProjectRun], Run]:
    return lambda done: session.store.get_run(done.run_id)


def test_a_project_runs_again_with_the_changes_it_had(session, repository, start, record) -> None:
    changed = SCRIPT.replace("(step + 1)", "(step + 2)")
    (repository / "sub" / "train.py").write_text(changed)
    first = record(start(ProjectRequest(uri=str(repository / "sub"), parameters={"rate": "3"})))
    (repository / "sub" / "train.py").write_text("raise SystemExit('later work')")

    second = record(start(request_of(session, first)))

    assert second.tags[ORIGIN_TAG] == first.info.run_id
    assert second.params == first.params == {"rate": "3"}
    assert compare_runs(session.store, first, second).verdict is Verdict.SAME


def test_a_parameter_that_is_left_out_has_its_default_again(session, repository, start, record) -> None:
    file = repository / "sub" / "MLproject"
    file.write_text(FILE.replace("{rate: float}", "{rate: {type: float, default: 2}}"))
    first = record(start(ProjectRequest(uri=str(repository / "sub"), parameters={"rate": "3"})))

    second = record(start(request_of(session, first, without=["rate", "never given"])))

    assert (first.params, second.params) == ({"rate": "3"}, {"rate": "2"})


def test_a_script_that_was_run_by_hand_runs_again(session, repository, start, record) -> None:
    environ = {**os.environ, "RUNFOLD_TRACKING_URI": session.full_uri}
    subprocess.run([sys.executable, "sub/train.py", "7"], cwd=repository, env=environ, check=True)
    (first,) = session.store.search_runs(RunQuery(experiment_ids=("0",))).items
    first = session.store.get_run(first.info.run_id)

    second = record(start(request_of(session, first)))

    assert second.info.run_name == f"{first.info.run_name}-again"
    assert compare_runs(session.store, first, second).verdict is Verdict.SAME


def test_a_script_that_was_in_no_commit_runs_again(session, repository, start, record) -> None:
    (repository / "sub" / "new.py").write_text(SCRIPT)
    environ = {**os.environ, "RUNFOLD_TRACKING_URI": session.full_uri}
    subprocess.run([sys.executable, "new.py", "7"], cwd=repository / "sub", env=environ, check=True)
    (found,) = session.store.search_runs(RunQuery(experiment_ids=("0",))).items
    first = session.store.get_run(found.info.run_id)
    (repository / "sub" / "new.py").unlink()

    second = record(start(request_of(session, first)))

    assert compare_runs(session.store, first, second).verdict is Verdict.SAME


@pytest.mark.parametrize("remote", ["", "https://no-such-host.invalid/x.git"])
def test_code_that_was_never_pushed_is_had_from_where_it_was(session, repository, start, record, remote: str) -> None:
    git(repository, "remote", "remove", "origin")
    if remote:
        git(repository, "remote", "add", "origin", remote)
    environ = {**os.environ, "RUNFOLD_TRACKING_URI": session.full_uri}
    subprocess.run([sys.executable, "sub/train.py", "7"], cwd=repository, env=environ, check=True)
    (found,) = session.store.search_runs(RunQuery(experiment_ids=("0",))).items
    first = session.store.get_run(found.info.run_id)
    git(repository, "commit", "--quiet", "--allow-empty", "-m", "later")

    second = record(start(request_of(session, first)))

    assert compare_runs(session.store, first, second).verdict is Verdict.SAME
    assert second.tags["mlflow.source.git.commit"] == first.tags["mlflow.source.git.commit"]
    git(repository, "checkout", "--quiet", "--orphan", "other")
    git(repository, "commit", "--quiet", "--allow-empty", "-m", "history is gone")
    git(repository, "branch", "-D", "main")
    git(repository, "reflog", "expire", "--expire=now", "--all")
    git(repository, "gc", "--quiet", "--prune=now")
    if remote:
        assert request_of(session, first).uri == remote
    else:
        with pytest.raises(InvalidState, match=r"has no commit .* any more, and the run names no remote.*--from"):
            request_of(session, first)


def test_a_changed_parameter_shows_where_the_two_part(session, repository, start, record) -> None:
    first = record(start(ProjectRequest(uri=str(repository / "sub"), parameters={"rate": "3"})))

    near = record(start(request_of(session, first, parameters={"rate": "3.001"})))
    far = record(start(request_of(session, first, parameters={"rate": "5"})))

    (metric,) = compare_runs(session.store, first, near).metrics
    assert (metric.key, metric.verdict, metric.diverges_at) == ("loss", Verdict.WITHIN_NOISE, 0)
    assert compare_runs(session.store, first, far).verdict is Verdict.DIFFERENT


MEASURES = """
import math, pathlib
import numpy as np
import runfold
values = np.array([float(x) for x in pathlib.Path({data!r}).read_text().split()])
with runfold.start_run():
    runfold.log_input(runfold.data.from_numpy(values, name="prices"), context="training")
    for step, value in enumerate(values):
        runfold.log_metric("price", value, step=step)
        runfold.log_metric("unknown", math.nan, step=step)
    if values.sum() > 6:
        runfold.log_metric("high", 1.0)
"""


def test_data_that_was_changed_in_between_is_named_with_what_it_changes(session, tmp_path, start, record) -> None:
    folder, data = tmp_path / "plain", tmp_path / "data.csv"
    folder.mkdir()
    (folder / "x.py").write_text(MEASURES.format(data=str(data)))
    data.write_text("1 2 3")
    first = record(start(ProjectRequest(uri=str(folder), entry_point="x.py")))

    same = record(start(request_of(session, first)))
    data.write_text("1 2 4")
    other = record(start(request_of(session, first)))

    assert explain(judge(session, first, same)) == ("Verdict: same",)
    digests = [run.datasets[0].dataset.digest[:12] for run in (first, other)]
    assert explain(judge(session, first, other)) == (
        "price: 3 then, 4 now, apart from step 2.",
        "high: nothing then, 1 now.",
        f"The data is not the same: prices {digests[0]} -> {digests[1]}.",
        "Verdict: different",
    )
    assert session.store.get_run(other.info.run_id).tags[VERDICT_TAG] == "different"


def test_a_run_that_does_not_say_where_its_code_is(session, tmp_path, start, record) -> None:
    (tmp_path / "plain").mkdir()
    (tmp_path / "plain" / "x.py").write_text("pass")
    done = start(ProjectRequest(uri=str(tmp_path / "plain"), entry_point="x.py"))
    (tmp_path / "plain" / "x.py").unlink()
    (tmp_path / "plain").rmdir()

    with pytest.raises(InvalidState, match=r"plain, which is not here any more, and was in no commit.*--from"):
        request_of(session, record(done))


def test_a_project_without_git_says_when_its_code_is_not_the_same(session, tmp_path, start, record) -> None:
    folder = tmp_path / "plain"
    folder.mkdir()
    (folder / "x.py").write_text("open('output.csv', 'w').write('1')")
    first = record(start(ProjectRequest(uri=str(folder), entry_point="x.py")))

    again = record(start(request_of(session, first)))
    (folder / "x.py").write_text("pass")
    other = record(start(request_of(session, first)))

    assert explain(judge(session, first, again)) == ("Verdict: same",)
    assert explain(judge(session, first, other))[0].startswith("The code is not the same")


def test_a_project_from_an_archive_runs_again_from_it(session, tmp_path, start, record) -> None:
    with tarfile.open(tmp_path / "code.tar.gz", "w:gz") as archive:
        script = tmp_path / "x.py"
        script.write_text("print(1)")
        archive.add(script, arcname="code/x.py")
    first = record(start(ProjectRequest(uri=str(tmp_path / "code.tar.gz"), entry_point="x.py")))

    again = record(start(request_of(session, first)))

    assert again.tags[CODE_TAG] == first.tags[CODE_TAG]
    (tmp_path / "code.tar.gz").unlink()
    with pytest.raises(InvalidState, match="--from"):
        request_of(session, first)


def test_the_environment_is_made_again_in_the_versions_that_it_had(
    session, tmp_path, start, record, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    folder, index = tmp_path / "project", tmp_path / "index"
    folder.mkdir()
    index.mkdir()
    wheels = [write_wheel(index, "thing", {"thing.py": ""}, version=version) for version in ("1.0", "2.0")]
    wheels[1].rename(tmp_path / wheels[1].name)
    (folder / "requirements.txt").write_text(f"--no-index\n--find-links {index}\nthing\n")
    (folder / "x.py").write_text("import importlib.metadata; print('got', importlib.metadata.version('thing'))")

    def version(run: Run) -> str:
        with session.open_files(run.info.artifact_uri) as files, files.open_read(ArtifactPath(LOG_PATH)) as log:
            return log.read().decode().split()[-1]

    first = record(start(ProjectRequest(uri=str(folder), entry_point="x.py")))
    (tmp_path / wheels[1].name).rename(wheels[1])
    assert version(record(start(request_of(session, first)))) == "1.0"

    EnvironmentCache().prune(unused_for_s=0)
    newer = record(start(ProjectRequest(uri=str(folder), entry_point="x.py")))
    again = record(start(request_of(session, first)))
    assert (version(newer), version(again)) == ("2.0", "1.0")
    assert explain(judge(session, first, again)) == ("Verdict: same",)

    wheels[0].unlink()
    EnvironmentCache().prune(unused_for_s=0)
    told: list[str] = []
    run_project(session, request_of(session, first), tracking_uri=session.full_uri, tell=told.append)
    assert any("cannot be had any more" in line for line in told)
