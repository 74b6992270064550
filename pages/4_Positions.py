"""Positions: how a word knows where it stands, and whether the order of words matters."""

import streamlit as st

from attn_core.notation.graph import graph
from pages.ui import frame
from pages.ui.edit import form, matrix, position_kind
from pages.ui.show import glossary, pictures, positions

trace = frame.page("Positions")

st.markdown(
    "Nothing in $Q K^\\top$ says which word comes first. **Positions** tell: added to the "
    "embeddings, turned into queries and keys, or taken off the scores."
)
glossary.introduce("position", "embedding", "query", "key", "score")
position_kind.choose()
positions.paper(trace)
position_kind.slope()
if trace.scenario.positions == "learned":
    matrix.editor("P")
own = ("X_pos", "Z_pos", "rotated_Q", "rotated_K", "raw_scores", "biased_scores")
for name in (*own, "weights"):
    if name in graph(trace.scenario):
        pictures.title(trace, name)
        pictures.step(name)

st.markdown("## Does the order matter?")
position_kind.begin()
form.sentence()
positions.word_order()
position_kind.direction()

if trace.scenario.positions == "rope":
    st.markdown("## Only the distance counts")
    positions.at_every_place(*position_kind.two_words())
frame.end()
