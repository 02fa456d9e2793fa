import os
import subprocess
import sys

import pytest


@pytest.fixture
def complete(uri, store, tmp_path):
    """What bash is offered after these words, the last one unfinished."""

    def ask(*words: str) -> list[str]:
        line = " ".join(["runfold", *words])
        environment = os.environ | {
            "RUNFOLD_TRACKING_URI": uri,
            "_RUNFOLD_COMPLETE": "bash_complete",
            "COMP_WORDS": line,
            "COMP_CWORD": str(len(words)),
        }
        code = "from runfold.cli import main; main(prog_name='runfold')"
        done = subprocess.run(
            [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True, cwd=tmp_path
        )
        return [offered.partition(",")[2] for offered in done.stdout.splitlines() if offered]

    return ask


def test_commands_options_experiments_and_runs_are_offered(complete):
    assert "experiments" in complete("exp")
    assert "--order-by" in complete("search", "--or")
    assert complete("search", "-e", "vis") == ["vision/a"]
    assert sorted(complete("runs", "show", "run-a")) == ["run-a1", "run-a2"]


def test_a_server_that_does_not_answer_offers_nothing(complete):
    assert complete("search", "-u", "http://127.0.0.1:9", "-e", "vis") == []
