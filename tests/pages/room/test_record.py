"""The record of a room, and that nobody is in it."""

import json
from dataclasses import replace

import pytest

from attn_core import edits, permalink
from attn_core.presets import BY_KEY
from attn_core.tasks import LESSONS
from pages.ui.room.rules import log, record, rooms, tasks, votes
from pages.ui.room.rules.code import WrongCodes
from pages.ui.room.rules.limits import DELETED_IN, FEWEST_SHOWN, MAX_SHOWN, ONE_DRAG
from pages.ui.room.rules.question import Question
from pages.ui.room.rules.stage import staged
from pages.ui.room.rules.task_round import TaskRound
from pages.ui.room.store import StoreGone
from tests.pages.room.conftest import SIMILARITY, token

ASKED = Question("Which word?", ("Je", "suis", "heureux"), 1, why="It is so.")
TASK = LESSONS["7"].variant("")
SOURCE = "192.0.2.77"


def moved(value, of=SIMILARITY):
    return staged("Lab", edits.with_cell(of, "W_q", 1, 0, value))


@pytest.fixture
def show(store, room):
    return lambda shown: rooms.show(store, room.code, room.secret, shown)


@pytest.fixture
def events(store, room):
    return lambda: record.read(store.ballot(room.code, log.BALLOT), 0).events


def links(events):
    return [each["link"] for each in events if each["kind"] == "stage"]


def test_a_drag_is_one_scenario_its_last(show, events, clock):
    for i in range(7):
        show(moved(i / 10 + 0.1))
        clock.now += ONE_DRAG - 1
    assert links(events()) == [moved(0.7).link]
    clock.now += 2
    show(moved(0.8))
    assert links(events()) == [moved(0.7).link, moved(0.8).link]


def test_what_is_pointed_at_makes_no_scenario_more(show, events):
    for cell in "weights.1.1", "weights.2.1", "":
        show(staged("Lab", SIMILARITY, cell=cell))
    assert len(links(events())) == 1


def test_another_sentence_or_page_is_another_scenario(show, events):
    shown = [
        staged("Attention", SIMILARITY),
        staged("Attention", edits.with_sentence(SIMILARITY, "Tu es")),
        moved(0.5),
    ]
    for each in shown:
        show(each)
    assert links(events())[1:] == [each.link for each in shown]
    assert [each["page"] for each in events()] == ["Lab", "Attention", "Attention", "Lab"]


def test_there_are_so_many_scenarios_at_most_and_the_last_is_among_them(show, events):
    for i in range(MAX_SHOWN + 3):
        show(staged(("Lab", "Views")[i % 2], SIMILARITY, look=str(i)))
    found = events()
    assert len(links(found)) == MAX_SHOWN
    assert found[-1]["look"] == str(MAX_SHOWN + 2)


@pytest.fixture
def course(store, room, show, look):
    """A course with all that can happen: 7 and 3 votes, 6 results, one of them shown."""
    wrong = WrongCodes()
    for i in range(7):
        rooms.join(store, room.code, token(i), wrong, SOURCE)
    key = store, room.code, room.secret
    show(staged("Attention", SIMILARITY))
    asked = votes.ask(*key, ASKED)
    for i in range(7):
        votes.vote(store, room.code, token(i), asked, i % 2)
    votes.close_vote(*key, asked.id)
    votes.ask_again(*key, asked.id)
    for i in range(FEWEST_SHOWN - 2):
        votes.vote(store, room.code, token(i), look().question, 1)
    votes.reveal(*key, asked.id)
    given = tasks.give_task(*key, TaskRound("7"))
    for i in range(6):
        at = TASK.solution if i < 4 else TASK.start
        tasks.report(store, room.code, token(i), given.id, permalink.encode(at))
    tasks.show_one(*key, given.id, "1")
    tasks.back_to_stage(*key)
    return lambda: rooms.course(*key)


def test_the_course_is_told_in_its_order(course):
    record = course()
    kinds = [each["kind"] for each in record.events]
    assert kinds[:4] == ["stage", "stage", "question", "task"]
    asked, given = record.events[2:4]
    assert [each["votes"] for each in asked["rounds"]] == [7, 3]
    assert [bar["count"] for bar in asked["rounds"][0]["bars"]] == [4, 3, 0]
    assert asked["rounds"][0]["right"] == 3
    assert (given["results"]["reported"], given["results"]["solved"]) == (6, 4)
    assert given["title"] == TASK.title
    ones = [each for each in record.events if each.get("from the room")]
    assert [each["link"] for each in ones] == [permalink.encode(TASK.solution)]
    assert record.participants == 7


def test_what_was_dismissed_is_not_in_the_record(course, show, events, store, room, look, clock):
    key = store, room.code, room.secret, look().task.id
    before = [each for each in events() if each.get("from the room")]
    tasks.show_one(*key, "2")
    clock.now += ONE_DRAG + 1
    show(replace(look().stage, page="Projections"))
    clock.now += ONE_DRAG + 1
    show(replace(look().stage, page="Lab"))
    assert len([each for each in events() if each.get("from the room")]) == len(before) + 3
    tasks.dismiss(*key, "2")
    assert [each for each in events() if each.get("from the room")] == before
    assert events()[-1]["link"] == look().stage.link == permalink.encode(SIMILARITY)


def test_what_was_shown_twice_is_dismissed_with_all_of_it(course, events, store, room, look):
    key = store, room.code, room.secret
    tasks.show_one(*key, look().task.id, "2")
    tasks.show_one(*key, look().task.id, "1")
    tasks.back_to_stage(*key)
    ones = [each for each in events() if each.get("from the room")]
    assert len(ones) == 3
    tasks.dismiss(*key, look().task.id, "1")  # which was on the stage in `course`, too
    assert [each for each in events() if each.get("from the room")] == ones[1:2]


def test_a_drag_on_a_participants_scenario_is_theirs(course, show, events, store, room, look):
    tasks.show_one(store, room.code, room.secret, look().task.id, "2")
    show(staged("Attention", edits.with_cell(TASK.solution, "X", 0, 1, 0.3)))
    assert events()[-1]["from the room"]
    show(moved(0.3, BY_KEY["negation"].scenario))
    show(moved(0.4, BY_KEY["negation"].scenario))
    assert not events()[-1]["from the room"]


def test_fewer_than_five_votes_are_no_histogram_in_the_record_either(course):
    second = course().events[2]["rounds"][1]
    assert second == {"votes": 3, "right": None, "bars": []}


def test_nobody_is_in_the_record(course, room):
    record = course()
    for text in record.to_json(), record.to_markdown("https://lab.example/"):
        for secret in *map(token, range(7)), SOURCE, room.secret, room.code:
            assert secret not in text
    assert {each["from the room"] for each in record.events if "link" in each} == {True, False}


def test_no_address_is_in_the_store(course, tmp_path):
    """The whole of it, byte by byte: the file, and what is not yet in it."""
    held = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert token(3).encode() in held  # it isn't packed
    assert SOURCE.encode() not in held


def test_once_a_question_or_task_has_ended_nobody_can_tell_who_said_what(store, room, course, look):
    asked, given = look().question, look().task
    votes.end_question(store, room.code, room.secret, asked.id)
    tasks.end_task(store, room.code, room.secret, given.id)
    for ballot in f"q{asked.id}.1", f"q{asked.id}.2", f"t{given.id}":
        assert store.ballot(room.code, ballot) == {}
    assert not any(token(i) in repr(store.ballot(room.code, "log")) for i in range(7))


def test_the_record_is_json_with_times_that_a_person_reads(course, clock):
    content = json.loads(course().to_json())
    assert content["self-attention-lab-room"] == 1
    assert all(each["at"].endswith(" UTC") and each["at"][:2] == "20" for each in content["events"])


def test_the_record_is_markdown_with_links_that_open(course):
    text = course().to_markdown("https://lab.example/")
    for line in (
        f"Page Attention: <https://lab.example/?s={permalink.encode(SIMILARITY)}>",
        f"Page Attention: <https://lab.example/?s={permalink.encode(TASK.solution)}>",
        "- suis (right)",
        "Vote 1: 7 votes, 3 right.",
        "Vote 2: 3 votes, too few to be shown.",
        "| | Vote 1 |",
        "| Je | 4 |",
        "| suis (right) | 3 |",
        "Begun: 6; solved: 4.",
        "| 100 % (right) | 4 |",
        "7 participants. Times are in UTC.",
    ):
        assert f"\n{line}\n" in text
    assert text.count("A participant’s scenario") == 1


def test_both_votes_stand_beside_each_other(store, room):
    key = store, room.code, room.secret
    asked = votes.ask(*key, Question("What is it?", (), 0.31, within=0.05))
    for i in range(FEWEST_SHOWN):
        votes.vote(store, room.code, token(i), asked, i / 5)
    votes.ask_again(*key, asked.id)
    for i in range(FEWEST_SHOWN):
        votes.vote(store, room.code, token(i), replace(asked, round=2), 0.31)
    text = rooms.course(*key).to_markdown("https://lab.example/")
    assert "Right: 0.310 ± 0.05\n" in text
    assert "\n| | Vote 1 | Vote 2 |\n|---|---:|---:|\n" in text
    assert "\n| 0.3 to 0.4 (right) | 0 | 5 |\n" in text


def test_a_word_that_is_a_table_stays_a_word(store, room):
    key = store, room.code, room.secret
    asked = votes.ask(*key, Question("Which?", ("a|b", "c"), 0))
    for i in range(FEWEST_SHOWN):
        votes.vote(store, room.code, token(i), asked, 0)
    text = rooms.course(*key).to_markdown("https://lab.example/")
    assert "\n| a\\|b (right) | 5 |\n" in text


def test_words_of_a_task_from_elsewhere_are_text(store, room):
    content = {
        "self-attention-lab-task": 1,
        "title": "One",
        "text": "Look: ![it](https://evil.example/x)",
        "start": "similarity",
        "move": ["W_q"],
        "goals": [{"goal": "weight", "query": "suis", "key": "Je", "above": 0.9}],
    }
    key = store, room.code, room.secret
    tasks.give_task(*key, TaskRound(document=json.dumps(content)))
    text = rooms.course(*key).to_markdown("https://lab.example/")
    assert "Look" in text and "![" not in text and "](" not in text


def test_a_question_that_another_presenter_ended_meanwhile_keeps_its_votes(
    store, room, events, meanwhile
):
    asked = votes.ask(store, room.code, room.secret, ASKED)
    for i in range(FEWEST_SHOWN):
        votes.vote(store, room.code, token(i), asked, 1)
    meanwhile(lambda: votes.end_question(store, room.code, room.secret, asked.id))
    with pytest.raises(ValueError, match="isn’t asked any more"):
        votes.end_question(store, room.code, room.secret, asked.id)
    (question,) = [each for each in events() if each["kind"] == "question"]
    assert question["rounds"][0]["votes"] == FEWEST_SHOWN


@pytest.mark.parametrize("failing", ["ballot", "cast", "drop"])
@pytest.mark.parametrize("kind", ["question", "task"])
def test_a_store_that_goes_away_once_it_is_over_has_noted_what_came_and_deletes_it_later(
    kind, failing, store, room, course, look, events, show, clock, monkeypatch
):
    end = {"question": votes.end_question, "task": tasks.end_task}[kind]
    do, open_now = getattr(store, failing), getattr(look(), kind)

    def gone_after_it(code, *rest, **how):
        if kind not in store.read(code).slots:
            raise StoreGone("Nobody answers.")
        return do(code, *rest, **how)

    with monkeypatch.context() as patch:
        patch.setattr(store, failing, gone_after_it)
        with pytest.raises(StoreGone):
            end(store, room.code, room.secret, open_now.id)
    (noted,) = [each for each in events() if each["kind"] == kind]
    if kind == "question":
        assert [each["votes"] for each in noted["rounds"]] == [7, 3]
    else:
        assert noted["results"]["reported"] == 6

    names = {"question": ["q{}.1", "q{}.2"], "task": ["t{}"]}[kind]
    ballots = [name.format(open_now.id) for name in names]
    assert any(store.ballot(room.code, each) for each in ballots)
    show(moved(0.5))  # the verb may still be at it, by another presenter's hand
    assert any(store.ballot(room.code, each) for each in ballots)
    clock.now += DELETED_IN + 1
    show(moved(0.6))
    assert [store.ballot(room.code, each) for each in ballots] == [{}] * len(ballots)
    assert not [name for name in store.read(room.code).slots if name.startswith("over")]
    assert len([each for each in events() if each["kind"] == kind]) == 1
