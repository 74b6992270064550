"""Messages too large, or of no protocol: that connection ends, and only that one."""

import contextlib
import socket

import pytest
from websockets.exceptions import ConnectionClosed

from benchmarks.visitor import Visitor

TOO_BIG, NOT_THE_PROTOCOL, WITHOUT_A_WORD = 1009, 1002, 1006  # codes of RFC 6455


@pytest.mark.parametrize(
    ("message", "code"),
    [
        (bytes(1_500_000), TOO_BIG),
        (bytes(100_000_000), TOO_BIG),  # a hundred kB on the wire, for it is compressed
        (b"\xff" * 100, NOT_THE_PROTOCOL),
        (b"GET / HTTP/1.1\r\n\r\n", NOT_THE_PROTOCOL),
    ],
    ids=["above the limit", "bomb", "garbage", "other protocol"],
)
def test_a_foreign_message_ends_its_connection(port, message, code):
    with Visitor(port) as visitor:
        visitor.load()
        visitor.send_bytes(message)
        assert visitor.closing_code() == code


def test_a_message_that_never_ends(port):
    with Visitor(port) as visitor:
        visitor.load()
        with contextlib.suppress(ConnectionClosed):  # it may hang up in the midst
            visitor.send_bytes(bytes(100_000) for _ in range(1000))
        # Its last word may be lost when it hangs up on one who still speaks.
        assert visitor.closing_code() in (TOO_BIG, WITHOUT_A_WORD)


def test_an_empty_message_is_ignored(port):
    with Visitor(port) as visitor:
        visitor.load()
        visitor.send_bytes(b"")
        visitor.load()
        assert not visitor.tab.exceptions


@pytest.mark.parametrize("sent", [b"\x00" * 10_000, b"GET /" + b"a" * 10**6, b"\x16\x03\x01" * 99])
def test_bytes_that_are_no_http(port, sent):
    with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
        connection.sendall(sent)
        assert connection.recv(100).startswith(b"HTTP/1.1 400")
