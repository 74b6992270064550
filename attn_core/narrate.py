"""Plain words about the numbers of a trace: one sentence for each step.

Words of the sentence go through `quote`, so that a page can escape them for the
place where the sentence is shown.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from . import labels, masks
from .attention import AttentionTrace
from .equation import block
from .labels import number
from .rounding import short
from .scenario import Array

Quote = Callable[[str], str]

#: Differences below what the boxes show count as none.
TIE = 0.005


def explain(trace: AttentionTrace, name: str, quote: Quote = str) -> str:
    r"""Say in one sentence what these numbers show.

    Parameters
    ----------
    trace : AttentionTrace
        Of one head.
    name : str
        A step from `STEPS`.
    quote : callable
        Applied to each word and feature.

    Examples
    --------
    >>> from attn_core import attend
    >>> from attn_core.presets import BY_KEY
    >>> t = attend(BY_KEY["verb-subject"].scenario)
    >>> print(explain(t, "weights").replace("; ", ";\n"))
    Je looks at all words equally, 0.33;
    suis looks mostly at Je, 1.00;
    heureux looks most at suis, 0.50.
    """
    match name:
        case "similarity":
            return _similarity(trace, quote)
        case "placed" | "placed_context":
            return _placed(trace, name, quote)
        case "rotated_Q" | "rotated_K":
            return _rotated(trace, name, quote)
        case "biased_scores":
            return _biased(trace, quote)
        case "Q" | "K" | "V":
            return _projection(trace, name, quote)
        case "raw_scores":
            return _raw_scores(trace, quote)
        case "scores":
            return _scores(trace, quote)
        case "masked_scores":
            return _masked(trace, quote)
        case "logits":
            return _logits(trace)
        case "weights":
            return _weights(trace, quote)
        case "output":
            return _output(trace, quote)
    raise ValueError(f"There is no sentence for the step {name!r}.")


def _similarity(trace: AttentionTrace, quote: Quote) -> str:
    n = trace.scenario.n
    if n == 1:
        return "With a single word there is nothing to compare it with."
    S = np.where(np.tri(n, dtype=bool), -np.inf, trace.similarity)  # each pair once
    i, j = _largest(S)
    if S[i, j] < TIE:
        return "No two words look alike: no dot product of two different rows is above 0."
    a, b = _words(trace, quote, i, j)
    return (
        f"Of all pairs of words {a} and {b} look most alike{_others(S)}: "
        f"the dot product of their rows is {number(S[i, j])}."
    )


def _projection(trace: AttentionTrace, name: str, quote: Quote) -> str:
    made, W = block(trace, name), block(trace, f"W_{name.lower()}")
    i, j = _largest(np.abs(made.values))
    if abs(made.values[i, j]) < TIE:
        return f"Every number of {name} is 0: what {W.symbol} reads in these words is 0 or cancels."
    # Parts may point against the sum, so the largest is sought in the sum's direction.
    parts = trace.X[i] * W.values[:, j]
    f = int(np.argmax(parts * np.sign(made.values[i, j])))
    word, feature = quote(labels.isolate(made.rows[i])), quote(labels.isolate(W.rows[f]))
    several = (np.abs(made.values) > abs(made.values[i, j]) - TIE).sum() > 1
    start = "One of the strongest numbers" if several else "The strongest number"
    return (
        f"{start} is {word} · {made.columns[j]} = {number(made.values[i, j])}; "
        f"its largest part comes from the feature {feature}: "
        f"{number(trace.X[i, f])} × {number(W.values[f, j])}."
    )


def _placed(trace: AttentionTrace, name: str, quote: Quote) -> str:
    parts = ("X", "P") if name == "placed" else ("Z", "P_context")
    words, places, sums = (block(trace, part) for part in (*parts, name))
    i, j = _largest(np.abs(places.values))
    if abs(places.values[i, j]) < TIE:
        return f"{places.symbol} is 0 everywhere, so {sums.symbol} is {words.symbol} as it was."
    word, feature = (quote(labels.isolate(name)) for name in (sums.rows[i], sums.columns[j]))
    return (
        f"Its place changes {word} · {feature} most{_others(np.abs(places.values))}: "
        f"from {number(words.values[i, j])} to {number(sums.values[i, j])}."
    )


def _rotated(trace: AttentionTrace, name: str, quote: Quote) -> str:
    made, theta = block(trace, name), block(trace, "angles").values
    columns = made.columns
    pairs = [f"{columns[k]} with {columns[k + 1]}" for k in range(0, len(columns) - 1, 2)]
    odd = f"; {columns[-1]} has no partner and stays" if len(columns) % 2 else ""
    first = quote(labels.isolate(made.rows[0]))
    what = f"Pairs of columns turn together: {listed(pairs)}{odd}. {first} has the angle 0"
    if len(theta) == 1:
        return f"{what}, so nothing turns."
    degrees = number(math.degrees(theta[-1, 0]), 0)
    last = quote(labels.isolate(made.rows[-1]))
    return (
        f"{what} and stays, {last} is turned most, "
        f"its first pair by {number(theta[-1, 0])} = {degrees}°."
    )


def _biased(trace: AttentionTrace, quote: Quote) -> str:
    n = trace.scenario.n
    if n == 1:
        return "With a single word there is no distance, so nothing is taken off."
    query, key = _words(trace, quote, n - 1, 0)
    before, after = trace.scores[-1, 0], trace.biased_scores[-1, 0]
    each = short(number(-block(trace, "bias").values[0, 1], 3))
    return (
        f"Each place between two words takes {each} off their score: that of {query} for {key}, "
        f"{n - 1} {'place' if n == 2 else 'places'} away, goes from {number(before)} to "
        f"{number(after)}; that of each word for itself stays."
    )


def _raw_scores(trace: AttentionTrace, quote: Quote) -> str:
    S = trace.raw_scores
    if len(S) > 1 and np.ptp(S) < TIE:
        return f"All queries meet all keys with the same score, {number(S[0, 0])}."
    i, j = _largest(S)
    query, key = _words(trace, quote, i, j)
    return (
        f"The query of {query} fits the key of {key} best{_others(S)}: "
        f"their dot product is {number(S[i, j])}."
    )


def _scores(trace: AttentionTrace, quote: Quote) -> str:
    s = trace.scenario
    if not s.scale:
        return "Scaling is off, so the scores stay as they are."
    i, j = _largest(np.abs(trace.raw_scores))
    query, key = _words(trace, quote, i, j)
    return (
        f"Divided by √{s.d_k} = {number(math.sqrt(s.d_k))}, "
        f"the score of {query} for {key} goes from {number(trace.raw_scores[i, j])} "
        f"to {number(trace.scores[i, j])}; the order within each row stays."
    )


def _masked(trace: AttentionTrace, quote: Quote) -> str:
    s = trace.scenario
    if s.mask is None or s.mask.all():
        return "Nothing is masked: every word may look at every word, so 0 is added everywhere."
    blocked = int((~s.mask).sum())
    i = int(np.argmax((~s.mask).sum(axis=1)))
    hidden = _targets(trace, i, np.flatnonzero(~s.mask[i]), quote)
    rule = "no word sees what comes after it" if masks.kind(s.mask) == "causal" else "as chosen"
    return (
        f"The mask blocks {blocked} of {s.n * s.n} pairs, {rule}: "
        f"{quote(_labels(trace)[i])} can't look at {hidden}."
    )


def _logits(trace: AttentionTrace) -> str:
    temperature = trace.scenario.temperature
    if temperature == 1:
        return "The temperature is 1, so the scores stay as they are."
    if temperature > 1:
        effect = "closer together and makes the weights more even"
    else:
        effect = "apart and makes the weights sharper"
    return f"Dividing by the temperature {temperature:g} moves the scores {effect}."


def _weights(trace: AttentionTrace, quote: Quote) -> str:
    A = trace.weights
    if np.ptp(A) < TIE and len(A) > 1:
        return f"Every word looks at all words equally, {number(A[0, 0])}."
    decided = np.argsort(-A.max(axis=1), kind="stable")[:4]  # a sentence holds four words
    looks = "; ".join(_look(trace, int(i), quote) for i in sorted(decided))
    return looks + ("; no other word is more decided." if len(A) > len(decided) else ".")


def _look(trace: AttentionTrace, i: int, quote: Quote) -> str:
    """Say where one word looks."""
    row, word = trace.weights[i], quote(_labels(trace)[i])
    top = float(row.max())
    best = np.flatnonzero(row >= top - TIE)
    targets = _targets(trace, i, best, quote)
    seen = int(trace.scenario.allowed[i].sum())
    if seen == 1 < len(row):
        return f"{word} can only look at {targets}, {number(top)}"
    if len(best) == len(row) > 1:
        return f"{word} looks at all words equally, {number(top)}"
    if len(best) == seen > 1:
        return f"{word} looks equally at all that it may see, {targets}, {number(top)} each"
    if len(best) > 1:
        return f"{word} looks equally at {targets}, {number(top)} each"
    most = "mostly" if top > 0.5 + TIE else "most"
    return f"{word} looks {most} at {targets}, {number(top)}"


def _targets(trace: AttentionTrace, i: int, targets: Array, quote: Quote) -> str:
    """List the words that word i looks at, itself among them by that name."""
    names = _labels(trace)
    return listed(["itself" if j == i else quote(names[j]) for j in targets])


def _others(values: Array) -> str:
    """Say that the largest value isn't the only one of its size."""
    others = int((values > values.max() - TIE).sum()) - 1
    return f", and {others} other{'s' if others > 1 else ''} as much" if others else ""


def _output(trace: AttentionTrace, quote: Quote) -> str:
    i, j = _largest(trace.weights)
    word, source = _words(trace, quote, i, j)
    made = block(trace, "output")
    c = int(np.argmax(np.abs(made.values[i])))
    origin = "its own value" if i == j else f"the value of {source}"
    return (
        f"{word} becomes a mix of value rows, {number(100 * trace.weights[i, j], 0)} % of it "
        f"{origin}; its strongest number is {made.columns[c]} = {number(made.values[i, c])}."
    )


def unknown_words(words: tuple[str, ...], quote: Quote = str) -> str:
    r"""Say which words have hashed vectors; empty when the vocabulary has them all.

    Examples
    --------
    >>> print(unknown_words(("ornithorynque",)).replace(". ", ".\n"))
    Not in the vocabulary: ornithorynque.
    Its numbers come from a hash of its letters and mean nothing.
    """
    if not words:
        return ""
    names = listed([quote(labels.isolate(word)) for word in words])
    own = (
        "Its numbers come from a hash of its letters"
        if len(words) == 1
        else "Their numbers come from a hash of their letters"
    )
    return f"Not in the vocabulary: {names}. {own} and mean nothing."


def _labels(trace: AttentionTrace) -> tuple[str, ...]:
    return tuple(map(labels.isolate, labels.unique(trace.scenario.tokens)))


def _words(trace: AttentionTrace, quote: Quote, i: int, j: int) -> tuple[str, str]:
    names = _labels(trace)
    return quote(names[i]), quote(names[j])


def listed(words: list[str]) -> str:
    """Write words one after the other.

    Examples
    --------
    >>> listed(["a", "b", "c"])
    'a, b and c'
    """
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def _largest(values: Array) -> tuple[int, int]:
    i, j = np.unravel_index(int(np.argmax(values)), values.shape)
    return int(i), int(j)
