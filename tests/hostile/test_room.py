"""Forged messages in a room: nobody leads it without the secret, votes twice, or slows others."""

import http.client
import math
from contextlib import closing, contextmanager, suppress
from threading import Thread
from urllib.parse import urlencode

import pytest
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.exceptions import ConnectionClosed

from attn_core.presets import DEFAULT
from benchmarks.behaviour import WIDTH
from benchmarks.visitor import Visitor
from pages.ui.room.rules import rooms, tasks, votes
from pages.ui.room.rules.limits import CODE_LENGTH, MAX_OPENED_EACH, MAX_WRONG_CODES_EACH
from pages.ui.room.rules.question import Question
from pages.ui.room.rules.stage import staged
from pages.ui.room.rules.task_round import TaskRound
from pages.ui.room.store import store
from tests.hostile import read

CHOICE = Question("Which?", ("this", "that", "neither"), 1)
NUMBER = Question("How much?", (), 0.5, within=0.1)
LONG = "K" * 200_000
#: What a presenter's page has, in which phase of a question and a task.
VERBS = (
    "room-close",
    "room-show",
    "room-drop",
    "room-task-end",
    "room-one-choose",
    "room-end",
)


@pytest.fixture
def room():
    opened = rooms.open_room(store(), staged("Lab", DEFAULT.scenario))
    yield opened
    if store().version(opened.code):
        rooms.end(store(), opened.code, opened.secret)


@contextmanager
def inside(port, opened, **query):
    """Somebody whose page is in the room."""
    with Visitor(port, query=urlencode({"room": opened.code} | query)) as visitor:
        visitor.load()
        visitor.set_width(WIDTH)
        yield visitor
        assert not read.leaks(visitor)


def ask(room, question):
    return votes.ask(store(), room.code, room.secret, question)


def ballot(room, asked, round=1):
    return list(store().ballot(room.code, f"q{asked.id}.{round}").values())


def forge(visitor, identity):
    """Press a button that may not be on the page."""
    visitor.send(WidgetState(id=identity, trigger_value=True))


def test_a_participant_leads_nothing(port, room):
    """Neither with the buttons of the presenter's page, nor with those of a room of one's own."""
    asked = ask(room, CHOICE)
    tasks.give_task(store(), room.code, room.secret, TaskRound("2"))
    with inside(port, room, present=room.secret) as presenter:
        presenter.go("Room")
        widgets = presenter.tab.widgets
        forged = {widgets[verb] for verb in VERBS}
    before = store().read(room.code)
    with Visitor(port, page="Room") as forger:
        forger.load()
        forger.press("room-open")
        own = {identity for name, identity in forger.tab.widgets.items() if name.startswith("room")}
        forger.press("room-end")
        forger.press("room-end-yes")
        forger.type("room-code", room.code)
        forger.press("room-join-button")
        for identity in forged | own:
            forge(forger, identity)
        assert not read.leaks(forger)
    assert store().read(room.code) == before
    assert ballot(room, asked) == []


def test_a_vote_counts_for_what_was_seen(port, room):
    """A button of another round or question votes for nothing, whatever the page has now."""
    asked = ask(room, CHOICE)
    with inside(port, room) as visitor:
        option = visitor.tab.widgets["room-option-1"]
        votes.close_vote(store(), room.code, room.secret, asked.id)
        for _ in "not seen yet", "seen":
            forge(visitor, option)
            assert store().ballot(room.code, f"q{asked.id}.1") == {}
        votes.ask_again(store(), room.code, room.secret, asked.id)
        forge(visitor, option)
        assert "This vote is closed" in read.complaints(visitor)
        later = ask(room, CHOICE)
        forge(visitor, option)
        assert "isn’t asked any more" in read.complaints(visitor)
        cast = [ballot(room, each, i) for each in (asked, later) for i in (1, 2)]
        assert cast == [[], [], [], []]
        forge(visitor, option)
        assert ballot(room, later) == ["1"]


@pytest.mark.parametrize(
    ("value", "said"),
    [(math.nan, "Type a number"), (math.inf, "Type a number"), (1e300, "within"), (-1e7, "within")],
)
def test_a_number_that_is_none_is_no_vote(port, room, value, said):
    asked = ask(room, NUMBER)
    with inside(port, room) as visitor:
        number = visitor.tab.widgets["room-number"]
        visitor.set(WidgetState(id=number, double_value=value))
        visitor.press("room-answer")
        assert said in read.complaints(visitor)
        assert ballot(room, asked) == []
        visitor.set(WidgetState(id=number, double_value=0.5))
        visitor.press("room-answer")
        assert ballot(room, asked) == ["0.5"]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("room", "5 letters"),
        ("present", "right to present"),
        ("own", "at most 16000 are read"),
        ("kept", ""),
    ],
)
def test_an_endless_address_of_a_room(port, room, name, said):
    with inside(port, room, **{name: LONG}) as visitor:
        assert said in read.complaints(visitor)
        assert len(read.complaints(visitor)) < 300
        assert LONG[:100] not in visitor.tab.query


def test_endless_entries(port, room):
    with inside(port, room) as visitor:
        before = list(store().ballot(room.code, "here"))
        visitor.trigger("room-news", "hello", {"token": LONG, "hears": LONG})
        visitor.trigger("room-news", "run", LONG)
        assert list(store().ballot(room.code, "here")) == before
    with Visitor(port, page="Room") as visitor:
        visitor.load()
        visitor.type("room-code", LONG)
        visitor.press("room-join-button")
        assert "5 letters" in read.complaints(visitor)
        assert len(read.complaints(visitor)) < 300
    with inside(port, room, present=room.secret) as presenter:
        before = store().read(room.code).slots
        presenter.type("room-task-link", LONG)
        presenter.press("room-give-link")
        assert "no link of a task" in read.complaints(presenter)
        assert store().read(room.code).slots == before


def listen(port, text, source):
    """Ask for the news of a room from some address."""
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=20)) as line:
        path = "/room/news?" + urlencode({"room": text})
        line.request("GET", path, headers={"X-Forwarded-For": source})
        return line.getresponse().status


def test_codes_are_guessed_neither_by_news_nor_by_the_page(port, room):
    wrong = "B" * CODE_LENGTH
    for _ in range(MAX_WRONG_CODES_EACH // 2):
        assert listen(port, wrong, "192.0.2.1") == 404
    with Visitor(port, page="Room", headers={"X-Forwarded-For": "192.0.2.1"}) as visitor:
        visitor.load()
        for _ in range(MAX_WRONG_CODES_EACH // 2):
            visitor.type("room-code", wrong)
            visitor.press("room-join-button")
            assert "There is no room" in read.complaints(visitor)
        visitor.type("room-code", room.code)
        visitor.press("room-join-button")
        assert "Too many wrong codes" in read.complaints(visitor)
    assert listen(port, room.code, "192.0.2.1") == 429
    assert listen(port, room.code, "192.0.2.2") == 200
    with inside(port, room):
        assert rooms.members(store(), room.code) == 1


def test_who_votes_without_end_has_one_vote_and_keeps_nobody_from_theirs(port, room):
    """Where the server took all that came, nobody else was answered within half a minute."""
    asked = ask(room, CHOICE)
    with inside(port, room) as other, flooding(port, room):
        for option in (0, 1, 2, 0):
            other.press(f"room-option-{option}")
        assert ballot(room, asked).count("0") == 1
    assert sorted(ballot(room, asked)) == ["0", "1"]


@contextmanager
def flooding(port, room):
    """Somebody who votes as fast as the line takes it, and reads no answer."""
    with Visitor(port, query=f"room={room.code}") as visitor:
        visitor.load()
        message = visitor.tab.send(
            WidgetState(id=visitor.tab.widgets["room-option-1"], trigger_value=True)
        )
        thread = Thread(target=send_without_end, args=(visitor, message))
        thread.start()
        try:
            yield
        finally:
            visitor.cut()
            thread.join()


def send_without_end(visitor, message):
    with suppress(OSError, ConnectionClosed):
        while True:
            visitor.send_bytes(message)


def test_one_address_does_not_fill_the_server_with_rooms(port):
    before = store().rooms()
    for i in range(MAX_OPENED_EACH + 1):
        with Visitor(port, page="Room", headers={"X-Forwarded-For": "192.0.2.3"}) as visitor:
            visitor.load()
            visitor.press("room-open")
            is_open = "present=" in visitor.tab.query
            assert is_open == (i < MAX_OPENED_EACH)
    assert "Too many new rooms" in read.complaints(visitor)
    assert store().rooms() == before + MAX_OPENED_EACH
    with Visitor(port, page="Room", headers={"X-Forwarded-For": "192.0.2.4"}) as visitor:
        visitor.load()
        visitor.press("room-open")
        assert "present=" in visitor.tab.query
