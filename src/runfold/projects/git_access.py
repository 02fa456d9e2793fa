"""How git gets into a private repository with a credential that is given by reference: by its environment alone."""

from __future__ import annotations

import re
import shlex
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from runfold.errors import InvalidValue
from runfold.launch.secrets import Open, nobody_opens, read_secret

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
        reference: where the secret is found; empty: what git itself knows has to do.
        open_secret: gives the secrets that the server keeps.

    Raises:
        InvalidValue: there is no secret, or the address takes none.
    """
    if not reference:
        yield {}
        return
    secret = read_secret("the repository", reference, open_kept=open_secret)
    address = address.removeprefix("git+")
    if _HTTP.match(address):
        yield _by_http(address, secret)
    elif "BEGIN" in secret.partition("\n")[0]:
        with tempfile.TemporaryDirectory(prefix="runfold-key-") as home:
            yield _by_ssh(Path(home) / "key", secret)
    else:
        raise InvalidValue("The credential of a repository that is reached by SSH must be a private key.")


def _by_http(address: str, secret: str) -> dict[str, str]:
    parts = urlsplit(address)
    user, _, password = secret.rpartition(":")
    host = parts.netloc.rpartition("@")[2]
    return {
        "GIT_CONFIG_COUNT": "2",
        # An empty helper first: those of the machine neither answer nor learn the password.
        "GIT_CONFIG_KEY_0": "credential.helper",
        "GIT_CONFIG_VALUE_0": "",
        "GIT_CONFIG_KEY_1": f"credential.{parts.scheme}://{host}.helper",
        "GIT_CONFIG_VALUE_1": _HELPER,
        "RUNFOLD_GIT_USER": user or _DEFAULT_USER,
        "RUNFOLD_GIT_PASSWORD": password,
    }


def _by_ssh(path: Path, key: str) -> dict[str, str]:
    path.touch(mode=0o600)
    path.write_text(key.rstrip("\n") + "\n", encoding="utf-8")
    return {"GIT_SSH_COMMAND": f"ssh -i {shlex.quote(str(path))} -o IdentitiesOnly=yes -o BatchMode=yes"}
