"""Home: the sentence, and the whole of attention on one screen."""

import streamlit as st

if __name__ == "__main__":
    from pages.ui import frame, menu
    from pages.ui.edit import form, matrix
    from pages.ui.show import glossary, pictures, pin

    frame.page("Lab", heading="Self-attention", beside=form.on_one_line)

    form.below_sentence()
    form.claim(menu.link_to_course)
    pictures.whole_attention()
    form.settings(form.offer_second_sentence, pin.quick_pin)
    matrix.editor()
    glossary.introduce(
        *("token", "query", "key", "value", "cross-attention", "score", "scaling"),
        *("temperature", "logit", "mask", "softmax", "weight", "output"),
    )
    frame.end()
else:  # Streamlit's server imports it before there is a page, and serves what `app` is
    from pages.ui.room import news, store
    from pages.ui.serving import before

    store.warn()
    app = st.App(
        __file__,
        routes=news.routes(),
        middleware=before.MIDDLEWARE,
        lifespan=before.open_browser,
    )
