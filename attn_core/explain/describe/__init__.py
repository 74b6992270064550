"""Descriptions of a trace: one sentence for each step.

The words of the visitor go through `escape`, so that a page can escape them for the
place where it shows the sentence.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import partial
from typing import Literal

import numpy as np

from ... import masks
from ...attention import AttentionTrace
from ...edits import mask_kinds
from ...notation import labels
from ...notation.equation import block
from ...notation.graph import graph
from ...notation.labels import number
from ...scenario import Array
from ...text.embeddings import source_of
from ...text.vocabulary import FEATURES
from ..wording import (
    DISPLAY_TOLERANCE,
    Escape,
    axis_label,
    axis_labels,
    describe_ties,
    join_words,
    largest,
    pluralize,
)
from . import head_sentences, position_sentences


def describe_step(trace: AttentionTrace, name: str, escape: Escape = str, head: int = 0) -> str:
    r"""Describe the numbers of a step in one sentence.

    Parameters
    ----------
    trace : AttentionTrace
        Of all heads, or of one.
    name : str
        A step from `STEPS` that the scenario has.
    escape : callable
        Applied to each word, feature and head.
    head : int
        The head, from 0, where each head has such a step.

    Raises
    ------
    ValueError
        When the scenario has no such step.

    Examples
    --------
    >>> from attn_core import attend
    >>> from attn_core.presets import BY_KEY
    >>> t = attend(BY_KEY["verb-subject"].scenario)
    >>> print(describe_step(t, "weights").replace("; ", ";\n"))
    Je looks at all words equally, 0.33;
    suis looks mostly at Je, 1.00;
    heureux looks most at suis, 0.50.
    """
    if name not in graph(trace.scenario):
        raise ValueError(f"This scenario has no step {name!r:.40}.")
    if name in _OF_ALL_HEADS:
        return _OF_ALL_HEADS[name](trace, escape)
    if name not in _OF_A_HEAD:
        raise ValueError(f"There is no sentence for the step {name!r}.")
    return _OF_A_HEAD[name](trace.head(head), escape)


def _similarity(trace: AttentionTrace, escape: Escape) -> str:
    n = trace.scenario.n
    if n == 1:
        return "With a single word there is nothing to compare it with."
    S = np.where(np.tri(n, dtype=bool), -np.inf, trace.similarity)  # each pair once
    i, j = largest(S)
    if S[i, j] < DISPLAY_TOLERANCE:
        return "No two words look alike: no dot product of two different rows is above 0."
    words = axis_labels(trace.scenario, "word", escape)
    return (
        f"Of all pairs of words {words[i]} and {words[j]} look most alike{describe_ties(S)}: "
        f"the dot product of their rows is {number(S[i, j])}."
    )


def _projection(trace: AttentionTrace, escape: Escape, name: Literal["Q", "K", "V"]) -> str:
    result, W = block(trace, name), block(trace, f"W_{name.lower()}")
    i, j = largest(np.abs(result.values))
    value = result.values[i, j]
    if abs(value) < DISPLAY_TOLERANCE:
        return f"Every number of {name} is 0: what {W.symbol} reads in these words is 0 or cancels."
    seen = getattr(trace, graph(trace.scenario)[name].operands[0].node.name)
    # A part may have the other sign than the sum, so the largest with the sum's sign counts.
    parts = seen[i] * W.values[:, j]
    f = int(np.argmax(parts * np.sign(value)))
    word = axis_labels(trace.scenario, result.step.axes[0], escape)[i]
    feature = axis_labels(trace.scenario, "feature", escape)[f]
    several = (np.abs(result.values) > abs(value) - DISPLAY_TOLERANCE).sum() > 1
    start = "One of the strongest numbers" if several else "The strongest number"
    return (
        f"{start} is {word} · {result.columns[j]} = {number(value)}; "
        f"its largest part comes from the feature {feature}: "
        f"{number(seen[i, f])} × {number(W.values[f, j])}."
    )


def _raw_scores(trace: AttentionTrace, escape: Escape) -> str:
    S = trace.raw_scores
    turned = "turned " if trace.scenario.positions == "rope" else ""
    if S.size > 1 and np.ptp(S) < DISPLAY_TOLERANCE:
        return f"All {turned}queries meet all {turned}keys with the same score, {number(S[0, 0])}."
    i, j = largest(S)
    query, key = _pair(trace, escape, i, j)
    return (
        f"The {turned}query of {query} fits the {turned}key of {key} best{describe_ties(S)}: "
        f"their dot product is {number(S[i, j])}."
    )


def _scores(trace: AttentionTrace, escape: Escape) -> str:
    s = trace.scenario
    if not s.scale:
        return "Scaling is off, so the scores stay as they are."
    i, j = largest(np.abs(trace.raw_scores))
    query, key = _pair(trace, escape, i, j)
    return (
        f"Divided by √{s.d_k} = {number(math.sqrt(s.d_k))}, "
        f"the score of {query} for {key} goes from {number(trace.raw_scores[i, j])} "
        f"to {number(trace.scores[i, j])}; the order within each row stays."
    )


def _masked(trace: AttentionTrace, escape: Escape) -> str:
    s = trace.scenario
    if s.mask is None or s.mask.all():
        seen = f"every word{_of_context(trace)}"
        return f"Nothing is masked: every word may look at {seen}, so 0 is added everywhere."
    blocked = int((~s.mask).sum())
    i = int(np.argmax((~s.mask).sum(axis=1)))
    hidden = _targets(trace, i, np.flatnonzero(~s.mask[i]), escape)
    return (
        f"The mask blocks {blocked} of {s.n * s.n_k} pairs, {_describe_rule(trace, s.mask)}: "
        f"{axis_labels(s, 'query', escape)[i]} can't look at {hidden}."
    )


def _describe_rule(trace: AttentionTrace, mask: masks.Mask) -> str:
    """Describe the rule by which a mask blocks."""
    match mask_kinds.kind(mask):
        case "causal":
            return "no word sees what comes after it"
        case "window":
            reach = mask_kinds.size(mask, "window")
            if reach == 0:
                return "every word sees itself alone"
            return f"no word sees more than {pluralize(reach, 'word')} away"
        case "padding":
            filling = mask.shape[1] - mask_kinds.size(mask, "padding")
            last = "last word" if filling == 1 else f"last {filling} words"
            return f"the {last}{_of_context(trace)} {'is' if filling == 1 else 'are'} padding"
    return "as chosen"


def _logits(trace: AttentionTrace, _: Escape) -> str:
    temperature = trace.scenario.temperature
    if temperature == 1:
        return "The temperature is 1, so the scores stay as they are."
    if temperature > 1:
        effect = "closer together and makes the weights more even"
    else:
        effect = "apart and makes the weights sharper"
    return f"Dividing by the temperature {temperature:g} moves the scores {effect}."


def _weights(trace: AttentionTrace, escape: Escape) -> str:
    A = trace.weights
    n, n_k = A.shape
    if n > 1 and n_k == 1:
        (key,) = axis_labels(trace.scenario, "key", escape)
        return f"Every word can only look at {key}, {number(A[0, 0])}."
    if n > 1 and np.ptp(A) < DISPLAY_TOLERANCE:
        return f"Every word looks at all words{_of_context(trace)} equally, {number(A[0, 0])}."
    decided = np.argsort(-A.max(axis=1), kind="stable")[:4]  # a sentence holds four words
    looks = "; ".join(_describe_row(trace, int(i), escape) for i in sorted(decided))
    return looks + ("; no other word is more decided." if n > len(decided) else ".")


def _describe_row(trace: AttentionTrace, i: int, escape: Escape) -> str:
    """Describe the words that one word attends to most."""
    row, word = trace.weights[i], axis_label(trace.scenario, "query", i, escape)
    top = float(row.max())
    best = np.flatnonzero(row >= top - DISPLAY_TOLERANCE)
    targets = _targets(trace, i, best, escape)
    seen = int(trace.scenario.allowed[i].sum())
    if seen == 1 < len(row):
        return f"{word} can only look at {targets}, {number(top)}"
    if len(best) == len(row) > 1:
        return f"{word} looks at all words{_of_context(trace)} equally, {number(top)}"
    if len(best) == seen > 1:
        return f"{word} looks equally at all that it may see, {targets}, {number(top)} each"
    if len(best) > 1:
        return f"{word} looks equally at {targets}, {number(top)} each"
    most = "mostly" if top > 0.5 + DISPLAY_TOLERANCE else "most"
    return f"{word} looks {most} at {targets}, {number(top)}"


def _output(trace: AttentionTrace, escape: Escape) -> str:
    i, j = largest(trace.weights)
    word, source = _pair(trace, escape, i, j)
    result = block(trace, "output")
    c = int(np.argmax(np.abs(result.values[i])))
    is_own = i == j and not trace.scenario.is_cross
    origin = "its own value" if is_own else f"the value of {source}"
    return (
        f"{word} becomes a mix of value rows, {number(100 * trace.weights[i, j], 0)} % of it "
        f"{origin}; its strongest number is {result.columns[c]} = {number(result.values[i, c])}."
    )


def describe_unknown_words(
    words: tuple[str, ...], escape: Escape = str, features: Sequence[str] = FEATURES
) -> str:
    r"""Describe which words have hashed vectors; empty when none has.

    Parameters
    ----------
    words : tuple of str
    escape : callable
        Applied to each word.
    features : sequence of str
        The features of the vectors; the vocabulary may lack them, even for its own words.

    Examples
    --------
    >>> print(describe_unknown_words(("ornithorynque",)).replace(". ", ".\n"))
    Not in the vocabulary: ornithorynque.
    Its numbers come from a hash of its letters and mean nothing.
    """
    if not words:
        return ""
    names = join_words([escape(labels.isolate(word)) for word in words])
    own = (
        "Its numbers come from a hash of its letters"
        if len(words) == 1
        else "Their numbers come from a hash of their letters"
    )
    known = source_of(features) == "vocabulary"
    lead = "Not in the vocabulary" if known else "No table has these features for"
    return f"{lead}: {names}. {own} and mean nothing."


def _targets(trace: AttentionTrace, i: int, targets: Array, escape: Escape) -> str:
    """List the words that word i attends to; the word itself is “itself”."""
    s, own = trace.scenario, None if trace.scenario.is_cross else i
    return join_words(["itself" if j == own else axis_label(s, "key", j, escape) for j in targets])


def _pair(trace: AttentionTrace, escape: Escape, i: int, j: int) -> tuple[str, str]:
    """Name the query of a row and the key of a column."""
    s = trace.scenario
    return axis_label(s, "query", i, escape), axis_label(s, "key", j, escape)


def _of_context(trace: AttentionTrace) -> str:
    return " of the second sentence" if trace.scenario.is_cross else ""


Sentence = Callable[[AttentionTrace, Escape], str]

#: The sentence of each step that every head has.
_OF_A_HEAD: dict[str, Sentence] = {
    "similarity": _similarity,
    "X_pos": partial(position_sentences.added, name="X_pos"),
    "Z_pos": partial(position_sentences.added, name="Z_pos"),
    "Q": partial(_projection, name="Q"),
    "K": partial(_projection, name="K"),
    "V": partial(_projection, name="V"),
    "rotated_Q": partial(position_sentences.rotated, name="rotated_Q"),
    "rotated_K": partial(position_sentences.rotated, name="rotated_K"),
    "raw_scores": _raw_scores,
    "scores": _scores,
    "biased_scores": position_sentences.biased,
    "masked_scores": _masked,
    "logits": _logits,
    "weights": _weights,
    "output": _output,
}
#: The sentences of the steps that all heads share.
_OF_ALL_HEADS: dict[str, Sentence] = {
    "concat_heads": head_sentences.concatenated,
    "projected": head_sentences.projected,
}
