"""Views: several heads see the same words, each through projections of its own."""

import streamlit as st

from pages.ui import frame
from pages.ui.edit import form, matrix
from pages.ui.show import all_heads, edit_heads, glossary, pictures

frame.page("Views")

st.markdown(
    "The second reason for projections: different projections are different **views** of the "
    "same word. Each head has its own $W_q$, $W_k$ and $W_v$, so it looks at other words and "
    "tells something else of them. Click a head to make it large."
)
glossary.introduce("head", "projection", "value")
form.start()
form.claim()
all_heads.weights()
edit_heads.buttons()
all_heads.chosen()
pictures.inputs_to_move("W_q", "W_k", "W_v")
matrix.editor("W_q", "W_k", "W_v", "W_o")

st.markdown("## What this head tells apart")
all_heads.spaces()

st.markdown("## Which heads agree?")
all_heads.head_similarity()

st.markdown(
    "## All heads together\n\n"
    r"$$\mathrm{heads} = [\,\mathrm{output}_1, \dots, \mathrm{output}_h\,] \qquad "
    r"\mathrm{projected} = \mathrm{heads} \cdot W_o$$"
)
all_heads.projected()

st.markdown("## And without one of them?")
all_heads.ablated()
frame.end()
