"""What an exported program of PyTorch would run when it is loaded, looked through before it is.

`torch.export.load` is no parser alone: it unpickles some members of the archive, evaluates the texts of sizes as
Python (through sympy), compiles guards to a function, and takes the targets of calls from anywhere below `torch`. So an
archive is read here first, and only what exported programs are made of is let through. Source of the layout: the
archive specification of torch 2.13 (`torch/export/pt2_archive/constants.py`).
"""

from __future__ import annotations

import ast
import io
import json
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from runfold.errors import InvalidValue, PermissionDenied

_MAX_GRAPH_BYTES = 512 * 2**20
_PLAIN = re.compile(
    r"(archive_format|archive_version|byteorder|\.data/\w+|data/(weights|constants)/(weight|tensor)_\d+)"
)
_CONFIG = re.compile(r"data/(weights|constants)/\w+_config\.json")
_GRAPH = re.compile(r"models/\w+\.json")
_SAMPLE = re.compile(r"data/sample_inputs/\w+\.pt")
_TARGET = re.compile(r"torch\.(ops\.[A-Za-z0-9_.]+|sym_\w+)|_operator\.\w+|math\.\w+")

_SYMBOLIC = frozenset(
    re.findall(
        r"\w+",
        """
    Symbol Integer Float Rational Add Mul Pow Max Min Mod PythonMod FloorDiv CleanDiv CeilToInt FloorToInt
    IntTrueDiv FloatTrueDiv TruncToInt RoundToInt ToFloat FloatPow PowByNatural Abs Where Identity Eq Ne
    Equality Unequality StrictLessThan LessThan StrictGreaterThan GreaterThan And Or Not floor ceiling true
    false Half NegativeOne One Zero
""",
    )
)
_EXPRESSION_NODES = (
    ast.Expression, ast.Call, ast.Name, ast.Load, ast.Constant, ast.keyword, ast.BinOp, ast.UnaryOp, ast.Compare,
    ast.BoolOp, ast.operator, ast.unaryop, ast.cmpop, ast.boolop, ast.Subscript, ast.Attribute, ast.Tuple,
)  # fmt: skip


def check_archive(path: Path) -> None:
    """
    Raises:
        PermissionDenied: loading it would run something that no exported program needs; the message says what.
        InvalidValue: it is no archive of an exported program.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            members = [info for info in archive.infolist() if not info.is_dir()]
            for info in members:
                _check_member(archive, info, path.name)
            if not any(_GRAPH.fullmatch(_inner(info)) for info in members):
                raise InvalidValue(f"{path.name} holds no exported program of PyTorch.")
    except (zipfile.BadZipFile, ValueError, KeyError, RecursionError, OSError) as error:
        if isinstance(error, InvalidValue):
            raise
        raise InvalidValue(f"{path.name} is no exported program of PyTorch, or is damaged: {error}") from None


def _inner(info: zipfile.ZipInfo) -> str:
    """Without the first folder, which is named after the file."""
    return info.filename.partition("/")[2]


def _check_member(archive: zipfile.ZipFile, info: zipfile.ZipInfo, file: str) -> None:
    name = _inner(info)
    if _PLAIN.fullmatch(name):
        return
    if _SAMPLE.fullmatch(name):
        _check_sample(archive.read(info), f"{file}!{name}")
    elif _CONFIG.fullmatch(name):
        entries = json.loads(archive.read(info)).get("config", {})
        if any(entry.get("use_pickle") for entry in entries.values()):
            raise _refused(file, "pickled constants")
    elif _GRAPH.fullmatch(name):
        if info.file_size > _MAX_GRAPH_BYTES:
            raise InvalidValue(f"The graph in {file} has {info.file_size} bytes; at most {_MAX_GRAPH_BYTES} are read.")
        _check_graph(json.loads(archive.read(info)), file)
    else:
        raise _refused(file, f"the member {name!r}")


def _check_sample(content: bytes, name: str) -> None:
    """Sample inputs are pickled; those of tensors and plain containers pass PyTorch's restricted reader."""
    import torch

    try:
        torch.load(io.BytesIO(content), map_location="cpu", weights_only=True)
    except Exception as error:
        raise _refused(name, f"more than tensors ({str(error).splitlines()[0][:200]})") from None


def _check_graph(graph: Any, file: str) -> None:
    for key, value in _texts(graph):
        if key == "target" and not _TARGET.fullmatch(value):
            raise _refused(file, f"a call of {value!r}")
        if key == "expr_str" and not _is_harmless(value, names=_SYMBOLIC):
            raise _refused(file, f"the size {value!r}")
        if key == "guards_code" and not _is_harmless(value, names=None):
            raise _refused(file, f"the guard {value!r}")


def _texts(value: Any, key: str = "") -> Iterator[tuple[str, str]]:
    waiting: list[tuple[str, Any]] = [(key, value)]
    while waiting:
        name, one = waiting.pop()
        if isinstance(one, dict):
            # Targets of parameters in the signature are names of tensors, not calls: only nodes have inputs beside.
            is_node = "inputs" in one
            waiting += [(inner if inner != "target" or is_node else "", each) for inner, each in one.items()]
        elif isinstance(one, list):
            waiting += [(name, each) for each in one]
        elif isinstance(one, str):
            yield name, one


def _is_harmless(source: str, *, names: frozenset[str] | None) -> bool:
    """Whether a text is arithmetic and comparisons alone.

    Args:
        names: what may be called; None: sizes of inputs, as guards look at them (`L['x'].size()[0] >= 2`).
    """
    try:
        tree = ast.parse(source, mode="eval")
    except SyntaxError:
        return False
    for node in ast.walk(tree):
        if not isinstance(node, _EXPRESSION_NODES):
            return False
        if isinstance(node, ast.Attribute) and (
            names is not None or node.attr not in ("size", "shape", "ndim", "dtype")
        ):
            return False
        if isinstance(node, ast.Name) and "__" in node.id:
            return False
        if isinstance(node, ast.Call) and not _is_known_call(node, names):
            return False
    return True


def _is_known_call(node: ast.Call, names: frozenset[str] | None) -> bool:
    if names is None:
        return isinstance(node.func, ast.Attribute) and node.func.attr == "size" and not node.args
    if not isinstance(node.func, ast.Name) or node.func.id not in names:
        return False
    # sympy reads texts that are given to its types as code again; only a symbol's name is a text.
    texts = [one for one in node.args if isinstance(one, ast.Constant) and isinstance(one.value, str)]
    return not texts or (
        node.func.id in ("Symbol", "Float") and all(re.fullmatch(r"[\w.+-]+", str(one.value)) for one in texts)
    )


def _refused(file: str, what: str) -> PermissionDenied:
    return PermissionDenied(
        f"{file} holds {what}, which an exported program of tensors does not need and which could run code. If you "
        "trust where it comes from, load it with allow_pickle=True."
    )
