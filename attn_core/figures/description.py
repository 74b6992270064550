"""A figure in Plotly's own terms, with its numbers apart from what stays when they change."""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import plotly.graph_objects as go


@dataclass(frozen=True, eq=False)
class Description:
    """Traces and layout of a figure.

    Attributes
    ----------
    traces : list of dict
        The heatmaps, without their numbers, before all other traces.
    layout : dict
    numbers : list of dict
        What each heatmap has besides: z, and how it is written.
    frames : list of dict
        Plotly's frames, if the figure can be played.
    controls : dict
        What the layout has besides in a chart that has no other controls to play it.
    """

    traces: list[dict[str, Any]]
    layout: dict[str, Any]
    numbers: list[dict[str, Any]]
    frames: list[dict[str, Any]] = field(default_factory=list)
    controls: dict[str, Any] = field(default_factory=dict)

    def figure(self) -> go.Figure:
        """Return the figure, checked by Plotly."""
        # Importing Plotly takes longer than starting the rest of the lab, which can do
        # without: a browser draws a description as it is.
        import plotly.graph_objects as go

        heatmaps = [trace | own for trace, own in zip(self.traces, self.numbers, strict=False)]
        # Plain dictionaries are checked by Plotly once; ready-made objects would be twice.
        data = [*heatmaps, *self.traces[len(heatmaps) :]]
        return go.Figure(data, self.layout | self.controls, self.frames)

    @cached_property
    def base(self) -> str:
        """Name of all but the numbers: equal only if the same figure is to change."""
        frame = json.dumps([self.traces, self.layout], sort_keys=True)
        return hashlib.sha256(frame.encode()).hexdigest()[:16]

    def plain_numbers(self) -> list[dict[str, Any]]:
        """Return the numbers as JSON can hold them, every bit of them.

        Examples
        --------
        >>> from attn_core import attend
        >>> from attn_core.equation import Equation, block
        >>> from attn_core.figures import describe
        >>> from attn_core.presets import DEFAULT
        >>> described = describe(Equation((block(attend(DEFAULT.scenario), "X"),)))
        >>> described.plain_numbers()[0]["z"]["shape"]
        '3, 4'
        """
        return [_plain(own) for own in self.numbers]

    def plain_frames(self) -> list[dict[str, Any]]:
        """Return the frames as JSON can hold them."""
        return [frame | {"data": [_plain(own) for own in frame["data"]]} for frame in self.frames]


def _plain(trace: dict[str, Any]) -> dict[str, Any]:
    return trace | {"z": _typed_array(trace["z"])}


def _typed_array(values: np.ndarray) -> dict[str, str]:
    """Write an array as plotly.js reads it, little-endian as browsers are."""
    plain = np.ascontiguousarray(values, "<f8")
    data = base64.b64encode(plain.tobytes()).decode("ascii")
    return {"dtype": "f8", "bdata": data, "shape": ", ".join(map(str, plain.shape))}
