"""Show some steps of a scenario, covered until a visitor has said what is in them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from attn_core import AttentionTrace, Scenario, attend
from attn_core.figures import Description, describe, describe_overview
from attn_core.notation.cells import Cell
from attn_core.notation.equation import Block, Equation, block, cover, equation, headline
from attn_core.notation.graph import graph
from attn_core.notation.outline import highlight
from attn_core.notation.overview import overview
from pages.ui.live.chart import chart, look
from pages.ui.show.lit import with_dependencies


def whole(
    scenario: Scenario, key: str, covered: Collection[str] = (), of: Collection[str] = ()
) -> None:
    """Show the whole way of the first head, or that to some steps.

    What would tell of the covered steps is covered, too.
    """
    drawn = overview(attend(scenario).head(0), of=of)
    hidden = with_what_follows(scenario, covered)
    shown = cover(drawn, hidden)
    _show(describe_overview(shown, look=look()), shown, None if hidden else scenario, key)


def some(
    scenario: Scenario,
    names: Collection[str],
    key: str,
    *,
    is_covered: bool,
    of: Collection[str] = (),
) -> None:
    """Show several steps within the whole way, or one with what it is made of.

    Parameters
    ----------
    scenario : Scenario
    names : collection of str
        Names of the steps.
    key : str
        Of the picture.
    is_covered : bool
        Hide their numbers and shapes.
    of : collection of str, optional
        Names of the steps to which the way goes.
    """
    if len(names) != 1:
        whole(scenario, key, names if is_covered else (), of)
        return
    (name,) = names
    one(scenario, name, key, is_covered=is_covered)


def with_box(scenario: Scenario, names: Collection[str], box: Cell | None, key: str) -> None:
    """Show several steps covered, or one below what it is made of, with a box outlined."""
    if len(names) == 1:
        shown = _outlined(cover(_written(attend(scenario), *names), names), scenario, box)
        described = describe(shown, look=look())
    else:
        hidden = with_what_follows(scenario, names)
        shown = _outlined(cover(overview(attend(scenario).head(0)), hidden), scenario, box)
        described = describe_overview(shown, look=look())
    _show(described, shown, None, key)


def one(scenario: Scenario, name: str, key: str, *, is_covered: bool, share: float = 1) -> None:
    """Show a step with what it is made of in a share of the page's width."""
    shown = cover(_written(attend(scenario), name), (name,) if is_covered else ())
    described = describe(shown, look=look(share=share))
    _show(described, shown, None if is_covered else scenario, key)


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


def _outlined(drawn: Equation, scenario: Scenario, box: Cell | None) -> Equation:
    """Outline a box, and not what its number is made of."""
    if box is None:
        return drawn
    return Equation(
        tuple(
            replace(term, outlines=tuple(each for each in term.outlines if each.is_target))
            if isinstance(term, Block)
            else term
            for term in highlight(drawn, scenario, box).terms
        )
    )


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
