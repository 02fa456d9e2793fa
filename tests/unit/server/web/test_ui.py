"""The web application's files and pages."""

from __future__ import annotations

from pathlib import Path

import pytest
from starlette.testclient import TestClient

from runfold.config import ServerSettings
from runfold.hosting.meter import Meter
from runfold.server.web.edge import Edge
from runfold.server.web.security import Guard
from runfold.server.web.ui import STATIC, WebApplication


def test_it_is_looked_for_where_it_is_built() -> None:
    project = Path(__file__).parents[4]
    assert f'"../{STATIC.relative_to(project)}"' in (project / "ui" / "vite.config.ts").read_text()


def application(folder: Path, prefix: str = "") -> TestClient:
    edge = Edge(
        WebApplication(prefix, folder),
        guard=Guard(ServerSettings()),
        meter=Meter(),
        store_uri="sqlite:///runfold.db",
        prefix=prefix,
    )
    return TestClient(edge, base_url="http://localhost", raise_server_exceptions=False)


@pytest.fixture
def build(tmp_path: Path) -> Path:
    (tmp_path / "assets").mkdir()
    (tmp_path / "index.html").write_text("<!doctype html><html><head><title>app</title></head></html>")
    (tmp_path / "assets/app-1a2b.js").write_text("run()")
    return tmp_path


def test_hashed_files_are_kept_by_browsers_for_ever(build: Path) -> None:
    answer = application(build).get("/assets/app-1a2b.js")
    assert (answer.status_code, answer.text) == (200, "run()")
    assert "javascript" in answer.headers["content-type"]
    assert "immutable" in answer.headers["cache-control"]


@pytest.mark.parametrize("path", ["/", "/experiments/3/runs", "/models/a.b", "/runs/x?tab=charts"])
def test_every_page_is_the_one_html_file(build: Path, path: str) -> None:
    answer = application(build).get(path)
    assert "<title>app</title>" in answer.text
    assert answer.headers["cache-control"] == "no-cache"
    assert "script-src" not in answer.headers["content-security-policy"]
    assert "default-src 'self'" in answer.headers["content-security-policy"]


def test_a_missing_file_is_not_a_page(build: Path) -> None:
    assert application(build).get("/assets/old-9z.js").status_code == 404
    assert application(build).post("/experiments").status_code == 404


def test_one_build_works_below_every_prefix(build: Path) -> None:
    client = application(build, "/team/ml")
    assert "run()" in client.get("/team/ml/assets/app-1a2b.js").text
    for page in ("/team/ml", "/team/ml/", "/team/ml/experiments"):
        assert '<base href="/team/ml/">' in client.get(page).text
    for beside in ("/experiments", "/team/mlx", "/team"):
        assert client.get(beside).status_code == 404


@pytest.mark.parametrize(
    "name", ["..%2Fsecret", "%2e%2e/secret", "assets/..%2F..%2Fsecret", "assets%2F..%2F..%2Fsecret"]
)
def test_nothing_beside_the_build_is_served(build: Path, name: str) -> None:
    (build.parent / "secret").write_text("hidden treasure")
    assert "treasure" not in application(build).get(f"/{name}").text


def test_a_missing_build_says_how_to_make_it(tmp_path: Path) -> None:
    answer = application(tmp_path / "nothing").get("/")
    assert "make ui" in answer.text


def test_scripts_are_packed_for_browsers_that_unpack_them(build: Path) -> None:
    client = application(build)
    packed = client.get("/assets/app-1a2b.js", headers={"Accept-Encoding": "gzip, br"})
    assert (packed.headers["content-encoding"], packed.text) == ("gzip", "run()")
    plain = client.get("/assets/app-1a2b.js", headers={"Accept-Encoding": "identity"})
    assert "content-encoding" not in plain.headers
