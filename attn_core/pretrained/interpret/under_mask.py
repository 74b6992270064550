"""What an encoder with a masked language model's head says of a token that is hidden from it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TypeGuard

import numpy as np

from ...attention import softmax
from ...explain.wording import Escape, join_words, say_token
from ...notation.labels import number
from ...scenario import Array
from ..bert.masked import MaskedHead
from ..decoder.sampling import likeliest
from ..encoded import Encoded
from ..encoder import Encoder
from ..model import Model
from ..parts.heads import Head, describe_heads
from .head_worth import Metric
from .what_is_next import DECIMALS, SHOWN, TOLD


@dataclass(frozen=True, eq=False)
class UnderMask:
    """What may stand under a mask.

    Attributes
    ----------
    mask : str
        What stands in the text.
    place : int
        Of the mask, among the tokens.
    places : tuple of int
        Of all masks of the text.
    names : tuple of str, length m
        The likeliest tokens first.
    probabilities : ndarray, shape (m,)
    vocabulary : int
        How many tokens there are.
    """

    mask: str
    place: int
    places: tuple[int, ...]
    names: tuple[str, ...]
    probabilities: Array
    vocabulary: int


def can_guess(model: Model) -> TypeGuard[Encoder]:
    """Whether a model has a head that says what stands under a mask, and a sign for the mask."""
    return isinstance(model, Encoder) and bool(model.masked and model.tokenizer.mask)


def masks(model: Encoder, encoded: Encoded) -> tuple[int, ...]:
    """Places of the masks among the tokens of a text."""
    return tuple(i for i, token in enumerate(encoded.tokens) if token == model.tokenizer.mask)


def under_mask(model: Encoder, encoded: Encoded, query: int) -> UnderMask | None:
    """Compute what may stand under a mask of a text; None where it has none.

    Parameters
    ----------
    model : Encoder
        With a head for it; see `can_guess`.
    encoded : Encoded
        A text as this model read it.
    query : int
        Place of the mask that is meant; the first one where there is none.
    """
    if (place := _place(model, encoded, query)) is None or model.masked is None:
        return None
    return _found(model, encoded, place, _probabilities(model.masked, encoded, place))


def _place(model: Encoder, encoded: Encoded, query: int) -> int | None:
    places = masks(model, encoded)
    return query if query in places else next(iter(places), None)


def _found(model: Encoder, encoded: Encoded, place: int, chances: Array) -> UnderMask:
    found = likeliest(chances, SHOWN)
    return UnderMask(
        encoded.tokens[place],
        place,
        masks(model, encoded),
        tuple(model.tokenizer.piece(i) for i, _ in found),
        np.array([p for _, p in found]),
        len(chances),
    )


def _probabilities(head: MaskedHead, encoded: Encoded, place: int) -> Array:
    return softmax(head.logits(encoded.hidden[[place]])[0].astype(np.float64))


@dataclass(frozen=True, eq=False)
class ChangedMask:
    """What may stand under a mask with all heads, and without some.

    Attributes
    ----------
    before : UnderMask
        With all heads.
    off : str
        Names the heads that are switched off.
    after : ndarray, shape (m,)
        What the same tokens have without them.
    best : str
        The likeliest token then.
    probability : float
        Of that token.
    """

    before: UnderMask
    off: str
    after: Array
    best: str
    probability: float


def changed_mask(
    model: Encoder, encoded: Encoded, query: int, off: Collection[Head]
) -> ChangedMask | None:
    """Compare what may stand under a mask with all heads and without some.

    Parameters
    ----------
    model, encoded, query
        As for `under_mask`.
    off : collection of (layer, head)
        From 0; one at least.
    """
    if (place := _place(model, encoded, query)) is None or model.masked is None:
        return None
    each = encoded, encoded.without(off)
    before, after = (_probabilities(model.masked, text, place) for text in each)
    ids, best = [i for i, _ in likeliest(before, SHOWN)], int(after.argmax())
    return ChangedMask(
        _found(model, encoded, place, before),
        describe_heads(off, model.heads),
        after[ids],
        model.tokenizer.piece(best),
        float(after[best]),
    )


def mask_probability(model: Encoder, encoded: Encoded, found: UnderMask) -> Metric:
    """Measure how likely the token is under a mask that is the likeliest with all heads."""
    assert model.masked is not None
    head, place = model.masked, found.place
    token = int(_probabilities(head, encoded, place).argmax())
    return lambda off: float(_probabilities(head, encoded.without(off), place)[token])


def describe_changed_mask(changed: ChangedMask, escape: Escape = str) -> str:
    """Put in words what becomes of the token that is the likeliest with all heads.

    Examples
    --------
    >>> found = UnderMask("[MASK]", 2, (2,), ("cat",), np.array([0.625]), 23)
    >>> changed = ChangedMask(found, "head 1 of layer 2", np.array([0.25]), "dog", 0.5)
    >>> print(describe_changed_mask(changed))
    Under [MASK] cat has 0.625 with all heads, and 0.250 without head 1 of layer 2; then dog is \
the likeliest (0.500).
    """
    found = changed.before
    first, best = (say_token(name, escape) for name in (found.names[0], changed.best))
    with_all, without = (number(p[0], DECIMALS) for p in (found.probabilities, changed.after))
    other = f"; then {best} is the likeliest ({number(changed.probability, DECIMALS)})"
    return (
        f"Under {escape(found.mask)} {first} has {with_all} with all heads, and {without} without "
        f"{changed.off}{'' if best == first else other}."
    )


def with_mask(model: Encoder, encoded: Encoded, tokens: Sequence[int]) -> str | None:
    """Put the mask in place of tokens beside each other; None where the text doesn't have them.

    Parameters
    ----------
    model : Encoder
    encoded : Encoded
    tokens : sequence of int
        Places of a token, or of all of a word.
    """
    spans, special = encoded.pieces.spans, encoded.pieces.special
    begin, end = spans[tokens[0]][0], spans[tokens[-1]][1]
    mask, letters = model.tokenizer.mask, encoded.text[begin:end]
    if mask is None or any(special[i] for i in tokens) or not letters.strip():
        return None
    begin += len(letters) - len(letters.lstrip())  # some count the space before it to a token
    return encoded.text[:begin] + mask + encoded.text[end:]


def describe_under_mask(found: UnderMask, escape: Escape = str) -> str:
    """Name the tokens that most likely stand under a mask.

    Examples
    --------
    >>> numbers = np.array([0.625, 0.25])
    >>> print(describe_under_mask(UnderMask("[MASK]", 2, (2,), ("cat", "dog"), numbers, 23)))
    Under [MASK] most likely stand cat (0.625) and dog (0.250), of 23 tokens.
    """
    pairs = zip(found.names[:TOLD], found.probabilities, strict=False)
    named = [f"{say_token(name, escape)} ({number(p, DECIMALS)})" for name, p in pairs]
    which = ""
    if len(found.places) > 1:
        which = f", number {found.places.index(found.place) + 1} of {len(found.places)} here,"
    said = f"Under {escape(found.mask)}{which} most likely stand {join_words(named)}"
    return f"{said}, of {found.vocabulary:,} tokens."
