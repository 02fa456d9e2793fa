"""Parameters and names that mean something to a shell, a file system, a page or Git, from where they are given to the
command that gets them."""

from __future__ import annotations

import json
import subprocess
import urllib.error
from pathlib import Path

import pytest

from tests.integration.jobs.commands import call, runfold
from tests.integration.launch import hostile
from tests.integration.servers import ServerProcess

pytestmark = pytest.mark.slow

NAMES = [f"v{number}" for number in range(len(hostile.VALUES))]
GIVEN = dict(zip(NAMES, hostile.VALUES, strict=True))
ECHO = "import json, os, sys; print('got', json.dumps([sys.argv[1:], sorted(os.listdir())]))"
WORDS = " ".join(f"{{{name}}}" for name in NAMES)
# As a plain command, and as one that needs a shell, within each kind of quotes.
COMMANDS = {
    "plain": f"python echo.py {WORDS}",
    "shell": f"python echo.py {WORDS} | cat",
    "quoted": "python echo.py " + " ".join(f"'{{{name}}}'" for name in NAMES) + " | cat",
    "doubly": "python echo.py " + " ".join(f'"{{{name}}}"' for name in NAMES) + " && true",
    "options": "python options.py",
}
OPTIONS = "import json, os, sys; print('got', json.dumps([sys.argv[2::2], sorted(os.listdir())]))"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "a project $(id) 'x' ü"
    folder.mkdir()
    described = {
        "name": "<img src=x onerror=alert(1)> \u202e",
        "entry_points": {
            name: {"command": command, "parameters": {} if name == "options" else dict.fromkeys(NAMES, "string")}
            for name, command in COMMANDS.items()
        },
    }
    (folder / "MLproject").write_text(json.dumps(described))
    (folder / "echo.py").write_text(ECHO)
    (folder / "options.py").write_text(OPTIONS)
    return folder


def check_got(log: str) -> None:
    line = next(line for line in log.splitlines() if line.startswith("got "))
    arguments, files = json.loads(line.removeprefix("got "))
    assert tuple(arguments) == hostile.VALUES
    assert files == ["MLproject", "echo.py", "options.py"]


def test_values_given_over_rest_reach_the_command_of_an_agent(
    server: ServerProcess, project: Path, tmp_path: Path
) -> None:
    works = [{"uri": str(project), "entry_point": name, "parameters": GIVEN} for name in COMMANDS]
    jobs = [job["job_id"] for job in call(server, "jobs/submit-many", works=works)["jobs"]]

    runfold(server, tmp_path, "agent", "--until-idle")

    for job_id in jobs:
        job = call(server, "jobs/get", job_id=job_id)["job"]
        log = runfold(server, tmp_path, "jobs", "log", job_id).stdout
        assert job["state"] == "finished", log
        check_got(log)
        kept = json.loads(runfold(server, tmp_path, "runs", "show", job["run_id"], "--json").stdout)
        assert kept["params"] == GIVEN


def test_values_given_on_the_command_line_reach_the_command(
    server: ServerProcess, project: Path, tmp_path: Path
) -> None:
    given = [part for name, value in GIVEN.items() for part in ("-P", f"{name}={value}")]
    for entry in COMMANDS:
        done = runfold(server, tmp_path, "run", str(project), "-e", entry, *given)
        assert done.returncode == 0, done.stderr
        check_got(done.stdout + done.stderr)


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"parameters": {"v0": "a\0b"}}, "NUL"),
        ({"parameters": {"x; touch broken-out": "1"}}, "x; touch broken-out"),
        ({"parameters": {"--help": "1"}}, "--help"),
        ({"entry_point": "../echo.py"}, "../echo.py"),
        ({"entry_point": "-c"}, "-c"),
        ({"entry_point": "/bin/sh"}, "/bin/sh"),
        ({"entry_point": "echo.py; touch broken-out"}, "echo.py; touch broken-out"),
        ({"version": "--upload-pack=touch broken-out"}, "no branch"),
    ],
)
def test_what_cannot_be_a_name_or_value_is_refused_in_words(
    server: ServerProcess, project: Path, tmp_path: Path, fields: dict[str, object], says: str
) -> None:
    """At once, or by the agent that reads the project; and nothing of it is run."""
    subprocess.run(["git", "init", "--quiet", str(project)], check=True)
    reason = ""
    try:
        job = call(server, "jobs/submit", work={"uri": str(project), "entry_point": "options", **fields})["job"]
    except urllib.error.HTTPError as error:
        reason = json.load(error)["message"]
    else:
        runfold(server, tmp_path, "agent", "--until-idle")
        ended = call(server, "jobs/get", job_id=job["job_id"])["job"]
        assert ended["state"] == "failed"
        reason = ended["reason"]
    assert says in reason
    assert "Traceback" not in reason
    assert not list(tmp_path.rglob("broken-out"))
