"""Positions: how a word knows where it stands, and whether the order of words matters."""

import streamlit as st

from attn_core.notation.course import takes
from pages.ui import frame
from pages.ui.edit import form as edit
from pages.ui.edit import position_kind as edit_positions
from pages.ui.show import pictures as show
from pages.ui.show import positions as show_positions

trace = frame.page("Positions")

st.markdown(
    "Nothing in $Q K^\\top$ says which word comes first. **Positions** tell: added to the "
    "embeddings, turned into queries and keys, or taken off the scores."
)
edit_positions.kind()
show_positions.scheme(trace)
edit_positions.slope()
if trace.scenario.positions == "learned":
    edit.matrix("P")
own = ("placed", "placed_context", "rotated_Q", "rotated_K", "raw_scores", "biased_scores")
for name in (*own, "weights"):
    if takes(trace.scenario, name):
        show.title(trace, name)
        show.step(name)

st.markdown("## Does the order matter?")
edit_positions.begin()
edit.sentence()
show_positions.word_order()
edit_positions.direction()

if trace.scenario.positions == "rope":
    st.markdown("## Only the distance counts")
    show_positions.at_every_place(*edit_positions.two_words())
