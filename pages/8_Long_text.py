"""Long text: the weights of a pasted text, as the present head sees it."""

import streamlit as st

from pages.ui import frame
from pages.ui.live import chart
from pages.ui.show import glossary, long_text

frame.page("Long text")

st.markdown(
    "One sentence shows how attention works; a long text shows what it does. Paste one: the "
    "chosen head of the present scenario reads it, and every weight is one point of the picture. "
    "The text is only looked at, and the scenario stays as it is."
)
glossary.introduce("token", "head", "weight")
long_text.entry()
if trace := long_text.trace():
    long_text.made_with()
    long_text.picture(trace)
    long_text.row(trace)
    long_text.link()
else:
    st.info("Nothing is pasted yet.")
chart.preload()
frame.end()
