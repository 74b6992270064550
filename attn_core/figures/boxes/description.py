"""A figure as Plotly's traces and layout, with the numbers kept apart."""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from ...notation.outline import BlockDependencies

if TYPE_CHECKING:
    import plotly.graph_objects as go

#: Pixels of 17 cm, the width of a page's text, at 300 dots an inch.
_PRINTED = 2008
#: No browser's canvas takes a longer side than 16384 pixels.
_LONGEST = 16000


@dataclass(frozen=True, eq=False)
class Description:
    """Traces and layout of a figure.

    Attributes
    ----------
    traces : list of dict
        Those that show numbers, but without them, before all other traces.
    layout : dict
    numbers : list of dict
        What each of those has besides: its values as arrays, and how they are written.
    frames : list of dict
        Plotly's frames, if the figure can be played.
    controls : dict
        What the layout has besides in a chart that has no other controls to play it.
    config : dict
        What Plotly's configuration has besides, as further buttons.
    pace : int
        Milliseconds that each frame stays when it is played.
    dependencies : tuple
        Of each matrix what lights up where its boxes are pointed at, as
        `notation.outline.dependencies` has it; empty where nothing does.
    played : str
        What a slider through the frames goes through, for a reader who can't see it.
    still : Description, optional
        The same figure with other numbers, whose name this one shares.
    """

    traces: list[dict[str, Any]]
    layout: dict[str, Any]
    numbers: list[dict[str, Any]]
    frames: list[dict[str, Any]] = field(default_factory=list)
    controls: dict[str, Any] = field(default_factory=dict)
    config: dict[str, Any] = field(default_factory=dict)
    pace: int = 0
    played: str = ""
    dependencies: tuple[BlockDependencies | None, ...] = ()
    still: Description | None = field(default=None, repr=False)

    def holding(self, numbers: list[dict[str, Any]]) -> Description:
        """Return the same figure with other numbers."""
        return replace(self, numbers=numbers, still=self)

    def figure(self) -> go.Figure:
        """Return the figure, checked by Plotly."""
        # Importing Plotly takes longer than starting the rest of the lab, which can do
        # without: a browser draws a description as it is.
        import plotly.graph_objects as go

        whole = [trace | own for trace, own in zip(self.traces, self.numbers, strict=False)]
        # Plain dictionaries are checked by Plotly once; ready-made objects would be twice.
        data = [*whole, *self.traces[len(whole) :]]
        return go.Figure(data, self.layout | self.controls, self.frames)

    def with_room(self, pixels: int) -> Description:
        """Return the figure with room above it for its buttons.

        Examples
        --------
        >>> roomy = Description([], {"width": 350, "height": 200}, []).with_room(30)
        >>> roomy.layout["height"], roomy.layout["margin"]["t"]
        (230, 30)
        """
        return replace(
            self,
            layout=self.layout | _roomy(self.layout, pixels),
            controls=self.controls and self.controls | _roomy(self.controls, pixels),
            still=self.still and _with_room(self.still, pixels),
        )

    @cached_property
    def base(self) -> str:
        """Hash of all but the numbers: two figures with one hash differ in numbers alone."""
        if self.still:
            return self.still.base
        still = json.dumps([self.traces, self.layout], sort_keys=True)
        return hashlib.sha256(still.encode()).hexdigest()[:16]

    def plain_numbers(self) -> list[dict[str, Any]]:
        """Return the numbers for JSON, exactly.

        Examples
        --------
        >>> from attn_core import attend
        >>> from attn_core.notation.equation import Equation, block
        >>> from attn_core.figures import describe
        >>> from attn_core.presets import DEFAULT
        >>> described = describe(Equation((block(attend(DEFAULT.scenario), "X"),)))
        >>> described.plain_numbers()[0]["z"]["shape"]
        '3, 4'
        """
        return [_plain(own) for own in self.numbers]

    @property
    def print_scale(self) -> float:
        """Scale for print: 17 cm wide, at 300 dots an inch.

        Examples
        --------
        >>> Description([], {"width": 1004, "height": 502}, []).print_scale
        2.0
        """
        width, height = self.layout["width"], self.layout["height"]
        return float(min(max(1, _PRINTED / width), _LONGEST / height))

    def plain_frames(self) -> list[dict[str, Any]]:
        """Return the frames for JSON."""
        return [frame | {"data": [_plain(own) for own in frame["data"]]} for frame in self.frames]


@lru_cache(maxsize=256)
def _with_room(still: Description, pixels: int) -> Description:
    return still.with_room(pixels)


def _roomy(layout: dict[str, Any], pixels: int) -> dict[str, Any]:
    margin = dict.fromkeys("lrtb", 0) | layout.get("margin", {})
    return {
        "height": layout["height"] + pixels,
        "margin": margin | {"t": margin["t"] + pixels},
    }


def _plain(trace: dict[str, Any]) -> dict[str, Any]:
    return {
        name: _typed_array(value) if isinstance(value, np.ndarray) else value
        for name, value in trace.items()
    }


def _typed_array(values: np.ndarray) -> dict[str, str]:
    """Write an array as plotly.js reads it, little-endian as browsers are."""
    kind = "f4" if values.dtype == np.float32 else "f8"
    plain = np.ascontiguousarray(values, f"<{kind}")
    data = base64.b64encode(plain.tobytes()).decode("ascii")
    return {"dtype": kind, "bdata": data, "shape": ", ".join(map(str, plain.shape))}
