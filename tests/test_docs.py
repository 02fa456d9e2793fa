"""The documents tell the truth: generated pages are fresh, links lead somewhere, the tutorial runs."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("changelog.d/README.md")])

_LINK = re.compile(r"\[[^\]]*\]\(([^)\s#]+)[^)]*\)")
_PATH = re.compile(r"`((?:src|tests|ui|docs|scripts|benchmarks|examples|changelog\.d|\.ci)/[\w./*{},-]*)`")
_MAKE = re.compile(r"\bmake ((?:[a-z][a-z-]*)(?: [a-z][a-z-]*)*)")
"""`make a b` in code."""


def page_name(page: Path) -> str:
    return str(page.relative_to(ROOT))


@pytest.mark.parametrize("page", PAGES, ids=page_name)
def test_links_lead_to_files(page: Path) -> None:
    targets = [t for t in _LINK.findall(page.read_text(encoding="utf-8")) if not t.startswith(("http://", "https://"))]

    assert [target for target in targets if not (page.parent / target).exists()] == []


@pytest.mark.parametrize("page", sorted(ROOT.glob("docs/*/*.md")), ids=page_name)
def test_every_page_is_linked_from_an_index(page: Path) -> None:
    indexes = [ROOT / "docs" / "README.md", page.parent / "README.md"]
    linked = {
        (index.parent / target).resolve()
        for index in indexes
        if index.exists()
        for target in _LINK.findall(index.read_text(encoding="utf-8"))
    }

    assert page in linked


@pytest.mark.parametrize("name", ["ARCHITECTURE.md", "CONTRIBUTING.md"])
def test_paths_that_are_named_exist(name: str) -> None:
    named = _PATH.findall((ROOT / name).read_text(encoding="utf-8"))

    assert named
    assert [path for path in named if not list(ROOT.glob(path.rstrip("/")))] == []


@pytest.mark.parametrize("name", ["README.md", "CONTRIBUTING.md"])
def test_make_targets_that_are_named_exist(name: str) -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    code = "\n".join(re.findall(r"`[^`\n]+`|^    .+$", (ROOT / name).read_text(encoding="utf-8"), re.MULTILINE))
    named = {target for found in _MAKE.findall(code) for target in found.split()}

    assert named
    assert named <= targets


def test_generated_pages_are_fresh() -> None:
    check = [sys.executable, "-m", "scripts.reference_docs", "--check"]

    done = subprocess.run(check, cwd=ROOT, capture_output=True, text=True, check=False)

    assert (done.returncode, done.stderr) == (0, "")


def test_the_tutorial_runs(tmp_path: Path) -> None:
    page = (ROOT / "docs" / "tutorial" / "first-runs.md").read_text(encoding="utf-8")
    script = tmp_path / "tutorial.py"
    script.write_text("\n".join(re.findall(r"```python\n(.*?)```", page, re.DOTALL)), encoding="utf-8")
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("RUNFOLD_", "MLFLOW_"))}

    done = subprocess.run(
        [sys.executable, script], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "rate-0.2 0.2\n"


_TEST = re.compile(r"`((?:tests|ui)/[\w./]+)::([^`]+)`")


def test_the_tests_that_the_page_on_security_names_exist() -> None:
    named = _TEST.findall((ROOT / "docs/explanation/security.md").read_text(encoding="utf-8"))
    assert len(named) > 30
    assert [(file, name) for file, name in named if not _is_there(ROOT / file, name)] == []


def _is_there(file: Path, name: str) -> bool:
    line = rf'^test\("{re.escape(name)}"' if file.suffix == ".ts" else rf"^(?:async )?def {re.escape(name)}\("
    return file.exists() and re.search(line, file.read_text(encoding="utf-8"), re.MULTILINE) is not None
