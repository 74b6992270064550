"""The heads of a pretrained model, for the lessons that are about them: load, choose, show."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import streamlit as st

from attn_core import Scenario, attend
from attn_core.analysis.announce import announce
from attn_core.analysis.compare import compare
from attn_core.notation.labels import unique
from attn_core.pretrained import DEFAULT
from attn_core.pretrained.interpret import Focus, Reading, Seen, describe_weights
from attn_core.tasks import model_heads
from attn_core.tasks.model_heads import Choice
from attn_core.tasks.movable import Movable
from attn_core.text import escape
from pages.ui.live.chart import chart, is_ready, look
from pages.ui.live.slots import slot
from pages.ui.model.attention import attention_maps
from pages.ui.model.shared import shared_model
from pages.ui.session import state, widget_state, widgets
from pages.ui.session.state import session

#: Pixels of the page with which the large map has room beside all heads, and with which these
#: have one row a layer; the shares that they take, with two rows a layer and with one.
_BESIDE, _IN_ONE_ROW, _SHARES = 700, 960, (0.45, 0.58)
#: Pixels between the two.
_GAP = 20


def load() -> None:
    """Load the model that the lesson is about, or say on the page why that can't be."""
    if encoder := shared_model.encoder(DEFAULT):
        model_heads.hold(encoder)
        st.rerun()


def show(movable: Movable) -> None:
    """Show all heads and the chosen one, and let a visitor choose another, or another text."""
    chosen = _chosen(movable)
    _choose(movable, chosen)
    scenario = session().scenario
    if session().width < _BESIDE:
        heatmap(scenario, "real-head")
        _sentence(scenario)
        _all_heads(chosen, 1)
        return
    share = _SHARES[session().width >= _IN_ONE_ROW]
    left, right = st.columns([share, 1 - share], gap="small")
    with left:
        _all_heads(chosen, share)
        _sentence(scenario)
    with right:
        heatmap(scenario, "real-head", 1 - share)


def _chosen(movable: Movable) -> Choice:
    """Return the head that the scenario is; where it is none, the one at the start."""
    found = movable.choice(session().scenario) or movable.choice(movable.start)
    assert found  # the start of such a task is a head
    return found


def _choose(movable: Movable, chosen: Choice) -> None:
    """Choose a text, a layer and a head, as far as they may be chosen."""
    model = model_heads.model()
    with st.container(horizontal=True, vertical_alignment="bottom"):
        _choice(movable, "text", movable.texts, chosen, str)
        _choice(movable, "layer", range(model.layers), chosen, _counted)
        _choice(movable, "head", range(model.heads), chosen, _counted)


def _counted(i: int) -> str:
    return str(i + 1)


def _choice(
    movable: Movable, name: str, options: Sequence[Any], chosen: Choice, say: Callable[[Any], str]
) -> None:
    key = f"real-{name}"
    widget_state.seed(key, getattr(chosen, name))
    widgets.selectbox(
        name.capitalize(),
        options,
        key=key,
        format_func=say,
        on_change=_take,
        args=(chosen, name, options),
        disabled=name not in movable.settings,
        width=300 if name == "text" else 80,
    )


def _take(chosen: Choice, name: str, options: Sequence[Any]) -> None:
    value = widget_state.read(f"real-{name}", options, getattr(chosen, name))
    _go(replace(chosen, **{name: value}))


def _go(chosen: Choice) -> None:
    state.change(lambda: model_heads.scenario(chosen), anew=True)


def _all_heads(chosen: Choice, share: float) -> None:
    """Show all heads small; a click chooses one."""
    focus = Focus(chosen.layer, chosen.head, 0)
    reading = Reading(model_heads.model(), model_heads.encoded(chosen.text), focus)
    text = chosen.text

    def pick(layer: int, head: int) -> None:
        _go(Choice(text, layer, head))

    attention_maps.head_grid(reading, "figure-real-heads", look(_GAP, share), pick)


def _sentence(scenario: Scenario) -> None:
    st.caption(describe_weights(_seen(scenario), escape.markdown))


def heatmap(scenario: Scenario, key: str, share: float = 1) -> None:
    """Show the weights of a head as a map."""
    seen = _seen(scenario)
    with slot():
        if is_ready():
            chart(
                attention_maps.heatmap(seen, look(_GAP, share)),
                f"figure-{key}",
                lambda: f"Heatmap of attention weights. {describe_weights(seen)}",
            )


def _seen(scenario: Scenario) -> Seen:
    return Seen("", unique(scenario.tokens), attend(scenario).weights)


def describe(movable: Movable, scenario: Scenario) -> str:
    """Say which head was chosen, and what it does otherwise than the one at the start."""
    before, now = movable.choice(movable.start), movable.choice(scenario)
    if not (before and now):
        return ""
    said = f"You chose {_named(now)}"
    if (before.layer, before.head) == (now.layer, now.head):
        return f"{said}."
    moved = announce(compare(movable.start, scenario), escape.markdown)
    return f"{said} in place of {_named(before)}. What changed most: {moved or 'nothing'}."


def _named(chosen: Choice) -> str:
    return f"layer {chosen.layer + 1}, head {chosen.head + 1}"
