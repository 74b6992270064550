"""Changes to a scenario: each takes one and returns the next, on the lab's grid.

What still fits is always kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import ArrayLike

from . import limits, masks
from . import tokens as words
from .embeddings import embed, more_features
from .masks import MaskKind
from .scenario import Array, Scenario, resized
from .vocabulary import PLACES

#: The matrices that a visitor edits.
MatrixName = Literal["X", "W_q", "W_k", "W_v"]
PROJECTIONS: tuple[MatrixName, ...] = ("W_q", "W_k", "W_v")
MATRICES: tuple[MatrixName, ...] = ("X", *PROJECTIONS)


def with_sentence(s: Scenario, sentence: str) -> Scenario:
    """Split a new sentence; words that stay keep their edited numbers and mask.

    Parameters
    ----------
    s : Scenario
    sentence : str

    Returns
    -------
    Scenario
        With n = the number of tokens; the projections are as they were.

    Raises
    ------
    ValueError
        When the sentence breaks a limit; see `limits.check_sentence` and `check_tokens`.

    Examples
    --------
    >>> from attn_core.presets import DEFAULT
    >>> s = with_sentence(DEFAULT.scenario, "Je ne suis pas heureux")
    >>> s.tokens, s.X.shape
    (('Je', 'ne', 'suis', 'pas', 'heureux'), (5, 4))
    """
    limits.check_sentence(sentence)
    tokens = words.split(sentence)
    limits.check_tokens(tokens)
    X = embed(tokens, s.features)
    old, new = words.aligned(s.tokens, tokens)
    X[new] = s.X[old]
    # Where a word stands may change even if the word stays.
    places = [j for j, name in enumerate(s.features) if name in PLACES]
    X[:, places] = embed(tokens, s.features)[:, places]
    return limits.admit(replace(s, tokens=tokens, X=X, mask=_fit_mask(s, len(tokens), old, new)))


def with_features(s: Scenario, features: Sequence[str]) -> Scenario:
    """Choose which features the embeddings have; those that stay keep their numbers.

    A new feature brings its values for these words from the vocabulary, and rows of
    zeros to the projections.

    Parameters
    ----------
    s : Scenario
    features : sequence of str, length 2 to 8

    Returns
    -------
    Scenario
        With d_model = the number of features.

    Raises
    ------
    ValueError
        When there are too few, too many, or two of one name.

    Examples
    --------
    >>> from attn_core.presets import DEFAULT
    >>> with_features(DEFAULT.scenario, ("verb", "noun")).X
    array([[0., 0.],
           [1., 0.],
           [0., 0.]])
    """
    limits.check_sizes(d_model=len(features))
    X = embed(s.tokens, features)
    rows: dict[str, Array] = {
        name: np.zeros((len(features), getattr(s, name).shape[1])) for name in PROJECTIONS
    }
    for new, feature in enumerate(features):
        if feature in s.features:
            old = s.features.index(feature)
            X[:, new] = s.X[:, old]
            for name, W in rows.items():
                W[new] = getattr(s, name)[old]
    return limits.admit(_replaced(s, features=tuple(features), X=X, **rows))


def with_size(
    s: Scenario, *, d_model: int | None = None, d_k: int | None = None, d_v: int | None = None
) -> Scenario:
    """Change sizes; the values that still fit stay, new ones are neutral.

    New features come in the vocabulary's order; new columns of projections are 0.

    Parameters
    ----------
    s : Scenario
    d_model, d_k, d_v : int, optional
        Left out, a size stays.

    Raises
    ------
    ValueError
        When a size is beyond the lab's limits.

    Examples
    --------
    >>> from attn_core.presets import DEFAULT
    >>> s = with_size(DEFAULT.scenario, d_model=5, d_k=3)
    >>> s.features[-1], s.W_q.shape, s.W_v.shape
    ('noun', (5, 3), (5, 4))
    """
    limits.check_sizes(d_model=d_model, d_k=d_k, d_v=d_v)
    if d_model is not None:
        s = with_features(s, more_features(s.features, d_model))
    return limits.admit(
        replace(
            s,
            W_q=resized(s.W_q, s.d_model, d_k or s.d_k),
            W_k=resized(s.W_k, s.d_model, d_k or s.d_k),
            W_v=resized(s.W_v, s.d_model, d_v or s.d_v),
        )
    )


def with_matrix(s: Scenario, name: MatrixName, values: ArrayLike) -> Scenario:
    """Replace a whole matrix.

    Parameters
    ----------
    s : Scenario
    name : {"X", "W_q", "W_k", "W_v"}
    values : array_like, in the shape that the matrix has
        Rounded to multiples of 0.001.

    Raises
    ------
    ValueError
        When the shape or a number is wrong; the message says what was expected.

    Examples
    --------
    >>> from attn_core.presets import DEFAULT
    >>> with_matrix(DEFAULT.scenario, "W_q", np.full((4, 4), 0.12345)).W_q[0, 0]
    np.float64(0.123)
    """
    array = np.asarray(values, dtype=np.float64)
    expected = getattr(s, name).shape
    if array.shape != expected:
        raise ValueError(f"{name} must be {expected}, got {array.shape}.")
    return limits.admit(_replaced(s, **{name: limits.on_grid(name, array)}))


def read_number(text: str | None, where: str) -> float:
    """Read a number as people write it: with a decimal point or comma, and any minus sign.

    Parameters
    ----------
    text : str or None
        What was typed; None is an emptied box.
    where : str
        Names the box in the message.

    Raises
    ------
    ValueError
        When it isn't a number.

    Examples
    --------
    >>> read_number("1,5", "X"), read_number("−0.25", "X"), read_number("1e1", "X")
    (1.5, -0.25, 10.0)
    >>> read_number("1.000,5", "X, row Je, column verb")
    Traceback (most recent call last):
    ValueError: X, row Je, column verb: expected a number such as 1.5, got '1.000,5'.
    """
    if not isinstance(text, str | None):
        raise ValueError(f"{where}: expected a number such as 1.5 as text, got {text!r:.40}.")
    written = (text or "").strip().replace("−", "-").replace(",", ".")
    try:
        return float(written)
    except ValueError:
        came = repr(text)[:40] if written else "an empty box"
        raise ValueError(f"{where}: expected a number such as 1.5, got {came}.") from None


def with_cell(s: Scenario, name: MatrixName, row: int, column: int, value: float) -> Scenario:
    """Replace one number of a matrix; row and column count from 0.

    Raises
    ------
    ValueError
        When the matrix has no such box, or the number is wrong.

    Examples
    --------
    >>> from attn_core.presets import DEFAULT
    >>> with_cell(DEFAULT.scenario, "X", 0, 1, -2.5).X[0]
    array([ 1. , -2.5,  0. ,  1. ])
    """
    values = np.array(getattr(s, name))
    rows, columns = values.shape
    if not (0 <= row < rows and 0 <= column < columns):  # a negative index would count back
        raise ValueError(f"{name} is {rows}×{columns}; it has no box ({row + 1}, {column + 1}).")
    values[row, column] = value
    return with_matrix(s, name, values)


def with_mask_kind(s: Scenario, kind: MaskKind) -> Scenario:
    """Choose no mask, the causal one, or a custom one that starts from what is there.

    Raises
    ------
    ValueError
        When there is no mask of that kind.

    Examples
    --------
    >>> from attn_core.presets import DEFAULT
    >>> with_mask_kind(DEFAULT.scenario, "causal").mask[0]
    array([ True, False, False])
    """
    match kind:
        case "none":
            return replace(s, mask=None)
        case "causal":
            return replace(s, mask=masks.causal(s.n))
        case "custom":
            return replace(s, mask=s.allowed)
        case _:
            raise ValueError(f"mask must be one of {get_args(MaskKind)}, got {kind!r:.40}.")


def identity(s: Scenario, name: MatrixName) -> Array:
    """Ones on the diagonal, in the shape that the matrix has."""
    return np.eye(*getattr(s, name).shape)


def zeros(s: Scenario, name: MatrixName) -> Array:
    """Zeros, in the shape that the matrix has."""
    return np.zeros(getattr(s, name).shape)


def random(s: Scenario, name: MatrixName, seed: int) -> Array:
    """Draw normal numbers in steps of 0.05 within ±3, the same for the same seed and shape.

    Examples
    --------
    >>> from attn_core.presets import DEFAULT
    >>> random(DEFAULT.scenario, "W_q", seed=1).shape
    (4, 4)
    """
    drawn: Array = np.random.default_rng(seed).normal(size=getattr(s, name).shape)
    return (drawn * 20).round().clip(-60, 60) / 20


def as_started(s: Scenario, name: MatrixName, start: Scenario) -> Array:
    """The matrix of the scenario it started from, in today's shape; X is looked up anew."""
    if name == "X":
        return embed(s.tokens, s.features)
    return resized(getattr(start, name), *getattr(s, name).shape)


def as_is(s: Scenario) -> Scenario:
    """Return the scenario with Q = K = V = X: all projections are the identity."""
    eye = np.eye(s.d_model)
    return replace(s, W_q=eye, W_k=eye, W_v=eye)


def _replaced(s: Scenario, **changes: Any) -> Scenario:
    """`replace` for changes whose names are only known as the program runs."""
    return replace(s, **changes)


def _fit_mask(s: Scenario, n: int, old: list[int], new: list[int]) -> Array | None:
    kind = masks.kind(s.mask)
    if kind == "none":
        return None
    if kind == "causal":
        return masks.causal(n)
    mask = np.ones((n, n), dtype=bool)
    mask[np.ix_(new, new)] = s.allowed[np.ix_(old, old)]
    # A kept row whose only open word is gone would block everything: it opens to itself.
    blocked = ~mask.any(axis=1)
    mask[blocked, np.flatnonzero(blocked)] = True
    return mask
