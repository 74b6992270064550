"""Curves of a run of gradient descent: loss and held-out accuracy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...notation.labels import number, percent
from ...scenario import Array
from ...text import escape
from ..boxes.description import Description
from ..boxes.look import DEFAULT_LOOK, TEMPLATE, Look, Scale
from ..boxes.text import NOTE, shorten, text_width
from ..words.word_points import LINE, heading
from .progress import Progress

#: In parts of the font's size: the width from which two plots stand beside each other, and
#: the widest of one.
_BESIDE, _WIDEST = 45, 43
#: Likewise the height of a plot, and the room around it.
_HIGH, _LEFT, _RIGHT, _ABOVE, _BELOW = 10.0, 3.4, 1.4, 2.0, 3.6
#: What is written beside a plot takes at most this part of its width, and begins with a gap.
_LABEL, _GAP = 0.42, "\u2002"


@dataclass(frozen=True)
class _Panel:
    """One plot: its place in pixels from the upper left corner, and its labels."""

    title: str
    axis: str
    left: float
    top: float
    across: float
    down: float
    labels: tuple[str, ...]


def describe_curves(progress: Progress, *, look: Look = DEFAULT_LOOK, axis: int = 1) -> Description:
    """Draw the loss over the steps and, beside or below it, the accuracy.

    Parameters
    ----------
    progress : Progress
    look : Look
    axis : int
        Number of the first axes.

    Returns
    -------
    Description
        A marker in each plot stands at the last checkpoint.

    Examples
    --------
    >>> run = Progress([0, 10], [1.5, 0.5], [0.2, 0.9], total=20, baselines={"uniform": 0.2})
    >>> described = describe_curves(run)
    >>> [trace["name"] for trace in described.traces[:3]]
    ['loss', 'shown', 'room of the loss']
    >>> [trace["name"] for trace in described.traces[3:]]
    ['held-out accuracy', 'shown', 'baselines', 'names of baselines']
    """
    panels = _panels(progress, look.width, look.scale, axis)
    return Description(
        _traces(progress, panels, look),
        _layout(progress, panels, look),
        curve_numbers(progress, len(progress.steps) - 1),
    )


def curve_numbers(progress: Progress, shown: int) -> list[dict[str, Any]]:
    """Return the numbers of the curves with their markers at one of the checkpoints.

    Parameters
    ----------
    progress : Progress
    shown : int
        Which checkpoint.
    """
    steps = np.asarray(progress.steps, dtype=float)
    order = np.argsort(steps, kind="stable")  # the best checkpoint of a run may stand at its end
    ends = [0, progress.total]

    def curve(values: Array) -> list[dict[str, Any]]:
        at = {"x": [float(steps[shown])], "y": [float(values[shown])]}
        return [{"x": steps[order], "y": values[order]}, at]

    losses, lowest = np.asarray(progress.losses, dtype=float), progress.lowest
    numbers = [*curve(losses), {"x": [0], "y": [float(losses.max())]}]
    if lowest is not None:
        # Low down there is no room below the line: there the axis has its own numbers.
        place = "top right" if lowest <= losses.max() / 3 else "middle right"
        numbers.append({"x": ends, "y": [lowest, lowest], "textposition": place})
    if progress.accuracies is not None:
        numbers += curve(100 * np.asarray(progress.accuracies, dtype=float))
        numbers += _baseline_numbers(progress, ends)
    return numbers


def _baseline_numbers(progress: Progress, ends: list[int]) -> list[dict[str, Any]]:
    if not progress.baselines:
        return []
    heights = 100 * np.array([*progress.baselines.values()], dtype=float)
    gap = 100 * LINE * NOTE / _HIGH
    lines = {
        "x": np.tile([*ends, np.nan], len(heights)),
        "y": np.stack([heights, heights, np.full(len(heights), np.nan)]).T.ravel(),
    }
    return [lines, {"x": [ends[1]] * len(heights), "y": _apart(heights, gap)}]


def _apart(heights: Array, gap: float) -> Array:
    """Move heights of 0 to 100 apart, so that their labels don't overlap."""
    order = np.argsort(heights, kind="stable")
    placed, least, most = heights[order], gap / 2, 100.0
    for i in range(len(placed)):
        placed[i] = max(placed[i], least)
        least = placed[i] + gap
    for i in reversed(range(len(placed))):
        placed[i] = min(placed[i], most)
        most = placed[i] - gap
    return placed[np.argsort(order)]


def _panels(progress: Progress, width: float, scale: Scale, axis: int) -> list[_Panel]:
    kinds = [("loss", _lowest_label(progress))]
    beside = width >= _BESIDE * scale.font and progress.accuracies is not None
    share = min(width / 2 if beside else width, _WIDEST * scale.font)
    if progress.accuracies is not None:
        kinds.append(("held-out accuracy", _baseline_labels(progress, share, scale)))
    high = scale.font * (_ABOVE + _HIGH + _BELOW)
    return [
        _Panel(
            title,
            str(axis + k) if axis + k > 1 else "",
            left=k * share * beside + scale.font * _LEFT,
            top=k * high * (not beside) + scale.font * _ABOVE,
            across=share - scale.font * _LEFT - _beside(labels, scale),
            down=scale.font * _HIGH,
            labels=labels,
        )
        for k, (title, labels) in enumerate(kinds)
    ]


def _beside(labels: Sequence[str], scale: Scale) -> float:
    """Room to the right of a plot."""
    lines = [line for label in labels for line in label.split("<br>")]
    widest = max((text_width(line, scale.font * NOTE) for line in lines), default=0.0)
    return max(scale.font * _RIGHT, widest + scale.font * 0.8)


def _lowest_label(progress: Progress) -> tuple[str, ...]:
    if progress.lowest is None:
        return ()
    lines = "lowest", "possible", number(progress.lowest, 3)
    return ("<br>".join(_GAP + line for line in lines),)


def _baseline_labels(progress: Progress, share: float, scale: Scale) -> tuple[str, ...]:
    font, room = scale.font * NOTE, _LABEL * share
    return tuple(
        f"{_GAP}{shorten(name, room - text_width(f' {percent(part)}', font), font)} {percent(part)}"
        for name, part in progress.baselines.items()
    )


def _traces(progress: Progress, panels: Sequence[_Panel], look: Look) -> list[dict[str, Any]]:
    scale, palette = look.scale, look.palette
    loss, *others = panels
    small = {"size": round(scale.font * NOTE, 1), "color": palette.muted}
    line = {"color": palette.muted, "width": 1.5}
    traces = _curve(loss, "loss %{y:.3f}", look)
    # Invisible: without it the axis would fit itself to the marker, too, and move.
    room = {"opacity": 0, "marker": {"size": traces[-1]["marker"]["size"]}}
    traces.append(_on(loss, "room of the loss", "markers") | room)
    if loss.labels:
        traces.append(
            _on(loss, "lowest possible", "lines+text")
            | {"line": line | {"dash": "dot"}, "text": ["", *loss.labels], "textfont": small}
        )
    for panel in others:
        traces += _curve(panel, "%{y:.0f} % right", look)
        if panel.labels:
            texts = [escape.plotly(label) for label in panel.labels]
            traces += [
                _on(panel, "baselines", "lines") | {"line": line | {"dash": "dash"}},
                _on(panel, "names of baselines", "text")
                | {"text": texts, "textposition": "middle right", "textfont": small},
            ]
    return traces


def _on(panel: _Panel, name: str, mode: str) -> dict[str, Any]:
    axes = {"xaxis": f"x{panel.axis}", "yaxis": f"y{panel.axis}"}
    return {"type": "scatter", "name": name, "mode": mode} | axes


def _curve(panel: _Panel, told: str, look: Look) -> list[dict[str, Any]]:
    scale, palette = look.scale, look.palette
    hover = {"hoverinfo": "text", "hovertemplate": f"step %{{x}}: {told}<extra></extra>"}
    colour = palette.groups[0]
    marker = {
        "size": round(scale.font * 0.8, 1),
        "color": colour,
        "line": {"color": palette.ink, "width": 1.5},
    }
    return [
        _on(panel, panel.title, "lines") | hover | {"line": {"color": colour, "width": 2}},
        _on(panel, "shown", "markers") | hover | {"marker": marker},
    ]


def _layout(progress: Progress, panels: Sequence[_Panel], look: Look) -> dict[str, Any]:
    scale = look.scale
    width = round(max(p.left + p.across + _beside(p.labels, scale) for p in panels))
    height = round(max(p.top + p.down + scale.font * _BELOW for p in panels))
    layout: dict[str, Any] = {
        "template": TEMPLATE,
        "width": width,
        "height": height,
        "font": {"size": scale.font, "color": look.palette.ink},
        "annotations": [],
    }
    for panel in panels:
        layout |= _axes(panel, progress.total, (width, height), look)
        left = (panel.left - scale.font * _LEFT) / width
        top = 1 - (panel.top - scale.font * _ABOVE) / height
        layout["annotations"].append(heading(f"<b>{panel.title}</b>", left, top))
    return layout


def _axes(panel: _Panel, total: int, size: tuple[float, float], look: Look) -> dict[str, Any]:
    """Return both axes of a plot in a picture of a size, by their names in a layout."""
    width, height = size
    bottom = 1 - (panel.top + panel.down) / height
    shared = _axis(look)
    along = {
        "domain": [panel.left / width, (panel.left + panel.across) / width],
        "anchor": f"y{panel.axis}",
        "range": [0, total],
        "showgrid": False,
        "nticks": 5,
        "title": {"text": "step", "font": shared["tickfont"], "standoff": 2},
    }
    upwards = {
        "domain": [bottom, bottom + panel.down / height],
        "anchor": f"x{panel.axis}",
        **_upwards(panel),
    }
    return {f"xaxis{panel.axis}": shared | along, f"yaxis{panel.axis}": shared | upwards}


def _axis(look: Look) -> dict[str, Any]:
    """What all axes have in common."""
    scale, muted = look.scale, look.palette.muted
    return {
        "visible": True,
        "showline": True,
        "linecolor": muted,
        "zeroline": False,
        "ticks": "outside",
        "ticklen": 4,
        "tickcolor": muted,
        "gridcolor": f"{muted}30",
        "tickfont": {"size": round(scale.font * NOTE, 1)},
    }


def _upwards(panel: _Panel) -> dict[str, Any]:
    """The scale of a vertical axis."""
    if panel.title == "loss":
        return {"rangemode": "tozero", "nticks": 5}
    return {"range": [0, 100], "tickvals": [0, 50, 100], "ticktext": ["0 %", "50 %", "100 %"]}
