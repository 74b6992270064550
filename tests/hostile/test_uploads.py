"""Uploads that are too large, too deep, of another session, or not of this page."""

import http.client
import uuid

import pytest
from streamlit.proto.WidgetStates_pb2 import WidgetState

from attn_core import attend
from attn_core.document import to_json
from attn_core.export import csv_zip, json_text, npz
from attn_core.export.reopen import MAX_FILE
from attn_core.figures import html_page
from attn_core.presets import BY_KEY, DEFAULT
from benchmarks.visitor import Visitor
from pages.ui.share.transfer import MAX_UPLOAD
from tests.hostile import read

LIMIT = MAX_UPLOAD * 1024 * 1024


@pytest.fixture
def visitor(port):
    with Visitor(port, "Share") as visitor:
        visitor.load()
        yield visitor


def token(port: int) -> str:
    """What a browser gets on its first visit, against requests forged by other sites."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("GET", "/_stcore/health")
    cookie = connection.getresponse().getheader("Set-Cookie", "")
    connection.close()
    return cookie.partition("=")[2].partition(";")[0]


def put(port: int, session: str, file: str, content: bytes, *, name="a.json", xsrf=True, **more):
    """Upload a file as a browser does; tells the status of the answer."""
    head = f'--b\r\nContent-Disposition: form-data; name="f"; filename="{name}"\r\n\r\n'
    body = head.encode() + content + b"\r\n--b--\r\n"
    headers = {"Content-Type": "multipart/form-data; boundary=b"}
    if xsrf:
        key = token(port)
        headers |= {"X-Xsrftoken": key, "Cookie": f"_streamlit_xsrf={key}"}
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    address = f"/_stcore/upload_file/{session}/{file}"
    connection.request("PUT", address, iter([body]) if more else body, headers, **more)
    status = connection.getresponse().status
    connection.close()
    return status


def open_file(visitor: Visitor, file: str, turn: int = 0) -> None:
    """Tell the app that the uploader holds a file; after each that was opened it is a new one."""
    state = WidgetState(id=visitor.tab.widgets[f"upload-{turn}"])
    state.file_uploader_state_value.uploaded_file_info.add(name="a.json", size=1, file_id=file)
    visitor.send(state)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"[" * MAX_FILE, "nested too deep"),
        (b'{"self-attention-lab":' * 9000, "nested too deep"),
        (b"[" * (MAX_FILE + 1), f"at most {MAX_FILE} are read"),
        (b"\xff\xfe\x00", "isn't a text file in UTF-8"),
        (b"PK\x03\x04", "zip archive can't be unpacked"),
        (b"9" * 100_000, "Not JSON"),
        (b'{"<script>": NaN}', "finite, got NaN"),
    ],
    ids=["lists", "objects", "large", "bytes", "zip", "digits", "markup"],
)
def test_a_foreign_file_is_refused_with_a_reason(port, visitor, content, reason):
    file = str(uuid.uuid4())
    assert put(port, visitor.tab.session_id, file, content, name="<b>.json") == 204
    open_file(visitor, file)
    assert reason in read.complaints(visitor)
    assert read.scenario(visitor) == DEFAULT.scenario
    assert not visitor.tab.exceptions


def test_what_was_saved_opens_whatever_it_is_called(port, visitor):
    saved = {
        "a.json.txt": ("verb-subject", lambda trace: to_json(trace.scenario).encode()),
        "numbers": ("negation", lambda trace: json_text(trace).encode()),
        "a.npz.zip": ("four-views", npz),
        "attention.csv (1).zip": ("antecedent", csv_zip),
        "page.txt": ("twins", lambda trace: html_page(trace).encode()),
    }
    for turn, (name, (preset, save)) in enumerate(saved.items()):
        file, scenario = str(uuid.uuid4()), BY_KEY[preset].scenario
        content = save(attend(scenario))
        assert put(port, visitor.tab.session_id, file, content, name=name) == 204
        open_file(visitor, file, turn)
        assert read.scenario(visitor) == scenario, name
        assert not read.complaints(visitor)
    changed = json_text(attend(DEFAULT.scenario)).replace('"values"', '"values": [], "was"')
    file = str(uuid.uuid4())
    assert put(port, visitor.tab.session_id, file, changed.encode()) == 204
    open_file(visitor, file, turn + 1)
    assert "a.json can't be opened. X: every axis" in read.complaints(visitor)
    assert read.scenario(visitor) == scenario
    assert not visitor.tab.exceptions


@pytest.mark.parametrize("more", [{}, {"encode_chunked": True}], ids=["told", "in chunks"])
def test_a_file_above_the_limit(port, visitor, more):
    assert put(port, visitor.tab.session_id, "x", bytes(LIMIT + 100_000), **more) == 413


def test_a_file_without_the_token_of_this_site(port, visitor):
    assert put(port, visitor.tab.session_id, "x", b"{}", xsrf=False) == 403


def test_a_file_for_a_session_that_does_not_exist(port):
    assert put(port, str(uuid.uuid4()), "x", b"{}") == 400


def test_a_file_of_another_session_stays_there(port, early, visitor):
    file = str(uuid.uuid4())
    assert put(port, early.tab.session_id, file, b"[") == 204
    open_file(visitor, file)
    assert not read.complaints(visitor)
    assert read.scenario(visitor) == DEFAULT.scenario
    assert not visitor.tab.exceptions
