"""The import arrows of ARCHITECTURE.md, as data: imports go down this list, never up.

Every import counts, also those inside functions and under TYPE_CHECKING: an import that has to hide shows
that two modules are one idea, or that a third one is missing between them.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[1] / "src" / "runfold"

# Each line may import the lines below it; names on one line do not import each other.
LAYERS = (
    ("cli",),
    ("testing",),
    ("server", "serving", "pipelines", "tuning", "transfer"),
    ("projects",),
    ("launch",),
    ("integrations",),
    ("models", "data"),
    ("registry",),
    ("tracking",),
    ("stores", "artifacts"),
    ("wire",),
    ("search", "mlmodel"),
    ("domain", "hosting"),
    ("config", "errors"),
)
# `config` raises the errors, the one arrow within a line.
ALLOWED_WITHIN_A_LINE = {("config", "errors")}
# The server keeps records; agents do the work.
FORBIDDEN = {
    "server": {"tracking", "registry", "models", "data", "integrations", "launch", "projects"},
}
# `stores.sql` knows no HTTP, `stores.rest` no SQL; both ends of the wire stay apart.
FORBIDDEN_MODULES = {
    "runfold.stores.sql": ("runfold.wire", "runfold.stores.rest"),
    "runfold.stores.rest": ("runfold.stores.sql", "sqlalchemy", "alembic"),
    "runfold.mlmodel": ("numpy", "pandas", "pickle", "cloudpickle", "joblib", "pathlib", "os", "importlib"),
    "runfold.domain": ("sqlalchemy", "starlette", "urllib3", "numpy"),
}
# The package itself offers every public name on first use, so it may name any layer.
FREE = {"runfold", "runfold.__main__"}

RANK = {name: rank for rank, line in enumerate(LAYERS) for name in line}


def module_name(path: Path) -> str:
    parts = path.relative_to(SOURCE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imported_modules(path: Path) -> Iterator[tuple[int, str]]:
    """Line and full name of every import of a file; `from a import b` gives `a` and `a.b`."""
    package = module_name(path).split(".")
    if path.name != "__init__.py":
        package = package[:-1]
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node.lineno, alias.name
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                base = ".".join([*package[: len(package) - node.level + 1], *([base] if base else [])])
            yield node.lineno, base
            for alias in node.names:
                yield node.lineno, f"{base}.{alias.name}"


def layer(module: str) -> str | None:
    parts = module.split(".")
    return parts[1] if len(parts) > 1 and parts[0] == "runfold" and parts[1] in RANK else None


def faults(module: str, imports: Iterator[tuple[int, str]]) -> list[str]:
    importer = layer(module)
    found = []
    for line, imported in imports:
        target = layer(imported)
        place = f"{module}, line {line}: imports {imported}"
        if imported.startswith("runfold.") and target is None and imported != "runfold.__version__":
            found.append(f"{place}; inside the package, names are imported from where they live")
        if importer and target and importer != target and (importer, target) not in ALLOWED_WITHIN_A_LINE:
            if RANK[target] <= RANK[importer]:
                found.append(f"{place}, which goes up or sideways ({importer} -> {target})")
            if target in FORBIDDEN.get(importer, ()):
                found.append(f"{place}, which {importer} must do without")
        for prefix, banned in FORBIDDEN_MODULES.items():
            if f"{module}.".startswith(f"{prefix}."):
                found += [
                    f"{place}, which {prefix} must do without" for b in banned if f"{imported}.".startswith(f"{b}.")
                ]
    return found


SOURCES = sorted(SOURCE.rglob("*.py"))


@pytest.mark.parametrize("path", SOURCES, ids=module_name)
def test_imports_go_down_the_layers(path: Path) -> None:
    module = module_name(path)
    if module not in FREE:
        assert faults(module, imported_modules(path)) == []


def test_every_module_has_a_layer() -> None:
    homeless = [m for m in map(module_name, SOURCES) if m not in FREE and layer(m) is None]

    assert homeless == [], "give the new room a line in LAYERS and in ARCHITECTURE.md"


def test_the_architecture_page_draws_the_same_arrows() -> None:
    page = (SOURCE.parents[1] / "ARCHITECTURE.md").read_text(encoding="utf-8")
    drawn = page.partition("## The arrows")[2].partition("\n\n    ")[2].partition("\n\n")[0].splitlines()
    rooms = {path.stem for path in SOURCE.iterdir()}
    present = [{name for name in line if name in rooms} for line in LAYERS]

    assert [set(line.strip().split(" | ")) for line in drawn] == [line for line in present if line]


@pytest.mark.parametrize(
    ("module", "imported"),
    [
        ("runfold.stores.base", "runfold.server.app"),
        ("runfold.stores.open", "runfold.artifacts.open"),
        ("runfold.server.app", "runfold.tracking.client"),
        ("runfold.stores.sql.runs", "runfold.wire.convert"),
        ("runfold.stores.rest.runs", "sqlalchemy"),
        ("runfold.integrations.sklearn", "runfold.log_metric"),
    ],
)
def test_the_check_notices_a_wrong_arrow(module: str, imported: str) -> None:
    assert len(faults(module, iter([(1, imported)]))) >= 1


def test_the_check_sees_imports_inside_functions_and_relative_ones(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setitem(globals(), "SOURCE", tmp_path / "runfold")
    path = tmp_path / "runfold" / "stores" / "open.py"
    path.parent.mkdir(parents=True)
    path.write_text("def f():\n    from ..server import app\n    from . import sql\n    import numpy\n")

    assert [name for _, name in imported_modules(path)] == [
        "runfold.server",
        "runfold.server.app",
        "runfold.stores",
        "runfold.stores.sql",
        "numpy",
    ]
