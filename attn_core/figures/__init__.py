"""Plotly figures of attention; they are returned, never shown."""

from .colours import Theme
from .contributions import describe_contributions
from .description import Description
from .equation import describe, draw
from .html_page import html_page
from .play import describe_play, is_product
from .shape_rule import describe_partners, draw_partners

__all__ = [
    "Description",
    "Theme",
    "describe",
    "describe_contributions",
    "describe_partners",
    "describe_play",
    "draw",
    "draw_partners",
    "html_page",
    "is_product",
]
