"""Changes to a scenario: each takes one and returns the next, on the lab's grid.

What still fits is always kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike

from . import labels, limits, masks, positions
from . import tokens as words
from .embeddings import embed, more_features
from .equation import Block
from .masks import MaskKind
from .positions import FIRST_SLOPE, PositionKind
from .scenario import Array, Scenario, resized
from .steps import step
from .vocabulary import PLACES

#: Places before and, one for one, after a change.
Pairs = tuple[list[int], list[int]]

#: The second sentence to start with.
CONTEXT = "I am happy"

#: The matrices that a visitor edits; the last three are there in some scenarios only.
MatrixName = Literal["X", "W_q", "W_k", "W_v", "Z", "P", "W_o"]
PROJECTIONS: tuple[MatrixName, ...] = ("W_q", "W_k", "W_v")
MATRICES: tuple[MatrixName, ...] = ("X", *PROJECTIONS)


def editable(s: Scenario) -> tuple[MatrixName, ...]:
    """Name the matrices that a scenario has for the visitor to edit.

    Examples
    --------
    >>> from attn_core.presets import DEFAULT
    >>> editable(with_context(DEFAULT.scenario, "I am"))
    ('X', 'Z', 'W_q', 'W_k', 'W_v')
    """
    order: tuple[MatrixName, ...] = ("X", "Z", "P", *PROJECTIONS, "W_o")
    return tuple(name for name in order if getattr(s, name) is not None)


def matrix_of(s: Scenario, name: MatrixName, head: int = 0) -> Array:
    """What is edited of a matrix: one head's share of it, where heads share it out.

    Parameters
    ----------
    s : Scenario
    name : str
        One of `editable`.
    head : int
        From 0. Of W_o it has the d_v rows that read this head.
    """
    whole: Array = getattr(s, name)
    share: Array = whole[_share(s, name, head)]
    return share


def block_of(s: Scenario, name: MatrixName, head: int = 0) -> Block:
    """What is edited of a matrix, with its labels; places of P are counted.

    Examples
    --------
    >>> from attn_core.presets import DEFAULT
    >>> block_of(with_positions(DEFAULT.scenario, "learned"), "P").rows
    ('1', '2', '3')
    """
    which = step(name)
    rows, columns = (labels.axis(s, axis) for axis in which.axes)
    values = matrix_of(s, name, head)
    if name == "P":
        rows = tuple(str(i) for i in range(1, len(values) + 1))
    if name == "W_o":
        rows = rows[head * s.d_v : (head + 1) * s.d_v]
    return Block(which, values, rows, columns)


def _share(s: Scenario, name: MatrixName, head: int) -> Any:
    """Index of a head's part in a matrix."""
    if not 0 <= head < s.h:
        raise ValueError(f"There are {s.h} heads; there is no head {head + 1}.")
    if name == "W_o":
        return slice(head * s.d_v, (head + 1) * s.d_v)
    return head if name in PROJECTIONS and s.W_q.ndim == 3 else ...


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
    X, stay = _embedded_anew(s, tokens, s.tokens, s.X)
    if s.is_cross:
        return _fitted(s, (stay, _all(s.n_k)), tokens=tokens, X=X)
    return _fitted(s, (stay, stay), tokens=tokens, X=X)


def with_context(s: Scenario, sentence: str) -> Scenario:
    """Let keys and values come from a second sentence, or from a new second one.

    Words that stay keep their edited numbers and mask. Causal masks, windows, RoPE and
    ALiBi compare places in one sentence, so they go.

    Parameters
    ----------
    s : Scenario
    sentence : str
        Empty for no second sentence: self-attention again.

    Raises
    ------
    ValueError
        When the sentence breaks a limit, as in `with_sentence`.

    Examples
    --------
    >>> from attn_core.presets import DEFAULT
    >>> s = with_context(DEFAULT.scenario, "I am")
    >>> s.context, s.Z.shape, with_context(s, "") == DEFAULT.scenario
    (('I', 'am'), (2, 4), True)
    """
    limits.check_sentence(sentence)
    tokens = words.split(sentence)
    if not tokens:
        return _fitted(s, None, context=(), Z=None) if s.is_cross else s
    limits.check_tokens(tokens)
    Z, stay = _embedded_anew(s, tokens, s.context, s.Z)
    if not s.is_cross:
        kept = s.positions if s.positions in ("sinusoidal", "learned") else "none"
        return _fitted(s, None, context=tokens, Z=Z, positions=kept, slope=None)
    return _fitted(s, (_all(s.n), stay), context=tokens, Z=Z)


def _embedded_anew(
    s: Scenario, tokens: Sequence[str], before: Sequence[str], values: Array | None
) -> tuple[Array, Pairs]:
    """Embed words, those that were there before as they were; tell which those are."""
    X = embed(tokens, s.features)
    old, new = words.aligned(tuple(before), tuple(tokens))
    if values is not None:
        X[new] = values[old]
    # Where a word stands may change even if the word stays.
    places = [j for j, name in enumerate(s.features) if name in PLACES]
    X[:, places] = embed(tokens, s.features)[:, places]
    return X, (old, new)


def _all(n: int) -> Pairs:
    return list(range(n)), list(range(n))


def _fitted(s: Scenario, stay: tuple[Pairs, Pairs] | None, **changes: Any) -> Scenario:
    """Change the words, and fit the mask and the learned positions to them.

    `stay` tells which queries and which keys are still there; None if none can be told.
    """
    n = len(changes.get("tokens", s.tokens))
    n_k = len(changes.get("context", s.context)) or n
    fitting: dict[str, Any] = {
        "mask": _fit_mask(s, n, n_k, stay),
        "P": None if s.P is None else resized(s.P, max(n, n_k), s.d_model),
    }
    return limits.admit(replace(s, **(fitting | changes)))


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
    changed: dict[str, Array] = {"X": embed(s.tokens, features)}
    if s.Z is not None:
        changed["Z"] = embed(s.context, features)
    d = len(features)
    changed |= {
        name: np.zeros((*W.shape[:-2], d, W.shape[-1]))
        for name in PROJECTIONS
        if (W := getattr(s, name)) is not None
    }
    changed |= {
        name: np.zeros((len(W), d)) for name in ("P", "W_o") if (W := getattr(s, name)) is not None
    }
    kept = [(i, s.features.index(name)) for i, name in enumerate(features) if name in s.features]
    for name, values in changed.items():
        for new, old in kept:
            if name in PROJECTIONS:
                values[..., new, :] = getattr(s, name)[..., old, :]
            else:
                values[:, new] = getattr(s, name)[:, old]
    return limits.admit(_replaced(s, features=tuple(features), **changed))


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
            W_o=_resized_W_o(s, d_v or s.d_v),
        )
    )


def _resized_W_o(s: Scenario, d_v: int) -> Array | None:
    """W_o with so many rows for each head."""
    if s.W_o is None:
        return None
    of_heads: Array = resized(s.W_o.reshape(s.h, s.d_v, s.d_model), d_v, s.d_model)
    return of_heads.reshape(s.h * d_v, s.d_model)


def with_matrix(s: Scenario, name: MatrixName, values: ArrayLike, head: int = 0) -> Scenario:
    """Replace a whole matrix, or one head's share of it; see `matrix_of`.

    Parameters
    ----------
    s : Scenario
    name : str
        One of `editable`.
    values : array_like, in the shape of `matrix_of`
        Rounded to multiples of 0.001.
    head : int
        From 0.

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
    expected = matrix_of(s, name, head).shape
    if array.shape != expected:
        raise ValueError(f"{name} must be {expected}, got {array.shape}.")
    whole = np.array(getattr(s, name))
    whole[_share(s, name, head)] = limits.on_grid(name, array)
    return limits.admit(_replaced(s, **{name: whole}))


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


def with_cell(
    s: Scenario, name: MatrixName, row: int, column: int, value: float, head: int = 0
) -> Scenario:
    """Replace one number of a matrix; row, column and head count from 0.

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
    values = np.array(matrix_of(s, name, head))
    rows, columns = values.shape
    if not (0 <= row < rows and 0 <= column < columns):  # a negative index would count back
        raise ValueError(f"{name} is {rows}×{columns}; it has no box ({row + 1}, {column + 1}).")
    values[row, column] = value
    return with_matrix(s, name, values, head)


def with_mask_kind(s: Scenario, kind: MaskKind, size: int | None = None) -> Scenario:
    """Choose a mask; a custom one starts from what is there.

    Parameters
    ----------
    s : Scenario
    kind : str
        One of `masks.KINDS`.
    size : int, optional
        How many words are real (padding), or how far the window reaches. Left out, one
        word is padding, and a window reaches to the neighbours.

    Raises
    ------
    ValueError
        When there is no mask of that kind or size, with the reason.

    Examples
    --------
    >>> from attn_core.presets import DEFAULT
    >>> with_mask_kind(DEFAULT.scenario, "causal").mask[0]
    array([ True, False, False])
    """
    if kind not in masks.KINDS:
        raise ValueError(f"mask must be one of {masks.KINDS}, got {kind!r:.40}.")
    if kind in ("causal", "window") and s.is_cross:
        raise ValueError(
            f"A {kind} mask compares places in one sentence; with a second sentence there is none."
        )
    match kind:
        case "none":
            return replace(s, mask=None)
        case "causal":
            return replace(s, mask=masks.causal(s.n))
        case "padding":
            real = max(1, s.n_k - 1) if size is None else _within("Real words", size, 1, s.n_k)
            return replace(s, mask=masks.padding(s.n, s.n_k, real))
        case "window":
            reach = 1 if size is None else _within("The reach of a window", size, 0, s.n)
            return replace(s, mask=masks.window(s.n, reach))
    return replace(s, mask=s.allowed)


def _within(what: str, size: int, low: int, high: int) -> int:
    if type(size) is not int or not low <= size <= high:
        raise ValueError(f"{what} must be {low} to {high} here, got {size!r:.40}.")
    return size


def with_positions(s: Scenario, kind: PositionKind) -> Scenario:
    """Choose how a word knows its place; a learned table starts from the sinusoidal one.

    ALiBi starts with the slope of the first of its paper's eight heads, 1/2.

    Raises
    ------
    ValueError
        When the scenario can't have it, with the reason.

    Examples
    --------
    >>> from attn_core.presets import DEFAULT
    >>> with_positions(DEFAULT.scenario, "learned").P[1]
    array([0.841, 0.54 , 0.01 , 1.   ])
    """
    if kind == s.positions:
        return s
    places = max(s.n, s.n_k)
    P = positions.sinusoidal(places, s.d_model) if kind == "learned" else None
    return limits.admit(
        replace(s, positions=kind, P=P, slope=FIRST_SLOPE if kind == "alibi" else None)
    )


def reversed_words(s: Scenario) -> Scenario:
    """The words in reverse, each with its numbers; places, and the mask, stay in order.

    Examples
    --------
    >>> from attn_core.presets import DEFAULT
    >>> reversed_words(DEFAULT.scenario).tokens
    ('heureux', 'suis', 'Je')
    """
    return replace(s, tokens=s.tokens[::-1], X=s.X[::-1])


def identity(s: Scenario, name: MatrixName) -> Array:
    """Ones on the diagonal, in the shape that the matrix has."""
    return np.eye(*matrix_of(s, name).shape)


def zeros(s: Scenario, name: MatrixName) -> Array:
    """Zeros, in the shape that the matrix has."""
    return np.zeros(matrix_of(s, name).shape)


def random(s: Scenario, name: MatrixName, seed: int) -> Array:
    """Draw normal numbers in steps of 0.05 within ±3, the same for the same seed and shape.

    Examples
    --------
    >>> from attn_core.presets import DEFAULT
    >>> random(DEFAULT.scenario, "W_q", seed=1).shape
    (4, 4)
    """
    drawn: Array = np.random.default_rng(seed).normal(size=matrix_of(s, name).shape)
    return (drawn * 20).round().clip(-60, 60) / 20


def as_started(s: Scenario, name: MatrixName, start: Scenario, head: int = 0) -> Array:
    """The matrix of the scenario it started from, in today's shape.

    X and Z are looked up anew. A head that the start didn't have starts as its last one;
    positions and W_o that it didn't have, as the lab makes them.
    """
    if name == "X":
        return embed(s.tokens, s.features)
    if name == "Z":
        return embed(s.context, s.features)
    rows, columns = matrix_of(s, name).shape
    if getattr(start, name) is None:
        if name == "P":
            return positions.sinusoidal(rows, columns)
        return side_by_side(rows * (head + 1), columns)[-rows:]
    return resized(matrix_of(start, name, min(head, start.h - 1)), rows, columns)


def side_by_side(rows: int, d_model: int) -> Array:
    """W_o to start from: each number of the heads goes to the next feature, in turn.

    Examples
    --------
    >>> side_by_side(3, 2)
    array([[1., 0.],
           [0., 1.],
           [1., 0.]])
    """
    W_o: Array = np.eye(d_model)[np.arange(rows) % d_model]
    return W_o


def as_is(s: Scenario) -> Scenario:
    """Make all projections the identity: Q, K and V are X, in cross-attention K and V are Z."""
    eye = np.broadcast_to(np.eye(s.d_model), (*s.W_q.shape[:-2], s.d_model, s.d_model))
    return replace(s, W_q=eye, W_k=eye, W_v=eye, W_o=_resized_W_o(s, s.d_model))


def _replaced(s: Scenario, **changes: Any) -> Scenario:
    """`replace` for changes whose names are only known as the program runs."""
    return replace(s, **changes)


def _fit_mask(s: Scenario, n: int, n_k: int, stay: tuple[Pairs, Pairs] | None) -> Array | None:
    """Fit the mask to other words: named ones stay what they are."""
    kind = masks.kind(s.mask)
    if s.mask is None or stay is None:
        return None
    (old, new), (old_k, new_k) = stay
    match kind:
        case "causal":
            return masks.causal(n)
        case "window":
            return masks.window(n, masks.size(s.mask, kind))
        case "padding":
            real = masks.size(s.mask, kind)
            last = [i for i, k in zip(new_k, old_k, strict=True) if k < real]
            return masks.padding(n, n_k, last[-1] + 1 if last else min(real, n_k))
    mask = np.ones((n, n_k), dtype=bool)
    mask[np.ix_(new, new_k)] = s.allowed[np.ix_(old, old_k)]
    # A kept row whose only open word is gone would block everything: it opens to itself.
    blocked = ~mask.any(axis=1)
    mask[blocked] |= True if s.is_cross else np.eye(n, dtype=bool)[blocked]
    return mask
