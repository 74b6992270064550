"""What stands in a page before Streamlit's scripts, and that it still can stand there."""

import asyncio
import http.client
import json
import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from streamlit import file_util

from benchmarks.serve import serving
from benchmarks.tab import Tab
from benchmarks.visitor import Visitor
from pages.ui.serving import before

ROOT = Path(__file__).parents[2]
#: What a browser asks for when one opens a page, and what it has from an earlier visit.
BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8", "Accept-Encoding": "gzip, br"}
HELD = {"If-None-Match": "*", "If-Modified-Since": "Sat, 28 Nov 2099 00:00:00 GMT"}


@pytest.fixture(scope="module")
def port():
    with serving(ROOT / "dashboard.py") as served:
        yield served.port


def got(port, path, headers):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("GET", path, headers=headers)
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return answer, body


def test_every_page_has_the_scripts_before_streamlits_own(port):
    """Nobody has opened a websocket yet, as where all are blocked."""
    for path in ("/", "/Share", "/Real_model?preset=negation", "/nothing/of/this/name"):
        for extra in ({}, HELD, {"Range": "bytes=0-9"}):
            answer, body = got(port, path, BROWSER | extra)
            assert (answer.status, body.count(before.scripts())) == (200, 1), path
            assert int(answer.headers["Content-Length"]) == len(body)
            assert answer.headers["Cache-Control"] == "no-cache"
            assert answer.headers["ETag"] is answer.headers["Last-Modified"] is None
            # Streamlit's are modules, which wait until all of the page is read.
            own = re.findall(rb"<script (.*?src=.*?)>", body)
            assert own and all(b'type="module"' in script for script in own)


def test_nothing_else_is_touched(port):
    index = Path(file_util.get_static_dir(), "index.html").read_bytes()
    assert got(port, "/", {"Accept": "*/*"})[1] == index
    script = re.search(rb'src="[.]/(static/js/[^"]+)"', index)[1].decode()
    answer, body = got(port, f"/{script}", {"Accept": "*/*"})
    assert body == Path(file_util.get_static_dir(), script).read_bytes()
    assert answer.headers["ETag"]
    assert got(port, "/_stcore/health", BROWSER)[1] == b"ok"


def wire():
    return json.loads(re.search(r"labWire = (.*);", before.scripts().decode())[1])


def test_the_scripts_know_streamlits_protocol(port):
    assert Tab().load()[0] == Tab("Share", "s=x").load()[0] == wire()["run"]
    with Visitor(port) as visitor:
        visitor.load()
        visitor.send_bytes(bytes(wire()["ask"]))
        # What the run has sent last may come before.
        told = (visitor.receive_bytes() for _ in range(5))
        assert bytes(wire()["answer"]) in told


@pytest.mark.parametrize(
    ("status", "kind", "parts", "expected"),
    [
        (200, "text/html", [b"<head></he", b"ad>", b"\xe9"], b"<head>SCRIPT</head>\xe9"),
        (200, "text/html", [b"no head"], b"no head"),
        (404, "text/html", [b"</head>"], b"</head>"),
        (200, "text/plain", [b"</head>", b""], b"</head>"),
    ],
)
def test_a_page_in_pieces_is_put_together(status, kind, parts, expected):
    async def app(scope, receive, send):
        headers = [(b"content-type", kind.encode()), (b"etag", b"x")]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        for i, part in enumerate(parts, 1):
            more = i < len(parts)
            await send({"type": "http.response.body", "body": part, "more_body": more})

    sent = []

    async def send(message):
        sent.append(message)

    scope = {"type": "http", "method": "GET", "headers": [(b"accept", b"text/html")]}
    middleware = before.Before(app)
    middleware._scripts = b"SCRIPT"
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, middleware(scope, None, send)).result()
    assert b"".join(message.get("body", b"") for message in sent) == expected
    assert not sent[-1].get("more_body")


def test_the_browser_of_this_machine_is_opened_unless_headless(monkeypatch):
    opened = []
    monkeypatch.setattr(before.cli_util, "open_browser", opened.append)

    async def start():
        async with before.open_browser(None):
            pass

    for headless in (True, False):
        options = {"server.headless": headless, "server.address": None}
        monkeypatch.setattr(before.st, "get_option", options.get)
        with ThreadPoolExecutor(1) as thread:
            thread.submit(asyncio.run, start()).result()
    assert len(opened) == 1
    assert re.fullmatch(r"http://localhost(:\d+)?/?", opened[0])
