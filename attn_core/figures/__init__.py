"""Plotly figures of attention; they are returned, never shown."""

from .colours import Theme
from .contributions import describe_contributions
from .curves import Progress
from .description import Description
from .equation import describe, draw
from .head_grid import describe_head_grid
from .html_page import html_page
from .layout import NARROW
from .learning import describe_learning, learning_alt
from .learning_spaces import describe_learning_spaces, learning_spaces_alt
from .long_text import describe_long_text, describe_row
from .multiples import describe_multiples
from .play import describe_play, is_product
from .shape_rule import describe_partners, draw_partners
from .space import Space, describe_spaces, spaces_alt
from .word_bars import describe_word_bars
from .word_map import describe_word_map

__all__ = [
    "NARROW",
    "Description",
    "Progress",
    "Space",
    "Theme",
    "describe",
    "describe_contributions",
    "describe_head_grid",
    "describe_learning",
    "describe_learning_spaces",
    "describe_long_text",
    "describe_multiples",
    "describe_partners",
    "describe_play",
    "describe_row",
    "describe_spaces",
    "describe_word_bars",
    "describe_word_map",
    "draw",
    "draw_partners",
    "html_page",
    "is_product",
    "learning_alt",
    "learning_spaces_alt",
    "spaces_alt",
]
