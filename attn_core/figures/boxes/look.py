"""How a figure is drawn: its room, its colours, the size of its boxes and letters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from .colours import PALETTES, Palette, Theme

#: A narrower page is a phone's: a finger that drags is to scroll it.
NARROW = 600
#: What all figures share. Plotly's default template would be most of a figure's size.
TEMPLATE: dict[str, Any] = {
    "layout": {
        "font": {"family": "Source Sans, system-ui, sans-serif"},
        "margin": {"l": 0, "r": 0, "t": 0, "b": 0},
        "xaxis": {"visible": False, "fixedrange": True},
        "yaxis": {"visible": False, "fixedrange": True},
        "annotationdefaults": {
            "showarrow": False,
            "textangle": -40,
            "xanchor": "left",
            "yanchor": "bottom",
        },
        "shapedefaults": {"type": "rect", "line": {"width": 2}},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "showlegend": False,
        "dragmode": False,
    },
    "data": {
        "heatmap": [
            {
                "xgap": 2,
                "ygap": 2,
                "hovertemplate": "%{hovertext}: %{z}<extra></extra>",
                "zhoverformat": ".3f",
            }
        ],
        "scatter": [{"mode": "text", "hoverinfo": "skip", "cliponaxis": False}],
    },
}


@dataclass(frozen=True)
class Scale:
    """Sizes in pixels for one way of looking: at a desk or from the back of a room.

    Attributes
    ----------
    font : int
    smallest_cell, largest_cell : int
        Width of a box.
    longest_label, gap : int
    flat : float
        Height of a box in parts of its width.
    digits : float
        The one size of all numbers; 0 where each matrix has its own, as large as its boxes allow.
    """

    font: int
    smallest_cell: int
    largest_cell: int
    longest_label: int
    gap: int
    flat: float = 1.0
    digits: float = 0.0


DESK = Scale(font=13, smallest_cell=34, largest_cell=46, longest_label=120, gap=12)
PROJECTOR = Scale(font=21, smallest_cell=62, largest_cell=84, longest_label=194, gap=18)


@dataclass(frozen=True)
class Look:
    """How a figure is drawn.

    Attributes
    ----------
    width : float
        Pixels at hand; what is wider breaks into lines, or is drawn smaller.
    theme : {"light", "dark"}
    projector : bool
        Larger boxes and letters, for the back of a room.
    height : float, optional
        Pixels at hand; what can fits itself into them.

    Examples
    --------
    >>> Look(theme="dark").palette.ink
    '#e6e9ee'
    """

    width: float = 960
    theme: Theme = "light"
    projector: bool = False
    height: float | None = None

    @property
    def palette(self) -> Palette:
        """The colours of the theme."""
        return PALETTES[self.theme]

    @property
    def is_large(self) -> bool:
        """Whether letters are the projector's; on a phone they would leave no room for boxes."""
        return self.projector and self.width >= NARROW

    @property
    def scale(self) -> Scale:
        """Sizes of boxes and letters.

        Examples
        --------
        >>> Look(1000, projector=True).scale.font, Look(360, projector=True).scale.font
        (21, 13)
        """
        return PROJECTOR if self.is_large else DESK


DEFAULT_LOOK = Look()
