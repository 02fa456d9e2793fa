"""This installation of Runfold as a wheel, for environments and images that need the same one.

What is installed is packed anew, so that it works from a checkout as from a package index, and without a network. The
same files give the same bytes, so that layers of images stay cached.

Source of the format: PyPA, "Binary distribution format".
"""

from __future__ import annotations

import base64
import hashlib
import zipfile
from collections.abc import Iterator
from importlib.metadata import distribution
from pathlib import Path

import runfold

_EPOCH = (1980, 1, 1, 0, 0, 0)
_WHEEL = "Wheel-Version: 1.0\nGenerator: runfold\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
_LEFT_OUT = ("server/static/",)
"""The web application, which a scoring server has no use for."""


def write_own_wheel(folder: Path) -> Path:
    """Write the wheel into a folder, which must exist; gives its path."""
    root = f"runfold-{runfold.__version__}.dist-info"
    path = folder / f"runfold-{runfold.__version__}-py3-none-any.whl"
    record = []
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as wheel:
        for name, content in [*_package(), *_metadata(root)]:
            _add(wheel, name, content)
            digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
            record.append(f"{name},sha256={digest},{len(content)}")
        _add(wheel, f"{root}/RECORD", ("\n".join([*record, f"{root}/RECORD,,"]) + "\n").encode())
    return path


def _package() -> Iterator[tuple[str, bytes]]:
    home = Path(runfold.__file__).parent
    for path in sorted(home.rglob("*")):
        inner = path.relative_to(home).as_posix()
        if path.is_file() and "__pycache__" not in path.parts and not inner.startswith(_LEFT_OUT):
            yield f"runfold/{inner}", path.read_bytes()


def _metadata(root: str) -> Iterator[tuple[str, bytes]]:
    installed = distribution("runfold")
    yield f"{root}/METADATA", (installed.read_text("METADATA") or "").encode()
    yield f"{root}/WHEEL", _WHEEL.encode()
    if entry_points := installed.read_text("entry_points.txt"):
        yield f"{root}/entry_points.txt", entry_points.encode()


def _add(wheel: zipfile.ZipFile, name: str, content: bytes) -> None:
    info = zipfile.ZipInfo(name, _EPOCH)
    info.external_attr = 0o644 << 16
    info.compress_type = zipfile.ZIP_DEFLATED
    wheel.writestr(info, content)
