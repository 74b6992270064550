"""Sessions in a room: what the presenter shows is what all see who follow, and nobody else."""

import time
from contextlib import nullcontext, suppress
from urllib.parse import parse_qs, urlsplit

import pytest
import streamlit as st

from attn_core import permalink
from attn_core.notation.cells import Cell
from attn_core.presets import BY_KEY, DEFAULT
from pages.ui import menu
from pages.ui.room import follow, task_mode
from pages.ui.room import store as stores
from pages.ui.room.member import LATE
from pages.ui.room.rules import code, rooms, tasks, votes
from pages.ui.room.rules.limits import MAX_WRONG_CODES_EACH
from pages.ui.room.rules.question import Question
from pages.ui.room.rules.stage import staged
from pages.ui.room.rules.task_round import TaskRound
from pages.ui.room.store import StoreGone, sqlite
from pages.ui.session import session_url
from pages.ui.share import qr_code
from tests.pages.test_pages import PAGES, fine, parameter, slider, visit

START = BY_KEY["negation"].scenario


class Counting:
    """A store that counts what it is asked, and may be gone."""

    def __init__(self, store):
        self._store, self.asked, self.is_gone = store, [], False

    def __getattr__(self, name):
        def ask(*args, **options):
            self.asked.append(name)
            if self.is_gone:
                raise StoreGone("Nobody answers.")
            return getattr(self._store, name)(*args, **options)

        return ask


@pytest.fixture(autouse=True)
def store(monkeypatch, tmp_path):
    """One file for all sessions of a test; who guessed codes in another test is forgotten."""
    monkeypatch.setenv("ROOM_STORE", f"sqlite:///{tmp_path / 'rooms.db'}")
    monkeypatch.setattr(code, "wrong_codes", code.WrongCodes())
    monkeypatch.setattr(type(st.context), "ip_address", property(lambda _: "192.0.2.7"))
    made = sqlite.SqliteStore
    monkeypatch.setattr(sqlite, "SqliteStore", lambda path: Counting(made(path)))
    return stores.store()  # the one that all pages have


@pytest.fixture
def room(store):
    """A room that shows a sentence on the page Attention."""
    return rooms.open_room(stores.store(), staged("Attention", START, 0, "weights.2.1"))


def present(room, **query):
    return fine(visit(room=room.code, present=room.secret, **query))


def take_part(room, page="dashboard.py", **query):
    return fine(visit(page, room=room.code, **query))


def again(at, page="dashboard.py"):
    """The same address in a new session, as after F5, or where the connection was lost."""
    return fine(visit(page, **{name: parameter(at, name) for name in at.query_params}))


def session(at):
    return at.session_state["session"]


def page_of(at):
    return session(at).page


def line(at):
    return " ".join(each.value for each in at.markdown if "oom **" in each.value)


def stage(room):
    return rooms.look(stores.store(), room.code, follow.PAGES).stage


def move(at, cell="X-0-1", value=2.5):
    """Move a slider, as a hand does."""
    return fine(slider(at, cell).set_value(value).run())


def by_hand(at):
    """Run a page as a widget does."""
    session(at).is_user_event = True
    return fine(at.run())


def press(at, label):
    return fine(next(each for each in at.button if each.label == label).click().run())


def test_who_comes_in_is_where_the_presenter_is(room):
    at = take_part(room)
    assert page_of(at) == "Attention"
    assert session(at).scenario == START
    assert session(at).history.preset == DEFAULT.key
    assert [session(at).inspection.cell.name] == ["weights"]
    assert "Following the presenter" in line(at)
    assert not session(at).history.can_undo


def test_a_hand_that_drags_has_its_own_picture_before_the_room_is_told(room):
    *pictures, last = session(present(room)).start_dragging()
    assert pictures
    assert last == "part-room"


def test_an_address_leads_to_the_room_and_holds_no_numbers_of_it(room):
    at = take_part(room)
    assert {name: parameter(at, name) for name in at.query_params} == {
        "room": room.code,
        "classic": "1",
    }
    late = again(at)
    assert (page_of(late), session(late).scenario) == ("Attention", START)


def test_a_presenter_begins_where_the_room_is(room):
    at = present(room)
    assert (page_of(at), session(at).scenario) == ("Attention", START)
    assert stage(room).scenario == START
    assert f"You present room **{room.code}**" in line(at)


def test_what_the_presenter_moves_all_see(room):
    presenter, at = present(room), take_part(room)
    at.switch_page("pages/3_Attention.py")
    presenter.switch_page("dashboard.py").run()
    move(presenter)
    assert stage(room).page == "Lab"
    fine(at.run())
    assert page_of(at) == "Lab"
    assert session(at).scenario == session(presenter).scenario != START
    assert not session(at).history.can_undo and session(presenter).history.can_undo


def test_head_number_and_preset_are_followed(room):
    presenter, at = present(room), take_part(room)
    presenter.switch_page("dashboard.py").run()
    presenter.selectbox(key="preset").set_value("four-views").run()
    session(presenter).chosen_head = 2
    by_hand(presenter)
    assert stage(room).head == 2
    fine(at.run())
    assert session(at).head == 2
    assert session(at).history.preset == "four-views"


def test_where_one_points_oneself_stays_until_the_presenter_points_elsewhere(room):
    presenter, at = present(room), take_part(room)
    session(at).inspection.inspect(Cell("scores", 1, 0), "")
    presenter.switch_page("dashboard.py").run()
    move(presenter)
    fine(at.run())
    assert session(at).scenario == session(presenter).scenario
    assert session(at).inspection.cell == Cell("scores", 1, 0)
    session(presenter).inspection.inspect(Cell("Q", 0, 1), "")
    by_hand(presenter)
    fine(at.run())
    assert session(at).inspection.cell == Cell("Q", 0, 1)


def on_lab(room):
    """A presenter and a participant on the home page."""
    presenter, at = present(room), take_part(room)
    presenter.switch_page("dashboard.py").run()
    return presenter, fine(at.run())


def test_who_moves_something_lets_go_and_comes_back(room):
    presenter, at = on_lab(room)
    move(at, value=1.5)
    mine = session(at).scenario
    assert session(at).member.mode == "own"
    assert "On your own, since you changed something" in line(at)
    move(presenter, value=-2.0)
    fine(at.run())
    assert session(at).scenario == mine

    press(at, "Follow again")
    assert session(at).scenario == session(presenter).scenario
    assert "Following the presenter" in line(at)
    press(at, "Explore on my own")
    assert session(at).scenario == mine
    press(at, "Undo")
    assert session(at).scenario == START


def test_a_second_try_leads_back_to_the_first_by_undo(room):
    presenter, at = on_lab(room)
    first = session(move(at, value=1.5)).scenario
    press(at, "Follow again")
    move(presenter, value=-2.0)
    shown = session(fine(at.run())).scenario
    move(at, cell="X-1-0", value=0.5)
    press(at, "Undo")
    assert session(at).scenario == shown
    press(at, "Undo")
    assert session(at).scenario == first


def test_a_page_that_one_turns_to_lets_go(room):
    presenter, at = on_lab(room)
    at.switch_page("pages/2_Projections.py").run()
    assert (page_of(at), session(at).member.mode) == ("Projections", "own")
    assert session(at).scenario == START
    assert "since you turned the page" in line(at)
    move(presenter)
    assert session(fine(at.run())).scenario == START
    press(at, "Follow again")
    assert (page_of(at), session(at).scenario) == ("Lab", session(presenter).scenario)


def test_a_page_that_the_presenter_turns_to_meanwhile_does_not(room):
    presenter, at = on_lab(room)
    presenter.switch_page("pages/2_Projections.py").run()
    at.switch_page("pages/2_Projections.py").run()
    assert (page_of(at), session(at).member.mode) == ("Projections", "following")
    presenter.switch_page("pages/5_Views.py").run()
    assert page_of(fine(at.run())) == "Views"


def test_a_run_that_a_browser_asked_for_before_it_was_called_away_does_not(room):
    presenter, at = on_lab(room)
    presenter.switch_page("pages/2_Projections.py").run()
    assert page_of(fine(at.run())) == "Projections"
    fine(at.switch_page("dashboard.py").run())  # what it had under way for the page before
    assert (page_of(at), session(at).member.mode) == ("Projections", "following")
    fine(at.switch_page("pages/2_Projections.py").run())  # it has come there: then it is a hand
    fine(at.switch_page("dashboard.py").run())
    assert (page_of(at), session(at).member.mode) == ("Lab", "own")


def test_nor_does_one_of_a_browser_whose_session_the_server_has_forgotten(room):
    presenter, _ = on_lab(room)
    presenter.switch_page("pages/2_Projections.py").run()
    at = fine(visit(room=room.code))  # the browser is on Lab, and has more under way there
    assert page_of(at) == "Projections"
    fine(at.switch_page("dashboard.py").run())
    assert (page_of(at), session(at).member.mode) == ("Projections", "following")
    left, when = session(at).member.left
    session(at).member.left = left, when - LATE  # it doesn't come to Projections at all
    fine(at.switch_page("dashboard.py").run())
    assert (page_of(at), session(at).member.mode) == ("Lab", "own")


def test_own_work_survives_a_reload(room):
    _, at = on_lab(room)
    mine = session(move(at, value=1.5)).scenario
    exploring = again(at)
    assert session(exploring).member.mode == "own"
    assert (page_of(exploring), session(exploring).scenario) == ("Lab", mine)

    waiting = again(press(at, "Follow again"))
    assert session(waiting).scenario == START
    press(waiting, "Explore on my own")
    assert session(waiting).scenario == mine


def test_back_goes_to_what_one_had(room):
    _, at = on_lab(room)
    mine = session(move(at, value=1.5)).scenario
    address = {name: parameter(at, name) for name in at.query_params}
    press(at, "Follow again")
    at.query_params.clear()
    for name, value in address.items():
        at.query_params[name] = value
    fine(at.run())
    assert (session(at).scenario, session(at).member.mode) == (mine, "own")


def test_who_worked_before_keeps_it(room):
    at = fine(visit(preset="similarity"))
    move(at)
    mine = session(at).scenario
    join(at, room.code)
    assert session(at).scenario == START
    press(at, "Explore on my own")
    assert session(at).scenario == mine
    press(at, "Undo")
    assert session(at).scenario == BY_KEY["similarity"].scenario


def join(at, text):
    """Type a code, which a callback takes before the page runs."""
    known = session(at)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(follow, "session", lambda: known)
        follow.join(text)
    return fine(at.run())


@pytest.mark.parametrize("typed", ["KXQR", "KXQR0", "", "<b>x</b>"])
def test_what_is_no_code_is_said(store, typed):
    at = fine(visit())
    join(at, typed)
    assert "5 letters" in at.error[0].value
    assert session(at).member is None and not store.asked


def test_a_room_that_is_not_there_is_said_and_cannot_be_guessed(store):
    at = fine(visit(room="BBBBB"))
    assert "There is no room BBBBB" in at.error[0].value
    assert session(at).member is None
    assert "room" not in at.query_params
    for _ in range(MAX_WRONG_CODES_EACH):
        join(at, "BBBBC")
    asked = len(store.asked)
    join(at, "BBBBD")
    assert "Too many wrong codes" in at.error[0].value
    assert len(store.asked) == asked


def test_where_codes_were_guessed_the_presenter_comes_in_and_nobody_else(room):
    for _ in range(MAX_WRONG_CODES_EACH):
        code.wrong_codes.note("192.0.2.7", time.time())
    assert "You present" in line(present(room))
    for each in (room.code, "BBBBB"):
        (error,) = fine(visit(room=each, present="x" * 22)).error
        assert error.value.startswith("Too many wrong codes")


def test_a_room_that_has_ended_leaves_ones_own(room):
    _, at = on_lab(room)
    press(move(at, value=1.5), "Follow again")
    mine = session(at).member.own.present
    rooms.end(stores.store(), room.code, room.secret)
    fine(at.run())
    assert f"The room {room.code} has ended" in at.warning[0].value and not at.error
    assert session(at).member is None
    assert session(at).scenario == mine
    assert "room" not in at.query_params and not line(at)


def test_a_store_that_is_gone_takes_nothing_away(room, store, monkeypatch):
    presenter, at = on_lab(room)
    store.is_gone = True
    move(presenter)
    fine(at.run())
    assert "can’t be reached" in line(at) and "can’t be reached" in line(presenter.run())
    assert session(at).scenario == START
    asked = len(store.asked)
    fine(at.run())
    assert len(store.asked) == asked  # it isn't waited for in each run
    move(at, value=1.5)
    assert session(at).member.mode == "own"

    store.is_gone = False
    now = time.monotonic()
    monkeypatch.setattr(time, "monotonic", lambda: now + 60)
    fine(presenter.run())
    assert stage(room).scenario == session(presenter).scenario != START
    fine(at.run())
    press(at, "Follow again")
    assert session(at).scenario == session(presenter).scenario
    assert "can’t be reached" not in line(at)


def test_a_room_that_cannot_be_reached_at_first_is_entered_later(room, store, monkeypatch):
    store.is_gone = True
    at = fine(visit(room=room.code))
    assert "can’t be reached" in line(at)
    assert parameter(at, "room") == room.code
    store.is_gone = False
    now = time.monotonic()
    monkeypatch.setattr(time, "monotonic", lambda: now + 60)
    fine(at.run())
    assert (page_of(at), session(at).scenario) == ("Attention", START)


@pytest.mark.parametrize("page", [page.name for page in PAGES])
def test_outside_a_room_nothing_is_asked_of_the_store(store, page):
    with suppress(IndexError):
        fine(visit(page)).run()
    assert store.asked == []


def test_a_run_with_an_open_question_reads_ones_own_vote_and_not_those_of_all(room, store):
    at = take_part(room)
    votes.ask(stores.store(), room.code, room.secret, Question("Which?", ("this", "that"), 1))
    press(fine(at.run()), "this")
    store.asked.clear()
    assert press(at, "✓ this")
    assert "value" in store.asked and "ballot" not in store.asked


def test_two_presenters_see_what_the_other_does(room):
    first, second = present(room), present(room)
    first.switch_page("dashboard.py").run()
    fine(second.run())
    assert page_of(second) == "Lab"
    move(first)
    fine(second.run())
    assert session(second).scenario == session(first).scenario
    move(second, cell="X-1-0", value=0.5)
    fine(first.run())
    assert session(first).scenario == session(second).scenario == stage(room).scenario
    press(first, "Undo")
    assert stage(room).scenario == session(first).scenario
    move(second, cell="X-1-0", value=-0.5)  # before it has seen that
    assert stage(room).scenario == session(second).scenario
    assert session(second).scenario.X[1, 0] == -0.5


def test_a_presenter_who_comes_back_elsewhere_goes_on(room):
    first, at = on_lab(room)
    move(first)
    shown = session(first).scenario
    second = present(room)
    assert (page_of(second), session(second).scenario) == ("Lab", shown)
    assert session(fine(at.run())).scenario == shown
    move(second, cell="X-1-0", value=0.5)
    assert session(fine(at.run())).scenario == session(second).scenario != shown


def test_a_forged_right_to_present_is_none(room):
    at = fine(visit(room=room.code, present="x" * 22))
    assert "doesn’t have the right to present" in at.error[0].value
    assert "Following the presenter" in line(at)
    assert "present" not in at.query_params
    before = stage(room)
    at.run().switch_page("dashboard.py").run()
    move(at)
    assert stage(room) == before


def test_the_right_to_present_is_in_no_link_that_is_shared(room, monkeypatch):
    drawn = []
    monkeypatch.setattr(qr_code, "expander", lambda *_: nullcontext(True))
    monkeypatch.setattr(qr_code, "draw", drawn.append)
    at = present(room)
    assert parameter(at, "present") == room.secret
    at.switch_page("pages/10_Share.py").run()
    said = [*drawn, *(each.value for each in at.code)]
    assert drawn and at.code
    assert not [each for each in said if room.secret in each or room.code in each]
    assert permalink.decode(parse_qs(urlsplit(at.code[0].value).query)["s"][0]) == START
    assert room.secret not in stage(room).to_json()


def tell(at, token):
    """Tell which browser it is, as `listen` does; return whether that was heard."""
    known = session(at)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(follow, "session", lambda: known)
        return follow.use_token(token)


def test_two_tabs_of_one_browser_are_one_participant(room):
    tabs = take_part(room), take_part(room)
    assert rooms.members(stores.store(), room.code) == 2
    token = session(tabs[0]).member.token
    assert tell(tabs[1], token) and tell(tabs[1], "<script>")
    assert session(tabs[1]).member.token == token
    assert list(stores.store().ballot(room.code, "here")) == [token]


def test_a_token_is_told_again_where_the_store_was_away(room, store, monkeypatch):
    """Else one browser would be two participants, with a vote each."""
    at, token = take_part(room), "0123456789abcdef" * 2
    store.is_gone = True
    assert not tell(at, token)
    assert session(at).member.token != token
    store.is_gone = False
    now = time.monotonic()
    monkeypatch.setattr(time, "monotonic", lambda: now + 60)
    assert tell(at, token)
    assert list(store.ballot(room.code, "here")) == [token]


def test_who_has_the_browsers_token_gets_its_variant_and_is_reported(room):
    at, token = take_part(room), "0123456789abcdef" * 2
    given = tasks.give_task(stores.store(), room.code, room.secret, TaskRound("7", is_each=True))
    fine(at.run())
    tell(at, token)
    fine(at.run())
    assert session(at).scenario == given.task(token).start
    [(reported, _)] = stores.store().ballot(room.code, f"t{given.id}").items()
    assert reported == token


def test_pages_of_a_stage_are_those_of_the_menu():
    assert set(follow.PAGES) == {entry.title for entry in menu.ENTRIES} - {follow.BACKSTAGE}


def follow_there(presenter, at, page):
    """Have the presenter turn to a page, and the participant run."""
    presenter.switch_page(f"pages/{page}")
    by_hand(presenter)
    fine(at.run())
    assert page_of(at) == page_of(presenter)
    assert session(at).member.is_following


def test_what_a_page_is_about_is_followed_and_nothing_else(room):
    presenter, at = on_lab(room)
    session(at).painting.set(1 - session(at).painted, START)
    session(presenter).pin(session(presenter).as_pinned)
    by_hand(presenter)
    fine(at.run())
    assert session(at).pinned is None  # of no concern on this page
    follow_there(presenter, at, "7_Compare.py")
    assert session(at).scenario_a == START

    session(presenter).lesson = "grammar"
    follow_there(presenter, at, "6_Learn.py")
    assert session(at).lesson == "grammar"
    assert (session(at).painted == session(presenter).painted).all()


def test_a_lesson_is_followed_through_its_task(room):
    presenter, at = on_lab(room)
    session(presenter).course.begin_lesson("2", "")
    follow_there(presenter, at, "0_Course.py")
    course = session(at).course
    assert (course.key, course.step) == ("2", "story")
    press(presenter, "I know this: test me")
    fine(at.run())
    assert (course.key, course.step) == ("2", "task")
    assert session(at).member.is_following
    assert session(at).scenario == session(presenter).scenario == course.task.start
    assert session(at).movable


def test_a_participants_place_in_the_course_is_their_own(room):
    presenter, at = on_lab(room)
    session(at).course.begin_lesson("3", "")
    move(presenter)
    fine(at.run())
    assert session(at).course.key == "3"


#: What a session has on pages that show more than a scenario, and how one reads it there.
PLACES = {
    "8_Long_text.py": (
        lambda known, words: known.long_text.read(words),
        lambda known: known.long_text.text,
    ),
    "9_Real_model.py": (
        lambda known, words: known.model_query.read(words),
        lambda known: known.model_query.text.text,
    ),
    "0_Course.py": (
        lambda known, words: known.course.begin_lesson(str(len(words.split())), "", "task"),
        lambda known: (known.course.key, known.course.step),
    ),
    "6_Learn.py": (
        lambda known, words: setattr(known, "lesson", ("views", "grammar")[len(words.split()) % 2]),
        lambda known: known.lesson,
    ),
}


@pytest.mark.parametrize("page", PLACES)
def test_a_place_of_ones_own_comes_back_with_letting_go(room, page):
    put, read = PLACES[page]
    presenter, at = on_lab(room)
    press(at, "Explore on my own")
    put(session(at), "these words are mine")
    mine = read(session(at))
    press(at, "Follow again")
    put(session(presenter), "a text of all here")
    follow_there(presenter, at, page)
    shown = read(session(presenter))
    assert read(session(at)) == shown != mine
    press(at, "Explore on my own")
    assert read(session(at)) == mine
    press(at, "Follow again")
    assert read(session(at)) == shown

    at.switch_page("pages/2_Projections.py").run()  # lets go by itself
    assert read(session(at)) == mine
    press(at, "Follow again")
    session(at).let_go()  # something is changed on this page, which stays as it is
    by_hand(at.switch_page(f"pages/{page}"))
    assert session(at).member.mode == "own"
    assert read(session(at)) == shown


@pytest.mark.parametrize("page", PLACES)
def test_a_place_of_ones_own_outlives_a_reload(room, page):
    put, read = PLACES[page]
    presenter, at = on_lab(room)
    put(session(at), "these words are mine")
    mine = read(session(at))
    put(session(presenter), "a text of all here")
    follow_there(presenter, at, page)
    late = again(again(at, page), page)
    assert session(late).member.is_following
    assert read(session(late)) == read(session(presenter)) != mine
    press(late, "Explore on my own")
    assert read(session(late)) == mine
    assert "kept" not in late.query_params


def test_what_makes_no_sense_in_an_address_does_not_wait(room):
    kept = "&".join(f"{i}=text%3D{i}" for i in range(999))
    at = take_part(room, kept=f"{kept}&Learn=learn%3D<b>&Long+text=text%3Dno-link&Course=%25%25&;")
    assert set(session(at).member.own_places) <= {"Attention", "Learn", "Long text", "Course"}
    press(at, "Explore on my own")
    assert session(at).lesson == session(take_part(room)).lesson
    assert "The text of this address" in at.error[0].value


def test_what_waits_is_left_out_where_an_address_has_no_room(room, monkeypatch):
    presenter, at = on_lab(room)
    press(move(at, value=1.5), "Follow again")
    session(at).long_text.read("mine")
    session(presenter).long_text.read("of all")
    follow_there(presenter, at, "8_Long_text.py")
    whole = session_url.to_url(session(at), "")
    own = whole.room.own
    assert own and whole.room.kept
    for most, left in {len(whole.at("")) - 1: (own, ""), 1: ("", "")}.items():
        monkeypatch.setattr(session_url, "MAX_ADDRESS", most)
        said = session_url.to_url(session(at), "").room
        assert (said.own, said.kept) == left


def test_what_a_decoder_writes_is_followed(room):
    presenter, at = on_lab(room)
    writing = session(presenter).writing
    writing.change(seed=5, temperature=0.5)
    writing.want()
    follow_there(presenter, at, "9_Real_model.py")
    assert session(at).writing.draws == writing.draws == [writing.draw]
    writing.want()
    by_hand(presenter)
    assert len(session(fine(at.run())).writing.draws) == 2
    press(at, "Explore on my own")
    assert session(at).writing.draws == []


def test_what_one_has_typed_while_following_stays(room):
    presenter, at = on_lab(room)
    follow_there(presenter, at, "8_Long_text.py")
    session(at).long_text.read("typed by me")
    follow_there(presenter, at, "9_Real_model.py")
    assert session(at).long_text.text == "typed by me"
    press(at, "Explore on my own")
    assert session(at).long_text.text == "typed by me"


def test_a_place_of_ones_own_outlives_a_task_of_the_room(room):
    _, at = on_lab(room)
    session(at).course.begin_lesson("3", "")
    given = tasks.give_task(stores.store(), room.code, room.secret, TaskRound("2"))
    assert session(fine(at.run())).course.key == "2"
    tasks.end_task(stores.store(), room.code, room.secret, given.id)
    press(fine(at.run()), "Explore on my own")
    assert session(at).course.key == "3"


def test_a_task_is_for_all_and_leaves_what_one_had(room):
    presenter, at = on_lab(room)
    mine = session(move(at, value=1.5)).scenario
    given = tasks.give_task(stores.store(), room.code, room.secret, TaskRound("2"))
    fine(at.run())
    late = take_part(room)
    for each in (at, late):
        assert (page_of(each), session(each).member.mode) == ("Course", "task")
        assert session(each).scenario == given.task("").start
        assert session(each).movable
    move(presenter)
    assert session(fine(late.run())).scenario == given.task("").start
    at.switch_page("pages/2_Projections.py").run()
    assert (page_of(at), session(at).member.mode) == ("Projections", "task")

    tasks.end_task(stores.store(), room.code, room.secret, given.id)
    for each in (at, late):
        fine(each.run())
        assert (page_of(each), session(each).member.mode) == ("Lab", "following")
        assert session(each).scenario == session(presenter).scenario
    press(at, "Explore on my own")
    press(at, "Undo")
    assert session(at).scenario == mine


@pytest.mark.parametrize("is_each", [False, True])
def test_what_one_had_before_a_task_outlives_a_reload_in_it(room, is_each):
    _, at = on_lab(room)
    mine = session(move(at, value=1.5)).scenario
    given = TaskRound("7", is_each=is_each)
    given = tasks.give_task(stores.store(), room.code, room.secret, given)
    token = "0123456789abcdef" * 2
    tell(at, token)
    made = session(move(fine(at.run()), "W_q-1-0", 0.7)).scenario
    late = again(at, "0_Course.py")
    tell(late, token)
    assert session(fine(late.run())).scenario == made
    late = again(late, "0_Course.py")  # twice does no harm
    tell(late, token)
    assert session(fine(late.run())).scenario == made

    tasks.end_task(stores.store(), room.code, room.secret, given.id)
    fine(late.run())
    press(late, "Explore on my own")
    assert session(late).scenario == made
    press(late, "Undo")
    assert session(late).scenario == mine


def test_what_was_reached_while_the_store_was_away_is_reported_by_the_next_look(room, store):
    given = tasks.give_task(store, room.code, room.secret, TaskRound("7"))
    at = take_part(room)
    store.is_gone = True
    known = session(move(at, "W_q-1-0", 0.7))
    store.is_gone = False
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(task_mode, "session", lambda: known)
        follow._is_called(known.member)
    [reached] = tasks.results(store, room.code, given).values()
    assert permalink.decode(reached.link) == known.scenario


def test_a_variant_goes_on_after_a_reload(room):
    """The session is another participant until the browser has told its token again."""
    tasks.give_task(stores.store(), room.code, room.secret, TaskRound("7", is_each=True))
    at, token = take_part(room), "0123456789abcdef" * 2
    tell(at, token)
    made = session(move(fine(at.run()), "W_q-1-0", 0.7)).scenario
    late = again(at, "0_Course.py")
    assert session(late).scenario != made
    tell(late, token)
    assert session(fine(late.run())).scenario == made
    assert session(late).member.mode == "task"


def test_behind_the_stage_the_presenter_stays_and_the_stage_too(room):
    at, before = present(room), stage(room)
    at.switch_page("pages/11_Room.py").run()
    assert (page_of(at), stage(room)) == ("Room", before)
    back = fine(visit("11_Room.py", room=room.code, present=room.secret))
    assert (page_of(back), stage(room)) == ("Room", before)
    assert session(back).scenario == START
    rooms.show(stores.store(), room.code, room.secret, staged("Lab", DEFAULT.scenario))
    fine(back.run())
    assert (page_of(back), session(back).scenario) == ("Room", DEFAULT.scenario)
    press(back, "Undo")
    assert (stage(room).page, stage(room).scenario) == ("Lab", START)


def test_a_number_that_is_gone_leaves_the_stage(room):
    presenter, at = on_lab(room)
    assert session(at).inspection.cell
    presenter.text_input(key="sentence").set_value("Je").run()
    assert session(fine(presenter)).member
    assert stage(room).scenario.tokens == ("Je",) and not stage(room).cell
    fine(at.run())
    assert session(at).scenario.tokens == ("Je",)
    assert session(at).inspection.cell is None


def test_what_cannot_be_shown_is_said_and_takes_no_right_away(room, monkeypatch):
    presenter, _ = on_lab(room)
    before = stage(room)

    def refuse(*_):
        raise ValueError("This is too large for a stage.")

    with monkeypatch.context() as patch:
        patch.setattr(rooms, "show", refuse)
        assert "too large for a stage" in move(presenter).error[0].value
    assert session(presenter).member.presents and stage(room) == before
    fine(presenter.run())
    assert stage(room).scenario == session(presenter).scenario
