"""Projections: the same X seen three times, and the one shape rule."""

import streamlit as st

from attn_core.edits import as_is
from pages.ui import frame
from pages.ui.edit import form, matrix
from pages.ui.show import glossary, pictures

trace = frame.page("Projections")

pictures.what_is_projected(trace)
glossary.introduce("projection", "query", "key", "value", "d_model", "d_k", "d_v")
form.sizes()
matrix.editor("W_q", "W_k", "W_v")
st.markdown("## Queries, keys, values")
pictures.formulas(trace, "Q", "K", "V")
pictures.steps_together("Q", "K", "V")

st.markdown(
    "## And if nothing is projected?\n\n"
    "With the identity for $W_q$ every query is the word itself, and attention only measures "
    "likeness. What stands off the diagonal of a learned $W_q$ lets a verb look for a pronoun."
)
pictures.step("Q", key="identity", of=as_is)

st.markdown("## The one shape rule")
pictures.shape_rule(form.rows_of_W(trace.scenario.d_model))
frame.end()
