"""The tokens that `runfold login` keeps in the user's configuration, one for each server."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from pathlib import Path

import msgspec

from runfold.errors import StoreError


class KeptToken(msgspec.Struct, frozen=True, kw_only=True):
    user: str
    token_id: str
    secret: str

    def __repr__(self) -> str:
        return f"KeptToken(user={self.user!r})"


def file_of(env: Mapping[str, str]) -> Path:
    folder = env.get("XDG_CONFIG_HOME") or str(Path.home() / ".config")
    return Path(folder) / "runfold" / "credentials.json"


def find(base_url: str, env: Mapping[str, str]) -> KeptToken | None:
    return _read(file_of(env)).get(base_url)


def keep(base_url: str, token: KeptToken | None, env: Mapping[str, str]) -> Path:
    """Keep a token for a server, readable for this user alone; None: forget the one that is kept."""
    path = file_of(env)
    kept = {server: known for server, known in _read(path).items() if server != base_url}
    if token is not None:
        kept[base_url] = token
    path.parent.mkdir(parents=True, exist_ok=True)
    # A new file is readable for its owner alone from the first byte on, and is there whole or not at all.
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".credentials-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(msgspec.json.format(msgspec.json.encode(kept)))
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    return path


def _read(path: Path) -> dict[str, KeptToken]:
    try:
        return msgspec.json.decode(path.read_bytes(), type=dict[str, KeptToken])
    except FileNotFoundError:
        return {}
    except (OSError, msgspec.MsgspecError) as error:
        raise StoreError(f"{path} cannot be read: {error}. Remove it, and sign in again.") from error
