"""One real server, and one visitor who was there before every attack and must not notice it."""

import sys
from pathlib import Path

import pytest

from attn_core import attend, edits
from benchmarks.serve import serving
from benchmarks.visitor import Visitor
from tests.hostile import read

ROOT = Path(__file__).parents[2]
#: Query of the page with Streamlit's own sliders and charts.
CLASSIC = "classic=1"
#: Keeps a server from the net: Streamlit asks it for its own address at a foreign origin. It
#: is the server's alone, for other tests in the same process need the net. Nobody listens there.
OFFLINE = {
    **dict.fromkeys(("http_proxy", "https_proxy"), "http://127.0.0.1:9"),
    "no_proxy": "127.0.0.1,localhost",
}
#: Files that most systems let a program open at once, unless it asks for more.
USUAL = 1024
#: What the test of silent visitors opens, with room for pytest's own files.
OWN_FILES = 2000


@pytest.fixture(scope="session")
def served():
    """Port and process id of the server that is attacked."""
    if sys.platform == "win32":  # knows no such limit
        with serving(ROOT / "dashboard.py", settings=OFFLINE) as server:
            yield server
        return
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(USUAL, hard), hard))
    with serving(ROOT / "dashboard.py", settings=OFFLINE) as server:
        resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, min(OWN_FILES, hard)), hard))
        yield server


@pytest.fixture(scope="session")
def port(served):
    return served.port


@pytest.fixture(scope="session")
def early(port):
    """A visitor who came first, with a scenario of their own."""
    with Visitor(port, query=CLASSIC) as visitor:
        visitor.load()
        visitor.move("suis · verb", 2.5)
        yield visitor


@pytest.fixture(autouse=True)
def nobody_else_notices(early):
    """After each attack the early visitor's next move changes one number, and only that."""
    before = read.scenario(early)
    yield
    value = 0.5 if before.X[0, 0] != 0.5 else 1.5
    early.move("Je · pronoun", value)
    after = edits.with_cell(before, "X", 0, 0, value)
    assert read.scenario(early) == after
    assert read.weights_are_drawn(early, attend(after))
    assert not early.tab.exceptions
