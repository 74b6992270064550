"""Show a model's heads in an order: by what each does in the text."""

from __future__ import annotations

from functools import partial
from typing import Any

import streamlit as st

from attn_core.figures import Look, Rows, SortedHeads, describe_sorted_heads, rows_of
from attn_core.figures.words import thumbnails
from attn_core.pretrained.interpret import (
    MEASURES,
    Measure,
    Reading,
    describe_order,
    order_heads,
)
from pages.ui.live.chart import chart, is_ready
from pages.ui.live.slots import slot
from pages.ui.model import controls
from pages.ui.model.shared import readings
from pages.ui.session import widget_state, widgets
from pages.ui.session.state import session

_ORDER = "model-order"
#: No order of their own: layer by layer.
_BY_LAYER = "layer"
_NAMES: dict[str, str] = {
    _BY_LAYER: "layer and head",
    "previous": "the token before",
    "first": "the first token",
    "itself": "itself",
    "same": "the same word",
    "punctuation": "punctuation",
    "entropy": "entropy",
}


def choose_order() -> Measure | None:
    """Choose what heads are sorted by; None where they stand layer by layer."""
    order = session().model_query.order
    widget_state.seed(_ORDER, order or _BY_LAYER)
    widgets.selectbox(
        "Sort heads by",
        [*_NAMES],
        key=_ORDER,
        format_func=_NAMES.__getitem__,
        on_change=_chosen,
        width=210,
        help="What a head looks at in this text; the largest score comes first.",
    )
    return order


def _chosen() -> None:
    session().model_query.choose_order(widget_state.read(_ORDER, _NAMES, _BY_LAYER))


def sorted_grid(reading: Reading, kind: Measure, key: str, drawn: Look) -> None:
    """Show all heads, sorted; a click selects one."""
    model, focus = reading.model, reading.focus
    scores = readings.head_scores(reading)[MEASURES.index(kind)]
    told = describe_order(kind, scores)
    side = thumbnails.thumbnail_side(model.layers, model.heads, drawn.width)
    with slot():
        if is_ready():
            small, words = readings.thumbnails(reading, side)
            shown = SortedHeads(small, words, scores, order_heads(scores))
            chart(
                describe_sorted_heads(shown, (focus.layer, focus.head), look=drawn),
                key,
                lambda: f"Small maps of attention weights of all heads, sorted. {told}",
                partial(_pick, rows_of(shown, drawn)),
            )
    st.caption(f"{told} Click one to see it large.")


def _pick(rows: Rows, box: Any) -> None:
    place = controls.place_of(box, *rows.points)
    if found := place and rows.head_at(*place):
        session().model_query.focus_on(layer=found[0], head=found[1], view="head")
