"""What can be read from a pretrained model: its attention to a text, in numbers and words."""

from .about_model import describe_features, describe_model, describe_score, describe_sharing
from .contributions import Contributions, contributions, describe_largest_contributions
from .find_heads import MEASURES, Measure, describe_order, measure_heads, order_heads
from .places_in_text import InText, places_in_text
from .reading import VIEWS, WAYS, Focus, Reading, Seen, TextKey, View, Way
from .sentences import (
    describe_merged,
    describe_pair,
    describe_pieces,
    describe_seen,
    describe_text,
    describe_token,
    describe_weights,
)
from .two_texts import Shared, describe_shared, shared
from .what_is_next import (
    Candidates,
    NextWord,
    candidates,
    describe_attended,
    describe_cache,
    describe_drawn,
    describe_end,
    describe_next,
    next_word,
)

__all__ = [
    "MEASURES",
    "VIEWS",
    "WAYS",
    "Candidates",
    "Contributions",
    "Focus",
    "InText",
    "Measure",
    "NextWord",
    "Reading",
    "Seen",
    "Shared",
    "TextKey",
    "View",
    "Way",
    "candidates",
    "contributions",
    "describe_attended",
    "describe_cache",
    "describe_drawn",
    "describe_end",
    "describe_features",
    "describe_largest_contributions",
    "describe_merged",
    "describe_model",
    "describe_next",
    "describe_order",
    "describe_pair",
    "describe_pieces",
    "describe_score",
    "describe_seen",
    "describe_shared",
    "describe_sharing",
    "describe_text",
    "describe_token",
    "describe_weights",
    "measure_heads",
    "next_word",
    "order_heads",
    "places_in_text",
    "shared",
]
