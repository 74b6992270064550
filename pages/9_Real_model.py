"""Real model: a pretrained transformer, seen with the same equations."""

import streamlit as st

from pages.ui import frame
from pages.ui.live import chart
from pages.ui.model import attention_maps as show_model
from pages.ui.model import controls as ask_model
from pages.ui.model import one_weight as show_weight
from pages.ui.model import open_in_editor as to_lab
from pages.ui.model import shared_model as model
from pages.ui.model import two_texts as show_two_texts

frame.page("Real model", heads=False)

st.markdown(
    "Here the numbers aren't made by hand: a transformer that has learned from much "
    "text reads yours, and its attention is computed by the **same equations**, with "
    "its own $W_q$, $W_k$ and $W_v$."
)
if encoder := model.encoder():
    show_model.about(encoder)
    if reading := ask_model.text(encoder):
        show_model.heads(reading)
        show_model.large(reading)
        show_model.caution()
        if reading.focus.view == "head":
            show_model.scores(reading)
        show_weight.token(reading)
        if reading.focus.view == "head":
            show_weight.weight(reading)
            to_lab.head(reading)
        show_two_texts.two_texts(reading)
chart.prepare()
