"""Home: the sentence, the sliders, and the whole of attention on one screen."""

import streamlit as st

if __name__ == "__main__":
    from attn_core.notation.steps import HEADLINE_FORMULA
    from pages.ui import frame
    from pages.ui.edit import form, matrix
    from pages.ui.show import glossary, pictures, pin

    frame.page("Lab", heading=f"Self-attention ${HEADLINE_FORMULA}$")

    words, begin = st.columns([3, 2])
    with words:
        form.sentence()
    with begin:
        form.start()
    form.claim()
    pictures.whole_attention()
    matrix.editor()
    form.settings()
    glossary.introduce(
        *("token", "query", "key", "value", "cross-attention", "score", "scaling"),
        *("temperature", "mask", "softmax", "weight", "output"),
    )
    pin.quick_pin()
    frame.end()
else:  # Streamlit's server imports it before there is a page, and serves what `app` is
    from pages.ui.serving import before

    app = st.App(__file__, middleware=before.MIDDLEWARE, lifespan=before.open_browser)
