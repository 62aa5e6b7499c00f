from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests import recorded_connections
from tests.picture_server import PictureServer
from tests.recorded_connections import Connections


@pytest.fixture
def connections(picture_server: PictureServer) -> Iterator[Connections]:
    with recorded_connections.recorded() as connections:
        connections.allowed.add(("127.0.0.1", picture_server.port))
        yield connections
