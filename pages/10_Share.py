"""Share: the whole scenario as a link, a code or a file, and all that is computed from it."""

import streamlit as st

from pages.ui import frame
from pages.ui.share import downloads as take
from pages.ui.share import qr_code as scan
from pages.ui.share import transfer
from pages.ui.show import pictures as show

trace = frame.page("Share")

st.markdown(
    "The link holds everything: the sentence, every number, the mask and the settings. "
    "It opens in any browser, on any server of this lab, and nothing is kept on this one."
)
transfer.link()
scan.code()
st.header("As a file", anchor=False)
transfer.download()
transfer.upload()
st.header("Take it with you", anchor=False)
whole = take.whole()
part = take.chosen(whole)
take.file(whole, part)
take.picture(trace, part)
st.header("What will be shared", anchor=False)
show.whole_attention()
