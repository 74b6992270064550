"""Every widget of every page gets values of other types: our own code never raises.

What Streamlit can't read it refuses itself, in its own code; that is not looked at here.
"""

import logging
import re
import traceback
from contextlib import nullcontext

import pytest
from streamlit.proto.WidgetStates_pb2 import WidgetState, WidgetStates
from streamlit.runtime.state.session_state import SessionState
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.app_test import TESTING_KEY

from attn_core import edits, permalink
from attn_core.presets import BY_KEY, DEFAULT
from pages.ui.room.rules import rooms, votes
from pages.ui.room.rules.question import Question
from pages.ui.room.rules.stage import staged
from pages.ui.room.store import store
from pages.ui.share import set_task
from tests.pages.test_pages import ROOT, visit

OURS = tuple(str(ROOT / folder) for folder in ("pages", "attn_core"))
#: A truth where a number is meant, a text where a list, a list where a text.
WRONG = {
    "bool_value": True,
    "string_value": "x",
    "string_array_value": (),
}
LINK = permalink.encode(edits.with_context(BY_KEY["four-views"].scenario, "a b"))
#: Pages with as many widgets as they can have.
PAGES = {
    "dashboard.py": {
        "cell": "weights.2.1",
        "s": permalink.encode(edits.with_mask_kind(DEFAULT.scenario, "window")),
    },
    "0_Course.py": {"lesson": "7", "step": "task"},
    "1_Embeddings.py": {"s": LINK, "classic": ""},
    "2_Projections.py": {},
    "3_Attention.py": {"s": permalink.encode(edits.with_mask_kind(DEFAULT.scenario, "padding"))},
    "4_Positions.py": {"s": permalink.encode(edits.with_positions(DEFAULT.scenario, "alibi"))},
    "5_Views.py": {"preset": "four-views"},
    "6_Learn.py": {"preset": "verb-subject"},
    "7_Compare.py": {"a": LINK},
    "8_Long_text.py": {"text": permalink.encode_text("Je suis heureux, tu es là.")},
    "9_Real_model.py": {"classic": ""},
    "10_Share.py": {},
    "11_Room.py": {},
}


class Caught(logging.Handler):
    """What an app raised, which its page doesn't tell."""

    def __init__(self):
        super().__init__()
        self.errors = []

    def emit(self, record):
        if record.exc_info:
            self.errors.append(record.exc_info[1])

    def ours(self):
        """Those that our own code raised, and not Streamlit's when it read a widget."""
        last = [traceback.extract_tb(error.__traceback__)[-1] for error in self.errors]
        return [f"{at.filename}:{at.lineno}" for at in last if at.filename.startswith(OURS)]


@pytest.fixture
def caught(monkeypatch):
    handler = Caught()
    logger = logging.getLogger("streamlit.error_util")
    monkeypatch.setattr(logger, "handlers", [handler])
    return handler


def widgets(at: AppTest) -> dict[str, str]:
    """Ids of the widgets that hold a value, one of each kind, by their keys."""
    found, left = {}, list(at._tree.children.values())
    while left:
        each = left.pop()
        left += getattr(each, "children", {}).values()
        identity = getattr(getattr(each, "proto", None), "id", "")
        if identity.startswith("$$ID") and each.type not in ("button", "download_button"):
            found.setdefault(re.sub(r"\d+", "#", identity.split("-", 2)[-1]), identity)
    return found


def forged(identity: str, field: str, value: object) -> WidgetStates:
    state = WidgetState(id=identity)
    if isinstance(value, tuple):
        getattr(state, field).SetInParent()  # also when nothing is in it
        getattr(state, field).data.extend(value)
    else:
        setattr(state, field, value)
    return WidgetStates(widgets=[state])


def forget(at: AppTest, session: object) -> None:
    """Take away what Streamlit can't read, so that the page is whole in the next run."""
    state = SessionState()
    state[TESTING_KEY], state["session"] = {}, session
    object.__setattr__(at._session_state, "_state", state)  # else it would be an item of it


def room(presents: bool) -> dict[str, str]:
    """The address of a room: for who is asked, or for who may ask and give a task."""
    opened = rooms.open_room(store(), staged("Lab", DEFAULT.scenario))
    if presents:
        return {"room": opened.code, "present": opened.secret}
    votes.ask(store(), opened.code, opened.secret, Question("How much?", (), 0.5, 0.1))
    return {"room": opened.code}


@pytest.mark.parametrize("page", PAGES)
def test_no_value_of_another_type_raises_in_our_code(page, caught, request, monkeypatch):
    monkeypatch.setattr(set_task, "expander", lambda *_: nullcontext(True))
    if page == "9_Real_model.py":
        request.getfixturevalue("encoder")
    at = visit(page, **PAGES[page])
    has = widgets(at)
    if page != "dashboard.py":  # what stands on every page
        shared = widgets(visit())
        has = {key: each for key, each in has.items() if key not in shared}
    assert len(has) > 1
    assert not raised(at, has, caught)


@pytest.mark.parametrize(("page", "presents"), [("dashboard.py", False), ("11_Room.py", True)])
def test_no_value_of_another_type_raises_in_a_room(page, presents, caught):
    at = visit(page, **room(presents))
    has = {key: each for key, each in widgets(at).items() if key.startswith("room-")}
    assert ("room-task-link" if presents else "room-number") in has
    assert not raised(at, has, caught)


def raised(at: AppTest, has: dict[str, str], caught: Caught) -> list[str]:
    """What our code raised where widgets had values of other types."""
    bad, before, session = [], "", at.session_state["session"]
    for key, identity in has.items():
        for field, value in WRONG.items():
            caught.errors.clear()
            at._run(forged(identity, field, value))
            # What a value left behind is read in the next run.
            bad += [f"{key}, {field}, or before it {before}: {where}" for where in caught.ours()]
            before = f"{key}, {field}"
            if caught.errors:
                forget(at, session)
    caught.errors.clear()
    at._run(WidgetStates())
    return bad + caught.ours()
