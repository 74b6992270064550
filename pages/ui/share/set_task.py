"""A teacher's own task: its goals, what may move, its words; then its link, code and file."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from attn_core import Scenario, document, permalink
from attn_core.edits import PROJECTIONS, block_of, editable
from attn_core.tasks import Task, UnsolvableError, check, read
from attn_core.tasks import document as tasks
from attn_core.tasks.goals.document import goal_content
from attn_core.tasks.movable import SETTINGS, Movable
from attn_core.text import escape
from pages.ui.live.chart import expander
from pages.ui.session import state, widget_state, widgets
from pages.ui.session.address import MAX_ADDRESS, Address, CourseAddress
from pages.ui.session.state import session
from pages.ui.share import goal_form, qr_code
from pages.ui.share.goal_form import key

#: In the session's views: the task that was made, as JSON, and why it can't be solved; and whether
#: one was asked for, which the run of the press may not come to: it may be given up before.
_MADE, _ASKED = "task-made", "task-asked"
_UPLOAD = "task-upload"


def form() -> None:
    """Set a task that starts from the present scenario."""
    with expander("Set a task, for a class", "set-task") as is_open:
        if is_open:
            _form()
            _upload()


def _form() -> None:
    st.caption(
        "The task begins with the scenario as it is now. Say what is wanted and what may move; "
        "it is solved here before it is sent. Who opens its link finds it on the page *Course*, "
        "and the address of a solved one, sent back, shows that it is."
    )
    content: dict[str, Any] = {"title": "", "text": ""}
    try:
        content |= _goals() | {"move": _move()}
        task = _task(content)
    except ValueError as error:
        session().views[_ASKED] = False
        st.warning(escape.markdown(str(error)))
        return
    content |= _words(task)
    _make(_task(content))


def _task(content: dict[str, Any]) -> Task:
    start = document.content(session().scenario)
    return tasks.from_content({tasks.FORMAT: tasks.VERSION, "start": start, **content})


def _goals() -> dict[str, Any]:
    counts = range(1, tasks.MAX_GOALS + 1)
    count = widget_state.seed_view(key("goals"), counts, 1)
    widgets.segmented_control("Goals, all at once", counts, key=key("goals"), required=True)
    return {"goals": [goal_form.goal(i, session().scenario) for i in range(count)]}


def _move() -> list[str]:
    session().views.setdefault(key("move"), ["W_q"])
    places = _offered(session().scenario)
    chosen = widget_state.seed_choices(key("move"), places)
    widgets.multiselect(
        "What may move",
        places,  # shown as plain text
        key=key("move"),
        max_selections=tasks.MAX_MOVES,
        help="A matrix, a row of it, a box, or a setting; type to find one. All else is locked.",
    )
    return chosen


def _offered(s: Scenario) -> list[str]:
    """Name all that may move, and what a file that was opened has beside it."""
    own = [name for name in session().views.get(key("move"), []) if _is_place(name, s)]
    return list(dict.fromkeys((*_places(s), *own)))


def _is_place(name: str, s: Scenario) -> bool:
    try:
        Movable(s, (name,))
    except ValueError:
        return False
    return True


def _places(s: Scenario) -> Iterator[str]:
    """Name matrices, those of one head, and settings; then rows, then boxes."""
    yield from editable(s)
    if s.h > 1:
        yield from (f"{name}/{head}" for name in PROJECTIONS for head in range(1, s.h + 1))
    yield from SETTINGS
    blocks = [(name, block_of(s, name)) for name in editable(s)]
    for name, shown in blocks:
        yield from (f"{name}[{row}]" for row in shown.rows)
    for name, shown in blocks:
        yield from (f"{name}[{row}, {column}]" for row in shown.rows for column in shown.columns)


def _words(task: Task) -> dict[str, Any]:
    """Choose title and texts; what is left empty is written from the goals."""
    said = " ".join(result.sentence for result in check(task, task.start))
    title = _text("title", "Title", "A task", tasks.MAX_TITLE)
    text = _text("text", "What is asked", said, tasks.MAX_TEXT, is_long=True)
    hints = _text("hints", "Hints, one a line, up to three (may be left out)", "", is_long=True)
    debrief = _text("debrief", "Said once it is solved (may be left out)", "", tasks.MAX_TEXT)
    lines = [line.strip() for line in hints.splitlines() if line.strip()]
    if len(lines) > tasks.MAX_HINTS:
        st.caption(f"A task has {tasks.MAX_HINTS} hints at most; the first ones are taken.")
    return {
        "title": title.strip() or "A task",
        "text": text.strip() or said[: tasks.MAX_TEXT],
        "hints": lines[: tasks.MAX_HINTS],
        "debrief": debrief.strip(),
    }


def _text(
    name: str, label: str, first: str, most: int = 3 * tasks.MAX_TEXT, *, is_long: bool = False
) -> str:
    place = key(name)
    typed = widget_state.seed_view(place, str, "")
    field = widgets.text_area if is_long else widgets.text_input
    field(label, key=place, max_chars=most, placeholder=first, width=620)
    return typed


def _make(task: Task) -> None:
    """Solve the task once it is asked for; then show how to send it."""
    written, views = tasks.to_json(task), session().views
    widgets.button("Make the task", key="task-make", type="primary", on_click=_ask)
    if views.get(_ASKED):
        with st.spinner("Solving it first…"):
            views[_MADE] = written, _why_not(task)
        views[_ASKED] = False
    made, why_not = views.get(_MADE, ("", ""))
    if made != written:
        return
    if why_not:
        st.error(escape.markdown(f"{why_not} Ask for less, or let more move."))
    else:
        _send(task, written)


def _ask() -> None:
    session().views[_ASKED] = True


def _why_not(task: Task) -> str:
    """Say why a task can't be solved; empty where it can."""
    try:
        task.solution  # noqa: B018
    except UnsolvableError as error:
        return str(error)
    return ""


def _send(task: Task, written: str) -> None:
    """Offer the task as a link, a code and a file, and to try it."""
    link = permalink.encode_text(written)
    address = Address(course=CourseAddress(task=link)).at(state.page_address("Course"))
    st.success("It can be solved.", icon=":material/check:")
    if len(address) <= MAX_ADDRESS:
        st.code(address, language=None, wrap_lines=True)
        st.caption(f"{len(address)} characters")
    else:
        st.info(
            f"A link has room for {MAX_ADDRESS} characters, and this one would have "
            f"{len(address)}. Send the file."
        )
    with st.container(horizontal=True, vertical_alignment="center"):
        widgets.button(
            "Try it",
            key="task-try",
            icon=":material/play_arrow:",
            on_click=_try,
            args=(task, link),
        )
        widgets.download_button(
            "Save the task",
            tasks.to_json(task, indent=1),
            file_name=f"task-{escape.file_name(task.title)}.json",
            key="task-save",
            mime="application/json",
            icon=":material/download:",
        )
        widget_state.seed_view("task-qr", bool, False)
        shows_code = widgets.toggle("QR code", key="task-qr")
    if shows_code and len(address) <= MAX_ADDRESS:
        qr_code.draw(address)


def _try(task: Task, link: str) -> None:
    session().course.begin_foreign(task, link)
    session().wanted_page = "Course"


def _upload() -> None:
    """Open a task's file, to change it."""
    place = f"{_UPLOAD}-{widget_state.generation(_UPLOAD)}"
    widgets.file_uploader(
        "Open a task’s file, to change it", key=place, on_change=_open, max_upload_size=1
    )


def _open() -> None:
    file = widget_state.read(f"{_UPLOAD}-{widget_state.generation(_UPLOAD)}", UploadedFile, None)
    if file is None:
        return
    try:
        task = read(file.getvalue().decode("utf-8-sig", "replace"))
    except ValueError as error:
        session().complain(f"{file.name} can't be opened. {error}")
        return
    if task.movable.texts:
        session().complain(
            f"{file.name} has a task about a pretrained model, which can't be changed here."
        )
        return
    widget_state.replace(_UPLOAD)
    if not state.change(lambda: task.start, anew=True):
        _fill(task)


def _fill(task: Task) -> None:
    """Have the widgets hold a task."""
    widget_state.replace(goal_form.GENERATION)
    held: dict[str, Any] = {
        "goals": len(task.goals),
        "move": list(task.movable.names),
        "title": task.title,
        "text": task.text,
        "hints": "\n".join(task.hints),
        "debrief": task.debrief,
    }
    for i, goal in enumerate(task.goals):
        held |= goal_form.entries(i, goal_content(goal, task.start), task.start.heads)
    session().views.update({key(name): value for name, value in held.items()})
