"""Choose a pretrained model, and type what it reads."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from attn_core.analysis import long_text
from attn_core.pretrained import Encoder
from attn_core.pretrained.interpret import Reading, describe_pair, describe_text
from attn_core.pretrained.model import Model
from attn_core.text import escape
from pages.ui.live.slots import slot
from pages.ui.model.shared import memory_budget, readings, shared_model
from pages.ui.session import state, widget_state, widgets
from pages.ui.session.model_query import SENTENCE, ModelQuery
from pages.ui.session.state import session
from pages.ui.session.url_text import ELSEWHERE, UrlText

#: Texts to begin with, by what stands on their buttons.
EXAMPLES = {
    "A short sentence": SENTENCE,
    "A longer one": "The animal didn't cross the street because it was too tired",
    "A long text": long_text.EXAMPLE,
}
#: Two sentences to begin with, by the button for encoders.
PAIR = "A pair", "The animal rested.", "It was tired."
#: Letters of a model that there isn't.
_NAMED = 40


def which() -> None:
    """Choose one of the server's models, where it has several."""
    labels = shared_model.labels()
    if (asked := session().model_query.model) not in ("", *labels):
        st.warning(
            f"The address asks for the model {escape.markdown(asked[:_NAMED])}, which this server "
            f"doesn't show. This is {shared_model.title(shared_model.chosen())}."
        )
    if len(labels) == 1:
        return
    widget_state.seed("model-which", next(k for k in labels if labels[k] == shared_model.chosen()))
    widgets.selectbox(
        "Model",
        [*labels],
        key="model-which",
        on_change=_choose_model,
        args=([*labels],),
        width=320,
        help=memory_budget.describe(labels),
    )


def _choose_model(offered: Sequence[str]) -> None:
    asked, chosen = session().model_query, widget_state.read("model-which", offered, None)
    if chosen is not None:
        # The first one needs no word in the address. Another model looks most at another key.
        asked.model = "" if chosen == offered[0] else chosen
        asked.focus_on(key=None)
        asked.off = frozenset()
        session().writing.restart()


def text(model: Model) -> Reading | None:
    """Type a text, and have the model read it; None where it can't, with the reason."""
    question = session().model_query
    with _field("Text", "model-text", question.text.text, question, model):
        for label, example in EXAMPLES.items():
            key = f"model-{label}"
            if len(example.split()) <= model.max_tokens:  # a word is a token at least
                widgets.button(label, key=key, on_click=_example, args=(example, model))
        if isinstance(model, Encoder):
            widgets.button(PAIR[0], key="model-a-pair", on_click=_example_pair, args=(model,))
    with slot():
        if isinstance(model, Encoder) and question.pair.text:
            _field("Second sentence", "model-pair", question.pair.text, question.pair, model)
    return _read(model, question.text, question.pair)


def other(model: Model) -> Reading | None:
    """Type a second text to compare with; None without one."""
    kept = session().model_query.other
    _field("Second text", "model-other", kept.text, kept, model)
    return _read(model, kept) if kept.text else None


def _field(
    label: str, key: str, shown: str, reader: UrlText | ModelQuery, model: Model
) -> DeltaGenerator:
    """Show a field for a text; return the row of buttons beside it."""
    widget_state.seed(key, shown)
    field, beside = st.columns(2, vertical_alignment="bottom")
    with field:
        # No `max_chars`: a browser would drop a longer text without a word.
        widgets.text_area(
            label, key=key, height=68, on_change=_typed, args=(key, shown, reader, model)
        )
    with beside:
        row = st.container(horizontal=True)
    with row:  # pressing it takes the focus from the field, which hands the text over
        widgets.button("Read it", key=f"read-{key}")
    return row


def _example(text: str, model: Model) -> None:
    session().model_query.pair.read("")  # an example stands alone
    _take(session().model_query, text, "", model)


def _example_pair(model: Encoder) -> None:
    _, first, second = PAIR
    _example(first, model)
    _take(session().model_query.pair, second, "", model)


def _typed(key: str, shown: str, reader: UrlText | ModelQuery, model: Model) -> None:
    _take(reader, widget_state.read(key, str, shown), key, model)


def _take(reader: UrlText | ModelQuery, text: str, entered: str, model: Model) -> None:
    # A text that the model can't read must not replace one that it can.
    state.read_text(reader, text, entered, check=lambda text: _check(reader, text, model))


def _check(reader: UrlText | ModelQuery, text: str, model: Model) -> None:
    asked = session().model_query
    if reader is asked:
        readings.check(model, text, asked.pair.text)
    elif reader is asked.pair and text.strip():
        readings.check(model, asked.text.text, text)
    else:
        readings.check(model, text)


def _read(model: Model, kept: UrlText, pair: UrlText | None = None) -> Reading | None:
    try:
        encoded = readings.encoded(model, kept.text, pair.text if pair else "")
    except ValueError as error:  # an address may bring any text
        st.error(escape.markdown(str(error)))
        return None
    st.caption(describe_text(encoded, escape.markdown))
    if isinstance(model, Encoder) and encoded.pieces.is_pair:
        st.caption(describe_pair(model, encoded, escape.markdown))
    if ELSEWHERE in (kept.parameter, pair and pair.parameter):
        st.warning(
            "The address has no room for so long a text: a reload or another browser doesn't have "
            "it. Send the text along with the link."
        )
    return Reading(model, encoded, session().model_query.focus)
