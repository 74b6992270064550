"""Heads compared: the similarity of their weights, and the ablation of each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from ..attention import AttentionTrace, attend
from ..explain.wording import DISPLAY_TOLERANCE, Escape, describe_ties, join_words
from ..notation import labels
from ..notation.equation import Block, Equation, Outline, block
from ..notation.labels import number, percent
from ..notation.steps import Step
from ..scenario import Array, Scenario

_SIMILARITY = Step("agreement", "agreement", r"\mathrm{agreement}", ("head", "head"), kind="weight")


def side_by_side(trace: AttentionTrace, chosen: int) -> Equation:
    """Write the weights of all heads side by side, each with its name.

    Parameters
    ----------
    trace : AttentionTrace
    chosen : int
        The outlined head, from 0.

    Examples
    --------
    >>> from attn_core.edits.heads import added
    >>> from attn_core.presets import DEFAULT
    >>> [b.title for b in side_by_side(attend(added(DEFAULT.scenario)), 0).blocks]
    ['head 1', 'head 2']
    """
    names = trace.scenario.heads or ("",)
    blocks = [replace(block(trace, "weights", head=k), title=name) for k, name in enumerate(names)]
    if len(names) > 1:
        shown = blocks[chosen]
        around = Outline(range(len(shown.rows)), range(len(shown.columns)), is_target=True)
        blocks[chosen] = replace(shown, outlines=(around,))
    return Equation(tuple(blocks))


def head_similarity(trace: AttentionTrace) -> Array:
    """Compute the part of their weight that each two heads have in common.

    For each query it is the sum over all keys of the smaller of the two weights, which is
    1 minus their total variation distance; the result is the mean over all queries.

    Parameters
    ----------
    trace : AttentionTrace

    Returns
    -------
    ndarray, shape (h, h)
        From 0, where two heads never attend to the same word, to 1, where their weights are
        equal.

    Examples
    --------
    >>> from attn_core.edits.heads import added
    >>> from attn_core.presets import DEFAULT
    >>> head_similarity(attend(added(DEFAULT.scenario, like=0))).round(6)
    array([[1., 1.],
           [1., 1.]])
    """
    A = trace.weights if trace.weights.ndim == 3 else trace.weights[None]
    shared: Array = np.minimum(A[:, None], A[None]).sum(axis=-1).mean(axis=-1)
    return shared


def similarity_block(trace: AttentionTrace) -> Block:
    """Label `head_similarity` with the names of the heads.

    Examples
    --------
    >>> from attn_core.edits.heads import added
    >>> from attn_core.presets import DEFAULT
    >>> similarity_block(attend(added(DEFAULT.scenario))).columns
    ('head 1', 'head 2')
    """
    names = trace.scenario.heads
    return Block(_SIMILARITY, head_similarity(trace), names, names)


def describe_head_similarity(trace: AttentionTrace, escape: Escape = str) -> str:
    """Describe the two most similar heads and the two least similar.

    Examples
    --------
    >>> from attn_core.edits.heads import added
    >>> from attn_core.presets import DEFAULT
    >>> describe_head_similarity(attend(added(DEFAULT.scenario, like=0)))
    '“head 1” and “head 1 copy” put 100 % of their weight in the same places.'
    """
    shared, names = head_similarity(trace), _named(trace, range(len(trace.scenario.heads)), escape)
    pairs = [(shared[i, j], i, j) for i in range(len(names)) for j in range(i)]
    if not pairs:
        return "With one head there is none to agree with."

    def pair_names(pair: tuple[float, int, int]) -> str:
        return f"{names[pair[2]]} and {names[pair[1]]}"

    most, least = max(pairs), min(pairs)
    if most[0] - least[0] < DISPLAY_TOLERANCE:
        who = pair_names(most) if len(pairs) == 1 else "Any two heads"
        return f"{who} put {percent(most[0])} of their weight in the same places."
    parts = np.array([pair[0] for pair in pairs])
    return (
        f"{pair_names(most)} agree most{describe_ties(parts)}: "
        f"{percent(most[0])} of their weight is in the same places. "
        f"{pair_names(least)} differ most{describe_ties(-parts)}: only {percent(least[0])} is."
    )


def ablated(s: Scenario, off: Sequence[int]) -> Scenario:
    """Ablate heads: their values become 0, so they add nothing to the projected output.

    Parameters
    ----------
    s : Scenario
        With an axis of heads.
    off : sequence of int
        Heads from 0.

    Examples
    --------
    >>> from attn_core.edits.heads import added
    >>> from attn_core.presets import DEFAULT
    >>> s = ablated(added(DEFAULT.scenario), (0, 1))
    >>> abs(attend(s).projected).max()
    np.float64(0.0)
    """
    W_v = np.array(s.W_v)
    W_v[list(off)] = 0
    return replace(s, W_v=W_v)


def ablation(trace: AttentionTrace, off: Sequence[int]) -> Equation:
    """Write the effect of an ablation: projected without heads − with all heads = change.

    Parameters
    ----------
    trace : AttentionTrace
        With heads and W_o.
    off : sequence of int
        Heads from 0.

    Examples
    --------
    >>> from attn_core.edits.heads import added
    >>> from attn_core.presets import DEFAULT
    >>> ablation(attend(added(DEFAULT.scenario)), (1,)).alt.partition(". ")[0]
    'without “head 2” (3×4) − with all heads (3×4) = change (3×4)'
    """
    whole = block(trace, "projected")
    without = block(attend(ablated(trace.scenario, off)), "projected")
    names = join_words(_named(trace, off, str))
    return Equation(
        (
            replace(without, title=f"without {names}"),
            "−",
            replace(whole, title="with all heads"),
            "=",
            replace(whole, values=without.values - whole.values, title="change"),
        )
    )


def describe_ablation(trace: AttentionTrace, off: Sequence[int], escape: Escape = str) -> str:
    """Describe the number of the projected output that an ablation changes most.

    Examples
    --------
    >>> from attn_core.edits.heads import added
    >>> from attn_core.presets import DEFAULT
    >>> describe_ablation(attend(added(DEFAULT.scenario)), (1,))
    'Without “head 2” the projected output of Je changes most, in first person: from 1.48 to 0.74.'

    Others that change as much are counted.

    >>> from attn_core.presets import BY_KEY
    >>> describe_ablation(attend(BY_KEY["four-views"].scenario), (1,))[-64:]
    'changes most, in plural: from 0.97 to 0.00, and 1 other as much.'
    """
    without, whole, change = ablation(trace, off).blocks
    names = join_words(_named(trace, off, escape))
    i, j = np.unravel_index(int(np.abs(change.values).argmax()), change.values.shape)
    if abs(change.values[i, j]) < DISPLAY_TOLERANCE:
        return f"Without {names} nothing changes by as much as the boxes show."
    word, feature = (escape(labels.isolate(label)) for label in (whole.rows[i], whole.columns[j]))
    return (
        f"Without {names} the projected output of {word} changes most, in {feature}: "
        f"from {number(whole.values[i, j])} to {number(without.values[i, j])}"
        f"{describe_ties(np.abs(change.values))}."
    )


def _named(trace: AttentionTrace, heads: Sequence[int], escape: Escape) -> list[str]:
    return [f"“{escape(labels.isolate(trace.scenario.heads[k]))}”" for k in heads]
