"""A server behind nginx, with the lines of nginx's configuration that the documentation gives."""

from __future__ import annotations

import http.client
import json
import ssl
import subprocess
import textwrap
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import urllib3

from runfold.config import StoreSettings
from runfold.domain.access import Role
from runfold.stores.sql.store import SqlStore
from runfold.testing.accounts import PASSWORD
from tests.integration.artifacts.conftest import StartServer, start_server, which  # noqa: F401 - a fixture
from tests.integration.servers import ServerProcess

GUIDE = Path(__file__).parents[3] / "docs/how-to/team-server.md"
# nginx calls from an address that is not the client's, so that only one of them is trusted.
PROXY_ADDRESS = "127.0.0.2"
CONFIG = """
daemon off;
pid {folder}/nginx.pid;
error_log stderr;
events {{}}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    server {{
        listen 127.0.0.1:{port} ssl;
        ssl_certificate {folder}/cert.pem;
        ssl_certificate_key {folder}/key.pem;
        proxy_bind {proxy_address};
        {location}
    }}
}}
"""


def documented_location() -> str:
    text = GUIDE.read_text(encoding="utf-8")
    block = text[text.index("    location /ml/") :].partition("\n\n")[0]
    return textwrap.dedent(block)


@dataclass
class Proxied:
    server: ServerProcess
    store: SqlStore
    url: str
    pool: urllib3.PoolManager
    token: str

    def ask(self, method: str, path: str, *, url: str = "", **more: Any) -> urllib3.BaseHTTPResponse:
        return self.pool.request(method, f"{url or self.url}/ml{path}", retries=False, redirect=False, **more)

    def last_address(self, user: str) -> str:
        """From where a sign-in that failed came, as the audit has it a moment later."""
        deadline = time.monotonic() + 30
        while True:
            acts = [one.act for one in self.store.read_audit(after=0)]
            found = [act.address for act in acts if user in (act.user, act.object.partition(":")[2], act.detail)]
            if found:
                return found[-1]
            assert time.monotonic() < deadline, acts
            time.sleep(0.05)


@pytest.fixture(scope="module")
def proxied(tmp_path_factory: pytest.TempPathFactory, start_server: StartServer) -> Iterator[Proxied]:  # noqa: F811
    folder = tmp_path_factory.mktemp("nginx")
    command = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=test"
    files = ["-addext", "subjectAltName=IP:127.0.0.1", "-keyout", "key.pem", "-out", "cert.pem"]
    subprocess.run([*command.split(), *files], cwd=folder, check=True, capture_output=True)
    more = {"static_prefix": "/ml", "trusted_proxies": [PROXY_ADDRESS], "request_timeout_s": 30}
    server = ServerProcess(folder, auth=True, more=more, prefix="/ml")
    server.start()
    location = documented_location().replace("http://127.0.0.1:5000", server.uri)

    def nginx(port: int) -> list[str | Path]:
        text = CONFIG.format(folder=folder, port=port, proxy_address=PROXY_ADDRESS, location=location)
        (folder / "nginx.conf").write_text(text)
        return [which("nginx"), "-p", folder, "-e", "stderr", "-c", folder / "nginx.conf"]

    port = start_server(nginx)
    pool = urllib3.PoolManager(ca_certs=str(folder / "cert.pem"))
    with closing(SqlStore(server.store_uri, StoreSettings(durability="process"))) as store:
        store.create_user("ann", password=PASSWORD, is_admin=True)
        token = store.create_token("ann", scope=Role.MANAGER).secret
        yield Proxied(server, store, f"https://127.0.0.1:{port}", pool, token)
    server.stop()


def sign_in(proxied: Proxied, name: str, password: str, *, url: str = "", **headers: str) -> urllib3.BaseHTTPResponse:
    own = {"Origin": url or proxied.url, "Sec-Fetch-Site": "same-origin", "X-Runfold-Upload": "1", **headers}
    fields = {"name": name, "password": password}
    return proxied.ask("POST", "/api/runfold/v1/sessions/create", url=url, json=fields, headers=own)


@pytest.mark.slow
def test_a_browser_signs_in_below_a_path_by_https(proxied: Proxied) -> None:
    page = proxied.ask("GET", "/sign-in")
    assert (page.status, b'<base href="/ml/"' in page.data) == (200, True)
    cookie = sign_in(proxied, "ann", PASSWORD).headers["Set-Cookie"]
    assert "; Secure" in cookie
    me = proxied.ask("GET", "/api/runfold/v1/account", headers={"Cookie": cookie.partition(";")[0]})
    assert me.json()["user"]["name"] == "ann"


@pytest.mark.slow
def test_a_client_that_writes_the_headers_itself_gains_nothing(proxied: Proxied) -> None:
    forged = {"X-Forwarded-For": "6.6.6.6", "X-Forwarded-Host": "evil.example", "Forwarded": "for=6.6.6.6;proto=https"}
    sign_in(proxied, "through", "wrong", **forged)
    assert proxied.last_address("through") == "127.0.0.1"
    direct = sign_in(proxied, "ann", PASSWORD, url=proxied.server.uri, **forged, **{"X-Forwarded-Proto": "https"})
    assert "; Secure" not in direct.headers["Set-Cookie"]
    sign_in(proxied, "past", "wrong", url=proxied.server.uri, **forged)
    assert proxied.last_address("past") == "127.0.0.1"


@pytest.mark.slow
def test_a_foreign_page_stays_foreign(proxied: Proxied) -> None:
    assert sign_in(proxied, "ann", PASSWORD, Origin="https://evil.example").status == 403
    assert proxied.ask("GET", "/api/runfold/v1/account", headers={"Host": "evil.example"}).status == 403


@pytest.mark.slow
def test_large_files_stream_both_ways(proxied: Proxied) -> None:
    headers = {"Authorization": f"Bearer {proxied.token}"}
    made = proxied.ask("POST", "/api/2.0/mlflow/runs/create", json={"experiment_id": "0"}, headers=headers).json()
    path = f"/api/2.0/mlflow-artifacts/artifacts/0/{made['run']['info']['run_id']}/artifacts/large.bin"
    content = bytes(range(256)) * (24 << 12)
    assert proxied.ask("PUT", path, body=content, headers=headers).status == 200
    assert proxied.ask("GET", path, headers=headers).data == content


@pytest.mark.slow
def test_changes_arrive_when_they_happen(proxied: Proxied) -> None:
    headers = {"Authorization": f"Bearer {proxied.token}"}
    address = proxied.url.removeprefix("https://")
    context = ssl.create_default_context(cafile=proxied.pool.connection_pool_kw["ca_certs"])
    connection = http.client.HTTPSConnection(address, context=context, timeout=30)
    with closing(connection):
        connection.request("GET", "/ml/api/runfold/v1/runs/events?experiment_ids=0", headers=headers)
        events = connection.getresponse()
        assert (events.status, events.headers["Content-Type"]) == (200, "text/event-stream")
        made = proxied.ask("POST", "/api/2.0/mlflow/runs/create", json={"experiment_id": "0"}, headers=headers).json()
        run_id = made["run"]["info"]["run_id"]
        # Within the timeout of the socket, though the answer never ends.
        while run_id not in json.dumps(events.readline().decode()):
            pass
