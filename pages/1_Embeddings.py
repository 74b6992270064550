"""Embeddings: a sentence becomes rows of numbers, and alike rows are similar words."""

import streamlit as st

from pages.ui import frame
from pages.ui.edit import form, matrix, vectors
from pages.ui.show import glossary, pictures

trace = frame.page("Embeddings")

st.markdown(
    "Each word becomes a vector, drawn as a row of boxes: $X$ has one row for each word and one "
    "column for each feature. Features that are made by hand have names, so that a row can be "
    "read; what a model has learned has none."
)
glossary.introduce("token", "embedding", "feature", "d_model", "dot product")
form.sentence()
vectors.source()
form.features()
for name in ("X", "Z") if trace.scenario.is_cross else ("X",):
    pictures.one_matrix(name)
matrix.editor("X", "Z")

pictures.title(trace, "similarity")
st.markdown(
    "Attention taken as it is, with $Q = K = V = X$, starts from this table: the dot product of "
    "every row with every row. It only knows which words **look alike**."
)
pictures.step("similarity")
frame.end()
