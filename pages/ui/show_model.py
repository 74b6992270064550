"""Show what a pretrained model does with a text: all heads, one of them, one of its weights."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from attn_core import AttentionTrace, attend, escape
from attn_core import model_view as view
from attn_core.calculation import calculate
from attn_core.cells import Cell
from attn_core.figures import (
    describe_head_grid,
    describe_word_bars,
    describe_word_map,
    head_grid,
    word_map,
)
from attn_core.labels import unique
from attn_core.long_text import digits
from attn_core.model_view import Seen
from attn_core.pretrained import Encoded, Encoder
from pages.ui import ask_model, state
from pages.ui.chart import chart, drawer
from pages.ui.chart import look as how
from pages.ui.probe import Look


def about(encoder: Encoder) -> None:
    """Which model it is, and how large."""
    st.markdown(
        f"**{escape.markdown(encoder.name)}** has {encoder.layers} layers of {encoder.heads} "
        f"heads. A token has {encoder.d_model} numbers, a query and a key {encoder.d_k}; scores "
        f"are divided by $\\sqrt{{d_k}} = \\sqrt{{{encoder.d_k}}}$ as always. The model's biases "
        "are one more row of each $W$, which meets a column of ones in $X$."
    )


def heads(encoder: Encoder, encoded: Encoded, look: Look) -> None:
    """All heads as thumbnails; a click chooses one."""
    st.header("All heads", anchor=False)
    if not _is_ready():
        return
    drawn = how()
    side = head_grid.thumbnail_side(encoder.layers, encoder.heads, drawn["width"])
    small = view.thumbnails(encoded, side, only_words=look.only_words)
    chart(
        describe_head_grid(small, (look.layer, look.head), **drawn),
        "figure-model-heads",
        f"Small maps of the attention weights of {encoder.layers} layers, each with "
        f"{encoder.heads} heads, one row for each layer. Layer {look.layer + 1}, head "
        f"{look.head + 1} is outlined.",
        lambda box: _pick_head(box, encoder, drawn["width"], small.shape[-1]),
    )
    shared = " A point stands for several tokens, by their largest weight." * (
        small.shape[-1] < len(view.places_of(encoded, only_words=look.only_words))
    )
    st.caption(
        "Each small square is one head: row = query, column = key, bright or dark as below. "
        f"Click one to see it large.{shared}"
    )


def _is_ready() -> bool:
    """Whether the page's width is known; a picture in another would be sent again."""
    return state.measured() or not state.live()


def _pick_head(box: Any, encoder: Encoder, width: float, side: int) -> None:
    # A browser could send anything.
    if isinstance(box, list) and len(box) == 3 and all(type(k) is int for k in box):
        grid = head_grid.grid_for(encoder.layers, encoder.heads, width)
        if (head := grid.head_at(box[1], box[2], side)) is not None:
            state.look_at(layer=head[0], head=head[1], view="head")


def large(encoder: Encoder, encoded: Encoded, look: Look) -> Seen:
    """One matrix of weights, large; a click chooses query and key."""
    seen = _seen(encoder, encoded, look)
    st.header(seen.title, anchor=False)
    ask_model.where(encoder, look)
    _map(seen, "model-weights", seen.place(look.query))
    st.markdown(view.told_of_seen(encoded, seen, escape.markdown))
    st.caption(
        "Colours go with the cube root of a weight and are the same for all heads, layers and "
        "texts. Click a box to ask about it."
    )
    return seen


def _seen(encoder: Encoder, encoded: Encoded, look: Look) -> Seen:
    match look.view:
        case "average":
            return view.average(encoded, look.layer, only_words=look.only_words)
        case "rollout":
            return view.rolled_out(encoded, look.layer, only_words=look.only_words)
    trace = _trace(encoder, encoded, look)
    return view.one_head(encoded, trace, look.layer, look.head, only_words=look.only_words)


def _trace(encoder: Encoder, encoded: Encoded, look: Look) -> AttentionTrace:
    return attend(encoder.scenario_of(encoded, look.layer, look.head))


def _map(seen: Seen, key: str, marked: int | None) -> None:
    drawn = how()
    colouring = word_map.weights(digits(len(seen.tokens)), drawn["theme"])
    if _is_ready():
        chart(
            describe_word_map(
                seen.tokens, seen.tokens, seen.weights, colouring, marked=marked, **drawn
            ),
            f"figure-{key}",
            f"Heatmap of attention weights. {seen.title}.",
            lambda box: _pick(box, seen.places, seen.places),
        )


def _pick(box: Any, queries: Sequence[int], keys: Sequence[int]) -> None:
    """A box was clicked: ask about it."""
    if isinstance(box, list) and len(box) == 3 and all(type(k) is int for k in box):
        _, row, column = box
        if row in range(len(queries)) and column in range(len(keys)):
            state.look_at(query=queries[row], key=keys[column])


def rollout_note(look: Look) -> None:
    """What a rollout is, where one is shown."""
    if look.view == "rollout":
        st.markdown(
            "A layer adds to each token what it looks at, so attention can be followed back to "
            "the words: with $\\bar W$ the mean weights of a layer's heads, "
            "$A = (\\bar W + I) / 2$, and the rollout is $A_\\ell \\cdots A_2 A_1$. Row = token "
            "after the layer, column = word at the start. "
            "[Abnar and Zuidema 2020](https://arxiv.org/abs/2005.00928), section 3."
        )


def scores(encoder: Encoder, encoded: Encoded, look: Look) -> None:
    """The scores of the head, before the softmax."""
    trace = _trace(encoder, encoded, look)
    places = view.places_of(encoded, only_words=look.only_words)
    names = unique(encoded.tokens)
    words = [names[i] for i in places]
    drawn = how()
    st.header("Its scores", anchor=False)
    st.markdown(r"$\mathrm{scores} = Q K^\top / \sqrt{d_k}$, before the softmax of each row.")
    if _is_ready():
        chart(
            describe_word_map(
                words,
                words,
                view.cut(trace.scores, places),
                word_map.signed("score", drawn["theme"]),
                marked=places.index(look.query),
                **drawn,
            ),
            "figure-model-scores",
            "Heatmap of scaled scores.",
            lambda box: _pick(box, places, places),
        )


def token(encoded: Encoded, seen: Seen, look: Look) -> None:
    """Where one token looks, and which look at it."""
    st.header("One token", anchor=False)
    names = unique(encoded.tokens)
    ask_model.token("Token", "query", names, seen.places, look.query)
    i = seen.place(look.query)
    bars = {
        f"from {names[look.query]} to each token": seen.weights[i],
        f"from each token to {names[look.query]}": seen.weights[:, i],
    }
    told = view.told_of_token(seen, i)
    if _is_ready():
        described = describe_word_bars(seen.tokens, bars, digits(len(seen.tokens)), **how())
        chart(described, "figure-model-token", told)
    st.markdown(view.told_of_token(seen, i, escape.markdown))


def weight(encoder: Encoder, encoded: Encoded, look: Look) -> None:
    """What makes one weight: the features of q · k, the score, the softmax."""
    trace = _trace(encoder, encoded, look)
    shown = view.contributions(trace, look.query, look.key)
    names = unique(encoded.tokens)
    st.header("Why this weight", anchor=False)
    tokens = view.places_of(encoded, only_words=look.only_words)
    ask_model.token("Key", "key", names, tokens, look.key)
    drawn = how()
    if _is_ready():
        chart(
            describe_word_map(
                shown.keys,
                shown.features,
                shown.products,
                word_map.signed("q · k / √d_k", drawn["theme"]),
                axes=("key", "feature"),
                marked=shown.places.index(look.key),
                **drawn,
            ),
            "figure-model-features",
            view.told_of_contributions(shown, look.key),
            lambda box: _pick(box, [look.query] * len(shown.places), shown.places),
        )
    st.markdown(view.told_of_contributions(shown, look.key, escape.markdown))
    with drawer("The whole calculation", "model-calculation") as is_open:
        if is_open:
            for name in ("scores", "weights"):
                made = calculate(trace, Cell(name, look.query, look.key))
                st.code(f"{made.symbols}\n= {made.numbers}", language=None, wrap_lines=True)


def caution() -> None:
    """What attention weights do not prove."""
    st.warning(
        "**What weights do not prove.** A weight says how much of a value goes where, not why the "
        "model answers as it does: other weights can give the same answer "
        "([Jain and Wallace 2019](https://arxiv.org/abs/1902.10186); "
        "[Wiegreffe and Pinter 2019](https://arxiv.org/abs/1908.04626) on what can be said all "
        "the same). After the first layer a token is a mixture of many words, so that a weight "
        "on it isn't one on its word. Much weight on [CLS] or [SEP] often means that a head has "
        "nothing to do ([Clark et al. 2019](https://arxiv.org/abs/1906.04341))."
    )
