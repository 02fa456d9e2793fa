import subprocess
import sys

import pytest
from click.testing import CliRunner

from runfold import __version__
from runfold.cli import main

HEAVY = ("sqlalchemy", "numpy", "starlette", "granian", "lark", "urllib3", "rich")


def test_help_names_the_commands_and_exit_codes():
    text = CliRunner().invoke(main, ["--help"]).stdout

    for part in ("search", "runs", "experiments", "artifacts", "purge", "doctor", "Exit codes:"):
        assert part in text


def test_version():
    assert CliRunner().invoke(main, ["--version"]).stdout == f"runfold, version {__version__}\n"


def test_help_loads_nothing_heavy():
    code = f"""
import sys
from click.testing import CliRunner
from runfold.cli import main
CliRunner().invoke(main, ["runs", "list", "--help"])
print(sorted(set({HEAVY!r}) & set(sys.modules)))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout == "[]\n"


def test_every_command_has_help():
    def walk(command, path):
        yield path, command
        for name, sub in getattr(command, "commands", {}).items():
            yield from walk(sub, f"{path} {name}")

    assert [path for path, command in walk(main, "runfold") if not command.help] == []


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_scripts(shell):
    result = CliRunner().invoke(main, ["completion", shell])

    assert result.exit_code == 0
    assert "_RUNFOLD_COMPLETE" in result.stdout


def test_an_unreachable_server_exits_4_without_a_trace():
    result = CliRunner().invoke(main, ["experiments", "list", "-u", "http://127.0.0.1:9"], catch_exceptions=False)

    assert result.exit_code == 4
    assert result.stderr.startswith("Error: ")
    assert "Traceback" not in result.stderr


def test_an_unknown_scheme_exits_2():
    assert CliRunner().invoke(main, ["runs", "list", "-u", "gopher://x"]).exit_code == 2


def test_looking_at_nothing_makes_no_database(tmp_path):
    uri = f"sqlite:///{tmp_path}/none.db"

    listed = CliRunner().invoke(main, ["runs", "list", "-u", uri])
    checked = CliRunner().invoke(main, ["doctor", "-u", uri])

    assert (listed.exit_code, "There is no store at" in listed.stderr) == (1, True)
    assert (checked.exit_code, "the first run makes it" in checked.stdout) == (0, True)
    assert list(tmp_path.iterdir()) == []


def test_the_package_runs_as_a_module():
    done = subprocess.run([sys.executable, "-m", "runfold", "--version"], capture_output=True, text=True, check=True)

    assert done.stdout == f"runfold, version {__version__}\n"
