"""Hot reload: when an alias moves, the version that it points to now is loaded and takes over.

The model that serves goes on doing so meanwhile, and for good when the new one does not load.
"""

from __future__ import annotations

import logging
import threading
from typing import Protocol

from runfold.errors import RunfoldError
from runfold.serving.model import ServedModel
from runfold.serving.source import ModelSource

log = logging.getLogger("runfold.serving")

RELOADS, FAILED_RELOADS = "runfold_serving_reloads_total", "runfold_serving_failed_reloads_total"
_MAX_PATIENCE = 60
"""A version that did not load is tried again after this many looks at most."""


class Exchangeable(Protocol):
    """What serves a model and can be given another."""

    @property
    def model(self) -> ServedModel: ...

    def exchange_model(self, model: ServedModel) -> None: ...

    def note_failed_reload(self) -> None: ...


def watch(source: ModelSource, serving: Exchangeable, interval_s: float, environment: str = "") -> threading.Thread:
    """Look for another version every so often, in a thread that ends with the process."""
    watcher = Watcher(source, serving, environment)

    def work() -> None:
        pause = threading.Event()
        while not pause.wait(interval_s):
            watcher.look()

    thread = threading.Thread(target=work, name="runfold-reload", daemon=True)
    thread.start()
    return thread


class Watcher:
    """Compares what is served with what the alias points to.

    Args:
        environment: the digest of the one that models are loaded in here. A version that asks for another is left to
            the process that started this one. Empty: any will do.
    """

    def __init__(self, source: ModelSource, serving: Exchangeable, environment: str = "") -> None:
        self._source = source
        self._serving = serving
        self._environment = environment
        self._elsewhere = ""
        self._failed = ""
        self._n_failures = 0
        self._n_to_pass = 0

    def look(self) -> None:
        """Exchange the model when there is another one."""
        try:
            found = self._source.resolve()
        except (RunfoldError, OSError) as error:
            log.warning("cannot see which version of %s is meant now; serving goes on: %s", self._source.uri, error)
            return
        label = found.label
        if label in (self._serving.model.label, self._elsewhere) or self._is_to_wait(label):
            return
        try:
            if self._environment and self._source.asks_for(found) != self._environment:
                self._elsewhere = label
                return
            model = self._source.load(batching=self._serving.model.joins_allowed)
        except Exception as error:  # a model's code may raise anything, and must not end what serves
            self._note_failure(label, error)
            return
        previous = self._serving.model.label
        self._serving.exchange_model(model)
        self._failed, self._n_failures = "", 0
        log.info("%s takes over from %s", model.label, previous)

    def _is_to_wait(self, label: str) -> bool:
        """A version that failed is left alone for a while, longer each time."""
        if label != self._failed:
            self._n_failures = self._n_to_pass = 0
            return False
        self._n_to_pass -= 1
        return self._n_to_pass >= 0

    def _note_failure(self, label: str, error: Exception) -> None:
        self._failed = label
        self._n_failures += 1
        self._n_to_pass = min(2**self._n_failures, _MAX_PATIENCE)
        self._serving.note_failed_reload()
        trace = None if isinstance(error, RunfoldError) else error
        log.error("%s does not load; %s serves on: %s", label, self._serving.model.label, error, exc_info=trace)
