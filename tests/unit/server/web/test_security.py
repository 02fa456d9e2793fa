"""What strangers' pages may not do, and what everybody else still may."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from runfold.config import ServerSettings
from runfold.server.web.http import Refused
from runfold.server.web.security import Guard

CREATE = "/api/2.0/mlflow/experiments/create"
FILE = "/api/2.0/mlflow-artifacts/artifacts/0/run/artifacts/a.txt"


def guard(**settings: object) -> Guard:
    return Guard(ServerSettings(**settings))  # type: ignore[arg-type]


def scope(method: str = "GET", path: str = "/x", **headers: str) -> dict[str, object]:
    pairs = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return {"type": "http", "method": method, "path": path, "headers": pairs}


@pytest.mark.parametrize(
    "host", ["localhost", "LOCALHOST:5000", "localhost.", "127.0.0.1:80", "[::1]", "[0:0:0:0:0:0:0:1]:5000"]
)
def test_loopback_names_are_answered(host: str) -> None:
    guard().check(scope(host=host))


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "localhost.evil.example",
        "127.0.0.1.evil.example",
        "localhost:80@evil.example",
        "evil.example:127.0.0.1",
        "127.0.0.2",
        "[::2]",
        "[::1",
        "10.1.2.3",
        "localhost:x",
        "",
        "*",
    ],
)
def test_other_names_are_refused(host: str) -> None:
    with pytest.raises(Refused):
        guard().check(scope(host=host))


def test_a_request_without_a_host_or_with_two_is_refused() -> None:
    with pytest.raises(Refused):
        guard().check(scope())
    twice = scope(host="localhost")
    twice["headers"] = [(b"host", b"localhost"), (b"host", b"evil.example")]
    with pytest.raises(Refused):
        guard().check(twice)


def test_names_can_be_added_and_are_not_patterns() -> None:
    named = guard(allowed_hosts=("ml.example", "10.*"))
    named.check(scope(host="ml.example:443"))
    for host in ("www.ml.example", "10.evil.example", "10.0.0.1"):
        with pytest.raises(Refused):
            named.check(scope(host=host))


def test_probes_reach_health_by_any_name() -> None:
    for path in ("/health", "/ready"):
        guard().check(scope(host="10.2.3.4:5000", path=path))


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"origin": "http://localhost:5000"},
        {"origin": "https://localhost:5000", "sec_fetch_site": "same-origin"},
        {"sec_fetch_site": "none"},
    ],
)
def test_programs_and_our_own_pages_may_write(headers: dict[str, str]) -> None:
    guard().check(scope("POST", host="localhost:5000", **headers))


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "http://evil.example"},
        {"origin": "http://localhost:3000"},
        {"origin": "http://localhost:5000.evil.example"},
        {"origin": "http://localhost:5000/"},
        {"origin": "null"},
        {"origin": ""},
        {"origin": "file://"},
        {"sec_fetch_site": "cross-site"},
        {"sec_fetch_site": "same-site"},
        {"origin": "http://localhost:5000", "sec_fetch_site": "cross-site"},
    ],
)
@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_other_pages_may_not_write(method: str, headers: dict[str, str]) -> None:
    with pytest.raises(Refused):
        guard().check(scope(method, host="localhost:5000", **headers))


def test_an_allowed_origin_may_write() -> None:
    page = {"origin": "https://ml.example", "sec_fetch_site": "cross-site"}
    friendly = guard(allowed_origins=("https://ml.example/",))
    friendly.check(scope("POST", host="localhost", **page))
    assert friendly.allowed_origin(scope(**page)) == "https://ml.example"
    assert friendly.allowed_origin(scope(origin="https://evil.example")) is None


def test_no_page_elsewhere_may_read_unless_allowed(client: TestClient) -> None:
    answer = client.get("/health", headers={"Origin": "https://ml.example"})
    assert "access-control-allow-origin" not in answer.headers


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"])
def test_a_form_is_not_taken_for_json(client: TestClient, kind: str) -> None:
    answer = client.post(CREATE, content=b'{"name": "x"}', headers={"Content-Type": kind})
    assert (answer.status_code, answer.json()["error_code"]) == (415, "BAD_REQUEST")


def test_a_body_without_a_kind_is_refused_and_no_body_at_all_is_not(client: TestClient) -> None:
    sent = client.build_request("POST", CREATE, content=b'{"name": "x"}')
    sent.headers.pop("content-type", None)
    assert client.send(sent).status_code == 415
    assert client.post(CREATE).status_code == 400


def test_a_page_that_uploads_sends_a_header_that_strangers_cannot(client: TestClient, run_id: str) -> None:
    call = f"/ajax-api/2.0/mlflow/upload-artifact?run_uuid={run_id}&path=a.txt"
    ours = {"Origin": "http://localhost"}
    assert client.post(call, content=b"x", headers=ours).status_code == 415
    assert client.post(call, content=b"x", headers=ours | {"X-Runfold-Upload": "1"}).status_code == 200
    assert client.post(call, content=b"x").status_code == 200


def test_compressed_bodies_are_not_unpacked(client: TestClient) -> None:
    headers = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
    assert client.post(CREATE, content=b"\x1f\x8b", headers=headers).status_code == 415
    assert client.put(FILE, content=b"\x1f\x8b", headers={"Content-Encoding": "gzip"}).status_code == 415


def test_every_answer_carries_the_common_headers(client: TestClient) -> None:
    for path in ("/", "/health", "/api/unknown", "/api/2.0/mlflow/experiments/get?experiment_id=0"):
        headers = client.get(path).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert headers["x-request-id"]


@pytest.mark.parametrize(
    "name", ["page.html", "image.svg", "page.xhtml", "code.js", "module.mjs", "a.xml", "x", "a.pdf.html"]
)
def test_a_file_never_becomes_a_page_of_ours(client: TestClient, run_id: str, name: str) -> None:
    place = f"/api/2.0/mlflow-artifacts/artifacts/0/{run_id}/artifacts/{name}"
    assert client.put(place, content=b"<script>alert(1)</script>").status_code == 200
    for address in (place, f"/get-artifact?run_id={run_id}&path={name}"):
        headers = client.get(address).headers
        assert headers["content-disposition"].startswith("attachment")
        assert headers["content-security-policy"].startswith("sandbox;")
        assert headers["content-type"] in ("application/octet-stream", "text/plain; charset=utf-8")
