"""Edit positions: their kind, ALiBi's slope, and sentences that show what they are for."""

from __future__ import annotations

import streamlit as st

from attn_core import Scenario, edits, limits, presets
from attn_core.analysis.word_order import is_alibi_symmetric
from attn_core.explain.describe.position_sentences import describe_slopes
from attn_core.explain.papers import SCHEMES
from attn_core.notation import labels
from attn_core.positions import KINDS
from attn_core.text import escape
from pages.ui.live.slots import slot
from pages.ui.session import state, widget_state, widgets
from pages.ui.session.state import session

#: The preset whose sentence means something else in reverse.
_START = "word-order"


def choose() -> None:
    """Choose the kind of positions; a refused choice goes back, with the reason."""
    widget_state.seed("positions", session().scenario.positions)
    widgets.segmented_control(
        "Positions",
        KINDS,
        key="positions",
        required=True,
        format_func=lambda each: escape.markdown(SCHEMES[each].title),
        on_change=_set_kind,
        label_visibility="collapsed",
    )


def _set_kind() -> None:
    chosen = widget_state.read("positions", KINDS, session().scenario.positions)
    state.change(lambda: edits.with_positions(session().scenario, chosen))


def slope() -> None:
    """Choose ALiBi's slope for the first head; later heads have its powers."""
    s = session().scenario
    if not s.slopes:
        return
    first = s.slopes[0]
    widget_state.seed("slope", first)
    widgets.slider(
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
        widgets.button(
            "As the authors",
            key="authors-slopes",
            on_click=_set_authors_slopes,
            disabled=s.slope is None,
        )
        st.caption(describe_slopes(s))


def _set_slope() -> None:
    chosen = widget_state.read("slope", float, session().scenario.slope or 0.0)
    state.change(lambda: edits.with_slope(session().scenario, chosen))


def _set_authors_slopes() -> None:
    state.change(lambda: edits.with_slope(session().scenario, None))


def begin() -> None:
    """Offer the sentence whose meaning depends on the order of its words."""
    start = _start()
    widgets.button(
        f"Open “{' '.join(start.tokens)}”",
        key="word-order",
        on_click=_begin,
        disabled=session().scenario == start,
    )


def _start() -> Scenario:
    """Return the preset with the present kind of positions."""
    return edits.with_positions(presets.named(_START).scenario, session().scenario.positions)


def _begin() -> None:
    state.change(_start, preset=_START)


def direction() -> None:
    """Offer the causal mask, without which ALiBi can't tell before from after."""
    with slot():
        if is_alibi_symmetric(session().scenario):
            widgets.button("Set the causal mask", key="causal", on_click=_set_causal)


def _set_causal() -> None:
    state.change(lambda: edits.with_mask_kind(session().scenario, "causal"))


def two_words() -> tuple[int, int]:
    """Choose a query word and a key word, for the score between them."""
    words = labels.unique(session().scenario.tokens)
    chosen = []
    choices = {"query": ("Query of", min(1, len(words) - 1)), "key": ("Key of", 0)}
    for place, (name, (title, first)) in zip(st.columns(2), choices.items(), strict=True):
        key = f"distance-{name}"
        chosen.append(widget_state.seed_view(key, range(len(words)), first))
        with place:
            widgets.selectbox(
                title,
                range(len(words)),
                key=key,
                format_func=lambda i: labels.isolate(words[i]),
            )
    return chosen[0], chosen[1]
