"""The frame of a lesson: all lessons in a strip, the way from step to step, and the step itself."""

from __future__ import annotations

import secrets
from typing import Any

import streamlit as st

from attn_core import Scenario
from attn_core.figures import NARROW
from attn_core.tasks import LESSONS, is_solved
from attn_core.tasks.course.lesson import LessonPage
from attn_core.text import escape
from attn_core.text.gloss import gloss
from pages.ui import menu
from pages.ui.course import picture, predict, real_head, receipt, task, worksheet
from pages.ui.live.slots import slot
from pages.ui.session import widgets
from pages.ui.session.course import FIRST, SEEN, STORY, TASK
from pages.ui.session.state import session
from pages.ui.show import covered

#: What a step is called.
_NAMES = {STORY: "story", TASK: "task", SEEN: "what you have seen"}
#: Pixels of the window's height that a prediction needs beside its picture, more than home.
_AROUND = 60
#: The same for the picture below what was seen.
_AROUND_SEEN = 190
_CSS = """<style>
.st-key-lessons { gap: 0.1rem; }
.st-key-lessons button { min-height: 2rem; min-width: 1.95rem; padding: 0 0.2rem; }
.st-key-lessons p { white-space: nowrap; }
/* The number is enough; who hears the page is told the name. */
.st-key-lessons em { position: absolute; width: 1px; overflow: hidden; clip-path: inset(50%); }
.st-key-step { gap: 0.2rem 0.8rem; }
.st-key-step [data-testid="stMarkdownContainer"] { margin: 0; }
.st-key-step [data-testid="stMarkdownContainer"] :is(h2, p) { margin: 0; padding: 0; }
.stApp .st-key-step h2 { font-size: 1.3rem; }
/* As high as what is asked: the picture below stays where it is when a hint comes, or success. */
@media (min-width: 701px) {
  [data-testid="stColumn"]:has(.st-key-help) { position: relative; min-height: 10.5rem; }
  .st-key-help { position: absolute; inset: 0; overflow: auto; gap: 0.5rem; flex-wrap: nowrap; }
}
:is(.st-key-solved, .st-key-hints) p { font-size: 0.9rem; }
.st-key-hints { gap: 0.4rem; }
.st-key-in-english { margin-top: -1rem; }
@media (max-width: 700px) {
  .stApp div:has(> .st-key-goals-on-top) { position: sticky; top: 3rem; z-index: 8; }
  .st-key-step .st-key-test-me { order: 1; }
}
.st-key-verdict, .st-key-verdict-other {
  max-width: 60rem; padding: 0.3rem 0.8rem; border-left: 3px solid #2a9d6f;
}
.st-key-verdict-other { border-color: #c98b2b; }
</style>"""


def choose() -> None:
    """Choose a lesson; those that are solved have a mark."""
    st.html(_CSS)
    course = session().course
    with st.container(key="lessons", horizontal=True):
        for key, lesson in LESSONS.items():
            solved = course.progress.of(key).solved
            widgets.button(
                f"{key}{':small[✓]' * solved} *{lesson.title}{', solved' * solved}*",
                key=f"lesson-{key}",
                help=lesson.title,
                type="primary" if key == course.key and not course.foreign else "tertiary",
                on_click=_go,
                args=(key, STORY),
            )


def show() -> None:
    """Show the present step."""
    course = session().course
    session().movable = None
    top = slot()
    _bar()
    with slot():
        if not course.is_ready:
            real_head.load()
    with top:
        receipt.verdict()
    if not course.is_ready:
        return
    if course.step == TASK:
        task.show()
    elif course.step == STORY:
        _story()
    elif course.step == SEEN:
        _seen()
    elif (i := course.prediction) is not None:
        session().around = _AROUND
        predict.show(i)


def _bar() -> None:
    """Name the lesson and the step, and lead to the one before and to the next."""
    course = session().course
    with st.container(key="step", horizontal=True, vertical_alignment="center"):
        if course.foreign:
            st.markdown(f"## {escape.markdown(course.foreign.title) or 'A task'}", width="content")
            st.caption("A task that was set for you", width="content")
            st.space("stretch")
            _to("To the lessons", "put-away", course.key, STORY)
            return
        st.markdown(f"## {course.key} · {course.lesson.title}", width="content")
        st.caption(_where(), width="content")
        st.space("stretch")
        if course.place < course.steps.index(TASK):
            _to("I know this: test me", "test-me", course.key, TASK, type="tertiary")
        before = course.steps[max(course.place - 1, 0)]
        is_first = course.place == 0
        _to("Back", "back", course.key, before, icon=":material/arrow_back:", disabled=is_first)
        _next()


def _where() -> str:
    course = session().course
    name = "predict" if course.prediction is not None else _NAMES[course.step]
    minutes = f" · about {course.lesson.minutes} minutes" if course.step == STORY else ""
    return f"Step {course.place + 1} of {len(course.steps)}: {name}{minutes}"


def _next() -> None:
    """Lead to the next step, or behind the last one to the next lesson."""
    course, keys = session().course, [*LESSONS]
    look = {
        "icon": ":material/arrow_forward:",
        "icon_position": "right",
        "type": "primary" if _is_done() else "secondary",
    }
    if course.place + 1 < len(course.steps):
        _to("Next", "next", course.key, course.steps[course.place + 1], **look)
    elif course.key != keys[-1]:
        key = keys[keys.index(course.key) + 1]
        _to(f"Next: lesson {key}", "next", key, STORY, **look)


def _is_done() -> bool:
    """Whether the present step has nothing left to do."""
    course = session().course
    if course.step == TASK:
        return course.progress.of(course.key).solved
    return course.prediction is None or course.is_answered(course.prediction)


def _to(label: str, name: str, key: str, step: str, **look: Any) -> None:
    """Draw a button that leads to a step of a lesson."""
    widgets.button(label, key=name, on_click=_go, args=(key, step), **look)


def _go(key: str, step: str) -> None:
    """Go to a step of a lesson; its task begins with its own numbers."""
    course = session().course
    course.begin_lesson(key, course.seed, step)
    session().complain("")
    if step == TASK and course.is_ready:
        task.begin()
    session().announcement.say(f"{course.lesson.title}. {_where()}.")


def _vary() -> None:
    """Begin the lesson anew with other words and numbers."""
    course = session().course
    course.begin_lesson(course.key, secrets.token_hex(2))


def _start_again() -> None:
    """Begin the whole course anew."""
    session().course.start_again()
    _go(FIRST, STORY)


def _story() -> None:
    """Tell the story beside a picture of what it begins with."""
    page = session().course.page
    words, drawn = st.columns([6, 5], gap="medium")
    with words:
        st.markdown(page.story)
        worksheet.offer()
    with drawn:
        for name in page.shows:
            picture.one(
                page.task.start,
                name,
                f"story-{name}",
                is_covered=name in _asked(page),
                share=0.42 if session().width >= NARROW else 1,
            )
        with st.container(key="in-english"):
            predict.say_in_english(gloss(page.task.start.tokens))


def _asked(page: LessonPage) -> set[str]:
    """Return the steps of the start that predictions ask for."""
    start = page.task.start
    asked = (name for each in page.predictions if each.scenario == start for name in each.shows)
    return covered.with_what_follows(start, [*asked])


def _solved() -> Scenario:
    """Return what solved the task: the visitor's numbers, or the solution's."""
    asked, s = session().course.task, session().scenario
    return s if is_solved(asked, s) else asked.solution


def _debrief() -> str:
    """Fill the debrief with the numbers that solved the task."""
    asked, s = session().course.task, _solved()
    whose = "" if s == session().scenario else "**With a solution of the lesson:** "
    return f"{whose}{asked.debriefed(s)}"


def _seen() -> None:
    """Say what was to be seen, and what many think instead."""
    course = session().course
    if not course.progress.of(course.key).solved:
        st.info("The task isn’t solved yet; *Back* leads to it.")
    session().around = _AROUND_SEEN
    debrief, misconception = st.columns(2, gap="medium")
    with debrief:
        st.markdown(_debrief())
    with misconception:
        st.markdown(course.page.misconception)
    picture.some(_solved(), (), "seen", is_covered=False, of=course.page.draws)
    _again()
    worksheet.offer()


def _again() -> None:
    """Offer where to go on, the lesson with other words, and the course from its beginning."""
    with st.container(horizontal=True, vertical_alignment="center"):
        if page := session().course.lesson.leads_to:
            menu.link_to(page, f"Open {page}")
        widgets.button(
            "Once more, with other words and numbers",
            key="vary",
            icon=":material/shuffle:",
            type="tertiary",
            on_click=_vary,
        )
        if session().course.progress.lessons:
            widgets.button(
                "Start the course again",
                key="start-course",
                help="Forgets all ✓ and answers. The browser’s Back brings the ✓ back.",
                icon=":material/restart_alt:",
                type="tertiary",
                on_click=_start_again,
            )
