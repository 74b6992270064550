"""Plotly figures of attention; they are returned, never shown."""

from .answers.choices import choices_alt, describe_choices
from .answers.histogram import describe_histogram, histogram_alt
from .boxes.colours import Theme
from .boxes.description import Description
from .boxes.dot_product_pairs import describe_dot_product_pairs
from .boxes.draw_equation import describe, describe_overview, draw
from .boxes.look import NARROW, Look
from .boxes.multiples import describe_multiples
from .boxes.play import describe_play, is_product
from .html_page import html_page
from .training.progress import Progress
from .training.run_boxes import describe_learning, learning_alt
from .training.run_points import LabelledPoints, describe_learning_spaces, learning_spaces_alt
from .words.cache_rows import describe_cache_rows
from .words.coloured_text import ColouredText, TextRow, describe_coloured_text
from .words.contribution_bars import describe_contributions
from .words.head_grid import describe_head_grid
from .words.lens_table import describe_lens_table
from .words.next_tokens import describe_next_tokens
from .words.sorted_heads import Rows, SortedHeads, describe_sorted_heads, rows_of
from .words.text_map import describe_long_text, describe_row
from .words.word_bars import describe_word_bars
from .words.word_map import WordMap, describe_word_map
from .words.word_points import Space, describe_spaces, spaces_alt

__all__ = [
    "NARROW",
    "ColouredText",
    "Description",
    "LabelledPoints",
    "Look",
    "Progress",
    "Rows",
    "SortedHeads",
    "Space",
    "TextRow",
    "Theme",
    "WordMap",
    "choices_alt",
    "describe",
    "describe_cache_rows",
    "describe_choices",
    "describe_coloured_text",
    "describe_contributions",
    "describe_dot_product_pairs",
    "describe_head_grid",
    "describe_histogram",
    "describe_learning",
    "describe_learning_spaces",
    "describe_lens_table",
    "describe_long_text",
    "describe_multiples",
    "describe_next_tokens",
    "describe_overview",
    "describe_play",
    "describe_row",
    "describe_sorted_heads",
    "describe_spaces",
    "describe_word_bars",
    "describe_word_map",
    "draw",
    "histogram_alt",
    "html_page",
    "is_product",
    "learning_alt",
    "learning_spaces_alt",
    "rows_of",
    "spaces_alt",
]
