"""What if: variants of a scenario, each without one step or with a higher temperature."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from .. import limits
from ..edits import as_is
from ..notation.graph import graph
from ..scenario import Scenario


@dataclass(frozen=True)
class Variant:
    """One variant of a scenario.

    Attributes
    ----------
    key : str
    title : str
        Ends the sentence that begins with "what if".
    edit : callable
        Returns the variant of a scenario.
    idle : callable
        Describes in a sentence why the variant changes nothing; empty where it does.
    """

    key: str
    title: str
    edit: Callable[[Scenario], Scenario]
    idle: Callable[[Scenario], str]


def _unscaled(s: Scenario) -> str:
    if not s.scale:
        return "The scores aren't scaled as it is."
    return "Dividing by √1 changes nothing, for d_k is 1." if s.d_k == 1 else ""


def _unmasked(s: Scenario) -> str:
    return "There is no mask: every word may look at every word." if s.allowed.all() else ""


def _placeless(s: Scenario) -> str:
    if s.positions == "none":
        return "There are no positions: no word knows its place."
    if s.P is not None and not s.P.any():
        return "The learned positions are all 0."
    return "A single word is at no distance from another." if s.n == 1 and _is_distance(s) else ""


def _is_distance(s: Scenario) -> bool:
    return s.positions in ("rope", "alibi")


def _without_positions(s: Scenario) -> Scenario:
    return replace(s, positions="none", P=None, slope=None)


def _as_is(s: Scenario) -> str:
    if as_is(s) != s:
        return ""
    own, looked_at = (graph(s).resolve(name).step.symbol for name in ("X_pos", "Z_pos"))
    if own == looked_at:
        return f"The projections are the identity already: Q, K and V are {own}."
    return f"The projections are the identity already: Q is {own}, K and V are {looked_at}."


def _hotter(s: Scenario) -> str:
    high = limits.TEMPERATURE[1]
    if 2 * s.temperature > high:
        return f"Twice the temperature {s.temperature:g} is more than the lab's limit of {high:g}."
    return "With one word there is nothing to make even." if s.n_k == 1 else ""


VARIANTS = (
    Variant("unscaled", "without scaling", lambda s: replace(s, scale=False), _unscaled),
    Variant("unmasked", "without mask", lambda s: replace(s, mask=None), _unmasked),
    Variant("placeless", "without positions", _without_positions, _placeless),
    Variant("as-is", "without projections", as_is, _as_is),
    Variant(
        "hotter", "temperature × 2", lambda s: replace(s, temperature=2 * s.temperature), _hotter
    ),
)

BY_KEY = {variant.key: variant for variant in VARIANTS}


def what_if(s: Scenario, key: str) -> Scenario:
    """Return a variant of a scenario.

    Parameters
    ----------
    s : Scenario
    key : str
        Of one of `VARIANTS`.

    Raises
    ------
    ValueError
        When the variant would change nothing or break a limit of the lab.

    Examples
    --------
    >>> from attn_core.presets import DEFAULT
    >>> what_if(DEFAULT.scenario, "hotter").temperature
    2.0
    >>> what_if(DEFAULT.scenario, "unmasked")
    Traceback (most recent call last):
    ValueError: There is no mask: every word may look at every word.
    """
    variant = BY_KEY[key]
    if reason := variant.idle(s):
        raise ValueError(reason)
    return limits.validate(variant.edit(s))
