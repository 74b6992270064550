"""Show some steps of a scenario, covered until a visitor has said what is in them."""

from __future__ import annotations

from collections.abc import Collection

from attn_core import AttentionTrace, Scenario, attend
from attn_core.figures import Description, describe, describe_overview
from attn_core.notation.equation import Equation, block, cover, equation, headline
from attn_core.notation.graph import graph
from attn_core.notation.overview import overview
from pages.ui.live.chart import chart, look
from pages.ui.show.lit import with_dependencies


def whole(scenario: Scenario, key: str, covered: Collection[str] = ()) -> None:
    """Show the whole way of the first head, without what would tell of the covered steps."""
    trace = attend(scenario).head(0)
    drawn, hidden = overview(trace), with_what_follows(scenario, covered)
    shown = cover(drawn, hidden)
    _show(describe_overview(shown, look=look()), shown, None if hidden else scenario, key)


def some(
    scenario: Scenario, names: Collection[str], key: str, *, is_covered: bool, share: float = 1
) -> None:
    """Show one step with what it is made of, or several within the whole way.

    Parameters
    ----------
    scenario : Scenario
    names : collection of str
        Names of the steps.
    key : str
        Of the picture.
    is_covered : bool
        Hide their numbers and shapes.
    share : float
        Of the page's width.
    """
    if len(names) > 1:
        whole(scenario, key, names if is_covered else ())
        return
    (name,) = names
    shown = cover(_written(attend(scenario), name), names if is_covered else ())
    _show(describe(shown, look=look(share=share)), shown, None if is_covered else scenario, key)


def alone(scenario: Scenario, name: str, key: str, share: float = 1) -> None:
    """Show that a step is covered, without what it is made of, which would tell of it."""
    shown = cover(Equation((block(attend(scenario), name),)), (name,))
    _show(describe(shown, look=look(share=share)), shown, None, key)


def _written(trace: AttentionTrace, name: str) -> Equation:
    """Write a step with what it is made of; an input alone, and no step that changes nothing."""
    if name == "weights":
        whole_line = headline(trace).terms
        return Equation(whole_line[: whole_line.index("=") + 2])
    is_made = graph(trace.scenario)[name].terms
    return equation(trace, name) if is_made else Equation((block(trace, name),))


def _show(described: Description, shown: Equation, scenario: Scenario | None, key: str) -> None:
    """Show a picture; its numbers light up what they are made of where its scenario is given."""
    lit = with_dependencies(described, (shown,), scenario) if scenario else described
    chart(lit, f"figure-{key}", lambda: shown.alt)


def with_what_follows(scenario: Scenario, names: Collection[str]) -> set[str]:
    """Return steps, and all that are computed from them."""
    found = {*names}
    for node in graph(scenario).values():
        if any(operand.node.name in found for operand in node.operands):
            found.add(node.name)
    return found
