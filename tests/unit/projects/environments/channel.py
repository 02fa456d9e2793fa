"""Channels of conda packages in a folder, which rattler reads as it reads those on a server."""

from __future__ import annotations

import hashlib
import io
import json
import sys
import tarfile
from collections.abc import Mapping, Sequence
from pathlib import Path

PLATFORMS = ("linux-64", "linux-aarch64", "osx-64", "osx-arm64")


class Link(str):
    """A file of a package that leads elsewhere."""

    __slots__ = ()


class Prefixed(str):
    """A file that holds the place of its environment, for which `PLACE` stands."""

    __slots__ = ()


PLACE = "/place/" + "of_the_environment_" * 8


class Channel:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._packages: dict[str, object] = {}
        for subdir in PLATFORMS:
            (folder / subdir).mkdir(parents=True)
            (folder / subdir / "repodata.json").write_text(json.dumps({"info": {"subdir": subdir}}))
        (folder / "noarch").mkdir()

    def add(self, name: str, version: str, files: Mapping[str, str], depends: Sequence[str] = ()) -> None:
        """A package for every platform; its files can be executed."""
        index = {"name": name, "version": version, "build": "0", "build_number": 0, "subdir": "noarch"}
        index["depends"] = list(depends)
        paths = [_described(path, content) for path, content in files.items()]
        contents = {
            "info/index.json": json.dumps(index),
            "info/paths.json": json.dumps({"paths": paths, "paths_version": 1}),
            "info/files": "".join(f"{path}\n" for path in files),
            **files,
        }
        path = self.folder / "noarch" / f"{name}-{version}-0.tar.bz2"
        with tarfile.open(path, "w:bz2") as archive:
            for member_name, text in contents.items():
                member = tarfile.TarInfo(member_name)
                if isinstance(text, Link):
                    member.type, member.linkname = tarfile.SYMTYPE, str(text)
                    archive.addfile(member)
                else:
                    member.size, member.mode = len(text.encode()), 0o755
                    archive.addfile(member, io.BytesIO(text.encode()))
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        self._packages[path.name] = {**index, "sha256": digest, "size": path.stat().st_size}
        repodata = {"info": {"subdir": "noarch"}, "packages": self._packages}
        (self.folder / "noarch" / "repodata.json").write_text(json.dumps(repodata))

    def add_python(self) -> None:
        """The Python of this machine, in the shape that packages can be installed into."""
        program = Path(sys.base_prefix) / "bin" / "python{}.{}".format(*sys.version_info[:2])
        version = "{}.{}.{}".format(*sys.version_info[:3])
        files = {
            "bin/python": Link(str(program)),
            "bin/python3": Link(str(program)),
            "pyvenv.cfg": f"home = {program.parent}\ninclude-system-site-packages = false\nversion = {version}\n",
        }
        self.add("python", version, files)
        self.add("pip", "24.0", {"share/pip.txt": "by uv"})


def _described(path: str, content: str) -> dict[str, str]:
    described = {"_path": path, "path_type": "softlink" if isinstance(content, Link) else "hardlink"}
    if isinstance(content, Prefixed):
        described |= {"prefix_placeholder": PLACE, "file_mode": "text"}
    return described
