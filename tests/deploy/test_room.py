"""A room on two replicas: its presenter on one, its participants on the other."""

import contextlib
import http.client
import json
import time

import pytest

from attn_core.presets import DEFAULT
from benchmarks.behaviour import WIDTH, boards, box_move
from benchmarks.visitor import Visitor
from pages.ui.room.news import HEARTBEAT
from pages.ui.room.rules import rooms, votes
from pages.ui.room.rules.limits import CODE_LENGTH, MAX_WRONG_CODES_EACH
from pages.ui.room.rules.rooms import Opened
from pages.ui.room.rules.stage import staged
from pages.ui.room.store import store
from tests.deploy.conftest import served
from tests.deploy.test_replicas import PIN, kill
from tests.hostile import read
from tests.pages.room.test_news import next_event

#: Seconds in which a page has found its store again.
PATIENCE = 20
AWAY = "can’t be reached just now; your own work is here"


class Person:
    """Somebody in a room, without a browser; the page looks whether there is news when told."""

    def __init__(self, fleet, replica, query, token=""):
        self._fleet, self._replica, self._token = fleet, replica, token
        self._visitor = self._at(query)

    def _at(self, query):
        cookie = {"Cookie": f"{PIN}={self._replica}"}
        visitor = Visitor(self._fleet.port, query=query, headers=cookie)
        visitor.load()
        visitor.set_width(WIDTH)
        if self._token:  # the browser keeps it
            visitor.trigger("room-news", "hello", {"token": self._token, "hears": False})
        return visitor

    def come_back(self):
        """Open the same address once more, as a page does by itself that has lost its replica."""
        self.leave()
        self._visitor = self._at(self._visitor.tab.query)

    def leave(self):
        self._visitor.__exit__()
        assert not self._visitor.tab.exceptions

    def move(self, value):
        """Move the first number of X in the picture."""
        [board] = boards(self._visitor.tab)
        self._visitor.trigger(board, "move", box_move(0, 0, value, f"{value}", done=True))

    def press(self, widget):
        self._visitor.press(widget)

    def look(self):
        """Have the page look whether there is news."""
        self._visitor.tick()
        return self

    @property
    def sees(self):
        """The first number of X in the picture; None where the last run has drawn none."""
        told = [bytes(each.bytes) for each in read.elements(self._visitor, "bidi_component")]
        pictures = [json.loads(each) for each in told if b'"scenario"' in each]
        return pictures[0]["scenario"]["X"][0][0] if pictures else None

    @property
    def said(self):
        """What the page said in its last run."""
        return " ".join(each.body for each in read.elements(self._visitor, "markdown"))

    @property
    def answers(self):
        """What the buttons of the question say, where one can vote."""
        buttons = read.elements(self._visitor, "button")
        return [each.label for each in buttons if "-room-option-" in each.id]


def token(i):
    return f"{i:032x}"


@contextlib.contextmanager
def workshop(fleet):
    """A room in which the presenter is on one replica and three participants on the other."""
    room = rooms.open_room(store(), staged("Lab", DEFAULT.scenario))
    mine, theirs = fleet.replicas
    presenter = Person(fleet, mine, f"room={room.code}&present={room.secret}")
    others = [Person(fleet, theirs, f"room={room.code}", token(i)) for i in range(3)]
    yield room, presenter, others
    for each in (presenter, *others):
        each.leave()


def counts(room):
    """How many have voted for each answer; the question is shown."""
    asked = rooms.look(store(), room.code, ["Lab"]).question
    return [[bar.count for bar in each.bars] for each in votes.tallies(store(), room.code, asked)]


@pytest.mark.parametrize("dies", ["the presenter’s", "the participants’"])
def test_a_room_outlives_a_replica(mortal_fleet, dies):
    with workshop(mortal_fleet) as (room, presenter, others):
        presenter.move(2.5)
        assert [each.look().sees for each in others] == [2.5] * 3
        presenter.press("room-ask-word")
        for each in others:
            assert each.look().answers == ["*Je*", "*suis*", "*heureux*"]
        others[0].press("room-option-1")
        others[1].press("room-option-0")

        mine, theirs = mortal_fleet.replicas
        if dies == "the presenter’s":
            kill(mortal_fleet.replicas[mine])
            presenter.come_back()
        else:
            kill(mortal_fleet.replicas[theirs])
            for each in others:
                each.come_back()
            marked = [[label.startswith("✓") for label in each.answers] for each in others]
            assert marked == [[False, True, False], [True, False, False], [False] * 3]
        assert "**2** of 3 participants answered" in presenter.look().said
        others[2].press("room-option-1")
        others[1].press("room-option-1")  # changed meanwhile
        presenter.press("room-show")
        presenter.press("room-few")
        assert counts(room) == [[0, 3, 0]]
        presenter.press("room-done")
        presenter.move(-1.25)
        assert [each.look().sees for each in others] == [-1.25] * 3
        assert rooms.members(store(), room.code) == 3


@contextlib.contextmanager
def stream(fleet, replica, room, more=None):
    """Listen to a room through nginx, as a browser does."""
    # No heartbeat pushes out what nginx keeps back.
    line = http.client.HTTPConnection("127.0.0.1", fleet.port, timeout=HEARTBEAT / 2)
    headers = {"Cookie": f"{PIN}={replica}", "Accept-Encoding": "gzip"} | (more or {})
    with contextlib.closing(line):
        line.request("GET", f"/room/news?room={room.code}", headers=headers)
        answer = line.getresponse()
        assert answer.headers["Content-Encoding"] is None
        yield answer


def test_news_come_through_nginx_at_once_from_the_other_replica(mortal_fleet):
    """What nginx held back would come when the stream ends, which it doesn't."""
    with workshop(mortal_fleet) as (room, presenter, _):
        _, theirs = mortal_fleet.replicas
        with stream(mortal_fleet, theirs, room) as answer:
            next_event(answer)
            for value in (2.5, -1.25):
                presenter.move(value)
                assert next_event(answer)["cells"] == [["X", 0, 0, 0, value]]
            kill(mortal_fleet.replicas[theirs])
            assert not rest(answer).strip()
        with stream(mortal_fleet, theirs, room) as answer:  # nginx leads to the living one
            next_event(answer)
            presenter.move(0.5)
            assert next_event(answer)["cells"] == [["X", 0, 0, 0, 0.5]]


def rest(answer):
    """What comes before the end of a stream, which a killed replica doesn't end properly."""
    try:
        return answer.read()
    except http.client.IncompleteRead as cut:
        return cut.partial


@pytest.fixture
def on_redis(nginx, mortal_redis, tmp_path, monkeypatch):
    """Replicas with their rooms in a Redis, which may be killed."""
    monkeypatch.setenv("ROOM_STORE", mortal_redis.address)
    with served(nginx, tmp_path) as fleet:
        yield fleet


def eventually(is_so):
    """Wait for a page that leaves a store alone for a while."""
    end = time.monotonic() + PATIENCE
    while not is_so():
        assert time.monotonic() < end
        time.sleep(0.1)


def test_a_room_outlives_its_store(on_redis, mortal_redis):
    with workshop(on_redis) as (_, presenter, others):
        follows, explores, late = others
        explores.press("room-explore")
        explores.move(1.5)
        presenter.move(2.5)
        assert follows.look().sees == 2.5
        outside = Person(on_redis, next(iter(on_redis.replicas)), "")

        mortal_redis.kill()
        presenter.move(-1.25)
        assert presenter.sees == -1.25
        for each in (follows, explores):
            assert AWAY in each.look().said
        assert follows.sees == 2.5
        outside.move(0.5)
        assert outside.sees == 0.5
        explores.move(0.75)
        assert explores.sees == 0.75
        late.come_back()
        assert AWAY in late.said

        mortal_redis.start()
        eventually(lambda: "You present" in presenter.look().said)
        for each in (follows, late):
            eventually(lambda each=each: each.look().sees == -1.25)
        eventually(lambda: "On your own" in explores.look().said)
        assert explores.sees == 0.75
        explores.press("room-follow-again")
        assert explores.sees == -1.25
        outside.leave()


def test_who_guesses_codes_is_one_whatever_the_address_they_claim(nginx, tmp_path, monkeypatch):
    monkeypatch.setenv("FORWARDED_ALLOW_IPS", "*")  # as in deploy/compose.yaml
    with served(nginx, tmp_path) as fleet:
        replica = next(iter(fleet.replicas))
        wrong = Opened("B" * CODE_LENGTH, "")
        answers = []
        for i in range(MAX_WRONG_CODES_EACH + 1):
            with stream(fleet, replica, wrong, {"X-Forwarded-For": f"192.0.2.{i}"}) as answer:
                answers.append(answer.status)
        assert answers == [404] * MAX_WRONG_CODES_EACH + [429]
