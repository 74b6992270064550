"""Real model: a pretrained transformer, seen with the same equations."""

import streamlit as st

from pages.ui import frame
from pages.ui.live import chart
from pages.ui.model import (
    attention_maps,
    controls,
    masked,
    next_word,
    one_weight,
    open_in_editor,
    shared_model,
    stream,
    two_texts,
    worth,
)
from pages.ui.show import glossary

frame.page("Real model", heads=False)

st.markdown(
    "Here the numbers aren't made by hand: a transformer that has learned from much "
    "text reads yours, and its attention is computed by the **same equations**, with "
    "its own $W_q$, $W_k$ and $W_v$."
)
glossary.introduce(
    "token", "head", "query", "key", "value", "score", "weight", "residual stream", "ablation"
)
controls.which()
if model := shared_model.model():
    reading = controls.text(model)
    if reading:
        attention_maps.heads_and_one(reading)
    attention_maps.about(model)
    if reading:
        attention_maps.caution(model)
        if reading.focus.view == "head":
            attention_maps.scores(reading)
        one_weight.token(reading)
        masked.show(reading)
        if reading.focus.view == "head":
            one_weight.weight(reading)
            open_in_editor.head(reading)
        next_word.show(reading)
        worth.head(reading, two_texts.compare(reading))
        stream.show(reading)
chart.preload()
frame.end()
