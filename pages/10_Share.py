"""Share: the whole scenario as a link, a code or a file, and all that is computed from it."""

import streamlit as st

from pages.ui import frame
from pages.ui.share import downloads, qr_code, set_task, transfer
from pages.ui.show import pictures

trace = frame.page("Share")

st.markdown(
    "The link holds everything: the sentence, every number, the mask and the settings. "
    "It opens in any browser, on any server of this lab, and nothing is kept on this one."
)
transfer.link()
qr_code.code()
set_task.form()
st.header("As a file", anchor=False)
transfer.download()
transfer.upload()
st.header("Take it with you", anchor=False)
whole = downloads.whole()
part = downloads.chosen(whole)
downloads.file(whole, part)
downloads.picture(trace, part)
st.header("What will be shared", anchor=False)
pictures.whole_attention()
frame.end()
