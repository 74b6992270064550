"""The list of lessons to ask or to give something of."""

from __future__ import annotations

from attn_core.tasks import LESSONS, Lesson
from pages.ui.session import widget_state, widgets

#: A pretrained model isn't on every phone's replica, and reads for one visitor at a time.
_KEYS = tuple(key for key, lesson in LESSONS.items() if not lesson.needs_model)


def choose(key: str) -> Lesson:
    """Choose a lesson; `key` is the widget's."""
    widget_state.seed_view(key, _KEYS, _KEYS[0])
    widgets.selectbox(
        "Lesson",
        _KEYS,
        key=key,
        format_func=lambda number: f"{number} · {LESSONS[number].title}",
        label_visibility="collapsed",
    )
    return LESSONS[chosen(key)]


def chosen(key: str) -> str:
    """Return the key of the lesson that is chosen."""
    return widget_state.read_view(key, _KEYS, _KEYS[0])
