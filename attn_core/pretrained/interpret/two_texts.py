"""The similarity of two texts, and of the tokens that both have."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...explain.wording import Escape, join_words, pluralize, say_token
from ...notation.labels import number, unique
from ...scenario import Array
from ..model import EncodedText
from ..parts.text_rules import TextRules
from ..tokens.tokenizer import Pieces

#: A cosine above this is written as 1.
_SAME = 0.995


@dataclass(frozen=True, eq=False)
class Shared:
    """What two texts have in common.

    Attributes
    ----------
    texts : float, optional
        Cosine of the angle between the texts' own vectors, pooled as the model was trained;
        None where the lab doesn't compute them.
    whole : float, optional
        The same of all tokens, where a text is longer than those that the model was trained
        for, and its own vector is that of its beginning.
    rules : TextRules
        How the vectors are made.
    tokens : tuple of str, length m
        That both texts have, each once, as they are shown.
    cosines : ndarray, shape (m, layers + 1)
        Of the angle between a token's two vectors, at the start and after each layer; of a
        token that is there several times, the first.
    """

    texts: float | None
    whole: float | None
    rules: TextRules
    tokens: tuple[str, ...]
    cosines: Array

    @property
    def stages(self) -> tuple[str, ...]:
        """Where `cosines` are taken."""
        return ("start", *(f"after {i}" for i in range(1, self.cosines.shape[1])))


def shared(a: EncodedText, b: EncodedText) -> Shared:
    """Compare two texts as one model reads them."""
    first, other = _places(a.pieces), _places(b.pieces)
    both = [token for token in first if token in other]
    rows = [cosine(a.states[:, first[token]], b.states[:, other[token]]) for token in both]
    cosines = np.array(rows).reshape(len(both), len(a.states))
    is_cut = a.is_cut or b.is_cut
    return Shared(
        _between(a.text_vector, b.text_vector),
        _between(*(a.rules.pool(each.hidden) for each in (a, b))) if is_cut else None,
        a.rules,
        unique([a.pieces.shown[first[token]] for token in both]),
        cosines,
    )


def _places(pieces: Pieces) -> dict[int, int]:
    """Where each token of the text is first, by its number."""
    places: dict[int, int] = {}
    for i, token in enumerate(pieces.ids):
        if not pieces.special[i]:
            places.setdefault(token, i)
    return places


def _between(x: Array | None, y: Array | None) -> float | None:
    return None if x is None or y is None else float(cosine(x, y))


def cosine(x: Array, y: Array) -> Array:
    """Cosine of the angle between vectors along the last axis.

    Examples
    --------
    >>> cosine(np.array([[1.0, 0.0], [3.0, 4.0]]), np.array([[0.0, 2.0], [6.0, 8.0]]))
    array([0., 1.])
    """
    lengths = np.linalg.norm(x, axis=-1) * np.linalg.norm(y, axis=-1)
    return np.asarray((x * y).sum(axis=-1) / lengths)


def describe_shared(shared: Shared, escape: Escape = str) -> str:
    """Put the similarity of two texts in words, and name the token that differs most.

    Parameters
    ----------
    shared : Shared
    escape : callable
        Applied to each token.
    """
    told = [_describe_texts(shared)]
    if not shared.tokens:
        return " ".join((*told, "They have no token in common."))
    k = int(shared.cosines[:, -1].argmin())
    told.append(f"They share {pluralize(len(shared.tokens), 'token')}.")
    if shared.cosines[k, -1] > _SAME:
        return " ".join((*told, "The model makes the same of each in both."))
    told.append(
        "What differs most in the end is "
        f"{say_token(shared.tokens[k], escape)}: its two vectors begin "
        f"{_at_the_start(shared.cosines[k, 0])} and leave the last layer at "
        f"{number(shared.cosines[k, -1])}, since each has taken in what it attends to in its own "
        "text."
    )
    return " ".join(told)


def _at_the_start(cosine: float) -> str:
    if number(cosine) == "1.00":
        return "as one"
    return f"at a cosine of {number(cosine)}, where only their places can differ,"


#: What a text's vector is, by what sentence-transformers calls the way to it.
_VECTORS = {
    "cls": "that of its first token",
    "max": "the largest number of all its tokens' in each place",
    "mean": "the mean of all its tokens'",
    "mean_sqrt_len_tokens": "the sum of all its tokens', by the root of their number",
    "weightedmean": "a mean of all its tokens' in which later ones count more",
    "lasttoken": "that of its last token",
}

#: What is said where the files name no way, by the one that is taken then.
_UNNAMED = {
    "mean": "; the model's files name no way to it, and this one is usual",
    "lasttoken": ", which alone has read the whole text; the model wasn't trained to tell texts "
    "apart by it",
}


def _describe_texts(shared: Shared) -> str:
    """Put the similarity of two texts in words, and how it was measured."""
    rules = shared.rules
    if shared.texts is None:
        return (
            f"The model's files ask for {join_words(rules.others)}, which the lab doesn't "
            "compute, so no cosine of the two texts is told."
        )
    vector = join_words([_VECTORS[way] for way in rules.ways])
    joined = ", laid end to end" if len(rules.ways) > 1 else ""
    trained = ", as the model was trained" if rules.pooling else _UNNAMED[rules.usual]
    told = [
        f"The cosine between the two texts' vectors is {number(shared.texts)}.",
        f"A text's vector is {vector} in the last layer{joined}{trained}.",
    ]
    if shared.whole is not None:
        told.append(
            f"Of a longer text the first {rules.max_tokens} tokens count, as in its training; "
            f"with all of them the cosine is {number(shared.whole)}."
        )
    return " ".join(told)
