"""Edit the mask: choose its kind and size, or open and block single boxes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import streamlit as st

from attn_core import attend, edits, masks
from attn_core.edits import mask_kinds
from attn_core.figures import describe
from attn_core.masks import MaskKind
from attn_core.notation import labels
from attn_core.notation.equation import Block, Equation, block
from attn_core.notation.graph import graph
from attn_core.scenario import Scenario
from attn_core.text import escape
from pages.ui.edit.matrix import Typed, table
from pages.ui.live.chart import chart, look, parse_click
from pages.ui.live.slots import slot
from pages.ui.session import state, widget_state, widgets
from pages.ui.session.state import session
from pages.ui.show.lit import with_same_places

#: These compare places in one sentence.
_OF_ONE_SENTENCE = ("causal", "window")


def kind() -> None:
    """Choose the kind of mask."""
    is_cross = session().scenario.is_cross
    widget_state.seed("mask", session().mask_kind)
    widgets.radio(
        "Mask",
        [each for each in masks.KINDS if not (is_cross and each in _OF_ONE_SENTENCE)],
        key="mask",
        horizontal=True,
        on_change=_set_kind,
        label_visibility="collapsed",
        width="content",
    )


def _set_kind() -> None:
    chosen: Any = widget_state.read("mask", str, session().mask_kind)
    _change(chosen, lambda: edits.with_mask_kind(session().scenario, chosen))


def _change(kind: MaskKind, edit: Callable[[], Scenario]) -> None:
    """Change the mask, and keep the kind that was chosen, unless it was refused."""
    if not state.change(edit):
        session().chosen_mask_kind = kind


def size_or_boxes() -> None:
    """Choose the size of the mask, or its boxes."""
    s, chosen = session().scenario, session().mask_kind
    with slot():
        if chosen == "padding" and s.mask is not None:
            _size("The last real word", mask_kinds.size(s.mask, "padding"), _places(s))
        elif chosen == "window" and s.mask is not None:
            reach = range(s.n)
            _size("Words that it reaches back and ahead", mask_kinds.size(s.mask, "window"), reach)
        elif chosen == "custom":
            _boxes()


def _places(s: Scenario) -> dict[int, str]:
    names = labels.unique(s.context or s.tokens)
    return {i: escape.markdown(labels.isolate(name)) for i, name in enumerate(names, 1)}


def _size(title: str, size: int, offered: Any) -> None:
    widget_state.seed("mask-size", size)
    widgets.segmented_control(
        title,
        list(offered),
        key="mask-size",
        required=True,
        format_func=lambda i: offered[i] if isinstance(offered, dict) else str(i),
        on_change=_set_size,
    )


def _set_size() -> None:
    chosen, size = session().mask_kind, widget_state.read("mask-size", int, 0)
    _change(chosen, lambda: edits.with_mask_kind(session().scenario, chosen, size))


def _boxes() -> None:
    """Show the mask as numbers to click, and as a table."""
    if session().is_live:
        st.caption("Click a box to open it, 0, or to block it, −∞: row = query, column = key.")
        drawn = Equation((block(attend(session().scenario), "attn_mask"),))
        described = with_same_places(describe(drawn, look=look()), drawn)
        chart(described, "figure-mask", lambda: drawn.alt, picked=_toggle)
    with st.expander("As a table", expanded=not session().is_live):
        st.caption("Who may look at whom: row = query, column = key.")
        shown = _allowed()
        table(shown, shown.values, "mask", st.column_config.CheckboxColumn, _set_mask)


def _toggle(box: Any) -> None:
    """Open or block the box that was clicked."""
    s = session().scenario
    place = parse_click(box)
    if place is None or place[0] != 0:
        return
    _, row, column = place

    def edited() -> Scenario:
        if not (0 <= row < s.n and 0 <= column < s.n_k):
            raise ValueError(f"The mask is {s.n}×{s.n_k}; it has no box ({row + 1}, {column + 1}).")
        mask = np.array(s.allowed)
        mask[row, column] = not mask[row, column]
        return replace(s, mask=mask)

    _change("custom", edited)


def _allowed() -> Block:
    s = session().scenario
    node = graph(s)["attn_mask"]
    return Block(node.step, s.allowed, node.rows, node.columns)


def _set_mask(typed: Typed) -> None:
    shown = _allowed()

    def edited() -> Scenario:
        before, entries = typed(shown)
        mask = np.array(before)
        for i, j, ticked in entries:
            mask[i, j] = bool(ticked)
        return replace(session().scenario, mask=mask)

    _change("custom", edited)
