"""Values that would end their argument, name an option, or be expanded, if anything on their way parsed them."""

from __future__ import annotations

import json
from collections.abc import Callable

from runfold.launch.targets.base import Workload

VALUES = (
    "'; touch broken-out; echo '",
    '"; touch broken-out; echo "',
    "$(touch broken-out)`touch broken-out`",
    "${HOME} $PATH ~ !! %s %PATH% {v0} {{x}} %(a)s",
    "line one\nline two\n#SBATCH --time=1\nEOF",
    "tab\tand  two spaces ",
    "-rf",
    "--help",
    "-- --option=1",
    "* ? [a-z] {a,b}",
    "a & b | c > broken-out < d ; e",
    "\\ \\\\ \\n \\' \\\"",
    "../../etc/passwd",
    "secret:NAME",
    "env:HOME",
    "file:/etc/passwd",
    "\u202eevil\u202c שלום",
    "🦊\u200b\ufeff",
    "\x1b[31mred\x1b(B\x07",
    "<img src=x onerror=alert(1)>",
    "",
    "x" * 5_000,
)
# The bytes of a log are what a command writes; what is on its way there must not depend on how they are shown.
ECHO = "import json, os, sys; print(json.dumps([sys.argv[1:], os.environ.get('HOSTILE'), sorted(os.listdir())]))"


def workload(make_work: Callable[..., Workload], **fields: object) -> Workload:
    """One that says which arguments it got, a variable, and the files beside it."""
    variables = {"HOSTILE": "\n".join(VALUES)}
    return make_work(ECHO, vector=("python", "script.py", *VALUES), variables=variables, **fields)


def check_said(said: bytes) -> None:
    # A cluster may say something of its own before.
    arguments, variable, files = json.loads(said.splitlines()[-1])
    assert tuple(arguments) == VALUES
    assert variable == "\n".join(VALUES)
    assert files == ["script.py"]
