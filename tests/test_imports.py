"""`import runfold` loads next to nothing, and the logging functions no more than they need."""

from __future__ import annotations

import json
import subprocess
import sys

HEAVY = {"numpy", "pandas", "polars", "sqlalchemy", "alembic", "urllib3", "starlette", "granian", "lark", "pcodec"}


def modules_after(statements: str) -> set[str]:
    """Modules beyond the standard library that a fresh interpreter has loaded after some statements."""
    program = f"""
import json, sys
before = set(sys.modules)
{statements}
print(json.dumps(sorted(set(sys.modules) - before)))
"""
    out = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    return {name for name in json.loads(out) if name.partition(".")[0] not in sys.stdlib_module_names}


def test_the_package_alone_is_light() -> None:
    modules = modules_after("import runfold")

    assert modules == {"runfold"}


def test_the_logging_functions_load_no_database_http_or_framework() -> None:
    modules = modules_after("import runfold; runfold.log_metric; runfold.start_run; runfold.Client")

    assert not {name.partition(".")[0] for name in modules} & HEAVY
    assert len({name for name in modules if name.partition(".")[0] != "runfold"}) < 30
