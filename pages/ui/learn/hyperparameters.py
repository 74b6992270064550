"""The hyperparameters of a run: method, learning rate, steps, start, seed and d_k."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import streamlit as st

from attn_core import limits
from attn_core.learning.hyperparameters import Hyperparameters
from attn_core.learning.initial import STARTS, Start
from attn_core.learning.optimizer import LEARNING_RATE, METHODS, MOMENTUM, Optimizer
from attn_core.text import escape
from pages.ui.live import chart
from pages.ui.session import widget_state, widgets
from pages.ui.session.runs import Kind
from pages.ui.session.state import session

STEPS = (50, 150, 300, 1000, 3000)
MAX_SEED = 9999
RATES = (
    LEARNING_RATE[0],
    0.003,
    0.01,
    0.03,
    0.05,
    0.1,
    0.3,
    1.0,
    3.0,
    10.0,
    30.0,
    LEARNING_RATE[1],
)


def choose(
    kind: Kind, *, rate: float, steps: int, start: Start = "random", seed_is_for: str
) -> Hyperparameters:
    """Choose the optimizer, the steps, the start and the seed.

    Parameters
    ----------
    kind : str
    rate, steps : float, int
        Learning rate and length of the run at first.
    start : str
        What to start from at first.
    seed_is_for : str
        What the seed decides.
    """
    first = Hyperparameters(Optimizer(learning_rate=rate), steps, 1, start)
    held = _held(kind, first)
    down = held.optimizer
    # The expander's own label must stay, or it would close with each change.
    with chart.expander("How it goes down", f"settings-{kind}") as is_open:
        if is_open:
            _choices(kind, first, seed_is_for)
    begin = "the identity" if held.start == "identity" else "random numbers"
    st.caption(
        f"{down.method}, learning rate {down.learning_rate:g}, momentum {down.momentum:g}, "
        f"{held.steps} steps, from {begin}, seed {held.seed}"
    )
    return held


def _held(kind: Kind, first: Hyperparameters) -> Hyperparameters:
    """What is chosen, whether the expander is open or not."""

    def held(name: str, default: Any, offered: type[Any] | Iterable[Any]) -> Any:
        return widget_state.read_view(_key(kind, name), offered, default)

    down, (low, high) = first.optimizer, MOMENTUM
    return Hyperparameters(
        Optimizer(
            held("method", down.method, METHODS),
            held("rate", down.learning_rate, RATES),
            min(high, max(low, held("momentum", down.momentum, float))),
        ),
        held("steps", first.steps, STEPS),
        held("seed", first.seed, range(MAX_SEED + 1)),
        held("start", first.start, STARTS),
    )


def _key(kind: Kind, name: str) -> str:
    return f"learn-{kind}-{name}"


def _choices(kind: Kind, first: Hyperparameters, seed_is_for: str) -> None:
    """The widgets of the settings."""
    down = first.optimizer
    with st.container(horizontal=True, vertical_alignment="bottom"):
        _one_of("Method", METHODS, _key(kind, "method"), down.method)
        _one_of("Steps", STEPS, _key(kind, "steps"), first.steps)
        if kind != "views":  # nothing is learned there from the identity of two columns
            _one_of("Start from", STARTS, _key(kind, "start"), first.start)
        widget_state.seed_view(_key(kind, "seed"), range(MAX_SEED + 1), first.seed)
        widgets.number_input(
            "Seed",
            0,
            MAX_SEED,
            key=_key(kind, "seed"),
            help=seed_is_for,
            width=120,
        )
    _rate_and_momentum(kind, first)


def _rate_and_momentum(kind: Kind, first: Hyperparameters) -> None:
    left, right = st.columns(2)
    down = first.optimizer
    widget_state.seed_view(_key(kind, "rate"), RATES, down.learning_rate)
    with left:
        widgets.select_slider(
            "Learning rate",
            RATES,
            key=_key(kind, "rate"),
            format_func=lambda value: f"{value:g}",
            help="How far a step goes. Too large, and the loss rises instead of falling.",
        )
    widget_state.seed_view(_key(kind, "momentum"), float, down.momentum)
    with right:
        widgets.slider(
            "Momentum",
            *MOMENTUM,
            step=0.01,
            key=_key(kind, "momentum"),
            help="How much of the steps before a step keeps; Adam's β₁.",
        )


def _one_of(label: str, options: Sequence[Any], key: str, first: Any) -> None:
    widget_state.seed_view(key, options, first)
    widgets.segmented_control(label, options, key=key, required=True, format_func=str)


def choose_d_k(kind: Kind, first: int, help: str) -> int:
    """Choose d_k, the number of columns of W_q and W_k.

    Where a run has come to its end, that with the new d_k is gone through at once.
    """
    low, high = limits.D_K
    key = _key(kind, "d_k")
    chosen = widget_state.seed_view(key, range(low, high + 1), first)
    widgets.slider(
        escape.label("d_k, columns of W_q and W_k"),
        low,
        high,
        key=key,
        on_change=_fast_forward,
        args=(kind,),
        help=help,
    )
    return chosen


def _fast_forward(kind: Kind) -> None:
    session().runs.fast_forward(kind)
