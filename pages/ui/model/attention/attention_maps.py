"""Show a pretrained model's attention: all heads at a glance, and one matrix large."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import streamlit as st

from attn_core.analysis.long_text import digits
from attn_core.figures import Description, Look, WordMap, describe_head_grid, describe_word_map
from attn_core.figures.words import thumbnails, word_map
from attn_core.figures.words.thumbnails import Grid
from attn_core.pretrained.interpret import (
    Reading,
    Seen,
    describe_model,
    describe_score,
    describe_seen,
)
from attn_core.pretrained.model import Model
from attn_core.text import escape
from pages.ui.live.chart import chart, is_ready, look
from pages.ui.live.slots import slot
from pages.ui.model import controls
from pages.ui.model.attention import find_heads
from pages.ui.model.shared import readings, shared_model
from pages.ui.session.state import session

#: Pixels of the page, and tokens, with which the large head has room beside all heads.
_BESIDE, _MOST_BESIDE = 960, 12
#: The share of the page that all heads have there, and the pixels between them and the large one.
_HEADS, _GAP = 0.58, 20


def about(model: Model) -> None:
    """Say which model it is, and how large."""
    st.caption(f"**{shared_model.title(model.name)}** {describe_model(model)}")


def _look(share: float) -> Look:
    return look(_GAP, share) if share < 1 else look()


def heads_and_one(reading: Reading) -> None:
    """Show all heads and the selected one large, beside each other where both can be read."""
    if session().width < _BESIDE or len(reading.tokens) > _MOST_BESIDE:
        _heads(reading, 1)
        _large(reading, 1)
        return
    left, right = st.columns([_HEADS, 1 - _HEADS], gap="small")
    with left:
        _heads(reading, _HEADS)
    with right:
        _large(reading, 1 - _HEADS)


def _heads(reading: Reading, share: float) -> None:
    """Show all heads; a click selects one."""
    st.header("All heads", anchor=False)
    if kind := find_heads.choose_order():
        find_heads.sorted_grid(reading, kind, "figure-model-heads", _look(share))
    else:
        head_grid(reading, "figure-model-heads", _look(share), _select)


def _select(layer: int, head: int) -> None:
    session().model_query.focus_on(layer=layer, head=head, view="head")


def head_grid(reading: Reading, key: str, drawn: Look, chosen: Callable[[int, int], None]) -> None:
    """Show all heads as thumbnails; a click tells `chosen` the layer and the head, from 0."""
    model, focus = reading.model, reading.focus
    side = thumbnails.thumbnail_side(model.layers, model.heads, drawn.width)
    grid = thumbnails.grid_for(model.layers, model.heads, drawn.width)
    with slot():
        if is_ready():
            small, words = readings.thumbnails(reading, side)
            chart(
                describe_head_grid(small, words, (focus.layer, focus.head), look=drawn),
                key,
                lambda: (
                    f"Small maps of attention weights: {model.layers} layers, one below the "
                    f"other, of {model.heads} heads each. Layer {focus.layer + 1}, head "
                    f"{focus.head + 1} is outlined."
                ),
                partial(_pick_head, grid, len(words), chosen),
            )
    is_pooled = side < len(reading.tokens)
    st.caption(
        "Each square is the weights of one head: row = query, column = key. Click one to see it "
        "large." + " A point stands for several tokens, and has their largest weight." * is_pooled
    )


def _pick_head(grid: Grid, side: int, chosen: Callable[[int, int], None], box: Any) -> None:
    place = controls.place_of(box, *grid.points(side))
    if found := place and grid.head_at(*place, side):
        chosen(*found)


def _large(reading: Reading, share: float) -> None:
    """Show one matrix of weights, large; a click selects query and key."""
    st.header(readings.seen(reading).title, anchor=False)
    is_pair = reading.encoded.pieces.is_pair
    controls.where(reading.model, reading.focus, is_pair=is_pair)
    if reading.focus.view == "rollout":
        _rollout()
    pick = partial(controls.pick, reading.firsts, reading.firsts)
    weights(reading, "figure-model-weights", _look(share), reading.query, pick)
    controls.only_words(reading)
    controls.words(reading)
    st.caption(
        "Colours go with the cube root of a weight and are the same for all heads, layers and "
        "texts. Click a box to ask about it."
        + " What the mask blocks is empty. Early tokens get more of all weight, for more queries "
        "may attend to them." * reading.model.design.is_causal
    )


def weights(
    reading: Reading,
    key: str,
    drawn: Look,
    marked: int | None = None,
    picked: Callable[[Any], None] | None = None,
) -> None:
    """Show the selected matrix, and a sentence about it.

    `picked` must not hold the reading: Streamlit keeps it for as long as the page is open.
    """
    seen = readings.seen(reading)
    with slot():
        if is_ready():
            chart(
                heatmap(seen, drawn, marked),
                key,
                lambda: f"Heatmap of attention weights. {seen.title}. {describe_seen(reading)}",
                picked,
            )
    st.markdown(describe_seen(reading, escape.markdown))


def heatmap(seen: Seen, drawn: Look, marked: int | None = None) -> Description:
    """Draw a matrix of weights."""
    colouring = word_map.weights(digits(len(seen.tokens)), drawn.theme)
    shown = WordMap(seen.tokens, seen.tokens, seen.weights, marked=marked, mask=seen.mask)
    return describe_word_map(shown, colouring, look=drawn)


def _rollout() -> None:
    st.markdown(
        "A layer adds to each token what it looks at, so attention can be followed back to the "
        "words: with $\\bar W$ the mean weights of a layer's heads, $A = (\\bar W + I) / 2$, and "
        "the rollout is $A_\\ell \\cdots A_2 A_1$. Row = token after the layer, column = word at "
        "the start ([Abnar and Zuidema 2020](https://arxiv.org/abs/2005.00928), section 3)."
    )


def caution(model: Model) -> None:
    """Say what attention weights do not prove."""
    st.warning(
        "**What weights do not prove.** A weight says how much of a value goes where, not why the "
        "model answers as it does: other weights can give the same answer "
        "([Jain and Wallace 2019](https://arxiv.org/abs/1902.10186); "
        "[Wiegreffe and Pinter 2019](https://arxiv.org/abs/1908.04626) on what can be said all "
        "the same). After the first layer a token is a mixture of many words, so that a weight "
        f"on it isn't one on its word. {_SINKS[model.design.is_causal]}"
    )


#: Where weights go that mean little, by whether a model is causal.
_SINKS = {
    False: "Much weight on [CLS] or [SEP] often means that a head has nothing to do "
    "([Clark et al. 2019](https://arxiv.org/abs/1906.04341)).",
    True: "Much weight on the first token, which all others can attend to, often means that a "
    "head has nothing to do ([Xiao et al. 2023](https://arxiv.org/abs/2309.17453) call it an "
    "attention sink).",
}


def scores(reading: Reading) -> None:
    """Show the scores of the head, before the softmax."""
    if reading.focus.view != "head":
        return
    st.header("Its scores", anchor=False)
    st.markdown(describe_score(reading.model))
    reading = controls.of_pieces(reading)
    with slot():
        if is_ready():
            drawn = look()
            colouring = word_map.signed("score", drawn.theme)
            row, mask, tokens = reading.query, reading.mask, reading.tokens
            shown = WordMap(tokens, tokens, reading.scores, marked=row, mask=mask)
            described = describe_word_map(shown, colouring, look=drawn)
            chart(
                described,
                "figure-model-scores",
                lambda: f"Heatmap of scaled scores. {reading.seen.title}.",
                partial(controls.pick, reading.places, reading.places),
            )
