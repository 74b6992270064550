"""Paint the raw target: by clicks, by patterns, or as a table of numbers."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import streamlit as st

from attn_core import Scenario, attend, edits
from attn_core.figures import describe
from attn_core.learning import raw_target
from attn_core.notation.equation import Block, Equation, block
from attn_core.scenario import Array
from attn_core.text import escape
from pages.ui.edit import form
from pages.ui.edit.matrix import Typed, entered, table
from pages.ui.live.chart import chart, look, parse_click
from pages.ui.session import state, widgets
from pages.ui.session.state import session


def head() -> Scenario:
    """The head whose weights are painted."""
    return session().scenario.head(session().head)


def patterns() -> None:
    """Paint a whole pattern at once."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown("Paint that each word looks at …", width="content")
        for name in (*raw_target.PATTERNS, "nothing"):
            widgets.button(name, key=f"paint-{name}", on_click=_paint, args=(name,))
        form.offer_second_sentence()


def paint_first(reason: str) -> None:
    """Boxes alone, to paint the first of."""
    st.info(escape.markdown(reason))
    drawn = Equation((_normalized(),))
    chart(
        describe(drawn, look=look()),
        "figure-painted",
        lambda: drawn.alt,
        picked=lambda box: toggle(box, matrix=0),
    )
    left_out()
    as_table()


def left_out() -> None:
    """How many of the painted boxes aren't learned."""
    if count := session().painting.lost(session().scenario):
        st.caption(
            f"Painted boxes of words that aren't here any more: {count}. Undo brings them back."
        )
    if count := raw_target.blocked(session().painted, head()):
        st.caption(f"The mask blocks {count} of the painted boxes; they are left out.")


def as_table() -> None:
    """What is painted as numbers to type."""
    with st.expander("Paint it as a table", expanded=not session().is_live):
        st.caption(
            "Numbers of 0 or more; each row's share 1 between them. Row = query, column = key."
        )
        shown = _raw()
        written = [[f"{value:g}" for value in row] for row in shown.values]
        table(shown, written, "painted", st.column_config.TextColumn, _set)


def toggle(box: Any, matrix: int) -> None:
    """Paint a box that was clicked; a click on another matrix paints nothing."""
    place = parse_click(box)
    if place and place[0] == matrix:
        _, row, column = place
        state.paint(lambda: raw_target.toggled(session().painted, head(), row, column))


def _paint(pattern: str) -> None:
    state.paint(lambda: raw_target.pattern(pattern, session().scenario))


def _set(typed: Typed) -> None:
    shown = _raw()
    notes: list[str] = []

    def edited() -> Array:
        values, left_out = entered(shown, typed)
        kept = raw_target.entered(values)
        notes.extend((left_out, edits.describe_rounded_numbers(values, kept)))
        return kept

    state.paint(edited)
    session().add_note(" ".join(filter(None, notes)))
    st.rerun()  # the whole page: what is learned, and a complaint, are outside this part


def _raw() -> Block:
    return replace(_normalized(), values=session().painted)


def _normalized() -> Block:
    """The raw target with normalized rows."""
    values = raw_target.normalize_rows(raw_target.open_to(session().painted, head()))
    return replace(block(attend(head()), "weights"), values=values, title="wanted")
