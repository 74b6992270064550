"""Real model: a pretrained transformer, seen with the same equations."""

import streamlit as st

from pages.ui import ask_model, chart, frame, model, show_model, show_two_texts, show_weight, to_lab

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
