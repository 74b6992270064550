"""Features and sizes; what still fits is kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from .. import limits
from ..scenario import Array, Scenario
from ..shape_rule import resized
from ..text.embeddings import embed, more_features
from .matrices import PROJECTIONS, replaced


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
    return replaced(s, features=tuple(features), **changed)


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
    return replace(
        s,
        W_q=resized(s.W_q, s.d_model, d_k or s.d_k),
        W_k=resized(s.W_k, s.d_model, d_k or s.d_k),
        W_v=resized(s.W_v, s.d_model, d_v or s.d_v),
        W_o=_resized_W_o(s, d_v or s.d_v),
    )


def _resized_W_o(s: Scenario, d_v: int) -> Array | None:
    """W_o with so many rows for each head."""
    if s.W_o is None:
        return None
    of_heads: Array = resized(s.W_o.reshape(s.h, s.d_v, s.d_model), d_v, s.d_model)
    return of_heads.reshape(s.h * d_v, s.d_model)


def as_is(s: Scenario) -> Scenario:
    """Make all projections the identity: Q, K and V are X, in cross-attention K and V are Z."""
    eye = np.broadcast_to(np.eye(s.d_model), (*s.W_q.shape[:-2], s.d_model, s.d_model))
    return replace(s, W_q=eye, W_k=eye, W_v=eye, W_o=_resized_W_o(s, s.d_model))
