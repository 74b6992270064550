"""Heads: several views of the same words side by side, each with its own projections.

Source: Vaswani et al., "Attention Is All You Need" (2017), section 3.2.2.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from .. import limits
from ..scenario import Array, Scenario
from . import PROJECTIONS, side_by_side


def with_heads(s: Scenario) -> Scenario:
    """Give the projections an axis of heads, and a W_o, if they have none yet.

    Parameters
    ----------
    s : Scenario

    Returns
    -------
    Scenario
        With the same weights and output.

    Examples
    --------
    >>> from attn_core.presets import DEFAULT
    >>> s = with_heads(DEFAULT.scenario)
    >>> s.heads, s.W_q.shape, s.W_o.shape
    (('head 1',), (1, 4, 4), (4, 4))
    """
    W_o = side_by_side(s.h * s.d_v, s.d_model) if s.W_o is None else s.W_o
    if s.W_q.ndim == 3:
        return replace(s, W_o=W_o)
    return replace(s, W_q=s.W_q[None], W_k=s.W_k[None], W_v=s.W_v[None], W_o=W_o)


def added(s: Scenario, like: int | None = None) -> Scenario:
    """Add a head behind the others: a new one, or a copy.

    Parameters
    ----------
    s : Scenario
    like : int, optional
        The head to copy, from 0. Left out, the new head's projections are the identity,
        so that it sees likeness alone.

    Raises
    ------
    ValueError
        When there are as many heads as the lab shows.

    Examples
    --------
    >>> from attn_core.presets import DEFAULT
    >>> s = added(DEFAULT.scenario, like=0)
    >>> s.heads, s.W_o.shape
    (('head 1', 'head 1 copy'), (8, 4))
    """
    limits.check_sizes(h=s.h + 1)
    s = with_heads(s)
    name = _unused(s, f"head {s.h + 1}" if like is None else f"{s.heads[like]} copy")
    W = {
        each: np.eye(*getattr(s, each).shape[1:]) if like is None else getattr(s, each)[like]
        for each in PROJECTIONS
    }
    rows = side_by_side((s.h + 1) * s.d_v, s.d_model)[s.h * s.d_v :]
    if like is not None:
        rows = _rows(s, like)
    return replace(
        s,
        W_q=np.concatenate([s.W_q, W["W_q"][None]]),
        W_k=np.concatenate([s.W_k, W["W_k"][None]]),
        W_v=np.concatenate([s.W_v, W["W_v"][None]]),
        W_o=np.concatenate([_W_o(s), rows]),
        heads=(*s.heads, name),
    )


def removed(s: Scenario, i: int) -> Scenario:
    """Take a head out, with its rows of W_o.

    Raises
    ------
    ValueError
        When it is the only one.

    Examples
    --------
    >>> from attn_core.presets import DEFAULT
    >>> removed(added(DEFAULT.scenario), 0).heads
    ('head 2',)
    """
    if s.h == 1:
        raise ValueError("One head must stay; attention without a head is nothing.")
    kept = [k for k in range(s.h) if k != i]
    rows = np.concatenate([_rows(s, k) for k in kept]) if s.W_o is not None else None
    return replace(
        s,
        W_q=s.W_q[kept],
        W_k=s.W_k[kept],
        W_v=s.W_v[kept],
        W_o=rows,
        heads=tuple(s.heads[k] for k in kept),
    )


def renamed(s: Scenario, i: int, name: str) -> Scenario:
    """Call a head by another name.

    Raises
    ------
    ValueError
        When the name is empty, or another head's.

    Examples
    --------
    >>> from attn_core.presets import DEFAULT
    >>> renamed(with_heads(DEFAULT.scenario), 0, " grammar ").heads
    ('grammar',)
    """
    name = " ".join(name.split())
    if not name:
        raise ValueError("A head needs a name; it was empty.")
    if name in (*s.heads[:i], *s.heads[i + 1 :]):
        raise ValueError(f"Another head is called {name!r:.40} already.")
    s = with_heads(s)
    return replace(s, heads=(*s.heads[:i], name, *s.heads[i + 1 :]))


def _W_o(s: Scenario) -> Array:
    return side_by_side(s.h * s.d_v, s.d_model) if s.W_o is None else s.W_o


def _rows(s: Scenario, i: int) -> Array:
    """Rows of W_o that read a head."""
    return _W_o(s)[i * s.d_v : (i + 1) * s.d_v]


def _unused(s: Scenario, name: str) -> str:
    """Shorten or number a name until no head has it."""
    name = name[: limits.MAX_HEAD_LENGTH].rstrip()
    count = 1
    while (candidate := name if count == 1 else f"{name} {count}") in s.heads:
        count += 1
        name = name[: limits.MAX_HEAD_LENGTH - len(f" {count}")].rstrip()
    return candidate
