"""What can be read from a pretrained model: its attention to a text, in numbers and words."""

from .about_model import describe_model
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
    "describe_largest_contributions",
    "describe_model",
    "describe_seen",
    "describe_shared",
    "describe_text",
    "describe_token",
    "describe_weights",
    "shared",
]
