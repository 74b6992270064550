"""How a model's attention is designed, apart from what it has learned."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Design:
    """How a model's attention is designed.

    Attributes
    ----------
    kv_heads : int
        Heads of keys and values; fewer than heads of queries where several share one.
    is_causal : bool
        Whether tokens attend only to themselves and to those before them.
    biased : bool
        Whether queries, keys and values have biases.
    rope : bool
        Whether queries and keys are rotated.
    qk_norm : bool
        Whether queries and keys are normalised before that.
    scale : bool
        Whether scores are divided by √d_k.
    by_layer : bool
        Whether they are divided by the number of their layer, from 1, as well.
    """

    kv_heads: int
    is_causal: bool = False
    biased: bool = True
    rope: bool = False
    qk_norm: bool = False
    scale: bool = True
    by_layer: bool = False
