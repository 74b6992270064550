"""Pictures whose numbers light up what they are made of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from attn_core import Scenario
from attn_core.figures import Description
from attn_core.notation.equation import Equation
from attn_core.notation.outline import dependencies, same_places


def with_dependencies(
    described: Description, drawn: Sequence[Equation], scenario: Scenario, before: int = 0
) -> Description:
    """Add to a picture of equations what lights up with each number.

    Parameters
    ----------
    described : Description
    drawn : sequence of Equation
        Of a trace of this scenario.
    scenario : Scenario
    before : int
        How many other matrices, which don't light up, stand before these.
    """
    others: tuple[None, ...] = (None,) * before
    return replace(described, dependencies=(*others, *dependencies(drawn, scenario)))


def with_same_places(described: Description, drawn: Equation) -> Description:
    """Add to one matrix or several of one shape what lights up: the same two words in each."""
    return replace(described, dependencies=same_places(drawn))
