"""How alike a model finds two texts, and what becomes of the words that both have."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..labels import isolate, number
from ..pretrained import Encoded
from ..scenario import Array
from ..wording import Quote, counted

#: A cosine above this is written as 1.
_SAME = 0.995


@dataclass(frozen=True, eq=False)
class Shared:
    """What two texts have in common.

    Attributes
    ----------
    texts : float
        Cosine of the angle between the texts' own vectors, the means of their tokens'.
    tokens : tuple of str, length m
        That both texts have, each once.
    cosines : ndarray, shape (m, layers + 1)
        Of the angle between a token's two vectors, at the start and after each layer; of a
        token that is there several times, the first.
    """

    texts: float
    tokens: tuple[str, ...]
    cosines: Array

    @property
    def stages(self) -> tuple[str, ...]:
        """Where `cosines` are taken."""
        return ("start", *(f"after {i}" for i in range(1, self.cosines.shape[1])))


def shared(a: Encoded, b: Encoded) -> Shared:
    """Compare two texts as one model reads them."""
    special = {token for token, mark in zip(a.tokens, a.pieces.special, strict=True) if mark}
    tokens = [each for each in dict.fromkeys(a.tokens) if each in b.tokens and each not in special]
    rows = [
        cosine(a.states[:, a.tokens.index(each)], b.states[:, b.tokens.index(each)])
        for each in tokens
    ]
    cosines = np.array(rows).reshape(len(tokens), len(a.states))
    return Shared(float(cosine(a.text_vector, b.text_vector)), tuple(tokens), cosines)


def cosine(x: Array, y: Array) -> Array:
    """Cosine of the angle between vectors along the last axis.

    Examples
    --------
    >>> cosine(np.array([[1.0, 0.0], [3.0, 4.0]]), np.array([[0.0, 2.0], [6.0, 8.0]]))
    array([0., 1.])
    """
    lengths = np.linalg.norm(x, axis=-1) * np.linalg.norm(y, axis=-1)
    return np.asarray((x * y).sum(axis=-1) / lengths)


def told_of_shared(shared: Shared, quote: Quote = str) -> str:
    """Say how alike two texts are to the model, and which common token differs most in them.

    Parameters
    ----------
    shared : Shared
    quote : callable
        Applied to each token.
    """
    told = [f"The cosine between the two texts' vectors is {number(shared.texts)}."]
    if not shared.tokens:
        return " ".join((*told, "They have no token in common."))
    k = int(shared.cosines[:, -1].argmin())
    told.append(f"They share {counted(len(shared.tokens), 'token')}.")
    if shared.cosines[k, -1] > _SAME:
        return " ".join((*told, "The model makes the same of each in both."))
    told.append(
        "What differs most in the end is "
        f"{quote(isolate(shared.tokens[k]))}: its two vectors begin at a cosine of "
        f"{number(shared.cosines[k, 0])}, where only their places can differ, and leave the last "
        f"layer at {number(shared.cosines[k, -1])}, since each has taken in its own text."
    )
    return " ".join(told)
