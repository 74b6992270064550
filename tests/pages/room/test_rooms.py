"""A room's life: opened, entered, shown, ended; who presents, and who may not."""

import sqlite3
from concurrent.futures import ThreadPoolExecutor

import pytest

from attn_core import edits
from pages.ui.room.rules import rooms, tasks, votes
from pages.ui.room.rules.code import WrongCodes
from pages.ui.room.rules.limits import AWAY, LIFETIME, MAX_MEMBERS, MAX_WRONG_CODES_EACH, PRESENT
from pages.ui.room.rules.question import Question
from pages.ui.room.rules.slots import NotPresenterError, RoomGoneError
from pages.ui.room.rules.stage import Stage, staged
from pages.ui.room.rules.task_round import TaskRound
from pages.ui.room.store.sqlite import SqliteStore
from tests.pages.room.conftest import PAGES, SIMILARITY, token

OTHER = staged("Views", edits.with_cell(SIMILARITY, "W_q", 1, 0, 2.5), cell="weights.2.1")
ASKED = Question("Which word?", ("Je", "suis", "heureux"), 1)


def test_a_room_shows_what_its_presenter_shows(store, room, look):
    first = look()
    assert first.stage == staged("Lab", SIMILARITY) and first.question is first.task is None
    version = rooms.show(store, room.code, room.secret, OTHER)
    assert look().stage == OTHER and look().version == version > first.version


def test_who_has_the_secret_presents_and_nobody_else(store, room):
    other = rooms.open_room(store, OTHER)
    assert rooms.is_presenter(store, room.code, room.secret)
    for secret in other.secret, "", room.secret[:-1], room.secret + "A", "é\x00":
        assert not rooms.is_presenter(store, room.code, secret)


@pytest.mark.parametrize(
    "verb",
    [
        lambda *key: rooms.show(*key, OTHER),
        lambda *key: votes.ask(*key, ASKED),
        lambda *key: votes.close_vote(*key, "1"),
        lambda *key: votes.ask_again(*key, "1"),
        lambda *key: votes.reveal(*key, "1"),
        lambda *key: votes.end_question(*key, "1"),
        lambda *key: tasks.give_task(*key, TaskRound("7")),
        lambda *key: tasks.end_task(*key, "1"),
        lambda *key: tasks.show_few(*key, "1"),
        lambda *key: tasks.show_one(*key, "1", "1"),
        lambda *key: tasks.back_to_stage(*key),
        lambda *key: tasks.dismiss(*key, "1", "1"),
        lambda *key: rooms.course(*key),
        lambda *key: rooms.end(*key),
    ],
)
def test_a_forged_presenter_is_refused(store, room, verb):
    before = store.read(room.code)
    with pytest.raises(NotPresenterError, match=f"presenter’s right in room {room.code}"):
        verb(store, room.code, "forged")
    assert store.read(room.code) == before


def test_two_presenters_show_and_ask_in_turn(store, room, look):
    """The secret is the right: the second has it from the first one's address."""
    asked = votes.ask(store, room.code, room.secret, ASKED)
    later = votes.ask(store, room.code, room.secret, ASKED)
    with pytest.raises(ValueError, match="isn’t asked any more"):
        votes.reveal(store, room.code, room.secret, asked.id)
    votes.close_vote(store, room.code, room.secret, later.id)
    votes.close_vote(store, room.code, room.secret, later.id)
    votes.reveal(store, room.code, room.secret, later.id)
    votes.reveal(store, room.code, room.secret, later.id)
    votes.close_vote(store, room.code, room.secret, later.id)
    assert look().question.phase == "shown"


def test_the_store_has_no_secret(store, room):
    assert not any(room.secret in value for value in store.read(room.code).slots.values())


def test_participants_are_counted_while_they_give_signs_of_life(store, room, join, clock):
    for i in 1, 2, 3, 2:
        join(i)
    assert rooms.members(store, room.code) == 3
    clock.now += PRESENT + 1
    rooms.stay(store, room.code, token(2))
    assert rooms.members(store, room.code) == 1
    rooms.take_over(store, room.code, token(3), token(2))
    assert rooms.members(store, room.code) == 1


def test_the_room_is_full_until_somebody_is_away(store, room, join, clock):
    for i in range(MAX_MEMBERS):
        join(i)
    join(0)  # who is here may come again
    with pytest.raises(ValueError, match=f"full: it has place for {MAX_MEMBERS}"):
        join(MAX_MEMBERS)
    assert rooms.members(store, room.code) == MAX_MEMBERS
    clock.now += AWAY + 1
    rooms.stay(store, room.code, token(5))
    join(MAX_MEMBERS)
    assert rooms.members(store, room.code) == 2


def test_a_token_is_128_bits(store, room):
    for forged in "", "1", token(1).upper().replace("0", "G"), token(1) + "0", "é" * 32:
        with pytest.raises(ValueError, match="token is 32 digits"):
            rooms.stay(store, room.code, forged)


def test_codes_are_not_guessed_in_bulk(store, room):
    wrong = WrongCodes()
    for _ in range(MAX_WRONG_CODES_EACH):
        with pytest.raises(RoomGoneError, match="There is no room BBBBB"):
            rooms.join(store, "bbbbb", token(1), wrong, "192.0.2.7")
    for code in "bbbbb", room.code:  # a right one is refused, too
        with pytest.raises(ValueError, match="Too many wrong codes came from here"):
            rooms.join(store, code, token(1), wrong, "192.0.2.7")
    assert rooms.join(store, room.code, token(1), wrong, "192.0.2.8") == room.code


def test_a_room_ends_four_hours_after_its_presenters_last_act(store, clock):
    room = rooms.open_room(store, OTHER)
    clock.now += LIFETIME - 1
    rooms.show(store, room.code, room.secret, OTHER)  # the same stage: she is still there
    clock.now += LIFETIME - 1
    rooms.stay(store, room.code, token(1))  # a participant doesn't keep it
    assert rooms.look(store, room.code, PAGES).stage == OTHER
    clock.now += 2
    for verb in (
        lambda: rooms.look(store, room.code, PAGES),
        lambda: rooms.stay(store, room.code, token(1)),
        lambda: rooms.show(store, room.code, room.secret, OTHER),
    ):
        with pytest.raises(RoomGoneError, match=f"The room {room.code} has ended"):
            verb()


def test_the_stage_that_is_there_already_is_no_news(store, room):
    version = store.version(room.code)
    assert rooms.show(store, room.code, room.secret, staged("Lab", SIMILARITY)) == version


def test_what_can_not_be_shown_is_not_shown(store, room, look):
    for bad in Stage("Lab", "1forged"), Stage("Lab", OTHER.link, head=7), Stage("Lab", ""):
        with pytest.raises(ValueError, match=r"expected|Expected|altered"):
            rooms.show(store, room.code, room.secret, bad)
        with pytest.raises(ValueError, match=r"expected|Expected|altered"):
            rooms.open_room(store, bad)
    assert look().stage == staged("Lab", SIMILARITY) and store.rooms() == 1


def test_an_ended_room_leaves_nothing(store, room, join):
    join(1)
    asked = votes.ask(store, room.code, room.secret, ASKED)
    votes.vote(store, room.code, token(1), asked, 1)
    rooms.end(store, room.code, room.secret)
    assert store.read(room.code) is None and store.rooms() == 0
    assert not store.ballot(room.code, "here") and not store.ballot(room.code, "log")


def test_votes_from_two_replicas_at_once_are_counted_once_each(store, room, tmp_path):
    """Ninety-seven participants vote twice each while both presenters show."""
    replicas = store, SqliteStore(tmp_path / "rooms.db")
    asked = votes.ask(store, room.code, room.secret, ASKED)

    def vote(i):
        for answer in (i + 1) % 3, i % 3:
            votes.vote(replicas[i % 2], room.code, token(i), asked, answer)

    def present(i):
        moved = edits.with_cell(SIMILARITY, "W_q", 1, 0, i / 10)
        rooms.show(replicas[i % 2], room.code, room.secret, staged("Lab", moved))

    with ThreadPoolExecutor(8) as hands:
        jobs = [hands.submit(vote, i) for i in range(97)]
        jobs += [hands.submit(present, i) for i in range(11)]
        for job in jobs:
            job.result()
    votes.reveal(store, room.code, room.secret, asked.id)
    shown = rooms.look(store, room.code, PAGES)
    (found,) = votes.tallies(store, room.code, shown.question)
    assert found.votes == 97
    assert [bar.count for bar in found.bars] == [33, 32, 32]
    assert shown.stage.scenario.W_q[1, 0] in [i / 10 for i in range(11)]


def test_a_room_that_is_past_leaves_the_store_as_another_opens(store, room, join, clock, tmp_path):
    join(7)
    clock.now += LIFETIME + 1
    rooms.open_room(store, OTHER)
    assert store.rooms() == 1
    with sqlite3.connect(tmp_path / "rooms.db") as db:
        kept = [row[0] for row in db.execute("SELECT code FROM room UNION SELECT code FROM vote")]
    assert kept and room.code not in kept


def test_a_room_that_ends_meanwhile_takes_no_stage(store, room, monkeypatch):
    held = store.read(room.code)
    rooms.end(store, room.code, room.secret)
    monkeypatch.setattr(store, "read", lambda code: held)  # read before it ended
    for verb in (
        lambda: rooms.show(store, room.code, room.secret, OTHER),
        lambda: rooms.stay(store, room.code, token(1)),
    ):
        with pytest.raises(RoomGoneError, match=f"The room {room.code} has ended"):
            verb()
    assert store.rooms() == 0
