"""Plotly figures of attention; they are returned, never shown."""

from plotly.graph_objects import Figure

from .colours import Theme
from .equation import draw
from .shape_rule import draw_partners

__all__ = ["Figure", "Theme", "draw", "draw_partners"]
