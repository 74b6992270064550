"""Colours: a number has the same one before and after every change."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Theme = Literal["light", "dark"]

#: Signed numbers are coloured over −30 … 30, the lab's bound; larger ones saturate.
SIGNED_RANGE = (-30.0, 30.0)
WEIGHT_RANGE = (0.0, 1.0)

#: Magnitudes at which the diverging colours stand. Steps grow with the number, so
#: that 0.3 differs from 0 as clearly as 30 does from 8.
_MAGNITUDES = (0.0, 0.3, 1.0, 2.5, 8.0, 30.0)


@dataclass(frozen=True)
class Palette:
    """All colours of one theme.

    Attributes
    ----------
    ink, muted, warning : str
        Text, lesser text, and what is wrong.
    signed, weight : list of (position, colour)
        Plotly colour scales over `SIGNED_RANGE` and `WEIGHT_RANGE`.
    """

    ink: str
    muted: str
    warning: str
    signed: list[tuple[float, str]]
    weight: list[tuple[float, str]]


def _diverging(
    negative: Sequence[str], centre: str, positive: Sequence[str]
) -> list[tuple[float, str]]:
    low, high = SIGNED_RANGE
    values = [*(-m for m in reversed(_MAGNITUDES[1:])), *_MAGNITUDES]
    colours = [*reversed(negative), centre, *positive]
    return [(round((v - low) / (high - low), 4), c) for v, c in zip(values, colours, strict=True)]


def _sequential(*colours: str) -> list[tuple[float, str]]:
    return [(i / (len(colours) - 1), colour) for i, colour in enumerate(colours)]


PALETTES: dict[Theme, Palette] = {
    "light": Palette(
        ink="#22303f",
        muted="#5d6b78",
        warning="#b3261e",
        # ColorBrewer RdBu, which colour-blind readers can tell apart.
        signed=_diverging(
            ("#fddbc7", "#f4a582", "#d6604d", "#b2182b", "#67001f"),
            "#f4f5f6",
            ("#d1e5f0", "#92c5de", "#4393c3", "#2166ac", "#053061"),
        ),
        weight=_sequential("#f4f2f8", "#cfc6e4", "#9e8fca", "#6f57ac", "#3f1d85"),
    ),
    # The same hues, from a dark centre to bright ends, so that zero stays quiet.
    "dark": Palette(
        ink="#e6e9ee",
        muted="#a3acb8",
        warning="#ff8a80",
        signed=_diverging(
            ("#4d2f2b", "#8f4434", "#cf664b", "#f0a188", "#ffdccd"),
            "#2a2d36",
            ("#24405a", "#2b6a9e", "#4a98d3", "#8cc5f2", "#d6ecff"),
        ),
        weight=_sequential("#2a2833", "#463b69", "#6b57a8", "#a08be0", "#ded4ff"),
    ),
}
