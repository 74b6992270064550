"""What of a scenario decides which matrices it has and how their rows are labelled."""

from __future__ import annotations

from dataclasses import dataclass

from ..positions import PositionKind
from ..scenario import Scenario


@dataclass(frozen=True)
class Structure:
    """All of a scenario but its numbers; scenarios with equal ones share a graph.

    Attributes
    ----------
    tokens, context, features, heads : tuple of str
    d_k, d_v, h : int
    has_heads, has_mask, has_W_o, scale : bool
    temperature : float
    positions : str
    """

    tokens: tuple[str, ...]
    context: tuple[str, ...]
    features: tuple[str, ...]
    heads: tuple[str, ...]
    d_k: int
    d_v: int
    h: int
    has_heads: bool
    has_mask: bool
    has_W_o: bool
    scale: bool
    temperature: float
    positions: PositionKind

    @classmethod
    def of(cls, s: Scenario) -> Structure:
        """Read the structure of a scenario.

        Examples
        --------
        >>> from attn_core.presets import BY_KEY
        >>> four = Structure.of(BY_KEY["four-views"].scenario)
        >>> four.h, four.has_W_o, four.has_mask
        (4, True, False)
        """
        return cls(
            *(s.tokens, s.context, s.features, s.heads, s.d_k, s.d_v, s.h),
            has_heads=s.W_q.ndim == 3,
            has_mask=s.mask is not None,
            has_W_o=s.W_o is not None,
            scale=s.scale,
            temperature=s.temperature,
            positions=s.positions,
        )

    @property
    def is_cross(self) -> bool:
        """Whether the words attend to a second sentence."""
        return bool(self.context)
