"""Votes: what counts as one, when they are seen, and how they are counted."""

import json
import math
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import asdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pages.ui.room.rules import histogram, question, rooms, votes
from pages.ui.room.rules.limits import FEWEST_SHOWN, MAX_MEMBERS, MAX_NUMBER, MAX_QUESTION
from pages.ui.room.rules.question import Question, Tally, tallies
from pages.ui.room.rules.slots import RoomGoneError
from tests.pages.room.conftest import token

WHICH = Question("Which word?", ("Je", "suis", "heureux"), 1, why="It is so.")
WHAT = Question("What is it?", (), 0.31, within=0.05)


@pytest.fixture
def ask(store, room):
    return lambda asked: votes.ask(store, room.code, room.secret, asked)


@pytest.fixture
def vote(store, room, look):
    """Vote on the present question."""
    return lambda i, answer: votes.vote(store, room.code, token(i), look().question, answer)


@pytest.fixture
def seen(store, room, look):
    return lambda: votes.tallies(store, room.code, look().question)


@pytest.fixture
def do(store, room, look):
    """A presenter's verb on the present question."""
    return lambda verb, **how: verb(store, room.code, room.secret, look().question.id, **how)


def counts(tally):
    return [bar.count for bar in tally.bars]


def test_votes_are_hidden_until_the_presenter_shows_them(ask, vote, seen, do, look):
    ask(WHICH)
    for i in range(7):
        vote(i, 0 if i < 5 else 1)
    assert seen() == (Tally(7),)
    do(votes.close_vote)
    assert seen() == (Tally(7),)
    with pytest.raises(ValueError, match="This vote is closed"):
        vote(9, 1)
    do(votes.ask_again)
    for i in range(5):
        vote(i, 1)
    assert seen() == (Tally(7), Tally(5))
    do(votes.reveal)
    before, after = seen()
    assert counts(before) == [5, 2, 0] and before.right == 2
    assert counts(after) == [0, 5, 0] and after.right == 5
    assert [bar.label for bar in after.bars if bar.is_right] == ["suis"]
    with pytest.raises(ValueError, match="This vote is closed"):
        vote(9, 1)
    with pytest.raises(ValueError, match="The answer was shown"):
        do(votes.ask_again)


def test_who_votes_twice_has_one_vote_the_last(ask, vote, seen, do, store, room, look):
    ask(WHICH)
    vote(1, 0)
    vote(1, 2)
    assert votes.vote_of(store, room.code, token(1), look().question) == 2
    assert votes.vote_of(store, room.code, token(2), look().question) is None
    do(votes.reveal, even_few=True)
    assert counts(seen()[0]) == [0, 0, 1]


@pytest.mark.parametrize(("said", "counted"), [((2, None), 2), ((2, 1), 1), ((None, 1), 1)])
def test_who_goes_on_as_another_has_one_vote(said, counted, ask, vote, store, room):
    """As who has voted before the browser told its token; a vote of another tab stays."""
    asked = ask(WHICH)
    for i, answer in enumerate(said):
        if answer is not None:
            vote(i, answer)
    rooms.take_over(store, room.code, token(1), token(0))
    assert store.ballot(room.code, f"q{asked.id}.1") == {token(1): str(counted)}
    assert list(store.ballot(room.code, "here")) == [token(1)]


def test_what_is_no_answer_is_not_counted(ask, vote, seen):
    ask(WHICH)
    with pytest.raises(ValueError, match="Expected a choice of 0 to 2, got 7"):
        vote(1, 7)
    assert seen() == (Tally(0),)


def test_a_vote_for_another_round_or_question_is_none(ask, do, store, room, look):
    ask(WHICH)
    first = look().question
    do(votes.close_vote)
    do(votes.ask_again)
    with pytest.raises(ValueError, match="This vote is closed"):
        votes.vote(store, room.code, token(1), first, 1)
    second = look().question
    ask(WHAT)
    with pytest.raises(ValueError, match="isn’t asked any more"):
        votes.vote(store, room.code, token(1), second, 1)


ENDS = {
    votes.close_vote: "This vote is closed",
    votes.reveal: "This vote is closed",
    votes.end_question: "isn’t asked any more",
    lambda store, code, secret, _: votes.ask(store, code, secret, WHAT): "isn’t asked any more",
}


@pytest.mark.parametrize("end", ENDS)
def test_a_vote_that_comes_as_the_presenter_ends_it_is_refused(
    end, ask, store, room, look, meanwhile
):
    ask(WHICH)
    asked = look().question
    meanwhile(lambda: end(store, room.code, room.secret, asked.id))
    with pytest.raises(ValueError, match=ENDS[end]):
        votes.vote(store, room.code, token(1), asked, 1)
    assert store.ballot(room.code, f"q{asked.id}.1") == {}


def test_a_vote_that_comes_as_the_room_ends_is_refused(ask, store, room, look, meanwhile):
    ask(WHICH)
    asked = look().question
    meanwhile(lambda: rooms.end(store, room.code, room.secret))
    with pytest.raises(RoomGoneError):
        votes.vote(store, room.code, token(1), asked, 1)


def test_each_vote_is_shown_or_refused_however_many_come_as_it_is_shown(
    ask, store, room, look, seen, do
):
    ask(WHICH)
    asked, is_shown = look().question, threading.Event()

    def vote(i):
        with suppress(ValueError):
            votes.vote(store, room.code, token(i), asked, 1)
            return True
        assert is_shown.is_set()
        return False

    def reveal():
        while votes.tallies(store, room.code, asked)[0].votes < 31:
            pass
        is_shown.set()
        do(votes.reveal, even_few=True)
        return counts(seen()[0])[1]

    with ThreadPoolExecutor(5) as hands:
        shown = hands.submit(reveal)
        counted = sum(hands.map(vote, range(MAX_MEMBERS)))
    assert shown.result() == counts(seen()[0])[1] == counted >= 31


def test_what_was_shown_is_not_hidden_by_who_closes_at_that_moment(
    ask, do, store, room, look, meanwhile
):
    ask(WHICH)
    id = look().question.id
    meanwhile(lambda: votes.reveal(store, room.code, room.secret, id))
    votes.close_vote(store, room.code, room.secret, id)
    assert look().question.phase == "shown"


def test_of_fewer_than_five_nothing_is_shown_unless_the_presenter_says_so(ask, vote, seen, do):
    ask(WHICH)
    for i in range(FEWEST_SHOWN - 1):
        vote(i, 1)
    do(votes.reveal)
    assert seen() == (Tally(FEWEST_SHOWN - 1),)
    do(votes.reveal, even_few=True)
    assert counts(seen()[0]) == [0, FEWEST_SHOWN - 1, 0]


def test_each_round_has_five_or_is_not_shown(ask, vote, seen, do):
    ask(WHAT)
    for i in range(FEWEST_SHOWN):
        vote(i, i / 10)
    do(votes.close_vote)
    do(votes.ask_again)
    vote(0, 7.77)
    do(votes.reveal)
    before, after = seen()
    assert after == Tally(1) and sum(counts(before)) == FEWEST_SHOWN
    assert all(each in (0, 1) for each in counts(before))
    assert "7" not in "".join(bar.label for bar in before.bars)


def test_no_more_than_the_room_holds_may_vote(ask, vote):
    ask(WHICH)
    for i in range(MAX_MEMBERS):
        vote(i, 0)
    with pytest.raises(ValueError, match=str(MAX_MEMBERS)):
        vote(MAX_MEMBERS, 0)
    vote(0, 1)


@pytest.mark.parametrize("answer", [-1, 3, 1.0, True, "1", None, math.nan, [1]])
def test_a_choice_is_one_of_the_options(answer):
    with pytest.raises(ValueError, match="Expected a choice of 0 to 2, got"):
        WHICH.check_vote(answer)


@pytest.mark.parametrize("answer", [math.nan, math.inf, -math.inf, 2e6, True, "1", None, 10**400])
def test_a_number_is_finite(answer):
    with pytest.raises(ValueError, match="Expected a number within ±1e"):
        WHAT.check_vote(answer)


def test_a_number_is_right_within_its_tolerance():
    assert [WHAT.is_right(x) for x in (0.26, 0.36, 0.2599, 0.3601)] == [True, True, False, False]


FINE = asdict(WHICH) | {"options": list(WHICH.options), "shows": []}


@pytest.mark.parametrize(
    "change",
    [
        {"text": 1},
        {"options": ["one"]},
        {"options": ["a"] * 6},
        {"options": "ab"},
        {"options": ["a", 1]},
        {"answer": 3},
        {"answer": "1"},
        {"answer": True},
        {"within": -1},
        {"phase": "over"},
        {"round": 3},
        {"even_few": 1},
        {"shows": [1]},
        {"token": "x"},
    ],
)
def test_what_is_no_question_is_refused_in_words(change):
    assert question.read(json.dumps(FINE)) == WHICH
    with pytest.raises(ValueError, match=r"Not a question|Expected a choice"):
        question.read(json.dumps(FINE | change))


@pytest.mark.parametrize("text", ["", "[]", "null", "{}", '{"text": 1, "text": 2}'])
def test_other_texts_are_no_questions(text):
    with pytest.raises(ValueError, match=r"Not a question|JSON|twice"):
        question.read(text)


def test_a_question_has_an_end(ask, look):
    with pytest.raises(ValueError, match="A question has room for"):
        ask(Question("x" * MAX_QUESTION, ("a", "b"), 0))
    assert look().question is None


numbers = st.floats(-MAX_NUMBER, MAX_NUMBER)


@given(st.lists(st.lists(numbers, max_size=40), min_size=1, max_size=2), numbers)
def test_each_number_is_counted_once_on_bins_that_both_rounds_share(rounds, right):
    made = histogram.of_numbers(rounds, right)
    assert [sum(bar.count for bar in bars) for bars in made] == [len(each) for each in rounds]
    labels = {tuple(bar.label for bar in bars) for bars in made}
    assert len(labels) == 1 and 1 <= len(*labels) <= histogram.MAX_BINS + 2
    assert all(sum(bar.is_right for bar in bars) == 1 for bars in made)


def test_bins_have_short_edges():
    (bars,) = histogram.of_numbers([[0.0, 0.05, 0.31, 0.3, 0.69, 1.0]], 0.31)
    assert [bar.label for bar in bars][:3] == ["0 to 0.1", "0.1 to 0.2", "0.2 to 0.3"]
    assert [bar.count for bar in bars] == [2, 0, 0, 2, 0, 0, 1, 0, 0, 1]
    assert [bar.is_right for bar in bars].index(True) == 3


def test_bins_are_ten_at_most_where_both_ends_stand_over():
    (bars,) = histogram.of_numbers([[-5, 40, 45, 50, 94]], 45)
    assert bars[0].label == "−20 to 0" and bars[-1].label == "80 to 100"


def test_one_far_vote_does_not_squeeze_the_others():
    (bars,) = histogram.of_numbers([[0.2, 0.25, 0.3, 0.35, 0.4, 31_000]], 0.3)
    assert bars[-1].label.startswith("above 0.") and bars[-1].count == 1
    assert len([bar for bar in bars if bar.count]) == 6


def test_a_room_that_comes_to_agree_is_seen_beside_what_it_thought_before():
    spread = [i / 30 for i in range(31)]
    before, after = histogram.of_numbers([spread, [0.31] * 31], 0.31)
    assert not any(bar.label.startswith(("below", "above")) for bar in before)
    assert sum(bar.count > 0 for bar in before) == 10
    assert [bar.count for bar in after if bar.count] == [31]


@pytest.mark.parametrize("x", [0.0, 0.5, -7.0, 3e5])
def test_all_of_one_opinion_are_one_bar(x):
    (bars,) = histogram.of_numbers([[x] * 7], x)
    assert sorted(bar.count for bar in bars)[-1] == 7
    assert next(bar for bar in bars if bar.count).is_right


def test_no_vote_is_no_histogram():
    assert histogram.of_numbers([[], []]) == [(), ()]
    assert tallies(WHICH.shown(even_few=True), [[]]) == (Tally(0),)
