"""A participant's session while the room has a task: its start, its locks, and what is reached.

The task is shown where all tasks are, on the page Course. What the visitor had before waits, as
while they follow; what they made of the task is theirs afterwards.
"""

from __future__ import annotations

from functools import lru_cache

from attn_core import Scenario, permalink
from pages.ui.room import places
from pages.ui.room.member import EXPLORE, Member
from pages.ui.room.rules import tasks
from pages.ui.room.rules.task_round import TaskRound
from pages.ui.room.store import store
from pages.ui.session.course import TASK
from pages.ui.session.history import History
from pages.ui.session.state import session

#: Where a task is worked on.
PAGE = "Course"


def keep_up(member: Member, given: TaskRound | None) -> bool:
    """Begin the room's task where it is news, and end it where there is none any more.

    Returns
    -------
    bool
        Whether it begins.
    """
    is_new = given is not None and given.id != member.task
    if given and is_new:
        _begin(member, given)
    elif given is None and member.mode == "task":
        end(member)
        session().add_note(
            "The task has ended, and you follow the presenter again. What you made is kept: "
            f"“{EXPLORE}” leads to it, and Undo from there to what you had before."
        )
    return is_new


def _begin(member: Member, given: TaskRound) -> None:
    known = session()
    before, kept = known.history, is_open(member, given) and known.course.is_attempt(known.scenario)
    if member.mode == "own":
        member.own = before
    if kept:  # it is what the address brought after a reload
        member.own = _before(member.own)
    begun = known.scenario if kept else _take_attempt(member, given)
    begun = begun or given.task(member.token).start
    known.history = History(begun, before.preset, before.revision + 1)
    member.mode, member.task, member.reported = "task", given.id, ""
    with places.taken(member, PAGE):
        show(member, given)


def _take_attempt(member: Member, given: TaskRound) -> Scenario | None:
    """Take what waits, where it is of the participant's variant, as after a reload.

    Until the browser has told its token the session is somebody else, with another variant.
    """
    task = given.task(member.token)
    if not given.is_each or not member.own:
        return None
    made = member.own.present
    if task.movable.refusal(task.start, made):
        return None
    member.own = _before(member.own)
    return made


def _before(attempt: History | None) -> History | None:
    """Go back from an attempt to what was before it; None where nothing was."""
    if attempt is None or not attempt.can_undo:
        return None
    attempt.undo()
    return attempt


def is_open(member: Member, given: TaskRound) -> bool:
    """Whether the page Course has the room's task, and not another one or a lesson's story."""
    course = session().course
    if given.document:
        return course.link == _link(given.document)
    shown = course.key, course.seed, course.step, course.link
    return shown == (given.lesson, given.seed_of(member.token), TASK, "")


def show(member: Member, given: TaskRound) -> None:
    """Have the page Course show the room's task: a lesson's as in the course."""
    course = session().course
    if given.document:
        course.begin_foreign(given.task(member.token), _link(given.document))
    else:
        course.begin_lesson(given.lesson, given.seed_of(member.token), TASK)
    course.note_begun()


def go_to(member: Member, given: TaskRound) -> None:
    """Have the page turn to the room's task."""
    show(member, given)
    session().wanted_page = PAGE


@lru_cache(maxsize=64)  # each of a room asks in each run
def _link(document: str) -> str:
    return permalink.encode_text(document)


def end(member: Member) -> None:
    """Follow the presenter again; what was made of the task is the last step of one's own."""
    known, waiting = session(), places.waiting(member)
    made, own = known.history, member.own or History(known.scenario, known.history.preset)
    own.push(made.present, made.preset)
    known.history = member.follow(own)
    known.history.revision = made.revision + 1
    known.movable, member.task = None, ""
    places.give_back(member, waiting)


def report(member: Member) -> None:
    """Tell the room how far this session is, where that has changed."""
    if member.mode != "task":
        return
    try:
        link = permalink.encode(session().scenario)
    except permalink.LinkError:  # no hand of a task makes so many numbers
        return
    if link != member.reported:
        tasks.report(store(), member.code, member.token, member.task, link)
        member.reported = link
