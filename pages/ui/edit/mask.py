"""Choose who may look at whom: a kind of mask with its size, or box by box."""

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
from attn_core.notation.steps import step
from attn_core.scenario import Scenario
from attn_core.text import escape
from pages.ui.edit.matrix import Typed, table
from pages.ui.live.chart import chart, clicked, look
from pages.ui.session import state

_TITLES: dict[MaskKind, str] = {"window": "sliding window"}

#: These compare places in one sentence.
_OF_ONE_SENTENCE = ("causal", "window")


def kind() -> None:
    """Choose the kind of mask."""
    is_cross = state.scenario().is_cross
    state.seed("mask", state.mask_kind())
    st.radio(
        "Mask",
        [each for each in masks.KINDS if not (is_cross and each in _OF_ONE_SENTENCE)],
        key="mask",
        horizontal=True,
        format_func=lambda each: _TITLES.get(each, each),
        on_change=_set_kind,
    )


def _set_kind() -> None:
    chosen: Any = state.widget("mask", str, state.mask_kind())
    _change(chosen, lambda: edits.with_mask_kind(state.scenario(), chosen))


def _change(kind: MaskKind, edit: Callable[[], Scenario]) -> None:
    """Change the mask, and note of which kind it is then, unless it was refused."""
    if not state.change(edit):
        state.set_mask_kind(kind)


def size_or_boxes() -> None:
    """Say how far a mask reaches, or which boxes are open."""
    s, chosen = state.scenario(), state.mask_kind()
    with st.container():  # always there, so that what stands below isn't made anew
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
    state.seed("mask-size", size)
    st.segmented_control(
        title,
        list(offered),
        key="mask-size",
        required=True,
        format_func=lambda i: offered[i] if isinstance(offered, dict) else str(i),
        on_change=_set_size,
    )


def _set_size() -> None:
    chosen, size = state.mask_kind(), state.widget("mask-size", int, 0)
    _change(chosen, lambda: edits.with_mask_kind(state.scenario(), chosen, size))


def _boxes() -> None:
    """The mask as numbers, whose boxes open and close by a click; and as a table."""
    if state.live():
        st.caption("Click a box to open it, 0, or to block it, −∞: row = query, column = key.")
        drawn = Equation((block(attend(state.scenario()), "blocking"),))
        chart(describe(drawn, look=look()), "figure-mask", lambda: drawn.alt, picked=_toggle)
    with st.expander("As a table", expanded=not state.live()):
        st.caption("Who may look at whom: row = query, column = key.")
        shown = _allowed()
        table(shown, shown.values, "mask", st.column_config.CheckboxColumn, _set_mask)


def _toggle(box: Any) -> None:
    """Open or block the box that was clicked."""
    s = state.scenario()
    place = clicked(box)
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
    s = state.scenario()
    rows, columns = (labels.axis(s, axis) for axis in step("blocking").axes)
    return Block(step("blocking"), s.allowed, rows, columns)


def _set_mask(typed: Typed) -> None:
    shown = _allowed()

    def edited() -> Scenario:
        before, entries = typed(shown)
        mask = np.array(before)
        for i, j, ticked in entries:
            mask[i, j] = bool(ticked)
        return replace(state.scenario(), mask=mask)

    _change("custom", edited)
