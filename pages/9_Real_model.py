"""Real model: a pretrained transformer, seen with the same equations."""

import streamlit as st

from pages.ui import frame
from pages.ui.live import chart
from pages.ui.model import text_fields, topics
from pages.ui.model.attention import attention_maps
from pages.ui.model.shared import shared_model
from pages.ui.show import glossary

frame.page("Real model", heads=False)

st.markdown(
    "Here the numbers aren't made by hand: a transformer that has learned from much "
    "text reads yours, and its attention is computed by the **same equations**, with "
    "its own $W_q$, $W_k$ and $W_v$."
)
glossary.introduce(
    *("token", "head", "query", "key", "value", "score", "weight"),
    *("ablation", "residual stream", "MLP", "logit", "logit lens"),
)
text_fields.which()
if model := shared_model.model():
    attention_maps.about(model)
    if reading := text_fields.text(model):
        topics.show(reading)
chart.preload()
frame.end()
