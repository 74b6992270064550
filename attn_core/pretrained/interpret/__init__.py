"""What can be read from a pretrained model: its attention to a text, in numbers and words."""

from .contributions import Contributions, contributions, told_of_contributions
from .reading import VIEWS, Focus, Reading, Seen, View
from .sentences import told_of_seen, told_of_text, told_of_token
from .two_texts import Shared, shared, told_of_shared

__all__ = [
    "VIEWS",
    "Contributions",
    "Focus",
    "Reading",
    "Seen",
    "Shared",
    "View",
    "contributions",
    "shared",
    "told_of_contributions",
    "told_of_seen",
    "told_of_shared",
    "told_of_text",
    "told_of_token",
]
