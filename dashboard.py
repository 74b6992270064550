"""Home: the sentence, the sliders, and the whole of attention on one screen."""

import streamlit as st

if __name__ == "__main__":
    from pages.ui import frame
    from pages.ui.edit import form as edit
    from pages.ui.show import pictures as show
    from pages.ui.show import pin

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
else:  # Streamlit's server imports it before there is a page, and serves what `app` is
    from pages.ui.serving import before

    app = st.App(__file__, middleware=before.MIDDLEWARE, lifespan=before.open_browser)
