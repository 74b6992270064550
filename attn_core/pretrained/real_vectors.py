"""The vectors that a pretrained model has of the words, as the embeddings of the lab."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .. import limits
from ..analysis.pca import pca
from ..edits.matrices import replaced
from ..explain.wording import Escape, join_words, pluralize
from ..notation.labels import isolate, number, percent
from ..scenario import Array, Scenario
from ..text.embeddings import Source, axis_names, embed, more_features

#: Length of the longest row, so that all numbers are within the sliders' ±3.
LONGEST = 3.0
#: What float32 vectors lose when all axes are kept.
_ROUNDING = 1e-5
#: Numbers that differ by no more than a step of the grid are the same on two machines.
_SAME = 1.5 * 10.0**-limits.DECIMALS


@dataclass(frozen=True, eq=False)
class Reduced:
    """A model's vectors along the principal axes of the words of a scenario; made by `reduced`.

    Attributes
    ----------
    X : ndarray, shape (n, d_model)
    Z : ndarray, shape (n_k, d_model), optional
        The second sentence's, along the same axes.
    kept : float
        Part of the variance that the axes keep; 0 where the vectors are all the same.
    factor : float
        What the coordinates are multiplied by.
    """

    X: Array
    Z: Array | None
    kept: float
    factor: float


def reduced(vectors: Array, context: Array | None, d_model: int) -> Reduced:
    """Place the words of one sentence or two along d_model principal axes of all of them.

    One factor is common to all, so `X Xᵀ` is in proportion to the scalar products of the
    centred vectors: exactly, if there are no more than d_model + 1 words.

    Parameters
    ----------
    vectors : ndarray, shape (n, width)
    context : ndarray, shape (n_k, width), optional
    d_model : int

    Examples
    --------
    >>> of_words = np.array([[1.0, 0.0, 0.0], [1.0, 4.0, 0.0]])
    >>> reduced(of_words, None, 2).X
    array([[-3.,  0.],
           [ 3.,  0.]])
    """
    rows = vectors if context is None else np.concatenate([vectors, context])
    found = pca(rows, d_model)
    longest = np.linalg.norm(found.coordinates, axis=1).max()
    factor = LONGEST / longest if longest else 1.0
    values, n = found.coordinates * factor, len(vectors)
    return Reduced(values[:n], None if context is None else values[n:], found.kept, factor)


def with_real_vectors(
    s: Scenario, source: Source, vectors: Array, context: Array | None = None
) -> Scenario:
    """Take a model's vectors for embeddings; all else stays as it is.

    Parameters
    ----------
    s : Scenario
    source : {"word", "context"}
        Where in the model they are from; it names the features.
    vectors : ndarray, shape (n, width)
        One row for each word.
    context : ndarray, shape (n_k, width), optional
        One row for each word of the second sentence, where there is one.

    Raises
    ------
    ValueError
        When the rows aren't those of the words.

    Examples
    --------
    >>> from attn_core.presets import DEFAULT
    >>> s = with_real_vectors(DEFAULT.scenario, "word", np.array([[0.0], [1.0], [5.0]]))
    >>> s.features[0], s.X[:, 0]
    ('axis 1 word', array([-2., -1.,  3.]))
    """
    if (context is None) == s.is_cross:
        raise ValueError("Expected vectors of the second sentence where there is one, and only so.")
    found = reduced(vectors, context, s.d_model)
    features = axis_names(source, s.d_model)
    # Rounded here, so that the gate has no rounding to note: nobody typed these numbers.
    return limits.validate(replaced(s, X=found.X, Z=found.Z, features=features))


def with_vocabulary(s: Scenario, start: Scenario) -> Scenario:
    """Go back to the vocabulary's vectors; the projections read its features as at the start.

    Parameters
    ----------
    s : Scenario
    start : Scenario
        What it started from, whose features come first.

    Examples
    --------
    >>> from attn_core.presets import DEFAULT
    >>> s = DEFAULT.scenario
    >>> with_vocabulary(with_real_vectors(s, "word", np.eye(3, 5)), s) == s
    True
    """
    features = more_features(start.features, s.d_model)
    Z = embed(s.context, features) if s.is_cross else None
    return limits.validate(replaced(s, X=embed(s.tokens, features), Z=Z, features=features))


def describe_vectors(
    s: Scenario,
    source: Source,
    found: Reduced,
    *,
    model: str = "the model",
    lacking: tuple[str, ...] = (),
    escape: Escape = str,
) -> tuple[str, ...]:
    r"""Say where a model's vectors come from and what the axes keep of them.

    Parameters
    ----------
    s : Scenario
    source : {"word", "context"}
    found : Reduced
        What the model has for these words, which the scenario's numbers may be no longer.
    model : str
        Its name, ready for the sentence.
    lacking : tuple of str
        Words that the model doesn't know.
    escape : callable
        Applied to each word.

    Examples
    --------
    >>> from attn_core.presets import DEFAULT
    >>> found = reduced(np.eye(3, 5), None, 4)
    >>> s = with_real_vectors(DEFAULT.scenario, "word", np.eye(3, 5))
    >>> for line in describe_vectors(s, "word", found): print(line.replace(". ", ".\n"))
    The vectors are those of the model's table, before any layer.
    A word in pieces is the mean of its pieces.
    3 words, 4 axes: 100 % of the variance.
    The axes are those along which these words differ most, counted from their mean.
    All numbers are multiplied by 3.67, so that the longest row has length 3.
    """
    where = _WHERE[source].format(model=model)
    origin = f"The vectors are {where}. A word in pieces is the mean of its pieces."
    told = [origin, _describe_axes(s, found)]
    if lacking:
        names = join_words([escape(isolate(word)) for word in lacking])
        told.append(
            f"The model doesn't know {names}: what it doesn't know has one and the same vector, "
            "so another word says more."
        )
    return (*_describe_edited(s, found), *told)


_WHERE = {
    "word": "those of {model}'s table, before any layer",
    "context": "what leaves the last layer of {model}, where each word has read its sentence",
}


def _describe_axes(s: Scenario, found: Reduced) -> str:
    count = s.n + len(s.context)
    words = f"{pluralize(count, 'word')}{' of both sentences' if s.is_cross else ''}"
    if not found.kept:
        what = "A single word has" if count == 1 else "Words that are all the same have"
        return (
            f"{what} nothing to differ from, and the axes begin at the mean of the words: "
            "all numbers are 0. Add another word."
        )
    return (
        f"{words}, {s.d_model} axes: {_share(found.kept)} of the variance. The axes are those "
        "along which these words differ most, counted from their mean. All numbers are "
        f"multiplied by {number(found.factor)}, so that the longest row has length {LONGEST:g}."
    )


def _share(part: float) -> str:
    """Write a part of 1; what is less than all, but for rounding, isn't written as all."""
    if 0.99 < part < 1 - _ROUNDING:
        return f"{number(min(100 * part, 99.9), 1)} %"
    return percent(part)


def _describe_edited(s: Scenario, found: Reduced) -> tuple[str, ...]:
    """Say which matrices hold other numbers than the model gives."""
    pairs = (("X", s.X, found.X), ("Z", s.Z, found.Z))
    edited = [
        name
        for name, ours, theirs in pairs
        if ours is not None
        and theirs is not None
        and not np.allclose(ours, theirs, rtol=0, atol=_SAME)
    ]
    if not edited:
        return ()
    holds = "hold" if len(edited) > 1 else "holds"
    return (
        f"{join_words(edited)} {holds} other numbers now than the model gives; "
        "what follows is about the model's.",
    )
