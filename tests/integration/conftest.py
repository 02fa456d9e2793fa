from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from tests.integration.servers import ServerProcess


@pytest.fixture
def make_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[], ServerProcess]]:
    """Makes servers that are not running yet and are stopped in the end."""
    servers: list[ServerProcess] = []

    def make() -> ServerProcess:
        server = ServerProcess(tmp_path_factory.mktemp("server"))
        servers.append(server)
        return server

    yield make
    for server in servers:
        server.stop()


@pytest.fixture
def server(make_server: Callable[[], ServerProcess]) -> ServerProcess:
    """A running server on an empty store."""
    server = make_server()
    server.start()
    return server
