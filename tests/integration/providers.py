"""A real provider of OpenID Connect in a process of its own: the certified `oidc-provider`, see tests/provider."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from html import unescape
from pathlib import Path
from urllib.parse import urljoin

import httpx2

from runfold.config import StoreSettings
from runfold.stores.sql.store import SqlStore
from runfold.testing.accounts import PASSWORD
from tests.integration.servers import ServerProcess

PROGRAM = Path(__file__).parents[1] / "provider" / "provider.mjs"
SECRET = "the client's secret"
Claims = dict[str, object]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class ProviderProcess:
    """
    Args:
        people: what is told of them, by their subject.
        more: fields of the client that differ, as OpenID Connect Dynamic Client Registration names them.
    """

    def __init__(self, folder: Path, server_uri: str, people: Mapping[str, Claims], **more: object) -> None:
        self._folder = folder
        self._port = free_port()
        self.issuer = f"http://127.0.0.1:{self._port}"
        self._people: dict[str, Claims] = {}
        self._process: subprocess.Popen[bytes] | None = None
        told = {"port": self._port, "server": server_uri, "more": more}
        (folder / "provider.json").write_text(json.dumps(told))
        self.change_people(people)

    def change_people(self, people: Mapping[str, Claims | None]) -> None:
        """None: whom the provider does not let in any more."""
        self._people = {subject: claims for subject, claims in {**self._people, **people}.items() if claims is not None}
        fresh = self._folder / "people.new"
        fresh.write_text(json.dumps(self._people))
        fresh.replace(self._folder / "people.json")

    def start(self) -> None:
        """With new keys, and nobody signed in."""
        self._process = subprocess.Popen(
            ["node", PROGRAM, self._folder], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        deadline = time.monotonic() + 60
        while not self._answers():
            assert time.monotonic() < deadline, "the provider does not start"
            assert self._process.poll() is None, "the provider has ended; `make setup` installs it"
            time.sleep(0.05)

    def stop(self) -> None:
        if self._process is not None:
            os.kill(self._process.pid, signal.SIGCONT)
            self._process.terminate()
            self._process.wait(30)
            self._process = None

    def pause(self) -> None:
        """From now on it takes connections and says nothing."""
        assert self._process is not None
        os.kill(self._process.pid, signal.SIGSTOP)

    def go_on(self) -> None:
        assert self._process is not None
        os.kill(self._process.pid, signal.SIGCONT)

    def set_clock(self, ahead_s: int) -> None:
        fresh = self._folder / "clock.new"
        fresh.write_text(str(ahead_s))
        fresh.replace(self._folder / "clock.json")

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.issuer}/.well-known/openid-configuration", timeout=5) as told:
                return bool(told.status == 200)
        except OSError:
            return False


class Person:
    """Somebody at the provider with a browser of their own, who fills in its forms."""

    def __init__(self, issuer: str, subject: str) -> None:
        self.browser = httpx2.Client(follow_redirects=False, timeout=30)
        self._issuer = issuer
        self._subject = subject

    def answer(self, address: str, *, consents: bool = True) -> str:
        """Where the provider leads back to from an address that a server led to."""
        page = self.browser.get(address)
        for _ in range(12):
            if page.is_redirect:
                there = urljoin(str(page.url), page.headers["location"])
                if not there.startswith(self._issuer):
                    return there
                page = self.browser.get(there)
                continue
            assert page.status_code == 200, page.text
            page = self._fill_in(page, consents=consents)
        raise AssertionError(f"The provider leads nowhere; its last page is {page.text}")

    def sign_in(self, address: str) -> httpx2.Response:
        """What the provider shows after its form for name and password, which an address led to."""
        return self._followed(self._fill_in(self._followed(self.browser.get(address)), consents=True))

    def _followed(self, page: httpx2.Response) -> httpx2.Response:
        while page.is_redirect:
            page = self.browser.get(urljoin(str(page.url), page.headers["location"]))
        return page

    def sign_out(self) -> None:
        """By the provider's own page."""
        page = self.browser.get(f"{self._issuer}/session/end")
        page = self._followed(self._fill_in(page, consents=True))
        assert page.status_code == 200, page.text

    def close(self) -> None:
        self.browser.close()

    def _fill_in(self, page: httpx2.Response, *, consents: bool) -> httpx2.Response:
        form = re.search(r'<form[^>]*action="([^"]+)"', page.text)
        assert form is not None, page.text
        target = urljoin(str(page.url), unescape(form[1]))
        if 'name="prompt" value="login"' in page.text:
            return self.browser.post(target, data={"prompt": "login", "login": self._subject, "password": "any"})
        if 'name="prompt" value="consent"' in page.text:
            if not consents:
                return self.browser.get(f"{target}/abort")
            return self.browser.post(target, data={"prompt": "consent"})
        xsrf = re.search(r'name="xsrf" value="([^"]+)"', page.text)
        assert xsrf is not None, page.text
        return self.browser.post(target, data={"xsrf": xsrf[1], "logout": "yes"})


@contextmanager
def house_with_provider(
    folder: Path, people: Mapping[str, Claims], *, store_uri: str | None = None, **settings: object
) -> Iterator[tuple[ServerProcess, ProviderProcess]]:
    """A server of two processes with an administrator `root`, and the provider that it trusts.

    Args:
        people: of the provider.
        settings: of the server, beside those that name the provider.
    """
    (folder / "secret").write_text(SECRET)
    more = {"oidc_client_id": "runfold", "oidc_client_secret_file": str(folder / "secret"), **settings}
    server = ServerProcess(folder, store_uri=store_uri, processes=2, auth=True, more=more)
    provider = ProviderProcess(folder, server.uri, people)
    server.set("oidc_issuer", provider.issuer)
    try:
        provider.start()
        server.start()
        with closing(SqlStore(server.store_uri, StoreSettings())) as records:
            records.finish_setup(records.begin_setup(), "root", PASSWORD)
        yield server, provider
    finally:
        server.stop()
        provider.stop()
