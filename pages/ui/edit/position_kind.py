"""Edit positions: which kind, ALiBi's slope, and sentences that show what they are for."""

from __future__ import annotations

import streamlit as st

from attn_core import Scenario, edits, limits, presets
from attn_core.analysis.word_order import lacks_direction
from attn_core.explain.narrate.position_sentences import told_of_slopes
from attn_core.explain.papers import SCHEMES
from attn_core.notation import labels
from attn_core.positions import KINDS
from attn_core.text import escape
from pages.ui.session import state

#: The preset whose sentence means something else in reverse.
_START = "word-order"


def kind() -> None:
    """Choose how a word knows its place; what the scenario can't have goes back, with why."""
    state.seed("positions", state.scenario().positions)
    st.segmented_control(
        "Positions",
        KINDS,
        key="positions",
        required=True,
        format_func=lambda each: escape.markdown(SCHEMES[each].title),
        on_change=_set_kind,
        label_visibility="collapsed",
    )


def _set_kind() -> None:
    chosen = state.widget("positions", KINDS, state.scenario().positions)
    state.change(lambda: edits.with_positions(state.scenario(), chosen))


def slope() -> None:
    """Choose ALiBi's slope; of later heads it is a power of this one, or the authors'."""
    s = state.scenario()
    if not s.slopes:
        return
    first = s.slopes[0]
    state.seed("slope", first)
    st.slider(
        "Slope m"
        if s.h == 1
        else "Slope m of the first head; once set, that of head i is its power i",
        0.0,  # the authors' can be less than any that is set
        limits.SLOPE[1],
        step=0.05,
        format="%.2f" if round(first, 2) == first else "%.3f",
        key="slope",
        on_change=_set_slope,
    )
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            "As the authors",
            key="authors-slopes",
            on_click=_set_authors_slopes,
            disabled=s.slope is None,
        )
        st.caption(told_of_slopes(s))


def _set_slope() -> None:
    chosen = state.widget("slope", float, state.scenario().slope or 0.0)
    state.change(lambda: edits.with_slope(state.scenario(), chosen))


def _set_authors_slopes() -> None:
    state.change(lambda: edits.with_slope(state.scenario(), None))


def begin() -> None:
    """Open the sentence whose meaning hangs on its order, where it isn't there as it was made."""
    start = _start()
    st.button(
        f"Open “{' '.join(start.tokens)}”",
        key="word-order",
        on_click=_begin,
        disabled=state.scenario() == start,
    )


def _start() -> Scenario:
    """Give the preset the positions that this page is telling of."""
    return edits.with_positions(presets.named(_START).scenario, state.scenario().positions)


def _begin() -> None:
    state.change(_start, preset=_START)


def direction() -> None:
    """Set the causal mask, without which ALiBi can't tell before from after."""
    with st.container():  # always there, so that what stands below isn't made anew
        if lacks_direction(state.scenario()):
            st.button("Set the causal mask", key="causal", on_click=_set_causal)


def _set_causal() -> None:
    state.change(lambda: edits.with_mask_kind(state.scenario(), "causal"))


def two_words() -> tuple[int, int]:
    """Choose the word that asks and the word that is asked, for the score between them."""
    words = labels.unique(state.scenario().tokens)
    chosen = []
    choices = {"query": ("Query of", min(1, len(words) - 1)), "key": ("Key of", 0)}
    for place, (name, (title, first)) in zip(st.columns(2), choices.items(), strict=True):
        key = f"distance-{name}"
        chosen.append(state.seed_view(key, range(len(words)), first))
        place.selectbox(
            title,
            range(len(words)),
            key=key,
            format_func=lambda i: labels.isolate(words[i]),
            on_change=state.touch,
        )
    return chosen[0], chosen[1]
