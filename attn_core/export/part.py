"""The exported part of a trace: all its steps, or one step with its operands."""

from __future__ import annotations

from collections.abc import Iterator

from ..attention import AttentionTrace
from ..notation.equation import Equation, equation
from ..notation.graph import graph
from ..notation.steps import INPUTS, STEPS, Step, step
from ..scenario import Scenario


def kind(scenario: Scenario) -> str:
    """Name the kind of attention, as a title.

    Examples
    --------
    >>> from attn_core.presets import DEFAULT
    >>> kind(DEFAULT.scenario)
    'Self-attention'
    """
    return "Cross-attention" if scenario.is_cross else "Self-attention"


def steps(trace: AttentionTrace, only: str | None = None) -> tuple[Step, ...]:
    """List the steps of a trace.

    Parameters
    ----------
    trace : AttentionTrace
    only : str, optional
        Name of one step; without it, all.

    Raises
    ------
    ValueError
        When the trace has no step of this name.

    Examples
    --------
    >>> from attn_core import attend
    >>> from attn_core.presets import DEFAULT
    >>> [step.name for step in steps(attend(DEFAULT.scenario))][-2:]
    ['weights', 'output']
    """
    existing = tuple(each for each in STEPS if each.name in graph(trace.scenario))
    if only is None:
        return existing
    found = tuple(each for each in existing if each.name == only)
    if not found:
        names = ", ".join(each.name for each in existing)
        raise ValueError(f"This trace has no step {only!r:.40}; it has {names}.")
    return found


def equations(
    trace: AttentionTrace, only: str | None = None
) -> Iterator[tuple[Step, int | None, Equation]]:
    """Write the steps as equations.

    Parameters
    ----------
    trace, only
        As in `steps`.

    Yields
    ------
    step : Step
    head : int or None
        The head, from 0; None where the step has no head axis.
    equation : Equation
        As `equation.equation` writes it.

    Examples
    --------
    >>> from attn_core import attend
    >>> from attn_core.presets import DEFAULT
    >>> [(each.name, head) for each, head, _ in equations(attend(DEFAULT.scenario))][:2]
    [('similarity', None), ('Q', None)]
    """
    for each in steps(trace, only):
        for head in heads(trace, each.name):
            yield each, head, equation(trace, each.name, head or 0)


def matrices(trace: AttentionTrace, only: str | None = None) -> tuple[Step, ...]:
    """List every matrix once, the inputs first.

    Parameters
    ----------
    trace, only
        As in `steps`; of one step, the matrices of its equation.

    Returns
    -------
    tuple of Step
        The step or input of each matrix.

    Examples
    --------
    >>> from attn_core import attend
    >>> from attn_core.presets import DEFAULT
    >>> [each.name for each in matrices(attend(DEFAULT.scenario), "scores")]
    ['raw_scores', 'scores']
    """
    if only is None:
        return tuple(map(step, graph(trace.scenario)))
    drawn = {b.step.name for _, _, written in equations(trace, only) for b in written.blocks}
    return tuple(each for each in (*INPUTS, *STEPS) if each.name in drawn)


def heads(trace: AttentionTrace, name: str) -> tuple[int | None, ...]:
    """Number the heads of a matrix from 0; a single None where it has no head axis.

    Examples
    --------
    >>> from attn_core import attend
    >>> from attn_core.edits.heads import added
    >>> from attn_core.presets import DEFAULT
    >>> trace = attend(added(DEFAULT.scenario))
    >>> heads(trace, "weights"), heads(trace, "X")
    ((0, 1), (None,))
    """
    values = getattr(trace, step(name).name)
    return tuple(range(len(values))) if values.ndim == 3 else (None,)


def head_name(trace: AttentionTrace, head: int | None) -> str:
    """Return the name of a head; empty for a matrix without a head axis.

    Examples
    --------
    >>> from attn_core import attend
    >>> from attn_core.edits.heads import with_heads
    >>> from attn_core.presets import DEFAULT
    >>> head_name(attend(with_heads(DEFAULT.scenario)), 0)
    'head 1'
    """
    return "" if head is None else trace.scenario.heads[head]
