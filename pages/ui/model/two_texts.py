"""Show two texts as one pretrained model reads them."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from attn_core.figures import WordMap, describe_word_map
from attn_core.figures.words import word_map
from attn_core.pretrained.interpret import Reading, Shared, describe_shared
from attn_core.text import escape
from pages.ui.live.chart import chart, is_ready, look
from pages.ui.live.slots import slot
from pages.ui.model import text_fields
from pages.ui.model.attention import attention_maps
from pages.ui.model.shared import readings

#: Pixels from which on two matrices have room beside each other, and those between them.
_BOTH, _GAP = 720, 16


def compare(reading: Reading) -> None:
    """Show a second text beside the first: the same head, and how similar their tokens are."""
    st.header("Two texts", anchor=False)
    st.markdown(
        "The same layer and head read another text. What does a small change do, and what does "
        "a word become in other company?"
        + " Tokens before the first change stay what they are, for they see nothing of what "
        "follows." * reading.model.design.is_causal
    )
    other = text_fields.other(reading.model)
    if other is None:
        return
    _side_by_side(reading, other)
    both = readings.shared(reading.encoded, other.encoded)
    with slot():
        if both.tokens and is_ready():
            _cosines(both)
    st.markdown(describe_shared(both, escape.markdown))


def _side_by_side(one: Reading, other: Reading) -> None:
    drawn = look()
    beside = drawn.width >= _BOTH
    if beside:
        drawn = replace(drawn, width=(drawn.width - _GAP) // 2)
    places = st.columns(2) if beside else [st.container(), st.container()]
    for i, (place, reading) in enumerate(zip(places, (one, other), strict=True)):
        with place:
            attention_maps.weights(reading, f"figure-model-text-{i}", drawn)


def _cosines(both: Shared) -> None:
    drawn = look()
    cosines = WordMap(both.tokens, both.stages, both.cosines, ("token", "layer"))
    described = describe_word_map(cosines, word_map.cosines(drawn.theme), look=drawn)
    chart(described, "figure-model-shared", lambda: describe_shared(both))
