"""What a button does in a room; what goes wrong is said on the page, and nothing is lost."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Any, TypeVar

import streamlit as st

from attn_core.notation.cells import to_text
from pages.ui.room import follow
from pages.ui.room.rules import code, rooms, tasks, votes
from pages.ui.room.rules.question import Question
from pages.ui.room.rules.rooms import Opened
from pages.ui.room.rules.stage import staged
from pages.ui.room.rules.task_round import TaskRound
from pages.ui.room.store import StoreGone, store
from pages.ui.session.address import home
from pages.ui.session.state import page_address, session

T = TypeVar("T")
U = TypeVar("U")
#: Where a room begins.
_FIRST = "Lab"
_log = logging.getLogger(__name__)
_GONE = "The room can’t be reached just now. Try once more."


def tried(read: Callable[[], T], otherwise: U) -> T | U:
    """Read from the store; where that fails, the line of the room says why at its next look."""
    try:
        return read()
    except (StoreGone, ValueError):
        return otherwise


def open_room() -> None:
    """Open a room with what is on the screen, and present in it."""
    known = session()
    cells = known.inspection.existing(known.scenario)
    cell = to_text(cells[-1]) if cells else ""
    source, now = st.context.ip_address or "", time.time()

    def opened_now() -> Opened:
        code.opened_rooms.check(source, now)
        return rooms.open_room(store(), staged(_FIRST, known.scenario, known.head, cell))

    opened = _said(opened_now)
    if opened:
        code.opened_rooms.note(source, now)
        follow.join(opened.code, opened.secret)


def ask(asked: Question) -> None:
    """Ask the room about what is on the screen.

    No number is inspected any more: a page that comes back goes to it, and away from the answers.
    """
    session().inspection.back_to(0)
    follow.put_on_stage()
    _do(votes.ask, asked)


def vote(answer: float) -> None:
    """Vote, or vote anew."""
    member = session().member
    if member and (asked := member.question):
        _said(lambda: votes.vote(store(), member.code, member.token, asked, answer))


def close_vote() -> None:
    """Close the vote, for the discussion."""
    _do(votes.close_vote, _question())


def ask_again() -> None:
    """Open the vote once more."""
    _do(votes.ask_again, _question())


def reveal(*, even_few: bool = False) -> None:
    """Show votes and answer."""
    _do(votes.reveal, _question(), even_few=even_few)


def end_question() -> None:
    """Take the question away."""
    _do(votes.end_question, _question())


def give(given: TaskRound) -> None:
    """Give the room a task; what is inspected would hide how far it is, as in `ask`."""
    session().inspection.back_to(0)
    follow.put_on_stage()
    _do(tasks.give_task, given)


def show_few() -> None:
    """Show what even few have reached."""
    _do(tasks.show_few, _task())


def show_one(label: str) -> bool:
    """Put the scenario of a participant on the stage, and go there; return whether it is there."""
    is_shown = _go_to_stage(tasks.show_one, _task(), label)
    if is_shown and (member := session().member) and member.stage:
        session().wanted_page = member.stage.page
    return is_shown


def back() -> None:
    """Put on the stage what was there before a participant's scenario."""
    _go_to_stage(tasks.back_to_stage)


def dismiss(label: str) -> None:
    """Offer a participant's scenario no longer."""
    _go_to_stage(tasks.dismiss, _task(), label)


def end_task() -> None:
    """End the task."""
    _do(tasks.end_task, _task())


def end() -> str:
    """End the room; return its course as text, empty where it couldn't be read.

    It is there also where the store gives no answer to the end itself: it may have deleted all.
    """
    member = session().member
    if member is None:
        return ""
    course = _said(lambda: rooms.course(store(), member.code, member.secret))
    if course is None:
        return ""
    if _do(rooms.end):
        follow.leave()
    return course.to_markdown(home(page_address("")))


def _go_to_stage(verb: Callable[..., Any], *given: Any) -> bool:
    """Do a verb that changes the stage, to which this page then goes; see `Member.gives_way`."""
    member = session().member
    if member is None or not _do(verb, *given):
        return False
    member.gives_way = True
    return True


def _question() -> str:
    """Return the id of the question that this page shows."""
    member = session().member
    return member.question.id if member and member.question else ""


def _task() -> str:
    """Return the id of the task that this page shows."""
    member = session().member
    return member.given_task.id if member and member.given_task else ""


def _do(verb: Callable[..., Any], *given: Any, **options: Any) -> bool:
    """Do a presenter's verb; return whether it was done."""
    member = session().member
    if member is None:
        return False

    def done() -> bool:
        verb(store(), member.code, member.secret, *given, **options)
        return True

    return bool(_said(done))


def _said(verb: Callable[[], T]) -> T | None:
    """Do a verb; say on the page why it couldn't be done."""
    try:
        return verb()
    except StoreGone as error:
        _log.warning(error)  # only whoever runs the server can mend it
        session().complain(_GONE)
    except ValueError as error:
        session().complain(str(error))
    return None
