"""What runs on hosts (`launch.far`), as one file that any Python there can start."""

from __future__ import annotations

import functools
import io
import zipfile
from importlib.resources import files

from runfold.launch.far.places import NAME

__all__ = ["NAME", "program"]

_PACKAGES = ("runfold", "runfold/launch")
# What runs here and there.
_SHARED = ("censor.py",)
_FIRST = "from runfold.launch.far.__main__ import main\n\nmain()\n"
# The same content gives the same bytes, whenever it is packed.
_DATE = (1980, 1, 1, 0, 0, 0)


@functools.cache
def program() -> bytes:
    """An archive that `python` runs; what it holds has the names that it has here."""
    sources = {f"{package}/__init__.py": b"" for package in _PACKAGES} | {"__main__.py": _FIRST.encode()}
    for module in sorted(files("runfold.launch.far").iterdir(), key=lambda module: module.name):
        if module.name.endswith(".py"):
            sources[f"runfold/launch/far/{module.name}"] = module.read_bytes()
    for name in _SHARED:
        sources[f"runfold/launch/{name}"] = files("runfold.launch").joinpath(name).read_bytes()
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in sources.items():
            archive.writestr(zipfile.ZipInfo(name, _DATE), content, zipfile.ZIP_DEFLATED)
    return packed.getvalue()
