"""Choose the head that is shown."""

from __future__ import annotations

from attn_core.text import escape
from pages.ui.live.slots import slot
from pages.ui.session import widget_state, widgets
from pages.ui.session.state import session


def choose() -> None:
    """Select a head, where there are several."""
    names = session().scenario.heads
    with slot():
        if len(names) > 1:
            widget_state.seed("head", session().head)
            widgets.segmented_control(
                "Head",
                range(len(names)),
                key="head",
                required=True,
                format_func=lambda i: escape.markdown(names[i]),
                on_change=_choose,
                help="Which head the one-head pictures show.",
            )


def _choose() -> None:
    session().chosen_head = widget_state.read("head", range(session().scenario.h), session().head)
