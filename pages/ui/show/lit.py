"""Pictures whose numbers light up what they are made of."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from attn_core import Scenario
from attn_core.figures import Description, Look, describe
from attn_core.notation.equation import Equation
from attn_core.notation.outline import dependencies


def describe_lit(
    drawn: Sequence[Equation],
    scenario: Scenario,
    look: Look,
    beside: Sequence[Equation] = (),
    draw: Callable[..., Description] = describe,
) -> Description:
    """Describe equations of a scenario; those `beside` them are drawn first, and don't light up."""
    before: tuple[None, ...] = (None,) * sum(len(each.blocks) for each in beside)
    described = draw(*beside, *drawn, look=look)
    return replace(described, dependencies=(*before, *dependencies(drawn, scenario)))
