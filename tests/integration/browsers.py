"""Browsers that sign in by a provider, as far as a test sees them."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import httpx2

from tests.integration.providers import Person

CALLS = "/api/runfold/v1"


def way_back(browser: httpx2.Client, person: Person, *, consents: bool = True) -> str:
    led = browser.get("/oidc/start", params={"next": "/models"})
    assert led.status_code == 303, led.text
    return person.answer(led.headers["location"], consents=consents)


def come_in(browser: httpx2.Client, person: Person) -> str:
    """Where the browser ends up."""
    return str(browser.get(way_back(browser, person)).headers["location"])


def call(browser: httpx2.Client, name: str, /, **fields: object) -> httpx2.Response:
    headers = {"X-Runfold-Page": "1", "Origin": str(browser.base_url).rstrip("/")}
    return browser.post(f"{CALLS}/{name}", json=fields, headers=headers)


def account(browser: httpx2.Client) -> Any:
    answer = browser.get(f"{CALLS}/account", headers={"X-Runfold-Page": "1"})
    return answer.json()["user"] if answer.status_code == 200 else None


def until(is_so: Callable[[], bool], what: str) -> None:
    """What another process does is noticed a moment later."""
    waiting = threading.Event()
    for _ in range(600):
        if is_so():
            return
        waiting.wait(0.05)
    raise AssertionError(what)
