"""What there is to see of a pretrained model, one thing at a time."""

from __future__ import annotations

import streamlit as st

from attn_core.pretrained import Encoder
from attn_core.pretrained.interpret import Reading
from attn_core.pretrained.interpret.head_worth import possible
from attn_core.pretrained.interpret.under_mask import can_guess
from attn_core.pretrained.model import Model
from pages.ui.model import controls, masked, next_word, stream, two_texts, worth
from pages.ui.model.attention import attention_maps, one_weight, open_in_editor
from pages.ui.session import widget_state, widgets
from pages.ui.session.model_query import TOPICS, Topic
from pages.ui.session.state import session

_TOPIC = "model-topic"


def show(reading: Reading) -> None:
    """Show what the visitor chooses."""
    topic = _choose(reading.model)
    if topic != "worth":
        _all_on(reading.model)
    match topic:
        case "attention":
            _attention(reading)
        case "prediction":
            masked.show(reading)
            next_word.show(reading)
        case "worth":
            worth.head(reading)
        case "layers":
            reading = reading.in_pieces  # what goes through a layer is tokens
            controls.query(reading)
            stream.show(reading)
        case "texts":
            is_pair = reading.encoded.pieces.is_pair
            controls.where(reading.model, reading.focus, is_pair=is_pair)
            two_texts.compare(reading)


def _all_on(model: Model) -> None:
    """Say that heads which are switched off count elsewhere."""
    if possible(session().model_query.off, model.layers, model.heads):
        st.caption("Heads are switched off under *What a head is worth*; here all of them are on.")


def _attention(reading: Reading) -> None:
    attention_maps.heads_and_one(reading)
    attention_maps.caution(reading.model)
    attention_maps.scores(reading)
    one_weight.token(reading)
    one_weight.weight(reading)
    open_in_editor.head(reading)


def _choose(model: Model) -> Topic:
    """Choose what is shown of the model."""
    shown = _topics(model)
    wanted = session().model_query.topic
    chosen = wanted if wanted in shown else TOPICS[0]
    widget_state.seed(_TOPIC, chosen)
    widgets.segmented_control(
        "What to see of it",
        list(shown),
        key=_TOPIC,
        required=True,
        format_func=shown.__getitem__,
        on_change=_chosen,
        label_visibility="collapsed",
    )
    return chosen


def _topics(model: Model) -> dict[Topic, str]:
    """What there is to see of a model, and what that is called."""
    titles: dict[Topic, str] = {
        "attention": "Attention",
        "prediction": "The next word",
        "worth": "What a head is worth",
        "layers": "Layer by layer",
        "texts": "Two texts",
    }
    if isinstance(model, Encoder):
        titles["prediction"] = str(model.tokenizer.mask)
        if not can_guess(model):
            del titles["prediction"]
    return titles


def _chosen() -> None:
    query = session().model_query
    query.choose_topic(widget_state.read(_TOPIC, TOPICS, query.topic))
