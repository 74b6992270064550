"""Plotly figures of attention; they are returned, never shown."""

from .colours import Theme
from .equation import draw
from .shape_rule import draw_partners

__all__ = ["Theme", "draw", "draw_partners"]
