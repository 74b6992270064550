"""Websockets that a page of another site opens in a visitor's browser."""

import pytest
from websockets.exceptions import InvalidStatus

from attn_core.presets import DEFAULT
from benchmarks.serve import serving
from benchmarks.visitor import Visitor
from tests.hostile import raw, read
from tests.hostile.conftest import OFFLINE, ROOT

SITE = "https://lab.example"


def opens(port: int, **headers: str) -> bool:
    """Whether a websocket with these headers opens, and is answered."""
    try:
        with Visitor(port, headers=headers) as visitor:
            visitor.load()
            return read.scenario(visitor) == DEFAULT.scenario
    except InvalidStatus as refused:
        assert refused.response.status_code == 403
        return False


@pytest.mark.parametrize(
    "origin", ["https://other.example", "null", "file://", "http://127.0.0.1.other.example", SITE]
)
def test_a_foreign_origin_is_refused(port, origin):
    assert not opens(port, Origin=origin)


def test_its_own_origin_is_served(port):
    assert opens(port, Origin=f"http://127.0.0.1:{port}")


@pytest.fixture(scope="module")
def named():
    """A server that knows its public name, as behind a proxy."""
    options = (f"--server.corsAllowedOrigins={SITE}", "--server.allowedHosts=127.0.0.1")
    with serving(ROOT / "dashboard.py", *options, settings=OFFLINE) as server:
        yield server.port


def test_a_named_origin_is_served_and_no_other(named):
    assert opens(named, Origin=SITE)
    assert not opens(named, Origin="https://other.example")


@pytest.mark.parametrize(("host", "expected"), [("127.0.0.1", 101), ("other.example", 403)])
def test_a_named_host_is_served_and_no_other(named, host, expected):
    connection, status = raw.opened(named, host)
    connection.close()
    assert status == expected
