"""Real model: a pretrained transformer, seen with the same equations."""

import streamlit as st

from pages.ui import ask_model, chart, frame, model, show_model

frame.page("Real model", heads=False)

st.markdown(
    "Here the numbers aren't made by hand: a transformer that was trained on a billion pairs of "
    "sentences reads your text, and its attention is computed by the **same equations**, with "
    "its own $W_q$, $W_k$ and $W_v$."
)
if encoder := model.encoder():
    show_model.about(encoder)
    if encoded := ask_model.text(encoder):
        look = ask_model.look(encoder, encoded)
        show_model.heads(encoder, encoded, look)
        seen = show_model.large(encoder, encoded, look)
        show_model.rollout_note(look)
        show_model.caution()
        show_model.token(encoded, seen, look)
        if look.view == "head":
            show_model.scores(encoder, encoded, look)
            show_model.weight(encoder, encoded, look)
chart.prepare()
