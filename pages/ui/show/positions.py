"""Show positions: a kind and its paper, words in another order, RoPE's distances."""

from __future__ import annotations

import streamlit as st

from attn_core import AttentionTrace
from attn_core.analysis.rope_distance import describe_pairs, pair_at_all_positions
from attn_core.analysis.word_order import compare_with_reversal
from attn_core.explain.papers import SCHEMES
from attn_core.text import escape
from pages.ui.show import pictures
from pages.ui.show.fragments import head_fragment


def paper(trace: AttentionTrace) -> None:
    """Show the scenario's kind of positions: in words, as a formula, with its papers."""
    scheme = SCHEMES[trace.scenario.positions]
    lines = r" \\[1ex] ".join(scheme.formula)
    # What `st.latex` makes can be a pixel too narrow, and scrolls where no key can reach it.
    st.markdown(f"{scheme.says}\n\n$$\n\\begin{{gathered}}\n{lines}\n\\end{{gathered}}\n$$")
    papers = "; ".join(f"[{escape.markdown(each.cited)}]({each.link})" for each in scheme.papers)
    if trace.scenario.positions == "rope":
        st.markdown(describe_pairs(trace.scenario))
    st.markdown(f"Source: {papers}.")


def word_order() -> None:
    """Show the weights beside those of the reversed words, and whether the order matters."""

    def body(trace: AttentionTrace) -> None:
        order = compare_with_reversal(trace)
        pictures.unasked(order.equation(), key="order")
        st.markdown(order.describe(escape.markdown))

    head_fragment("order", body)


def at_every_place(query: int, key: int) -> None:
    """Show the score of one query for one key at all places, rotated by RoPE.

    Parameters
    ----------
    query, key : int
        Which words, from 0.
    """

    def body(trace: AttentionTrace) -> None:
        rotated = pair_at_all_positions(trace, query, key)
        pictures.unasked(rotated.equation(), key="distance")
        st.markdown(rotated.describe(escape.markdown))

    head_fragment("distance", body)
