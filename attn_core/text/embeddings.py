"""Words to vectors: from the hand-made vocabulary, and from a hash for all others."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Sequence
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from .vocabulary import FEATURES, ORDER, PLACES, WORDS

#: Where vectors come from: the hand-made table (and the hash), a model's own table before
#: any layer, or what leaves its last layer for the words of a sentence.
Source = Literal["vocabulary", "word", "context"]
SOURCES: tuple[Source, ...] = get_args(Source)


def axis_names(source: Source, d_model: int) -> tuple[str, ...]:
    """Name the principal axes of a model's vectors, "word" or "context", as features.

    The names are all that a scenario, and so a link, knows of where its vectors come from.
    They are short and begin with what differs, for a narrow column shows no more.

    Examples
    --------
    >>> axis_names("word", 2), axis_names("context", 2)
    (('axis 1 word', 'axis 2 word'), ('axis 1 text', 'axis 2 text'))
    """
    of_what = {"word": "word", "context": "text"}[source]
    return tuple(f"axis {i} {of_what}" for i in range(1, d_model + 1))


def source_of(features: Sequence[str]) -> Source | None:
    """Tell from their names where the features come from; None for names that nobody knows.

    Examples
    --------
    >>> source_of(("verb", "2nd")), source_of(axis_names("word", 3)), source_of(("x1", "x2"))
    ('vocabulary', 'word', None)
    """
    for source in ("word", "context"):
        if tuple(features) == axis_names(source, len(features)):
            return source
    return "vocabulary" if {*features} & {*FEATURES, *PLACES, *ORDER} else None


def known(token: str) -> bool:
    """Whether the vocabulary has the word, whatever its capitals and apostrophe.

    Examples
    --------
    >>> known("J’"), known("Été"), known("ornithorynque")
    (True, True, False)
    """
    return spelling(token) in WORDS


def unknown(tokens: Sequence[str]) -> tuple[str, ...]:
    """List the words whose vectors come from a hash, each once, in order."""
    return tuple(dict.fromkeys(token for token in tokens if not known(token)))


def hashed(
    tokens: Sequence[str], features: Sequence[str], X: NDArray[np.floating[Any]]
) -> tuple[str, ...]:
    """List the words whose rows in X still are what a hash made of them.

    Examples
    --------
    >>> X = embed(("blorg", "xyz"), ("verb", "noun"))
    >>> X[0, 0] = 3
    >>> hashed(("blorg", "xyz"), ("verb", "noun"), X)
    ('xyz',)
    """
    meant = [j for j, name in enumerate(features) if name not in (*PLACES, *ORDER)]
    same = (embed(tokens, features)[:, meant] == X[:, meant]).all(axis=1) & bool(meant)
    found = [token for token, is_hashed in zip(tokens, same, strict=True) if is_hashed]
    # The vocabulary has no word's place along a model's axes.
    return unknown(found) if source_of(features) == "vocabulary" else tuple(dict.fromkeys(found))


def embed(tokens: Sequence[str], features: Sequence[str]) -> NDArray[np.float64]:
    """Vectors of a sentence over named features.

    A known word has the values of the vocabulary. An unknown word, or a feature
    that the vocabulary doesn't have, gets a value from a hash of its spelling: the
    same on every machine and day, and without a meaning. Features that name a
    place ("1st", "2nd", …) are 1 in that row and 0 elsewhere; "early" and "late" are 0
    in all words, for positions to fill.

    Parameters
    ----------
    tokens : sequence of str, length n
    features : sequence of str, length d_model

    Returns
    -------
    ndarray of float64, shape (n, d_model)
        Values between −1 and 1.

    Examples
    --------
    >>> embed(("Je", "suis"), ("pronoun", "verb", "first person", "2nd"))
    array([[1. , 0. , 1. , 0. ],
           [0. , 1. , 0.6, 1. ]])
    """
    rows = [[_value(token, i, name) for name in features] for i, token in enumerate(tokens)]
    return np.array(rows, dtype=np.float64).reshape(len(tokens), len(features))


def as_given(
    tokens: Sequence[str], features: Sequence[str], X: NDArray[np.floating[Any]]
) -> NDArray[np.bool_]:
    """Tell which rows of X nobody edited: they are the vocabulary's, or those of a hash.

    A link may be older than a word's line in the vocabulary.

    Examples
    --------
    >>> as_given(("Je", "blorg"), ("pronoun", "verb"), embed(("Je", "xyz"), ("pronoun", "verb")))
    array([ True, False])
    """
    table = embed(tokens, features)
    hashes = [
        [
            _hashed(spelling(token), name) if name not in (*PLACES, *ORDER) else value
            for name, value in zip(features, row, strict=True)
        ]
        for token, row in zip(tokens, table, strict=True)
    ]
    same: NDArray[np.bool_] = (table == X).all(axis=1) | (np.array(hashes) == X).all(axis=1)
    return same


def more_features(features: Sequence[str], d_model: int) -> tuple[str, ...]:
    """Lengthen or shorten a list of features; new ones come in the vocabulary's order.

    A model's axes are followed by its further ones.

    Examples
    --------
    >>> more_features(("verb", "1st"), 4), more_features(("verb", "noun"), 1)
    (('verb', '1st', 'pronoun', 'feeling'), ('verb',))
    """
    source = source_of(features)
    if source in ("word", "context"):
        return axis_names(source, d_model)
    spare = (name for name in FEATURES if name not in features)
    return (*features, *spare)[:d_model]


def _value(token: str, position: int, feature: str) -> float:
    if feature in PLACES:
        return float(PLACES.index(feature) == position)
    if feature in ORDER:
        return 0.0
    word = spelling(token)
    if word in WORDS and feature in FEATURES:
        return WORDS[word].get(feature, 0.0)
    return _hashed(word, feature)


def _hashed(word: str, feature: str) -> float:
    """Return a value from −1 to 1 in steps of 0.05, from SHA-256 of word and feature."""
    digest = hashlib.sha256(f"{word}\0{feature}".encode()).digest()
    return (int.from_bytes(digest[:8], "big") % 41 - 20) / 20


def spelling(token: str) -> str:
    """Write a word as the vocabulary does.

    Examples
    --------
    >>> spelling("N’")
    "n'"
    """
    return unicodedata.normalize("NFC", token).casefold().replace("’", "'")
