"""Notes on the repository and the installed packages, taken in the background and kept with a run."""

from __future__ import annotations

import importlib.metadata
import logging
import platform
import sys
import threading
from collections.abc import Callable, Mapping
from pathlib import Path

from runfold.config import ClientSettings
from runfold.tracking import source

PACKAGES_PATH = "runfold/packages.txt"
PATCH_PATH = "runfold/uncommitted.patch"
JOIN_TIMEOUT_S = 5.0

_log = logging.getLogger("runfold")


class EnvironmentCapture:
    """Describes this process once, and hands the description to every run that asks.

    Safe from any thread. Whatever goes wrong here is a debug message, never an error of the run.
    """

    def __init__(self, settings: ClientSettings) -> None:
        self._settings = settings
        self._folder = source.source_folder()
        self._lock = threading.Lock()
        self._described: tuple[dict[str, str], dict[str, bytes]] | None = None

    def attach(
        self, set_tags: Callable[[Mapping[str, object]], None], put_file: Callable[[bytes, str], None]
    ) -> Callable[[], None]:
        """Add the description to a run, in the background.

        Args:
            put_file: keeps a content under a path of the run's artifacts.

        Returns:
            A function that waits until it is done, for some seconds at most.
        """

        def work() -> None:
            try:
                tags, contents = self._describe()
                set_tags(tags)
                for path, content in contents.items():
                    put_file(content, path)
            except Exception:  # a background thread, and nothing that a run should fail for
                _log.debug("the environment was not noted", exc_info=True)

        thread = threading.Thread(target=work, name="runfold-environment", daemon=True)
        thread.start()
        return lambda: thread.join(JOIN_TIMEOUT_S)

    def _describe(self) -> tuple[dict[str, str], dict[str, bytes]]:
        with self._lock:
            if self._described is None:
                self._described = describe(self._folder, self._settings)
            return self._described


def describe(folder: Path, settings: ClientSettings) -> tuple[dict[str, str], dict[str, bytes]]:
    """Tags and files that describe the code and its environment."""
    tags: dict[str, str] = {}
    contents = {PACKAGES_PATH: installed_packages().encode()}
    max_patch_bytes = settings.max_git_diff_bytes if settings.capture_git_diff else 0
    state = source.git_state(folder, max_patch_bytes=max_patch_bytes, script=source.running_script())
    if state is not None:
        tags |= source.git_tags(state)
        if state.patch:
            contents[PATCH_PATH] = state.patch
    return tags, contents


def installed_packages() -> str:
    """The installed distributions as a requirements file, with the interpreter and system as comments."""
    lines = {
        f"{found.name}=={found.version}"
        for found in importlib.metadata.distributions()
        if found.metadata is not None and found.name
    }
    head = f"# Python {platform.python_version()} ({sys.implementation.name}) on {platform.platform()}\n"
    return head + "".join(f"{line}\n" for line in sorted(lines, key=str.lower))
