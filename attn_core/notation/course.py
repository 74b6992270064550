"""The course that a scenario takes: which steps it has, and which it can do without.

Positions, a mask, a temperature or a second sentence add steps. Where there is none,
such a step has the numbers of the one before it, and goes by its name.
"""

from __future__ import annotations

import math
from dataclasses import replace

from ..scenario import Scenario
from .steps import INPUTS, SOFTMAX_INPUT, STEPS, Factor, Step, has, step

_ADDED = ("sinusoidal", "learned")


def takes(scenario: Scenario, name: str) -> bool:
    """Whether a scenario has such a matrix of its own.

    The steps from the scores to the weights belong to every course, for what they leave
    out is worth seeing, too.

    Examples
    --------
    >>> from attn_core.presets import DEFAULT
    >>> [takes(DEFAULT.scenario, name) for name in ("X", "masked_scores", "placed", "W_o")]
    [True, True, False, False]
    """
    s = scenario
    match name:
        case "Z":
            return s.is_cross
        case "P" | "placed":
            return s.positions in _ADDED
        case "P_context" | "placed_context":
            return s.is_cross and s.positions in _ADDED
        case "angles" | "rotated_Q" | "rotated_K":
            return s.positions == "rope"
        case "bias" | "biased_scores":
            return s.positions == "alibi"
        case "W_o" | "projected":
            return s.W_o is not None
        case "concatenated":
            return s.W_o is not None or s.W_q.ndim == 3
    return has(name)


def course(scenario: Scenario) -> tuple[str, ...]:
    """Name all inputs and steps that a scenario has, in the order of computation.

    Examples
    --------
    >>> from attn_core.presets import DEFAULT
    >>> course(DEFAULT.scenario)[:6]
    ('X', 'W_q', 'W_k', 'W_v', 'blocking', 'similarity')
    """
    return tuple(each.name for each in (*INPUTS, *STEPS) if takes(scenario, each.name))


def steps_of_both(a: Scenario, b: Scenario) -> tuple[str, ...]:
    """Name the steps of one head that two scenarios have, in the order of computation.

    Examples
    --------
    >>> from dataclasses import replace
    >>> from attn_core.presets import DEFAULT
    >>> a = DEFAULT.scenario
    >>> steps_of_both(a, replace(a, positions="rope"))[:5]
    ('similarity', 'Q', 'K', 'V', 'raw_scores')
    """
    a, b = a.head(0), b.head(0)
    names = (each.name for each in STEPS)
    return tuple(name for name in names if takes(a, name) and takes(b, name))


def step_in(scenario: Scenario, name: str) -> Step:
    """Look up an input or a step as a scenario writes it.

    Examples
    --------
    >>> from dataclasses import replace
    >>> from attn_core.presets import DEFAULT
    >>> step_in(replace(DEFAULT.scenario, positions="rope"), "raw_scores").symbol
    'Q′K′ᵀ'
    """
    which = step(name)
    if name == "raw_scores" and scenario.positions == "rope":
        return replace(which, symbol="Q′K′ᵀ", latex=r"Q' K'^\top")
    return which


def softmax_input(scenario: Scenario, unmasked: bool) -> str:
    """Name the first step with the numbers of the logits, so that no name is needless.

    Parameters
    ----------
    scenario : Scenario
    unmasked : bool
        Whether the mask blocks nothing, so that the scores are what goes in.
    """
    if scenario.temperature != 1:
        return "logits"
    return made("biased_scores", scenario) if unmasked else "masked_scores"


def made(name: str, scenario: Scenario) -> str:
    """Name the matrix that stands for another in this scenario: itself, if it has it.

    Examples
    --------
    >>> from attn_core.presets import DEFAULT
    >>> made("placed_context", DEFAULT.scenario)  # no positions, no second sentence
    'X'
    """
    while not takes(scenario, name) and name in _BEFORE:
        name = _BEFORE[name]
        if name == "Z" and not scenario.is_cross:
            name = "placed"
    return name


#: The step before one that not every scenario has.
_BEFORE = {
    "placed": "X",
    "placed_context": "Z",
    "rotated_Q": "Q",
    "rotated_K": "K",
    "biased_scores": "scores",
}


def stands(factor: Factor, scenario: Scenario, unmasked: bool) -> Factor:
    """Say which matrix of the scenario stands in the place of a factor."""
    if factor is SOFTMAX_INPUT:
        return Factor(softmax_input(scenario, unmasked))
    return Factor(made(factor.name, scenario), factor.transposed)


def same_numbers(scenario: Scenario, name: str) -> str:
    """Name the first step that has the numbers of this one.

    Examples
    --------
    >>> from attn_core.presets import DEFAULT
    >>> same_numbers(DEFAULT.scenario, "logits")  # no temperature, no mask
    'scores'
    """
    s = scenario
    if name == "logits" and s.temperature == 1:
        name = "masked_scores"
    if name == "masked_scores" and s.mask is None:
        name = "biased_scores"
    name = made(name, s)
    return "raw_scores" if name == "scores" and not s.scale else name


def divisor(scenario: Scenario) -> str:
    """Write what the raw scores are divided by: √d_k, as a whole number where it is one.

    Examples
    --------
    >>> from attn_core.presets import DEFAULT
    >>> divisor(DEFAULT.scenario)
    '2'
    """
    if not scenario.scale:
        return "1"
    root = math.isqrt(scenario.d_k)
    return str(root) if root * root == scenario.d_k else f"√{scenario.d_k}"
