"""Hosts that do not answer."""

from __future__ import annotations

import threading
import time

import pytest

from runfold.errors import Unavailable
from runfold.launch.targets import absence
from runfold.launch.targets.absence import Absence

AWAY = Unavailable("box does not answer.")


def test_it_is_told_once_and_its_end_too() -> None:
    told: list[str] = []
    away = Absence("box", told.append, threading.Event())
    for _ in range(3):
        assert not away.is_too_long(AWAY)
    for _ in range(2):
        away.end()
    assert told == [
        "box does not answer. The job goes on there; it is looked for again and again.",
        "box answers again",
    ]


def test_who_wants_to_be_rid_of_the_job_waits_for_less_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(absence, "CANCEL_AWAY_S", -1.0)
    cancelled = threading.Event()
    away = Absence("box", lambda _: None, cancelled)
    assert not away.is_too_long(AWAY)
    cancelled.set()
    assert away.is_too_long(AWAY)
    assert away.given_up().is_cancelled


def test_a_cancel_ends_a_pause_and_does_not_make_the_next_ones_short() -> None:
    """Else a host that is away would be asked without any pause until it is given up."""
    cancelled = threading.Event()
    away = Absence("box", lambda _: None, cancelled)
    threading.Timer(0.05, cancelled.set).start()
    began = time.monotonic()
    away.pause(30)
    assert time.monotonic() - began < 20
    began = time.monotonic()
    away.pause(0.2)
    assert time.monotonic() - began >= 0.2
