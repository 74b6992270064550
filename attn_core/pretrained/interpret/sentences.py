"""Sentences about a text as a model read it, and about its attention."""

from __future__ import annotations

from ...analysis.long_text import NAMED, digits
from ...explain.wording import Escape, join_words, largest, pluralize
from ...notation.labels import isolate, number, percent, rounded
from ...scenario import Array
from ..encoded import Encoded
from .reading import Reading, most
from .tokenized_words import describe_words


def describe_text(encoded: Encoded, escape: Escape = str) -> str:
    """Count the tokens of a text, and name the words that were changed, cut or left out.

    Parameters
    ----------
    encoded : Encoded
    escape : callable
        Applied to each token, here and below.
    """
    told = [f"The model reads {pluralize(encoded.n, 'token')}."]
    if encoded.is_cut:
        told.append(
            f"It was trained on texts of up to {encoded.rules.max_tokens}, and may read this "
            "longer one less well."
        )
    return " ".join([*told, *describe_words(encoded.text, encoded.pieces, escape)])


def describe_seen(reading: Reading, escape: Escape = str) -> str:
    """Name the largest weight, and the tokens with the most weight."""
    seen = reading.seen
    i, j = largest(seen.weights)
    query, key = (escape(isolate(seen.tokens[k])) for k in (i, j))
    left_out = [escape(token) for token in reading.left_out]
    shown = " that is shown" if left_out else ""
    told = [
        f"The largest weight{shown} is {number(seen.weights[i, j], digits(len(seen.tokens)))}, "
        f"from {query} to {'itself' if i == j else key}."
    ]
    received = seen.weights.mean(axis=0)
    named = [
        f"{escape(isolate(seen.tokens[k]))} ({percent(received[k])})" for k in most(received, 2)
    ]
    of_what = "Of the tokens that are shown most weight" if left_out else "Of all weight most"
    told.append(f"{of_what} goes to {join_words(named)}.")
    if left_out:
        rest = 1 - float(received.sum())
        verb = "is" if len(left_out) == 1 else "are"
        told.append(
            f"{percent(rest)} of all goes to {join_words(left_out)}, which {verb} not shown."
        )
    return " ".join(told)


def describe_token(reading: Reading, escape: Escape = str) -> str:
    """Name the tokens that the query looks at most, and those that look at it most."""
    i, weights = reading.query, reading.seen.weights
    to, by = (_named(reading, values, escape) for values in (weights[i], weights[:, i]))
    name = escape(isolate(reading.tokens[i]))
    told = f"{name} looks most at {to}. It is looked at most by {by}."
    if not reading.left_out:
        return told
    left_out = join_words([escape(token) for token in reading.left_out])
    rest = percent(1 - float(weights[i].sum()))
    return f"Of the tokens that are shown, {told} {rest} of its weight goes to {left_out}."


def _named(reading: Reading, values: Array, escape: Escape) -> str:
    """Name those with the largest weights; weights written as 0 don't count."""
    decimals, i = digits(len(values)), reading.query
    first, *others = most(values, NAMED)
    others = [k for k in others if rounded(values[k], decimals)]
    names = [
        f"{'itself' if k == i else escape(isolate(reading.tokens[k]))} "
        f"({number(values[k], decimals)})"
        for k in (first, *others)
    ]
    return join_words(names)
