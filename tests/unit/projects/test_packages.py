"""What the verdict says of packages that are not the same."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from runfold.artifacts.transfer import upload_file
from runfold.config import ClientSettings
from runfold.domain.artifact import ArtifactPath
from runfold.domain.run import NewRun, Run
from runfold.projects.verdict import explain, judge
from runfold.tracking.environment import PACKAGES_PATH
from runfold.tracking.session import Session


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    opened = Session(f"sqlite:///{tmp_path}/store/runfold.db", ClientSettings(spool_dir=str(tmp_path / "spool")))
    yield opened
    opened.close()


def run_with(session: Session, folder: Path, packages: str) -> Run:
    run = session.store.create_run(NewRun(experiment_id="0"))
    if packages:
        listed = folder / "packages.txt"
        listed.write_text(packages)
        with session.open_files(run.info.artifact_uri) as files:
            upload_file(files, listed, ArtifactPath(PACKAGES_PATH))
    return session.store.get_run(run.info.run_id)


def test_packages_in_other_versions_are_named(session: Session, tmp_path: Path) -> None:
    first = run_with(session, tmp_path, "# Python 3.11\nnumpy==1.0\nscikit_learn==1.5\nold==2\n")
    second = run_with(session, tmp_path, "# Python 3.12\nnumpy==2.0\nscikit-learn==1.5\nnew==1\n")
    compared = judge(session, first, second)
    assert explain(compared) == (
        "Packages are not the same: new none -> 1, numpy 1.0 -> 2.0, old 2 -> none.",
        "Verdict: same",
    )
    assert session.store.get_run(second.info.run_id).tags["runfold.rerun.verdict"] == "same"


def test_a_run_that_kept_no_list_says_nothing_of_packages(session: Session, tmp_path: Path) -> None:
    first, second = run_with(session, tmp_path, "numpy==1.0\n"), run_with(session, tmp_path, "")
    assert explain(judge(session, first, second)) == ("Verdict: same",)
