"""nginx as a plain file server that takes PUT: the shipped suite, then listings in HTML."""

from __future__ import annotations

import uuid

import pytest

from runfold.artifacts import open_artifacts
from runfold.artifacts.base import ArtifactStore
from runfold.testing import artifact_stores as suite
from runfold.testing.artifact_stores import *  # noqa: F403 - the suite is its tests
from runfold.testing.artifact_stores import ODD_NAMES, listed, put


@pytest.fixture
def artifact_store(nginx_url: str) -> ArtifactStore:
    return open_artifacts(f"http://{nginx_url}/raw/{uuid.uuid4().hex}/artifacts")


@pytest.mark.parametrize("name", [name for name in ODD_NAMES if name != ".hidden"])
def test_odd_names_are_kept(artifact_store: ArtifactStore, name: str) -> None:
    """As the suite has it, but for names with a dot in front: nginx does not list them."""
    suite.test_odd_names_are_kept(artifact_store, name)


def test_a_listing_in_html_gives_names_and_kinds(artifact_store: ArtifactStore) -> None:
    for name in ("a b/c.txt", "100%.txt", "what?.txt", "part#1;x.txt"):
        put(artifact_store, name)
    page = open_artifacts(artifact_store.uri.replace("/raw/", "/html/"))
    assert listed(page) == [(name, is_dir, None) for name, is_dir, _ in listed(artifact_store)]
    assert [info.path.text for info in page.list_folder(suite.path("a b"))] == ["a b/c.txt"]
