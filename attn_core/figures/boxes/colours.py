"""Colours: a number has the same one before and after every change."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

Theme = Literal["light", "dark"]

#: Signed numbers are coloured over −30 … 30, the lab's bound; larger ones saturate.
SIGNED_RANGE = (-30.0, 30.0)
WEIGHT_RANGE = (0.0, 1.0)
WEIGHT_CHANGE_RANGE = (-1.0, 1.0)
#: Numbers and weights whose colours a legend shows.
LEGEND_NUMBERS, LEGEND_WEIGHTS = (-3, -2, -1, 0, 1, 2, 3), (0, 0.25, 0.5, 0.75, 1)
#: What numbers are written with on bright and on dark boxes; Plotly's own choice.
INKS = ("#444444", "#ffffff")


@dataclass(frozen=True)
class Palette:
    """All colours of one theme.

    Attributes
    ----------
    ink, muted, warning : str
        Text, lesser text, and what is wrong.
    signed, weight : list of (position, colour)
        Plotly colour scales over `SIGNED_RANGE` and `WEIGHT_RANGE`.
    weight_loss : list of (magnitude, colour)
        What a weight that falls has in `weight_change`.
    groups : tuple of str
        What tells groups of words apart; Okabe and Ito's colours, which colour-blind
        readers can tell apart.
    """

    ink: str
    muted: str
    warning: str
    signed: list[tuple[float, str]]
    weight: list[tuple[float, str]]
    weight_loss: list[tuple[float, str]]
    groups: tuple[str, ...]

    @property
    def highlight(self) -> str:
        """Colour of the outlines under a pointer: orange, which no box has."""
        return self.groups[1]

    @property
    def weight_change(self) -> list[tuple[float, str]]:
        """Colour scale over `WEIGHT_CHANGE_RANGE`; its upper half is that of the weights."""
        loss = [((1 - magnitude) / 2, colour) for magnitude, colour in reversed(self.weight_loss)]
        return [*loss, *(((1 + position) / 2, colour) for position, colour in self.weight)]

    @property
    def small_weight(self) -> list[tuple[float, str]]:
        """Colour scale from 0 to the largest weight of many, even over its cube root.

        Among hundreds of words one weight is a hundred times another, and both are to be seen.
        """
        last = len(self.weight) - 1
        return [((i / last) ** 3, colour) for i, (_, colour) in enumerate(self.weight)]

    @property
    def signed_even(self) -> list[tuple[float, str]]:
        """Colour scale from minus to plus the largest number of a picture.

        For numbers of one size, most of which `signed` would show in its palest colours or,
        stretched to their size, in its darkest.
        """
        colours = [colour for _, colour in self.signed]
        ends = [(1 - magnitude) / 2 for magnitude in reversed(_EVEN)]
        positions = [*ends, 0.5, *((1 + magnitude) / 2 for magnitude in _EVEN)]
        return list(zip(positions, colours, strict=True))


#: Where the colours of `signed` stand in `signed_even`, as parts of the largest number; they
#: jump where letters change from dark to white.
_EVEN = (0.1, 0.35, 0.66, 0.67, 0.85, 1.0)


def _diverging(centre: str, stops: Sequence[tuple[float, str, str]]) -> list[tuple[float, str]]:
    """Colour scale from stops of (magnitude, colour of minus, colour of plus)."""
    low, high = SIGNED_RANGE
    values = [
        *((-magnitude, minus) for magnitude, minus, _ in reversed(stops)),
        (0.0, centre),
        *((magnitude, plus) for magnitude, _, plus in stops),
    ]
    return [(round((value - low) / (high - low), 4), colour) for value, colour in values]


# Red is minus and blue is plus, as in ColorBrewer's RdBu, which colour-blind readers can
# tell apart. Steps grow with the number, so that 0.3 differs from 0 as clearly as 30
# does from 8. Plotly writes on a box in white or dark grey; the scales jump over the
# middle tones on which neither could be read, just below 2 and 0.5, which are common.
PALETTES: dict[Theme, Palette] = {
    "light": Palette(
        ink="#22303f",
        muted="#5d6b78",
        warning="#b3261e",
        signed=_diverging(
            "#f4f5f6",
            [
                (0.3, "#fce5da", "#dceaf4"),
                (1.0, "#f9cbb3", "#bcdaed"),
                (1.96, "#f4b597", "#a5cee9"),
                (1.99, "#bd4439", "#3577b5"),
                (8.0, "#9b1c2c", "#1f5a96"),
                (30.0, "#67001f", "#053061"),
            ],
        ),
        weight=[
            (0.0, "#f4f2f8"),
            (0.25, "#dcd4ec"),
            (0.495, "#c3b8e0"),
            (0.499, "#7660b4"),
            (1.0, "#3f1d85"),
        ],
        weight_loss=[
            (0.25, "#f3dfc3"),
            (0.495, "#e8c48f"),
            (0.499, "#a0621c"),
            (1.0, "#6b3a05"),
        ],
        groups=("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#8a6d00", "#56b4e9", "#5d6b78"),
    ),
    # The same hues, from a dark centre to bright ends, so that zero stays quiet.
    "dark": Palette(
        ink="#e6e9ee",
        muted="#a3acb8",
        warning="#ff8a80",
        signed=_diverging(
            "#2a2d36",
            [
                (0.3, "#4d302c", "#26405a"),
                (1.0, "#7f3f30", "#245585"),
                (1.96, "#ab4e39", "#2c6dab"),
                (1.99, "#f4b8a4", "#a3cff3"),
                (8.0, "#f9d0c2", "#c3e0f8"),
                (30.0, "#ffeee8", "#eaf5ff"),
            ],
        ),
        weight=[
            (0.0, "#2a2833"),
            (0.25, "#40365f"),
            (0.495, "#5f4d9a"),
            (0.499, "#bcaff2"),
            (1.0, "#ece6ff"),
        ],
        weight_loss=[
            (0.25, "#4a3b22"),
            (0.495, "#7a5a26"),
            (0.499, "#eec389"),
            (1.0, "#ffeacb"),
        ],
        groups=("#56b4e9", "#e69f00", "#2fc79c", "#e79bc5", "#f0e442", "#8fb8ff", "#a3acb8"),
    ),
}


def signed(value: float, theme: Theme) -> str:
    """Colour of a signed number, the same that Plotly gives its box.

    For bars, which Plotly colours from numbers only with a warning for each.

    Examples
    --------
    >>> signed(-30.0, "light"), signed(1e6, "light")
    ('#67001f', '#053061')
    """
    return colour_of(value, PALETTES[theme].signed, SIGNED_RANGE)


def colour_of(value: float, scale: Sequence[tuple[float, str]], limits: tuple[float, float]) -> str:
    """Colour of a number on a scale.

    Examples
    --------
    >>> colour_of(0.0, PALETTES["light"].weight, WEIGHT_RANGE)
    '#f4f2f8'
    """
    low, high = limits
    positions, colours = zip(*scale, strict=True)
    channels = ([int(colour[k : k + 2], 16) for colour in colours] for k in (1, 3, 5))
    at = (value - low) / (high - low)  # beyond the ends `interp` stays at them
    return "#" + "".join(f"{round(np.interp(at, positions, each)):02x}" for each in channels)


def legend(palette: Palette) -> tuple[list[tuple[float, str]], list[tuple[float, str]]]:
    """Numbers with their colours, and weights with theirs.

    Examples
    --------
    >>> numbers, weights = legend(PALETTES["light"])
    >>> numbers[3], weights[-1]
    ((0, '#f4f5f6'), (1, '#3f1d85'))
    """
    return (
        [(value, colour_of(value, palette.signed, SIGNED_RANGE)) for value in LEGEND_NUMBERS],
        [(value, colour_of(value, palette.weight, WEIGHT_RANGE)) for value in LEGEND_WEIGHTS],
    )


def for_paper(theme: Theme) -> dict[str, str]:
    """Map a theme's colours to those for white paper.

    Examples
    --------
    >>> for_paper("dark")["#e6e9ee"], for_paper("light")
    ('#22303f', {})
    """
    pairs = zip(_colours(PALETTES[theme]), _colours(PALETTES["light"]), strict=True)
    return {own: other for own, other in pairs if own != other}


def _colours(palette: Palette) -> list[str]:
    scales = (*palette.signed, *palette.weight_change)
    texts = palette.ink, palette.muted, palette.warning
    shown = (*scales, *(each for line in legend(palette) for each in line))
    return [*texts, *palette.groups, *(colour for _, colour in shown)]


def ink_on(fill: str) -> str:
    """Colour of letters on any colour: black or white, one of which has a contrast of 4.5.

    `INKS` are for boxes, whose scales leave out the middle tones.

    Examples
    --------
    >>> ink_on("#f4f2f8"), ink_on("#3f1d85")
    ('#000000', '#ffffff')
    """
    return max(("#000000", "#ffffff"), key=lambda ink: _contrast(fill, ink))


def _contrast(a: str, b: str) -> float:
    """Contrast of two colours, as WCAG 2 defines it."""
    low, high = sorted((_luminance(a), _luminance(b)))
    return (high + 0.05) / (low + 0.05)


def _luminance(colour: str) -> float:
    channels = (int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5))
    linear = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return sum(share * c for share, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))
