"""Home: the sentence, the sliders, and the whole of attention on one screen."""

import streamlit as st

from pages.ui import edit, frame, pin, show

frame.page("Self-attention", formula=True)

words, begin = st.columns([3, 2])
with words:
    edit.sentence()
with begin:
    edit.start()
edit.claim()
show.whole_attention()
edit.matrices()
edit.settings()
pin.in_passing()
