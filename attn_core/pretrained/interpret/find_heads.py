"""Find a head by what it does in a text: its mean weight for the token before it, and others."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, replace
from typing import Literal, get_args

import numpy as np

from ...notation.labels import number
from ...scenario import Array
from ..tokens.tokenizer import Pieces
from .reading import Reading
from .words import group_by_word, name_word

#: What of a head is measured, as a mean over the queries of a text.
Measure = Literal["previous", "first", "itself", "same", "punctuation", "entropy"]
MEASURES: tuple[Measure, ...] = get_args(Measure)

#: What each measure is, after "the mean, over all queries, of".
_WHAT: dict[Measure, str] = {
    "previous": "the weight for the token before the query",
    "first": "the weight for the first token of all",
    "itself": "the weight for the query itself",
    "same": "the weight for the query's own word elsewhere: its other pieces, and where it occurs "
    "again",
    "punctuation": "the weight for punctuation",
    "entropy": "the entropy of the weights in nats: 0 where one key has all of it, and more the "
    "more evenly it is spread",
}
#: What a text lacks of which no head has a score.
_LACKS: dict[Measure, str] = {
    "same": "No word of this text occurs twice or is cut into pieces",
    "punctuation": "This text has no punctuation",
}


@dataclass(frozen=True, eq=False)
class Marks:
    """What the measures must know of a text's tokens, or words.

    Attributes
    ----------
    queries : sequence of int
        Over which a mean is taken: those of the text itself that may attend to more than
        themselves.
    same : ndarray of bool, shape (n, n)
        True where query and key are the same word, or parts of it, at two places.
    punctuation : ndarray of bool, shape (n,)
    """

    queries: list[int]
    same: Array
    punctuation: Array


def measure(weights: Array, marks: Marks) -> Array:
    """Measure one head, in the order of `MEASURES`; NaN where a text has nothing of the kind.

    Parameters
    ----------
    weights : ndarray, shape (n, n)
        Row = query, column = key; rows sum to 1.
    marks : Marks

    Returns
    -------
    ndarray, shape (6,)

    Examples
    --------
    >>> weights = np.array([[1, 0, 0], [0.75, 0.25, 0], [0.5, 0.25, 0.25]])
    >>> marks = Marks([1, 2], np.zeros((3, 3), bool), np.array([False, False, True]))
    >>> measure(weights, marks).round(3)
    array([0.5  , 0.625, 0.25 ,   nan, 0.125, 0.801])
    """
    queries = np.array(marks.queries, int)
    rows, before = weights[queries], queries[queries > 0]
    same = marks.same[queries].any(axis=1)
    has_punctuation = marks.punctuation.any()
    return np.array(
        [
            _mean(weights[before, before - 1]),
            _mean(rows[:, 0]),
            _mean(weights[queries, queries]),
            _mean((rows * marks.same[queries]).sum(axis=1)[same]),
            _mean(rows[:, marks.punctuation].sum(axis=1)) if has_punctuation else np.nan,
            _mean(-(rows * np.log(np.where(rows > 0, rows, 1))).sum(axis=1)),
        ]
    )


def _mean(values: Array) -> float:
    return float(values.mean()) if len(values) else np.nan


def measure_heads(reading: Reading) -> Array:
    """Measure all heads on a text, whose hidden tokens count as well.

    Returns
    -------
    ndarray, shape (6, layers, heads)
        In the order of `MEASURES`; between words where words are looked at.
    """
    focus = replace(reading.focus, only_words=False, way="")
    whole = Reading(reading.model, reading.encoded, focus)
    marks = marks_of(whole)
    layers = range(reading.model.layers)
    each = [[measure(w, marks) for w in whole.layer_weights(layer)] for layer in layers]
    return np.moveaxis(np.array(each), -1, 0)


def marks_of(reading: Reading) -> Marks:
    """Read off what the measures must know; of all tokens of the text, or of its words."""
    text, pieces = reading.encoded.text, reading.encoded.pieces
    words = group_by_word(text, pieces)
    names = {i: name_word(text, pieces, word).casefold() for word in words for i in word}
    firsts, mask = reading.firsts, reading.mask
    named = [names[i] if _is_word(pieces, i) else "" for i in firsts]
    same = np.array([[bool(a) and a == b for b in named] for a in named])
    np.fill_diagonal(same, False)
    is_causal = mask is not None
    return Marks(
        [
            row
            for row, i in enumerate(firsts)
            if not (pieces.special[i] or (is_causal and row == 0))
        ],
        same if mask is None else same & mask,
        np.array([_is_punctuation(pieces, i) for i in firsts]),
    )


def _is_word(pieces: Pieces, i: int) -> bool:
    return not (pieces.special[i] or _is_punctuation(pieces, i))


def _is_punctuation(pieces: Pieces, i: int) -> bool:
    letters = (pieces.letters[i] or "").strip()
    return bool(letters) and all(unicodedata.category(c)[0] == "P" for c in letters)


def order_heads(scores: Array) -> list[tuple[int, int]]:
    """Order heads by their scores, largest first; layer by layer where they have none.

    Parameters
    ----------
    scores : ndarray, shape (layers, heads)

    Examples
    --------
    >>> order_heads(np.array([[0.1, 0.7], [0.7, 0.2]]))
    [(0, 1), (1, 0), (1, 1), (0, 0)]
    """
    ranks = np.argsort(-scores, axis=None, kind="stable")
    return [(int(k) // scores.shape[1], int(k) % scores.shape[1]) for k in ranks]


def describe_order(kind: Measure, scores: Array) -> str:
    """Say what a measure is, and which head has most of it.

    Parameters
    ----------
    kind : str
        One of `MEASURES`.
    scores : ndarray, shape (layers, heads)

    Examples
    --------
    >>> describe_order("itself", np.array([[0.1, 0.7], [0.3, 0.2]]))[-43:]
    'Layer 1, head 2 has the largest, with 0.70.'
    """
    if np.isnan(scores).all():
        return f"{_LACKS.get(kind, 'This text is too short')}, so that no head has a score."
    layer, head = order_heads(scores)[0]
    return (
        "Below each head stand its layer · head and its score: the mean, over the text's own "
        f"tokens as queries, of {_WHAT[kind]}. "
        f"Layer {layer + 1}, head {head + 1} has the largest, with {number(scores[layer, head])}."
    )
