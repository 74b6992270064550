"""What can be read from a pretrained model: its attention to a text, in numbers and words."""

from .about_model import describe_features, describe_model, describe_score, describe_sharing
from .contributions import Contributions, contributions, describe_largest_contributions
from .reading import VIEWS, Focus, Reading, Seen, View
from .sentences import describe_seen, describe_text, describe_token, describe_weights
from .two_texts import Shared, describe_shared, shared

__all__ = [
    "VIEWS",
    "Contributions",
    "Focus",
    "Reading",
    "Seen",
    "Shared",
    "View",
    "contributions",
    "describe_features",
    "describe_largest_contributions",
    "describe_model",
    "describe_score",
    "describe_seen",
    "describe_shared",
    "describe_sharing",
    "describe_text",
    "describe_token",
    "describe_weights",
    "shared",
]
