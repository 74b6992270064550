"""What a task wants: each goal is one number of a scenario's trace, and the bound for it.

A goal is measured in the start and the present trace alone, never by what was clicked; so a link
to a scenario proves that it meets its goals. `measure.js` does the same in the browser.
"""

from .goal import Goal
from .numbers import Ahead, Cell, Cosine, Row
from .weights import ONE_WORD, Blocked, Gradient, Heads, Largest, Order, Pattern
from .whole import Moved, Same, Shape

__all__ = [
    "ONE_WORD",
    "Ahead",
    "Blocked",
    "Cell",
    "Cosine",
    "Goal",
    "Gradient",
    "Heads",
    "Largest",
    "Moved",
    "Order",
    "Pattern",
    "Row",
    "Same",
    "Shape",
]
