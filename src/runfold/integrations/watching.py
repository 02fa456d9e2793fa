"""How autologging sees training: methods of a framework are replaced by ones that call them and look on.

The promise is that training goes on as if nobody looked: the framework's method is always called, with what it was
given, its result and errors are passed on, and whatever goes wrong in looking on is said once in the log and nowhere
else.
"""

from __future__ import annotations

import functools
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import msgspec

from runfold.domain.states import RunStatus
from runfold.tracking import active
from runfold.tracking.fluent.runs import end_run, start_run

_log = logging.getLogger("runfold")
_depth: ContextVar[int] = ContextVar("runfold_autolog_depth", default=0)


class Settings(msgspec.Struct):
    """What is logged by itself, for one framework.

    Attributes:
        is_on: nothing is logged otherwise.
        models: the trained model, in a safe format, with signature and example.
        datasets: the training data, by name, digest and schema.
        examples: rows of the training data with the model.
        every: iterations between two points of a metric.
        told: what went wrong and was said.
        spread: calls going on that hand work to threads of their own.
    """

    is_on: bool = True
    models: bool = True
    datasets: bool = True
    examples: bool = True
    every: int = 1
    told: set[str] = msgspec.field(default_factory=set)
    spread: int = 0

    def take_over(self, other: Settings) -> None:
        """Become as others are: methods that are watched hold on to the first settings."""
        for name in ("is_on", "models", "datasets", "examples", "every"):
            setattr(self, name, getattr(other, name))


class Call(msgspec.Struct):
    """One call of a method that is watched.

    Attributes:
        owner: the object whose method it is; None for functions.
        is_inner: it happens inside another watched call, as that of a pipeline's steps.
        memory: what `before` leaves for `after`.
    """

    settings: Settings
    owner: Any
    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    is_inner: bool
    memory: Any = None

    def argument(self, position: int, *names: str) -> Any:
        """An argument, wherever it stands; None if it was not given."""
        for name in names:
            if name in self.kwargs:
                return self.kwargs[name]
        return self.args[position] if len(self.args) > position else None

    def give(self, position: int, name: str, value: Any) -> None:
        """Replace an argument where it stands, or add it by its name."""
        if len(self.args) > position:
            self.args = (*self.args[:position], value, *self.args[position + 1 :])
        else:
            self.kwargs[name] = value


class Watcher:
    """What to do around a call. All of it may raise; training goes on."""

    def concerns(self, call: Call) -> bool:
        """Whether an outermost call is worth a run. Neither it nor what it calls is looked at otherwise."""
        return True

    def spreads(self, call: Call) -> bool:
        """Whether the call hands training to threads of its own, as searches do. Context variables don't follow it
        there, so while it lasts, every call of this framework counts as a part of it."""
        return False

    def before(self, call: Call) -> None:
        """May add to `call.kwargs`, such as a callback."""

    def after(self, call: Call, result: Any) -> None:
        """Called when the method has returned, within the run."""


def watch(place: Any, name: str, watcher: Watcher, settings: Settings, *, is_method: bool = True) -> None:
    """Replace a method of a class, or a function of a module, by one that is watched; once."""
    original = place.__dict__[name] if isinstance(place, type) else getattr(place, name)
    if getattr(original, "__runfold_settings__", None) is not None:
        return

    @functools.wraps(original)
    def watched(*args: Any, **kwargs: Any) -> Any:
        if not settings.is_on:
            return original(*args, **kwargs)
        owner, rest = (args[0], args[1:]) if is_method else (None, args)
        call = Call(settings, owner, rest, dict(kwargs), is_inner=is_inside(settings))
        if not call.is_inner and not quietly(settings, watcher.concerns, call):
            with _inside():
                return original(*args, **kwargs)
        with _inside(), _run_for(call), _spread_over(call, watcher):
            quietly(settings, watcher.before, call)
            result = original(*args[: len(args) - len(rest)], *call.args, **call.kwargs)
            quietly(settings, watcher.after, call, result)
        return result

    watched.__runfold_settings__ = settings  # type: ignore[attr-defined]
    setattr(place, name, watched)


def listen(place: type, name: str, hear: Callable[[Call, Any], None], settings: Settings) -> None:
    """Replace a method by one that tells `hear` of its calls and results; once.

    Unlike `watch` it begins no run: calls within training are left out, and what to log to is for `hear` to find.
    """
    original = place.__dict__[name]
    if getattr(original, "__runfold_settings__", None) is not None:
        return

    @functools.wraps(original)
    def heard(*args: Any, **kwargs: Any) -> Any:
        result = original(*args, **kwargs)
        if settings.is_on and not is_inside(settings):
            quietly(settings, hear, Call(settings, args[0], args[1:], kwargs, is_inner=False), result)
        return result

    heard.__runfold_settings__ = settings  # type: ignore[attr-defined]
    setattr(place, name, heard)


def is_inside(settings: Settings) -> bool:
    """Whether training that is watched is going on here."""
    return _depth.get() > 0 or settings.spread > 0


def quietly(settings: Settings, action: Callable[..., Any], *arguments: Any) -> Any:
    """Do something that must not disturb training; what goes wrong is said once."""
    try:
        return action(*arguments)
    except Exception as error:  # autologging never breaks training
        text = f"{type(error).__name__}: {error}"
        if text not in settings.told:
            settings.told.add(text)
            _log.warning("Autologging left something out: %s", text)
            _log.debug("autologging failed", exc_info=True)
        return None


@contextmanager
def _inside() -> Iterator[None]:
    token = _depth.set(_depth.get() + 1)
    try:
        yield
    finally:
        _depth.reset(token)


@contextmanager
def _spread_over(call: Call, watcher: Watcher) -> Iterator[None]:
    count = 1 if not call.is_inner and quietly(call.settings, watcher.spreads, call) else 0
    call.settings.spread += count
    try:
        yield
    finally:
        call.settings.spread -= count


@contextmanager
def _run_for(call: Call) -> Iterator[None]:
    """The current run, or one for this call alone."""
    if call.is_inner or active.current_run() is not None:
        yield
        return
    begun = quietly(call.settings, start_run)
    status = RunStatus.FAILED
    try:
        yield
        status = RunStatus.FINISHED
    finally:
        if begun is not None:
            quietly(call.settings, end_run, status)
