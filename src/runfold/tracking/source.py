"""Where a run came from: script or notebook, arguments, repository, user, host, job.

Tags named `mlflow.*` are those that MLflow's clients set and its tools read; the others are ours.
"""

from __future__ import annotations

import getpass
import os
import platform
import re
import shlex
import subprocess
import sys
from pathlib import Path

import msgspec

from runfold.domain import known_tags, limits

GIT_TIMEOUT_S = 10.0

_JOB_VARIABLES = {
    "SLURM_JOB_ID": "runfold.slurm.jobId",
    "SLURM_ARRAY_TASK_ID": "runfold.slurm.arrayTaskId",
    "PBS_JOBID": "runfold.pbs.jobId",
    "LSB_JOBID": "runfold.lsf.jobId",
    "RAY_JOB_ID": "runfold.ray.jobId",
}
_CONTAINER_ID = re.compile(r"[0-9a-f]{64}")


class GitState(msgspec.Struct, frozen=True, kw_only=True):
    """The repository that the script lies in.

    Attributes:
        branch: empty when detached.
        url: of the remote `origin`, without user and password; empty if there is none.
        root: the repository's folder.
        is_dirty: tracked files have changes that are not committed.
        patch: those changes; None when they were not asked for or are longer than allowed.
    """

    commit: str
    branch: str
    url: str
    root: Path
    is_dirty: bool
    patch: bytes | None


def quick_tags() -> dict[str, str]:
    """What can be told without starting another program. Never raises."""
    name, kind = _source()
    tags = {
        known_tags.SOURCE_NAME: name,
        known_tags.SOURCE_TYPE: kind,
        known_tags.USER: user_name(),
        "runfold.host": platform.node(),
        "runfold.python": platform.python_version(),
    }
    if entry_point := os.environ.get("RUNFOLD_ENTRY_POINT") or os.environ.get("MLFLOW_PROJECT_ENTRY_POINT"):
        tags["mlflow.project.entryPoint"] = entry_point
    if len(sys.argv) > 1 and kind == "LOCAL":
        tags["runfold.source.arguments"] = without_secret_arguments(sys.argv[1:])
    for variable, tag in _JOB_VARIABLES.items():
        if os.environ.get(variable):
            tags[tag] = os.environ[variable]
    if container := _container_id():
        tags["runfold.container.id"] = container
    return {key: value[: limits.MAX_TAG_VALUE] for key, value in tags.items() if value}


def user_name() -> str:
    """The name of the account; empty where there is none, as in containers with a bare number."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return ""


def _source() -> tuple[str, str]:
    """Name and MLflow's source type of what runs."""
    shell = sys.modules.get("IPython")
    kernel = getattr(shell, "get_ipython", lambda: None)() if shell is not None else None
    if kernel is not None and hasattr(kernel, "kernel"):
        return os.environ.get("JPY_SESSION_NAME", "") or os.environ.get("VSCODE_NOTEBOOK", "notebook"), "NOTEBOOK"
    main = sys.modules.get("__main__")
    spec = getattr(main, "__spec__", None)
    if spec is not None:
        return f"-m {spec.name.removesuffix('.__main__')}", "LOCAL"
    path = getattr(main, "__file__", None) or sys.argv[0]
    return (path or "<interactive>"), "LOCAL"


_SECRET_OPTION = re.compile(r"-{1,2}[\w-]*(?:password|passwd|secret|token|api-?_?key|credential)[\w-]*", re.IGNORECASE)


def without_secret_arguments(arguments: list[str]) -> str:
    """A command line fit for a record: values of options that sound like secrets are left out."""
    shown: list[str] = []
    hide_next = False
    for argument in arguments:
        option, equals, _ = argument.partition("=")
        is_secret = _SECRET_OPTION.fullmatch(option) is not None
        if hide_next and not argument.startswith("-"):
            shown.append("***")
        elif is_secret and equals:
            shown.append(f"{option}=***")
        else:
            shown.append(without_credentials(argument))
        hide_next = is_secret and not equals
    return shlex.join(shown)


_USER_INFO = re.compile(r"(?<=://)[^/?#]*@")


def without_credentials(url: str) -> str:
    """A URL without user and password; any other text as it is."""
    return _USER_INFO.sub("", url, count=1)


def _container_id() -> str:
    """The id of the container this runs in, from the mounts of its own files; empty outside of one."""
    try:
        mounts = Path("/proc/self/mountinfo").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
    for line in mounts.splitlines():
        if "/etc/hostname" in line and (found := _CONTAINER_ID.search(line)):
            return found[0]
    return ""


def running_script() -> Path | None:
    """The file of this process's program; None for notebooks and shells."""
    path = getattr(sys.modules.get("__main__"), "__file__", None)
    return Path(path).resolve() if path else None


def source_folder() -> Path:
    """The folder whose repository describes the run."""
    script = running_script()
    return script.parent if script else Path.cwd()


def git_state(folder: Path, *, max_patch_bytes: int, script: Path | None = None) -> GitState | None:
    """What git knows of a folder; None without git or repository. Takes some ten milliseconds; never raises.

    Args:
        max_patch_bytes: 0: no patch is wanted.
        script: what runs. When git neither holds nor ignores it, it is a change like others: without it nobody could
            run it again.
    """
    try:
        status = _git(folder, "status", "--porcelain=v2", "--branch", "--untracked-files=no").decode(errors="replace")
        head = dict(line[2:].split(" ", 1) for line in status.splitlines() if line.startswith("# branch."))
        root = Path(os.fsdecode(_git(folder, "rev-parse", "--show-toplevel").rstrip(b"\n")))
        new = _new(root, script) if script is not None else ""
        is_dirty = bool(new) or any(not line.startswith("#") for line in status.splitlines())
        patch = _patch(root, max_patch_bytes, new) if is_dirty and max_patch_bytes else None
        branch = head.get("branch.head", "")
        return GitState(
            commit=head.get("branch.oid", "").removeprefix("(initial)"),
            branch="" if branch.startswith("(") else branch,
            url=_remote_url(folder),
            root=root,
            is_dirty=is_dirty,
            patch=patch,
        )
    except (OSError, ValueError, subprocess.SubprocessError):
        return None


def holds_commit(folder: Path, commit: str) -> bool:
    """Whether a folder is in a repository of this machine that has a commit. Never raises."""
    try:
        _git(folder, "rev-parse", "--quiet", "--verify", "--end-of-options", f"{commit}^{{commit}}")
    except (OSError, ValueError, subprocess.SubprocessError):
        return False
    return True


def git_tags(state: GitState) -> dict[str, str]:
    """What a record keeps of a repository, also where in it the script and its working folder lie."""
    script = running_script()
    tags = {
        known_tags.GIT_COMMIT: state.commit,
        known_tags.GIT_BRANCH: state.branch,
        known_tags.GIT_URL: state.url,
        "runfold.source.git.dirty": str(state.is_dirty).lower(),
        "runfold.source.git.script": _within(state.root, script) if script else "",
        "runfold.source.git.folder": _within(state.root, Path.cwd()),
    }
    return {key: value for key, value in tags.items() if value}


def _within(root: Path, path: Path) -> str:
    """A path as seen from the repository; empty when it lies outside."""
    resolved = path.resolve()
    return resolved.relative_to(root.resolve()).as_posix() if resolved.is_relative_to(root.resolve()) else ""


def _new(root: Path, script: Path) -> str:
    """Where in the repository a script lies that git has not been told of; empty: it has, or it is no script of it."""
    inside = _within(root, script)
    return inside if inside and _git(root, "ls-files", "--others", "--exclude-standard", "--", inside) else ""


def _patch(root: Path, max_bytes: int, new: str) -> bytes | None:
    """Of what git holds, and of one file that it does not, if one is named."""
    # Options keep programs that the repository's own configuration names from running.
    diff = ("diff", "--no-ext-diff", "--no-textconv", "--no-color")
    patch = _git(root, *diff, "HEAD")
    if new:
        patch += _git(root, *diff, "--no-index", "--", os.devnull, new, differs=1)
    return patch if len(patch) <= max_bytes else None


def _remote_url(folder: Path) -> str:
    try:
        return without_credentials(
            _git(folder, "config", "--get", "remote.origin.url").decode(errors="replace").strip()
        )
    except subprocess.CalledProcessError:
        return ""


def _git(folder: Path, *arguments: str, differs: int = 0) -> bytes:
    """What git says; `differs` is an exit code that is no failure either."""
    done = subprocess.run(  # noqa: S603 - fixed arguments, no shell
        ["git", "-c", "core.fsmonitor=false", "-C", str(folder), *arguments],  # noqa: S607 - the user's own git
        capture_output=True,
        timeout=GIT_TIMEOUT_S,
        env={**os.environ, "GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0"},
        check=False,
    )
    if done.returncode not in (0, differs):
        raise subprocess.CalledProcessError(done.returncode, done.args, done.stdout, done.stderr)
    return done.stdout
