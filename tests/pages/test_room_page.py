"""What a presenter and the room see: the way in, questions, tasks, and the end."""

import json
import math
import re
from dataclasses import replace

import pytest
import streamlit as st

from attn_core import edits, permalink
from attn_core.presets import BY_KEY
from attn_core.tasks import LESSONS
from attn_core.tasks.document import to_json
from pages.ui.room import store as stores
from pages.ui.room.rules import code, rooms, tasks, votes
from pages.ui.room.show import verbs
from pages.ui.room.store import StoreGone
from tests.pages.test_pages import fine, parameter, slider, visit

START = BY_KEY["similarity"].scenario
#: What *suis* gives to each word there, from NumPy alone.
SCORES = (START.X @ START.W_q)[1] @ (START.X @ START.W_k).T / 2


@pytest.fixture(autouse=True)
def _store(monkeypatch, tmp_path):
    monkeypatch.setenv("ROOM_STORE", f"sqlite:///{tmp_path / 'rooms.db'}")
    monkeypatch.setattr(code, "wrong_codes", code.WrongCodes())
    monkeypatch.setattr(type(st.context), "ip_address", property(lambda _: "192.0.2.7"))


@pytest.fixture
def presenter():
    """Who has opened a room in one tap."""
    return press(visit("11_Room.py", preset="similarity"), "room-open")


def press(at, key):
    return fine(at.button(key=key).click().run())


def room_of(at):
    return parameter(at, "room")


def take_part(presenter, **query):
    return fine(visit(room=room_of(presenter), **query))


def crowd(presenter, answers):
    """Others in the room, who answer the present question."""
    held = rooms.look(stores.store(), room_of(presenter), ["Lab"])
    for i, answer in enumerate(answers):
        token = f"{i:032x}"
        votes.vote(stores.store(), room_of(presenter), token, held.question, answer)


def solve(presenter, count):
    """Others in the room, who solve the present task."""
    held = rooms.look(stores.store(), room_of(presenter), ["Lab"])
    for i in range(count):
        token = f"{i:032x}"
        link = permalink.encode(held.task.task(token).solution)
        tasks.report(stores.store(), room_of(presenter), token, held.task.id, link)


def keys(at):
    return {button.key for button in at.button}


def told(at):
    kinds = (at.markdown, at.caption, at.error, at.warning, at.info)
    return "\n".join(each.value for kind in kinds for each in kind).replace("\\", "")


def charts(at):
    return [chart.proto.spec for chart in at.get("plotly_chart")]


def histogram(at):
    """The counts of the histogram, round by round, by what the round is called."""
    for spec in map(json.loads, charts(at)):
        bars = [trace for trace in spec["data"] if trace["type"] == "bar"]
        if bars:
            return {bar["name"]: bar.get("x" if "orientation" in bar else "y") for bar in bars}
    return {}


def session(at):
    return at.session_state["session"]


def test_a_room_is_opened_in_one_tap(presenter):
    (way_in,) = (each.proto.body for each in presenter.get("html") if "<div" in each.proto.body)
    (picture,) = presenter.get("image")
    assert f"?room={room_of(presenter)}" in way_in
    assert f"?room={room_of(presenter)}" in str(picture.proto)
    assert parameter(presenter, "present") not in way_in + str(picture.proto)
    assert "To the stage: Lab" in [link.proto.label for link in presenter.get("page_link")]


def test_a_scenario_that_has_no_link_opens_no_room_and_is_said(monkeypatch):
    def refuse(*_):
        raise permalink.LinkError("This is too large for a link.")

    at = fine(visit("11_Room.py"))
    monkeypatch.setattr(verbs, "staged", refuse)
    assert "too large for a link" in press(at, "room-open").error[0].value
    assert stores.store().rooms() == 0


def test_who_types_the_code_is_in_the_room(presenter):
    at = fine(visit("11_Room.py"))
    typed = f" {room_of(presenter)[:2].lower()}-{room_of(presenter)[2:]}"
    at.text_input(key="room-code").set_value(typed)
    at = press(at, "room-join-button")
    assert room_of(at) == room_of(presenter)
    assert "present" not in at.query_params
    assert "Following the presenter" in told(at)


def test_who_pastes_the_whole_address_is_in_the_room(presenter):
    at = fine(visit("11_Room.py"))
    at.text_input(key="room-code").set_value(f"https://lab.example/app/?room={room_of(presenter)}")
    assert "Following the presenter" in told(press(at, "room-join-button"))


@pytest.mark.parametrize("typed", ["hello!", "http://[", "lab.example/?room=hello!"])
def test_what_is_no_code_is_said(typed):
    at = fine(visit("11_Room.py"))
    at.text_input(key="room-code").set_value(typed)
    assert "5 letters" in told(press(at, "room-join-button"))


def test_an_answer_is_hidden_until_the_presenter_shows_it(presenter):
    at = take_part(presenter)
    presenter = press(presenter, "room-ask-word")
    at = fine(at.run())
    assert "Which word does *suis* attend to most?" in told(at)
    assert {"room-option-0", "room-option-1", "room-option-2"} <= keys(at)
    at = press(at, "room-option-2")
    crowd(presenter, [0, 1, 1, 1])
    for page in (fine(at.run()), fine(presenter.run())):
        assert histogram(page) == {}
        assert "0.45" not in "".join(charts(page))  # the weight that would tell
        assert "**suis" not in told(page).replace("*suis*", "")
    assert at.button(key="room-option-2").label.startswith("✓")
    at = press(at, "room-option-0")  # changed until it is closed
    presenter = press(presenter, "room-show")
    for page in (fine(at.run()), presenter):
        assert histogram(page) == {"answers (5)": [2, 3, 0]}
        assert "0.45 to *suis*" in told(page)
    assert SCORES.argmax() == 1
    assert not {"room-option-0"} & keys(at)


def test_the_page_of_a_question_has_nothing_that_tells(presenter):
    at = take_part(presenter)
    assert at.selectbox(key="preset")
    press(presenter, "room-ask-word")
    at = fine(at.run())
    assert len(charts(at)) == 1
    assert not [each for each in at.selectbox if each.key == "preset"]


def test_who_explores_alone_keeps_the_page(presenter):
    at = take_part(presenter)
    at = fine(next(b for b in at.button if b.label == "Explore on my own").click().run())
    press(presenter, "room-ask-word")
    at = fine(at.run())
    assert at.selectbox(key="preset")
    assert "room-option-0" in keys(at)


def test_both_votes_stand_beside_each_other(presenter):
    at = take_part(presenter)
    presenter = press(presenter, "room-ask-word")
    crowd(presenter, [0, 0, 0, 2, 1, 1])
    presenter = press(presenter, "room-close")
    at = fine(at.run())
    assert "Discuss" in told(at)
    assert "- *Je*\n- *suis*\n- *heureux*" in told(at)  # what there is to discuss
    assert "room-option-0" not in keys(at)
    presenter = press(presenter, "room-again")
    crowd(presenter, [1, 1, 1, 1, 1])
    at = press(fine(at.run()), "room-option-2")
    press(presenter, "room-show")
    assert histogram(fine(at.run())) == {
        "before (6)": [3, 2, 1],
        "after the discussion (6)": [0, 5, 1],
    }


def test_fewer_than_five_are_shown_only_where_the_presenter_says_so(presenter):
    at = take_part(presenter)
    presenter = press(presenter, "room-ask-word")
    crowd(presenter, [1, 1, 0, 2])
    presenter = press(presenter, "room-show")
    for page in (fine(at.run()), presenter):
        assert histogram(page) == {}
        assert "fewer than 5 isn’t shown" in told(page)
    assert "room-few" not in keys(at)
    presenter = press(presenter, "room-few")
    for page in (fine(at.run()), presenter):
        assert histogram(page) == {"answers (4)": [1, 2, 1]}


def test_a_question_that_is_done_is_gone_for_all(presenter):
    at = take_part(presenter)
    presenter = press(press(presenter, "room-ask-word"), "room-show")
    assert "attend to most" in told(fine(at.run()))
    presenter = press(presenter, "room-done")
    assert "Which word does" not in told(fine(at.run()))
    assert "room-ask-word" in keys(presenter)


def test_a_number_is_asked_for_of_the_box_that_is_chosen():
    presenter = press(visit("11_Room.py", preset="similarity", cell="scores.2.1"), "room-open")
    at = take_part(presenter)
    presenter = press(presenter, "room-ask-number-1")
    assert session(presenter).inspection.cell is None  # a page that comes back would go there
    at = press(fine(at.run()), "room-answer")
    assert session(at).inspection.cell is None
    assert "Type a number first" in told(at)
    at.number_input(key="room-number").set_value(0.32)
    at = press(at, "room-answer")
    assert "You said: 0.32" in told(at)
    crowd(presenter, [0.3, 0.5, 12, -1])
    press(presenter, "room-show")
    at = fine(at.run())
    assert sum(histogram(at)["answers (5)"]) == 5
    assert f"= {SCORES[0]:.3f}" in told(at)


@pytest.mark.parametrize(
    ("cell", "box"), [("scores.2.1", (1, 0)), ("V.3.2", (2, 1))], ids=["whole", "one"]
)
def test_the_box_that_is_asked_about_is_outlined_in_the_covered_picture(cell, box):
    presenter = press(visit("11_Room.py", preset="similarity", cell=cell), "room-open")
    at = take_part(presenter)
    press(presenter, "room-ask-number-1")
    (spec,) = charts(fine(at.run()))
    shapes = json.loads(spec)["layout"]["shapes"]
    (outline,) = [each for each in shapes if each["line"]["width"] == 3.5]
    covers = [each for each in shapes if each["line"].get("dash") == "dot"]
    (cover,) = [each for each in covers if each["x0"] <= outline["x0"] < each["x1"]
                and each["y0"] <= outline["y0"] < each["y1"]]  # fmt: skip
    high, wide = (outline[f"{axis}1"] - outline[f"{axis}0"] for axis in "yx")
    place = (outline["y0"] - cover["y0"]) / high, (outline["x0"] - cover["x0"]) / wide
    assert place == pytest.approx(box, abs=0.02)


def test_a_lesson_asks_about_its_own_numbers(presenter):
    at = take_part(presenter)
    presenter.selectbox(key="room-lesson").set_value("4").run()
    presenter = press(presenter, "room-ask-1")
    asked = LESSONS["4"].page("").predictions[1]
    at = fine(at.run())
    assert asked.question in told(at).replace("\n", "") or asked.question in told(at)
    assert session(at).scenario == asked.scenario
    said = session(at).announcement.text  # not the weights of the new numbers
    assert said == f"The room is asked: {asked.question.replace('*', '')}"
    press(presenter, "room-show")
    assert asked.why in "\n".join(each.value for each in fine(at.run()).markdown)


def test_a_store_that_is_away_costs_no_page(presenter, monkeypatch):
    at = take_part(presenter)
    press(presenter, "room-ask-word")
    at = fine(at.run())

    def gone(*_, **__):
        raise StoreGone("Nobody answers.")

    with monkeypatch.context() as patch:
        patch.setattr(verbs.votes, "vote", gone)
        patch.setattr(verbs.votes, "vote_of", gone)
        at = press(at, "room-option-1")
    assert "can’t be reached just now" in told(at)
    assert fine(at.run()).button(key="room-option-1").label == "*suis*"  # nothing was cast
    assert press(at, "room-option-1").button(key="room-option-1").label == "✓ *suis*"


def test_while_the_store_is_away_nobody_is_said_to_be_silent(presenter, monkeypatch):
    """What can't be counted isn't nothing."""

    def gone(*_, **__):
        raise StoreGone("Nobody answers.")

    def said():
        with monkeypatch.context() as patch:
            patch.setattr(type(stores.store()), "ballot", gone)
            return told(fine(presenter.run()))

    press(presenter, "room-ask-word")
    crowd(presenter, [1] * 5)
    assert "**5** of 0 participants answered" in told(fine(presenter.run()))
    assert "answered" not in said()
    press(presenter, "room-show")
    assert "Nobody has answered" not in said()
    press(presenter, "room-done")
    press(presenter, "room-give")
    press(fine(presenter.run()), "room-one-choose")
    assert "Nobody has begun" in told(fine(presenter.run()))
    assert "Nobody has begun" not in said()


@pytest.fixture
def no_store(monkeypatch):
    monkeypatch.setenv("ROOM_STORE", "reddis://:hunter2@host")


def test_without_a_store_the_page_says_what_is_wrong_and_offers_nothing(no_store):
    at = fine(visit("11_Room.py"))
    (error,) = at.error
    said = error.value.replace("\\", "")
    assert said.startswith("This server has no rooms: ROOM_STORE should be unset, sqlite:///path")
    assert not {"room-open", "room-join-button"} & keys(at)
    assert "hunter2" not in told(at) and "reached" not in told(at)


def test_without_a_store_a_code_is_refused_once_and_no_page_speaks_of_rooms(no_store):
    at = fine(visit(room="KXQRT"))
    assert "This server has no rooms" in at.error[0].value
    assert session(at).member is None and "room" not in at.query_params
    session(at).begun = -math.inf  # it is read
    at = fine(at.switch_page("pages/2_Projections.py").run())
    assert "room" not in told(at).lower()


def give(presenter, lesson="7", *, each=False):
    """Choose and press as a quick hand does: both come before the run that shows the choice."""
    presenter.selectbox(key="room-task-lesson").set_value(lesson)
    presenter.toggle(key="room-task-each").set_value(each)
    return press(presenter, "room-give")


def test_all_get_the_start_and_the_locks_of_a_task(presenter):
    at = take_part(presenter, preset="negation")
    give(presenter)
    at = fine(at.run())
    known = session(at)
    assert known.page == "Course"
    assert known.scenario == LESSONS["7"].variant("").start
    assert known.movable.names == ("W_q",)
    assert "Hint 1" in " ".join(button.label for button in at.button)
    assert session(presenter).page == "Room"  # who presents stays


def test_who_left_the_task_goes_back_to_it(presenter):
    at = take_part(presenter)
    give(presenter)
    at = fine(fine(at.run()).switch_page("pages/2_Projections.py").run())
    assert session(at).page == "Projections"
    at = press(at, "room-to-task")
    assert session(at).page == "Course"
    assert session(at).scenario == LESSONS["7"].variant("").start


def test_each_may_get_a_variant(presenter):
    many = [take_part(presenter) for _ in range(3)]
    give(presenter, each=True)
    starts = [session(fine(at.run())).scenario for at in many]
    assert len({permalink.encode(start) for start in starts}) > 1
    for at, start in zip(many, starts, strict=True):
        assert start == session(at).course.task.start


def test_what_is_reached_is_told_to_the_presenter_alone(presenter):
    at = take_part(presenter)
    presenter = give(presenter)
    at = fine(at.run())
    task = session(at).course.task
    session(at).history.push(task.solution)
    at = fine(at.run())
    presenter = fine(presenter.run())
    assert "**1** of 1 participant solved it" in told(presenter)
    assert histogram(presenter) == {}
    assert "shown from 5 participants on" in told(presenter)
    solve(presenter, 4)
    presenter = fine(presenter.run())
    assert "**5** of" in told(presenter)
    (counts,) = histogram(presenter).values()
    assert sum(counts) == 5
    assert "solved it" not in told(fine(at.run()))


def test_few_results_are_shown_where_the_presenter_says_so(presenter):
    presenter = give(presenter)
    solve(presenter, 2)
    presenter = press(fine(presenter.run()), "room-task-few")
    (counts,) = histogram(fine(presenter.run())).values()
    assert sum(counts) == 2


def test_the_list_of_all_says_what_they_reached_only_where_they_are_many(presenter):
    give(presenter)
    solve(presenter, 4)
    presenter = press(fine(presenter.run()), "room-one-choose")
    few = presenter.selectbox(key="room-one").options
    assert few == [f"Participant {i}" for i in range(1, 5)]
    solve(presenter, 5)
    *_, many = fine(presenter.run()).selectbox(key="room-one").options
    assert re.fullmatch(r"Participant \d · \d\.\d+ ✓", many)


def test_one_is_shown_without_a_name_and_dismissed(presenter):
    at = take_part(presenter)
    presenter = give(presenter)
    at = fine(at.run())
    mine = edits.with_cell(session(at).scenario, "W_q", 1, 0, 1.7)
    session(at).history.push(mine)
    fine(at.run())
    presenter = press(fine(presenter.run()), "room-one-choose")
    presenter = press(presenter, "room-one-show")
    assert session(presenter).scenario == mine
    assert session(presenter).member.token not in told(presenter)
    presenter = press(presenter, "room-back")
    assert fine(presenter.run()) and session(presenter).scenario == START
    presenter = press(press(presenter, "room-one-choose"), "room-one-show")
    presenter = press(presenter, "room-dismiss")
    presenter = press(fine(presenter.run()), "room-one-choose")
    assert session(presenter).scenario == START
    assert "Nobody has begun" in told(presenter)


@pytest.mark.parametrize("verb", ["room-back", "room-dismiss"])
def test_the_stage_is_back_also_where_a_hand_has_moved_something_in_that_moment(presenter, verb):
    give(presenter)
    presenter = fine(presenter.switch_page("dashboard.py").run())
    solve(presenter, 1)
    presenter = press(press(presenter, "room-one-choose"), "room-one-show")
    assert session(presenter).scenario == LESSONS["7"].variant("").solution
    slider(presenter, "X-1-0").set_value(-1.5)
    presenter = fine(press(presenter, verb).run())
    shown = rooms.look(stores.store(), room_of(presenter), ["Lab"]).stage.scenario
    assert shown == session(presenter).scenario == START


def test_what_was_made_before_and_in_the_task_is_kept(presenter):
    at = take_part(presenter)
    at = fine(next(b for b in at.button if b.label == "Explore on my own").click().run())
    own = edits.with_cell(session(at).scenario, "X", 0, 0, 0.7)
    session(at).history.push(own)
    presenter = give(presenter)
    at = fine(at.run())
    made = edits.with_cell(session(at).scenario, "W_q", 1, 0, 1.7)
    session(at).history.push(made)
    at = fine(at.run())
    assert "What you had before waits" in told(at)
    press(presenter, "room-task-end")
    at = fine(at.run())
    assert "What you made is kept: “Explore on my own” leads to it, and Undo" in told(at)
    assert session(at).scenario == START  # all are where the presenter is
    at = fine(next(b for b in at.button if b.label == "Explore on my own").click().run())
    assert session(at).scenario == made
    assert session(at).movable is None
    assert "What you made is kept" not in told(at)
    session(at).history.undo()
    assert session(at).scenario == own


def test_a_task_that_was_set_on_share_is_given_by_its_link(presenter):
    own = replace(LESSONS["7"].variant(""), title="My *own*", text="Make it.", given=None)
    link = permalink.encode_text(to_json(own))
    presenter.text_input(key="room-task-link").set_value(f"https://lab.example/Course?task={link}")
    presenter = press(presenter, "room-give-link")
    assert "My *own*" in told(presenter)
    at = take_part(presenter)
    assert session(at).course.foreign.title == "My *own*"
    assert session(at).scenario == own.start


@pytest.mark.parametrize(
    "typed", ["", "https://lab.example/Course?lesson=7", "nonsense", "http://[", "http://[?task="]
)
def test_what_is_no_link_of_a_task_is_refused(presenter, typed):
    presenter.text_input(key="room-task-link").set_value(typed)
    presenter = press(presenter, "room-give-link")
    assert presenter.error
    assert session(presenter).member.room.task is None


def test_the_end_is_asked_for_once_and_leaves_a_file_alone(presenter):
    at = take_part(presenter)
    presenter = press(presenter, "room-ask-word")
    crowd(presenter, [0, 1, 1, 1, 1])
    presenter = press(press(presenter, "room-show"), "room-end")
    assert stores.store().rooms() == 1
    presenter = press(press(presenter, "room-end-no"), "room-end")
    presenter = press(presenter, "room-end-yes")
    assert stores.store().rooms() == 0
    assert "nothing of it is left" in told(presenter)
    _, written = session(presenter).views["room-ended"]
    assert "Which word does *suis* attend to most?" in written
    assert "5 votes, 4 right" in written
    assert not any(f"{i:032x}" in written for i in range(5))
    assert "has ended" in told(fine(at.run()))
    assert session(at).member is None
    assert "room" not in at.query_params


@pytest.mark.parametrize("is_closed", [False, True])
def test_the_course_is_there_whether_the_store_answers_the_end_or_not(
    presenter, is_closed, monkeypatch
):
    found = stores.store()
    close = found.close

    def gone(code):
        if is_closed:
            close(code)
        raise StoreGone("Nobody answers.")

    press(presenter, "room-end")
    with monkeypatch.context() as patch:
        patch.setattr(type(found), "close", lambda _, code: gone(code))
        presenter = press(presenter, "room-end-yes")
    assert "can’t be reached just now" in told(presenter)
    if not is_closed:  # it is tried once more
        presenter = press(press(presenter, "room-end"), "room-end-yes")
    presenter = fine(presenter.run())
    assert found.rooms() == 0 and session(presenter).member is None
    assert "On the stage" in session(presenter).views["room-ended"][1]
    assert "nothing of it is left" in told(presenter)


def test_a_question_of_a_lesson_never_meets_another_stage(presenter, monkeypatch):
    asked, ask = [], votes.ask

    def spy(store, code, *rest):
        asked.append(rooms.look(store, code, ["Lab"]).stage.scenario)
        return ask(store, code, *rest)

    monkeypatch.setattr(votes, "ask", spy)
    presenter.selectbox(key="room-lesson").set_value("4").run()
    press(presenter, "room-ask-1")
    assert asked == [LESSONS["4"].page("").predictions[1].scenario]
