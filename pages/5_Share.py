"""Share: the whole scenario as a link or a file, and back."""

import streamlit as st

from pages.ui import frame, show, transfer

frame.page("Share")

st.markdown(
    "The link holds everything: the sentence, every number, the mask and the settings. "
    "It opens in any browser, on any server of this lab, and nothing is kept on this one."
)
transfer.link()
st.header("As a file", anchor=False)
transfer.download()
transfer.upload()
st.header("What will be shared", anchor=False)
show.whole_attention()
