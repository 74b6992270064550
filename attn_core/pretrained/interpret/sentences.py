"""Sentences about a text as a model read it, and about its attention."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ...analysis.long_text import NAMED, digits
from ...explain.wording import Escape, join_words, largest, pluralize, say_token
from ...notation.labels import number, percent, rounded
from ...scenario import Array
from ..encoder import Encoder
from ..model import EncodedText
from .reading import Reading, Seen, most
from .tokenized_words import describe_words


def describe_text(encoded: EncodedText, escape: Escape = str) -> str:
    """Count the tokens of a text, and name the words that were changed, cut or left out.

    Parameters
    ----------
    encoded : Encoded or DecoderOutput
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
    if reading.focus.way:
        return _describe_crossing(reading, escape)
    left_out = [escape(token) for token in reading.left_out]
    told = describe_weights(reading.seen, escape, is_part=bool(left_out))
    if not left_out:
        return told
    rest = 1 - float(reading.seen.weights.mean(axis=0).sum())
    verb = "is" if len(left_out) == 1 else "are"
    return f"{told} {percent(rest)} of all goes to {join_words(left_out)}, which {verb} not shown."


#: How the sentences of a pair are called.
_SENTENCES = {"a": "first sentence", "b": "second sentence"}


def describe_pair(encoder: Encoder, encoded: EncodedText, escape: Escape = str) -> str:
    """Say how a model reads the two sentences of a pair, and what tells them apart."""
    pieces = encoded.pieces
    order: list[str] = []
    for side, name in zip(pieces.sides, pieces.shown, strict=True):
        part = escape(name) if side is None else "AB"[side]
        if side is None or order[-1] != part:
            order.append(part)
    told = f"The model reads the pair as {' '.join(order)}."
    if encoder.has_segments and any(pieces.segments):
        return f"{told} To each token a vector of its segment is added, the first or the second."
    return (
        f"{told} It has no vectors for two segments, so that only what stands between the "
        "sentences, and their order, tells them apart."
    )


def _describe_crossing(reading: Reading, escape: Escape) -> str:
    """Say how much of one sentence's weight goes to the other, and where most of it."""
    seen, queries = reading.seen, [*map(_SENTENCES.__getitem__, reading.focus.way)]
    share = float(seen.weights[reading.queries].sum(axis=1).mean())
    i, j = largest(seen.weights)
    query, key = (say_token(seen.tokens[k], escape) for k in (i, j))
    return (
        f"Of the weights of the {queries[0]} {percent(share)} goes to the {queries[1]}. The "
        f"largest is {number(seen.weights[i, j], digits(len(seen.tokens)))}, from {query} to {key}."
    )


def describe_merged(reading: Reading, escape: Escape = str) -> str:
    """Say how weights between words are made, and which words have several pieces.

    Parameters
    ----------
    reading : Reading
        With a focus on words.
    escape : callable
        Applied to each word.
    """
    cut = {
        word: len(group)
        for word, group in zip(reading.tokens, reading.groups, strict=True)
        if len(group) > 1
    }
    if not cut:
        return "The model cuts no word of this text, so that each word is one token."
    named = [f"{say_token(word, escape)} ({count})" for word, count in [*cut.items()][:NAMED]]
    rest = [f"{len(cut) - NAMED} more"] if len(cut) > NAMED else []
    return (
        "Weights are summed over the pieces of a key and averaged over those of a query, so that "
        f"a row has the sum that it had. Words of several pieces: {join_words([*named, *rest])}."
    )


def describe_pieces(reading: Reading, escape: Escape = str) -> str:
    """Say that scores are between pieces, and which of them is the query's."""
    told = "A model has scores between its tokens, not between words."
    group = reading.groups[reading.query]
    if len(group) == 1:
        return told
    piece, word = (
        say_token(name, escape)
        for name in (reading.names[reading.focus.query], reading.tokens[reading.query])
    )
    return f"{told} Here the query is {piece}, one of the {len(group)} pieces of {word}."


def describe_weights(seen: Seen, escape: Escape = str, *, is_part: bool = False) -> str:
    r"""Name the largest weight of a matrix, and the tokens with the most weight.

    Parameters
    ----------
    seen : Seen
    escape : callable
        Applied to each token.
    is_part : bool
        Some tokens aren't shown.

    Examples
    --------
    >>> import numpy as np
    >>> seen = Seen("Layer 1, head 1", ("Tu", "es"), np.array([[1, 0], [0.6, 0.4]]))
    >>> print(describe_weights(seen).replace(". ", ".\n"))
    The largest weight is 1.00, from Tu to itself.
    Of all weight most goes to Tu (80 %) and es (20 %).
    """
    rows = np.arange(len(seen.tokens)) if is_part else _free(seen)
    i, j = largest(seen.weights[rows])
    i = int(rows[i])
    query, key = (say_token(seen.tokens[k], escape) for k in (i, j))
    weight = number(seen.weights[i, j], digits(len(seen.tokens)))
    received = seen.weights.mean(axis=0)
    named = [
        f"{say_token(seen.tokens[k], escape)} ({percent(received[k])})" for k in most(received, 2)
    ]
    of_what = "Of the tokens that are shown most weight" if is_part else "Of all weight most"
    largest_of = f"largest weight{' that is shown' * is_part} is {weight}"
    first = f"Beside {say_token(seen.tokens[0], escape)}, which sees itself alone, the"
    return (
        f"{'The' if len(rows) == len(seen.tokens) else first} {largest_of}, from {query} to "
        f"{'itself' if i == j else key}. {of_what} goes to {join_words(named)}."
    )


def _free(seen: Seen) -> NDArray[np.int64]:
    """Rows that the mask leaves a choice; all where it leaves none any."""
    rows = np.arange(len(seen.tokens))
    free = rows if seen.mask is None else np.flatnonzero(seen.mask.sum(axis=1) > 1)
    return free if len(free) else rows


def describe_token(reading: Reading, escape: Escape = str) -> str:
    """Name the tokens that the query looks at most, and those that look at it most."""
    i, weights, tokens = reading.query, reading.seen.weights, reading.tokens
    name = say_token(tokens[i], escape)
    if way := reading.focus.way:
        return (
            f"{name} gives {percent(float(weights[i].sum()))} of its weight to the "
            f"{_SENTENCES[way[1]]}, most to {name_largest(tokens, i, weights[i], escape)}."
        )
    to, by = (name_largest(tokens, i, values, escape) for values in (weights[i], weights[:, i]))
    told = f"{name} looks most at {to}. It is looked at most by {by}."
    if not reading.left_out:
        return told
    left_out = join_words([escape(token) for token in reading.left_out])
    rest = percent(1 - float(weights[i].sum()))
    return f"Of the tokens that are shown, {told} {rest} of its weight goes to {left_out}."


def name_largest(tokens: Sequence[str], own: int, weights: Array, escape: Escape = str) -> str:
    """Name the tokens with the largest weights; weights written as 0 don't count.

    Parameters
    ----------
    tokens : sequence of str
    own : int
        Which of them is called "itself".
    weights : ndarray
        Of the tokens, or of the first of them.
    escape : callable

    Examples
    --------
    >>> name_largest(("Je", "suis", "ici"), 1, np.array([0.25, 0.75, 0.0]))
    'itself (0.75) and Je (0.25)'
    """
    decimals = digits(len(weights))
    first, *others = most(weights, NAMED)
    others = [k for k in others if rounded(weights[k], decimals)]
    names = ("itself" if k == own else say_token(tokens[k], escape) for k in (first, *others))
    values = (number(weights[k], decimals) for k in (first, *others))
    pairs = zip(names, values, strict=True)
    return join_words([f"{name} ({value})" for name, value in pairs])
