"""How git gets into a private repository: what it needs stands in its environment alone, not on its command line."""

from __future__ import annotations

import os
import re
import shlex
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import unquote

from runfold.domain.secret import check_reference
from runfold.errors import InvalidValue
from runfold.launch.secrets import Open, nobody_opens, read_secret
from runfold.tracking.source import without_credentials

_HTTP = re.compile(r"https?://")
# Git calls a helper with `get`, `store` or `erase`; the password stays in the environment of git and of this shell.
_SAY = r"""printf 'username=%s\npassword=%s\n' "$RUNFOLD_GIT_USER" "$RUNFOLD_GIT_PASSWORD" """
_HELPER = f'!f() {{ test "$1" = get && {_SAY}; }}; f'
_DEFAULT_USER = "git"


@contextmanager
def git_access(address: str, reference: str, open_secret: Open = nobody_opens) -> Iterator[Mapping[str, str]]:
    """The variables that git needs, for the time of a `with` block.

    Args:
        address: of the repository. By HTTP, the secret is a token or `user:token`, and only this host gets it; by SSH
            it is a private key.
        reference: where the secret is found; empty: what the address holds, or git itself knows, has to do.
        open_secret: gives the secrets that the server keeps.

    Raises:
        InvalidValue: there is no secret, or the address takes none.
    """
    address = address.removeprefix("git+")
    if not reference:
        yield _by_http(address, *_user_and_password(address)) if _holds_password(address) else {}
        return
    secret = read_secret("the repository", check_reference("the credential", reference), open_kept=open_secret)
    if _HTTP.match(address):
        user, _, password = secret.rpartition(":")
        yield _by_http(address, user or _DEFAULT_USER, password)
    elif "BEGIN" in secret.partition("\n")[0]:
        with tempfile.TemporaryDirectory(prefix="runfold-key-") as home:
            yield _by_ssh(Path(home) / "key", secret)
    else:
        raise InvalidValue("The credential of a repository that is reached by SSH must be a private key.")


def for_git(address: str) -> str:
    """The address as git's command line and configuration may hold it: `git_access` gives the password."""
    return without_credentials(address) if _holds_password(address) else address


def _holds_password(address: str) -> bool:
    return bool(_HTTP.match(address)) and ":" in _user_info(address)


def _user_info(address: str) -> str:
    return address.partition("://")[2].partition("/")[0].rpartition("@")[0]


def _user_and_password(address: str) -> tuple[str, str]:
    user, _, password = _user_info(address).partition(":")
    return unquote(user), unquote(password)


def _by_http(address: str, user: str, password: str) -> dict[str, str]:
    scheme, _, place = without_credentials(address).partition("://")
    key = f"credential.{scheme}://{place.partition('/')[0]}.helper"
    n_known = int(os.environ.get("GIT_CONFIG_COUNT") or 0)
    return {
        "GIT_CONFIG_COUNT": str(n_known + 2),
        # An empty helper first: of this host, those of the machine neither answer nor learn the password.
        f"GIT_CONFIG_KEY_{n_known}": key,
        f"GIT_CONFIG_VALUE_{n_known}": "",
        f"GIT_CONFIG_KEY_{n_known + 1}": key,
        f"GIT_CONFIG_VALUE_{n_known + 1}": _HELPER,
        "RUNFOLD_GIT_USER": user,
        "RUNFOLD_GIT_PASSWORD": password,
    }


def _by_ssh(path: Path, key: str) -> dict[str, str]:
    path.touch(mode=0o600)
    path.write_text(key.rstrip("\n") + "\n", encoding="utf-8")
    return {"GIT_SSH_COMMAND": f"ssh -i {shlex.quote(str(path))} -o IdentitiesOnly=yes -o BatchMode=yes"}
