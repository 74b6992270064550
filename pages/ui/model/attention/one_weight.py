"""Show what one token of a pretrained model attends to, and what makes one weight."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import streamlit as st

from attn_core.analysis.long_text import digits
from attn_core.explain.calculation import calculate
from attn_core.figures import WordMap, describe_word_bars, describe_word_map
from attn_core.figures.words import word_map
from attn_core.notation.cells import Cell
from attn_core.notation.labels import isolate
from attn_core.pretrained.interpret import (
    Reading,
    contributions,
    describe_features,
    describe_largest_contributions,
    describe_token,
)
from attn_core.text import escape
from pages.ui.live.chart import chart, expander, is_ready, look
from pages.ui.live.slots import slot
from pages.ui.model import controls
from pages.ui.model.attention import text_view
from pages.ui.session.state import session


def token(reading: Reading) -> None:
    """Show what one token attends to, and which attend to it."""
    st.header("One token", anchor=False)
    controls.query(reading)
    text_view.show(reading)
    i, seen = reading.query, reading.seen
    name = isolate(reading.tokens[i])
    bars = {f"from {name} to each": seen.weights[i], f"from each to {name}": seen.weights[:, i]}
    if reading.focus.way:
        bars.popitem()  # what comes to it goes the other way
    with slot():
        if is_ready():
            described = describe_word_bars(seen.tokens, bars, digits(len(seen.tokens)), look=look())
            chart(described, "figure-model-token", lambda: describe_token(reading))
    st.markdown(describe_token(reading, escape.markdown))


def weight(reading: Reading) -> None:
    """Show what makes one weight: the features of q · k, the score, the softmax."""
    if reading.focus.view != "head":
        return
    st.header("Why this weight", anchor=False)
    st.markdown(describe_features(reading.model))
    reading = controls.of_pieces(reading)
    controls.key(reading)
    shown = contributions(reading.trace, reading.focus.query, reading.key, reading.places)
    with slot():
        if is_ready():
            drawn = look()
            largest = float(abs(shown.products).max())
            axes = "key", "feature"
            products = WordMap(shown.keys, shown.features, shown.products, axes, shown.asked)
            colouring = word_map.signed_to(shown.label, largest, drawn.theme)
            described = describe_word_map(products, colouring, look=drawn)
            chart(
                described,
                "figure-model-features",
                lambda: describe_largest_contributions(shown),
                partial(_pick_key, shown.places, shown.products.shape[1]),
            )
    st.markdown(describe_largest_contributions(shown, escape.markdown))
    _calculation(reading)


def _pick_key(keys: Sequence[int], features: int, box: Any) -> None:
    if place := controls.place_of(box, len(keys), features):
        session().model_query.focus_on(key=keys[place[0]])


def _calculation(reading: Reading) -> None:
    with expander("The whole calculation", "model-calculation") as is_open:
        if is_open:
            for name in ("scores", "weights"):
                made = calculate(reading.trace, Cell(name, reading.focus.query, reading.key))
                st.code(f"{made.symbols}\n= {made.numbers}", language=None, wrap_lines=True)
