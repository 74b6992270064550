"""A participant's session while the room has a task: its start, its locks, and what is reached.

The task is shown where all tasks are, on the page Course. What the visitor had before waits, as
while they follow; what they made of the task is theirs afterwards.
"""

from __future__ import annotations

from functools import lru_cache

from attn_core import Scenario, permalink
from attn_core.tasks import Task, document
from pages.ui.room import rooms
from pages.ui.room.member import Member
from pages.ui.room.store import store
from pages.ui.room.task_round import TaskRound
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
        _end(member)
    return is_new


def _begin(member: Member, given: TaskRound) -> None:
    known = session()
    task = given.task(member.token)
    link = _link(given, member.token)
    before, kept = known.history, _attempt(link)
    if kept:
        member.own = None  # it is what the address brought, and no scenario before
    elif member.mode != "following":
        member.own = before
    known.history = History(kept or task.start, before.preset, before.revision + 1)
    member.mode, member.task, member.reported = "task", given.id, ""
    _open(task, link)


def _attempt(link: str) -> Scenario | None:
    """Return what was made of a task before a reload: its address has both."""
    course, now = session().course, session().scenario
    return now if course.link == link and course.is_attempt(now) else None


def _open(task: Task, link: str) -> None:
    course = session().course
    course.begin_foreign(task, link)
    course.begin_task(task.start)


def _end(member: Member) -> None:
    """Follow the presenter again; what was made of the task is the last step of one's own."""
    known = session()
    made, own = known.history, member.own or History(known.scenario, known.history.preset)
    own.push(made.present, made.preset)
    known.history = member.follow(own)
    known.history.revision = made.revision + 1
    known.movable, member.task = None, ""
    known.course.begin_lesson(known.course.key, known.course.seed)


def is_open(member: Member, given: TaskRound) -> bool:
    """Whether the page Course has the room's task, and not another or a lesson."""
    return session().course.link == _link(given, member.token)


def reopen(member: Member, given: TaskRound) -> None:
    """Have the page Course show the task again."""
    _open(given.task(member.token), _link(given, member.token))


def report(member: Member) -> None:
    """Tell the room how far this session is, where that has changed."""
    if member.mode != "task":
        return
    try:
        link = permalink.encode(session().scenario)
    except permalink.LinkError:  # no hand of a task makes so many numbers
        return
    if link != member.reported:
        rooms.report(store(), member.code, member.token, member.task, link)
        member.reported = link


@lru_cache(maxsize=256)  # each of a room asks in each run
def _link(given: TaskRound, token: str) -> str:
    return permalink.encode_text(document.to_json(given.task(token)))
