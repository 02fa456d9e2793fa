"""A project's code brought to a folder of this machine: a folder as it is, a repository at a commit, an archive."""

from __future__ import annotations

import difflib
import re
import tempfile
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from runfold.errors import InvalidValue, NotFound
from runfold.launch.secrets import Open, nobody_opens
from runfold.projects.archive import SUFFIXES, unpack
from runfold.projects.git import Git, GitFailed
from runfold.projects.git_access import for_git, git_access
from runfold.tracking.source import GitState, git_state, without_credentials

_SCP_FORM = re.compile(r"[\w.\-]+@[\w.\-]+:")  # git@host:path
_REMOTE = ("https://", "http://", "ssh://", "git://", "git+https://", "git+ssh://", "git+file://", "file://")
_REF = re.compile(r"[\w./\-+@^~]+")
_COMMIT = re.compile(r"[0-9a-f]{7,64}")


class Fetched(msgspec.Struct, frozen=True, kw_only=True):
    """Code that can be run.

    Attributes:
        folder: of the project.
        uri: as it was asked for, without user and password; a folder in full.
        commit, branch, repository: of git; empty without it.
        is_copy: the folder is one of our own, and goes when the work is done.
        is_dirty: the folder holds changes that are in no commit.
    """

    folder: Path
    uri: str
    commit: str = ""
    branch: str = ""
    repository: str = ""
    is_copy: bool = False
    is_dirty: bool = False


@contextmanager
def fetched(
    uri: str, *, version: str = "", patch: bytes = b"", credential: str = "", open_secret: Open = nobody_opens
) -> Iterator[Fetched]:
    """Bring a project here for the time of a `with` block.

    Args:
        uri: a folder; the address of a repository (https, ssh, git, file, `git@host:path`); an archive (zip, tar).
            Behind `#` a folder inside may follow.
        version: a branch, tag or commit of a repository; empty: its default branch.
        patch: changes to make to the copy, as `git diff` writes them; needs a version.
        credential: where that is found which a private repository asks for; see `git_access`.
        open_secret: gives the secrets that the server keeps.

    Raises:
        NotFound: there is no such folder or file.
        InvalidValue: the address, version or archive cannot be used; the message says why.
    """
    if any(unicodedata.category(character) == "Cc" for character in uri):
        raise InvalidValue(f"The address {uri[:200]!r} holds a control character, which none can.")
    place, _, inside = uri.partition("#")
    if is_repository(place):
        with (
            git_access(place, credential, open_secret) as access,
            tempfile.TemporaryDirectory(prefix="runfold-project-") as home,
        ):
            git = Git(Path(home) / "code", access)
            yield _subfolder(_patched(git, _clone(git, place, version), patch), inside)
        return
    path = _local(place or ".")
    if path.name.endswith(SUFFIXES) and _is(path.is_file):
        with tempfile.TemporaryDirectory(prefix="runfold-project-") as home:
            folder = Path(home) / "code"
            unpack(path, folder)
            yield _subfolder(Fetched(folder=_only_folder(folder), uri=str(path.resolve()), is_copy=True), inside)
        return
    if not _is(path.is_dir):
        raise NotFound("project folder, archive or repository", place[:200])
    if version:
        state, below = _repository_of(path.resolve())
        with tempfile.TemporaryDirectory(prefix="runfold-project-") as home:
            git = Git(Path(home) / "code")
            code = _patched(git, _clone(git, state.root.as_uri(), version), patch)
            if state.url:  # what others can reach
                code = msgspec.structs.replace(code, repository=state.url)
            yield _subfolder(code, "/".join(filter(None, [below, inside])))
        return
    yield _subfolder(_in_place(path.resolve()), inside)


def is_repository(uri: str) -> bool:
    return uri.startswith(_REMOTE) or _SCP_FORM.match(uri) is not None


def _local(place: str) -> Path:
    try:
        return Path(place).expanduser()
    except RuntimeError:
        raise InvalidValue(f"{place[:200]!r} names a user whom this machine does not know.") from None


def _is(there: Callable[[], bool]) -> bool:
    """Whether something is there; what no file system takes as a name is not."""
    try:
        return there()
    except (OSError, ValueError):
        return False


def _repository_of(folder: Path) -> tuple[GitState, str]:
    """The repository that a folder belongs to, and where in it the folder lies."""
    state = git_state(folder, max_patch_bytes=0)
    if state is None:
        raise InvalidValue(f"{folder} is in no Git repository, so there is no version of it to run.")
    below = folder.relative_to(state.root.resolve()).as_posix()
    return state, "" if below == "." else below


def _in_place(folder: Path) -> Fetched:
    state = git_state(folder, max_patch_bytes=0)
    if state is None:
        return Fetched(folder=folder, uri=str(folder))
    return Fetched(
        folder=folder,
        uri=str(folder),
        commit=state.commit,
        branch=state.branch,
        repository=state.url,
        is_dirty=state.is_dirty,
    )


def _subfolder(whole: Fetched, inside: str) -> Fetched:
    if not inside:
        return whole
    folder = (whole.folder / inside).resolve()
    if not folder.is_relative_to(whole.folder.resolve()):
        raise InvalidValue(f"The folder {inside!r} leads out of the project.")
    if not _is(folder.is_dir):
        at = f" at {whole.commit[:10]}" if whole.commit else ""
        raise InvalidValue(
            f"{whole.uri} has no folder {inside[:200]!r}{at}. What stands behind # is a folder of the project, as seen "
            "from its top."
        )
    return msgspec.structs.replace(whole, folder=folder, uri=f"{whole.uri}#{inside}")


def _clone(git: Git, uri: str, version: str) -> Fetched:
    address = uri.removeprefix("git+")
    if version and (not _REF.fullmatch(version) or version.startswith("-")):
        raise InvalidValue(f"{version!r} is no branch, tag or commit.")
    if address.endswith("://"):
        raise InvalidValue(f"The address {address!r} names no repository.")
    git.folder.mkdir(parents=True)
    git("init", "--quiet")
    git("remote", "add", "origin", "--", for_git(address))
    shown = without_credentials(address)
    with _told(f"The repository {shown} cannot be read"):
        default = git.ask("origin")
    if not default and not version:
        raise InvalidValue(f"The repository {shown} has no default branch with a commit; say which branch to run.")
    try:
        git("fetch", "--quiet", "--depth", "1", "origin", version or "HEAD")
        git("checkout", "--quiet", "--detach", "FETCH_HEAD")
    except GitFailed as error:
        if not version:
            raise InvalidValue(f"The repository {shown} cannot be read: {error}") from None
        _fetch_everything(git, shown, version)
    with _told(f"A submodule of {shown} cannot be read"):
        git("submodule", "update", "--quiet", "--init", "--recursive", "--depth", "1")
    commit = git("rev-parse", "HEAD").strip()
    is_commit = commit.startswith(version) and bool(version)
    return Fetched(
        folder=git.folder,
        uri=shown,
        commit=commit,
        branch="" if is_commit else version,
        repository=shown,
        is_copy=True,
    )


def _patched(git: Git, code: Fetched, patch: bytes) -> Fetched:
    if not patch:
        return code
    with tempfile.NamedTemporaryFile(prefix="runfold-", suffix=".patch") as changes:
        changes.write(patch)
        changes.flush()
        try:
            git("apply", "--whitespace=nowarn", changes.name)
        except GitFailed as error:
            raise InvalidValue(f"The uncommitted changes of the run do not fit its commit: {error}") from None
    return msgspec.structs.replace(code, is_dirty=True)


def _fetch_everything(git: Git, shown: str, version: str) -> None:
    """A short commit id, or one that the server gives only with its history."""
    with _told(f"The repository {shown} cannot be read"):
        git("fetch", "--quiet", "--tags", "origin", "+refs/heads/*:refs/remotes/origin/*")
    try:
        git("checkout", "--quiet", "--detach", version)
    except GitFailed:
        names = git("for-each-ref", "--format=%(refname:lstrip=3)", "refs/remotes/origin").split()
        names += git("for-each-ref", "--format=%(refname:lstrip=2)", "refs/tags").split()
        near = difflib.get_close_matches(version, names, n=1)
        hint = ""
        if near:
            hint = f" Did you mean {near[0]!r}?"
        elif _COMMIT.fullmatch(version):
            hint = " A commit goes once no branch or tag leads to it any more; one that was never pushed is not there."
        raise InvalidValue(f"The repository {shown} has no branch, tag or commit {version!r}.{hint}") from None


@contextmanager
def _told(what: str) -> Iterator[None]:
    """What git says against it, as a refusal that begins with `what`."""
    try:
        yield
    except GitFailed as error:
        raise InvalidValue(f"{what}: {error}") from None


def _only_folder(folder: Path) -> Path:
    """Archives of repositories wrap everything into one folder."""
    entries = list(folder.iterdir())
    return entries[0] if len(entries) == 1 and entries[0].is_dir() else folder
