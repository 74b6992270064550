"""Projections: the same X seen three times, and the one shape rule."""

import streamlit as st

from attn_core import attend
from attn_core.edits import as_is
from pages.ui import edit, frame, show

trace = frame.page("Projections")

st.markdown(
    "The same $X$ is used three times. Each word **asks** with its query, is **found** by its key "
    "and **tells** its value. Three matrices make them; they are what a model learns."
)
edit.sizes()
edit.matrices("W_q", "W_k", "W_v")

show.title(trace, "Q")
show.step(trace, "Q")
st.markdown(
    "**And if nothing is projected?** With the identity for $W_q$ every query is the word "
    "itself. Only what stands off the diagonal above can let a verb look for a pronoun."
)
show.step(attend(as_is(trace.scenario)), "Q", key="identity")
for name in ("K", "V"):
    show.title(trace, name)
    show.step(trace, name)

st.subheader("The one shape rule", anchor=False)
show.shape_rule(trace, edit.rows_of_W(trace.scenario.d_model))
