"""Show what stands under a mask, where an encoder's file has the head that guesses it."""

from __future__ import annotations

from functools import partial

import streamlit as st

from attn_core.figures import describe_next_tokens
from attn_core.notation.labels import isolate
from attn_core.pretrained import Encoded, Encoder
from attn_core.pretrained.interpret import Reading, TextKey
from attn_core.pretrained.interpret.under_mask import (
    ChangedMask,
    UnderMask,
    can_guess,
    changed_mask,
    describe_changed_mask,
    describe_under_mask,
    under_mask,
    with_mask,
)
from attn_core.pretrained.parts.heads import Head
from attn_core.text import escape
from pages.ui.live.chart import chart, is_ready, look
from pages.ui.live.slots import slot
from pages.ui.model import controls
from pages.ui.model.shared import readings
from pages.ui.session import state, widgets
from pages.ui.session.state import session


def show(reading: Reading) -> None:
    """Show the likeliest tokens under a mask of the text, or offer to put one there."""
    model, encoded = reading.model, reading.encoded
    if not (can_guess(model) and isinstance(encoded, Encoded)):
        return
    mask = escape.markdown(str(model.tokenizer.mask))
    st.header(f"What stands under {mask}", anchor=False)
    st.markdown(
        "This model has learned to guess hidden tokens: what leaves its last layer there, "
        "transformed once more, is compared with the vector of each token of its vocabulary "
        "([Devlin et al. 2019](https://arxiv.org/abs/1810.04805), section 3.1)."
    )
    controls.query(reading)
    if guessed := found(reading):
        _bars(guessed)
    else:
        st.caption(f"This text has no {mask}. Type one, or put it in place of the token above.")
    _button(reading, model, encoded)


def found(reading: Reading) -> UnderMask | None:
    """Return what may stand under a mask; None where the text has none, or nobody can guess it."""
    model, encoded = reading.model, reading.encoded
    if not (can_guess(model) and isinstance(encoded, Encoded)):
        return None
    return _found(model.name, reading.text_key, reading.focus.query, model, encoded)


@st.cache_resource(max_entries=64, show_spinner=False)
def _found(
    name: str, text: TextKey, query: int, _model: Encoder, _encoded: Encoded
) -> UnderMask | None:
    with readings.alone():
        return under_mask(_model, _encoded, query)


def without(reading: Reading, off: frozenset[Head]) -> None:
    """Show what becomes of the likeliest tokens under a mask where heads are switched off."""
    model, encoded = reading.model, reading.encoded
    if not (off and can_guess(model) and isinstance(encoded, Encoded)):
        return
    changed = _changed(model.name, reading.text_key, reading.focus.query, off, model, encoded)
    if changed is None:
        return
    with slot():
        if is_ready():
            chances = changed.after.tolist(), changed.before.probabilities.tolist()
            described = describe_next_tokens(
                changed.before.names, *chances, "with all heads", look=look()
            )
            chart(described, "figure-model-mask-worth", lambda: describe_changed_mask(changed))
    st.caption("An outline is the probability with all heads, where that is another one.")
    st.markdown(describe_changed_mask(changed, escape.markdown))


@st.cache_resource(max_entries=64, show_spinner=False)
def _changed(
    name: str,
    text: TextKey,
    query: int,
    off: frozenset[Head],
    _model: Encoder,
    _encoded: Encoded,
) -> ChangedMask | None:
    with readings.alone():
        return changed_mask(_model, _encoded, query, off)


def _bars(found: UnderMask) -> None:
    chances = found.probabilities.tolist()
    with slot():
        if is_ready():
            described = describe_next_tokens(found.names, chances, chances, look=look())
            chart(described, "figure-model-masked", lambda: describe_under_mask(found))
    st.markdown(describe_under_mask(found, escape.markdown))
    if len(found.places) > 1:
        st.caption("Choose another of them as the token above.")


def _button(reading: Reading, model: Encoder, encoded: Encoded) -> None:
    """Offer to put a mask in place of the token, or the word, that is the query."""
    if encoded.pieces.is_pair:
        return  # it would have to find its sentence; one can be typed
    tokens = reading.groups[reading.query]
    text, mask = with_mask(model, encoded, tokens), model.tokenizer.mask
    if text is None or encoded.tokens[tokens[0]] == mask:
        return
    name = escape.markdown(isolate(reading.tokens[reading.query]))
    widgets.button(
        f"Put {escape.markdown(str(mask))} in place of {name}",
        key="model-mask",
        on_click=_put,
        args=(text, tokens[0], model),
    )


def _put(text: str, token: int, model: Encoder) -> None:
    query = session().model_query
    state.read_text(query, text, "", check=partial(readings.check, model))
    query.focus_on(query=token, key=None)
