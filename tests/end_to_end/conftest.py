import re
import zlib

import pytest

from harness import Relay, Server


@pytest.fixture(scope="module")
def relay():
    with Relay() as relay:
        yield relay


@pytest.fixture(scope="module")
def server(relay, tmp_path_factory):
    """One server for a file of tests, with limits off; each test has addresses of its own."""
    with Server(tmp_path_factory.mktemp("state"), RELAY=relay.url) as server:
        yield server


@pytest.fixture
def address(request):
    """Nobody else's."""
    name = request.node.name
    return f"{re.sub('[^a-z0-9]+', '-', name.lower())[:40]}-{zlib.crc32(name.encode()):x}@example.net"
