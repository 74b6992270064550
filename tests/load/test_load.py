"""The crowd of `benchmarks/load.py`, small and short, on the real server."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from benchmarks import behaviour, process
from benchmarks.crowd import Guest, Tally
from benchmarks.load import Plan, report, run
from benchmarks.serve import serving

ROOT = Path(__file__).parents[2]


def in_a_thread(coroutine):
    """Run a coroutine; the thread of the tests has an event loop of Playwright's."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, coroutine).result()


@pytest.fixture(scope="module")
def served():
    with serving(ROOT / "dashboard.py") as served:
        yield served


def test_a_crowd_moves_numbers_and_meets_no_errors(served):
    tally, costs = in_a_thread(run(served, Plan(visitors=3, think=0.1, ramp=0.5, seconds=4)))
    assert not tally.errors
    assert len(tally.answers["load"]) >= 3
    assert tally.answers["move"] and tally.answers["picture"] and tally.answers["page"]
    assert all(answer.size > answer.wire > 0 for answer in tally.answers["move"])
    assert "errors: none" in list(report(tally, costs))


def test_memory_is_read_where_the_system_tells_it(served):
    now, most = process.memory(served.pid), process.most_memory(served.pid)
    assert (now is None) == (most is None)
    if now and most:
        assert 0 < now <= most


def test_a_move_changes_the_link_and_a_return_keeps_it(served):
    tally = Tally()

    async def visit():
        guest = Guest(served.port, "classic=1", tally)
        await guest.come()
        await behaviour.arrive(guest)
        first = guest.tab.query
        label = behaviour.matrix_sliders(guest.tab.sliders)[0]
        await guest.do("move", lambda: guest.tab.move(label, 2.35))
        moved, session = guest.tab.query, guest.tab.session_id
        await guest.come_back()
        back, same = guest.tab.query, guest.tab.session_id == session
        await guest.open_link()
        await behaviour.arrive(guest)
        opened, value = guest.tab.query, guest.tab.sliders[label].default[0]
        await guest.leave()
        return first, moved, back, same, opened, value

    first, moved, back, same, opened, value = in_a_thread(visit())
    assert not tally.errors
    assert first != moved == back == opened
    assert same
    assert value == 2.35


def test_another_page_has_its_own_sliders(served):
    tally = Tally()

    async def visit():
        guest = Guest(served.port, "", tally)
        await guest.come()
        await behaviour.arrive(guest)
        await guest.do("page", lambda: guest.tab.go("Share"))
        sliders = dict(guest.tab.sliders)
        await guest.do("page", lambda: guest.tab.go("Attention"))
        await guest.leave()
        return sliders, guest.tab.drawers

    sliders, drawers = in_a_thread(visit())
    assert not tally.errors
    assert not sliders
    assert behaviour.EDITOR in drawers


def test_an_exception_on_the_page_is_counted(tmp_path):
    script = tmp_path / "broken.py"
    script.write_text(
        "import streamlit as st\nst.slider('x', 0.0, 1.0)\nraise ValueError('lost')\n"
    )
    with serving(script) as served:
        tally, _ = in_a_thread(run(served, Plan(visitors=1, think=0.1, ramp=0, seconds=0.5)))
    assert tally.errors


TRIGGERS = """
import streamlit as st

def heard():
    st.session_state.told = st.session_state["board"]["move"]

part = st.components.v2.component("board", js="export default () => {}")
part(key="board", on_move_change=heard)
st.slider(str(st.session_state.pop("told", "nothing")), 0.0, 1.0)
"""


def test_a_component_tells_an_event_once(tmp_path):
    script = tmp_path / "triggers.py"
    script.write_text(TRIGGERS)

    async def visit(port):
        guest = Guest(port, "", tally)
        await guest.come()
        seen = []
        for message in (
            guest.tab.load,
            lambda: guest.tab.trigger("board", "move", {"row": 1, "value": 0.5}),
            guest.tab.load,
        ):
            await guest.do("any", message)
            seen += guest.tab.sliders
        await guest.leave()
        return seen

    tally = Tally()
    with serving(script) as served:
        seen = in_a_thread(visit(served.port))
    assert not tally.errors
    assert seen == ["nothing", "{'row': 1, 'value': 0.5}", "nothing"]
