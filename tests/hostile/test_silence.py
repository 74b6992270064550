"""Five hundred connections that never speak: others are answered, and memory comes back."""

import contextlib
import socket
import sys
from pathlib import Path

import pytest

from benchmarks.visitor import Visitor
from tests.hostile import raw, read
from tests.hostile.conftest import CLASSIC

CONNECTIONS = 500
#: MB that the server may grow by, while they are open and afterwards. Python 3.11 on Linux
#: grew by 25 under websockets, and no more when they came a second and a third time.
GROWTH = 75


def resident(pid: int) -> float:
    """Resident memory of a process in MB."""
    status = Path(f"/proc/{pid}/status").read_text()
    line = next(line for line in status.splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1]) / 1000


def answered(port: int) -> None:
    """Somebody new opens the page and moves a slider."""
    with Visitor(port, query=CLASSIC) as visitor:
        visitor.load()
        visitor.move("Je · pronoun", 2.0)
        assert read.scenario(visitor).X[0, 0] == 2
        assert not visitor.tab.exceptions


@pytest.mark.skipif(sys.platform != "linux", reason="memory is read from /proc")
@pytest.mark.parametrize("kind", ["websockets", "bare connections"])
def test_the_silent_do_no_harm(served, early, kind):
    port, pid = served.port, served.pid
    for _ in range(3):
        answered(port)
    before, unchanged = resident(pid), read.scenario(early)
    with contextlib.ExitStack() as silent:
        for _ in range(CONNECTIONS):
            if kind == "websockets":
                connection, status = raw.opened(port)
                assert status == 101
            else:
                connection = socket.create_connection(("127.0.0.1", port))
            silent.enter_context(connection)
        early.send()
        assert read.scenario(early) == unchanged
        answered(port)
        assert resident(pid) - before < GROWTH
    answered(port)
    assert resident(pid) - before < GROWTH


def test_a_late_close_of_the_old_connection_leaves_the_new_one_alone(port):
    """A phone in another network is back before the server knows that the old line is dead."""
    with Visitor(port, query=CLASSIC) as new_line, contextlib.ExitStack() as old_line:
        first = old_line.enter_context(Visitor(port, query=CLASSIC))
        first.load()
        first.move("Je · pronoun", 2.0)
        session = first.tab.session_id
        with Visitor(port, query=first.tab.query, session=session) as again:
            again.load()
            old_line.close()
            new_line.load()  # somebody else is answered after the close, so it has been heard
            again.move("suis · verb", -1.5)
            assert again.tab.session_id == session
            assert read.scenario(again).X[0, 0] == 2
            assert read.scenario(again).X[1, 1] == -1.5
            assert not again.tab.exceptions
