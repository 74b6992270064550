"""Sentences about positions: what they add, what they rotate, and the bias of distance."""

from __future__ import annotations

from typing import Literal

import numpy as np

from ...attention import AttentionTrace
from ...notation.equation import block
from ...notation.graph import graph
from ...notation.labels import number
from ...positions import slopes
from ...scenario import Scenario
from ..papers import written_slope
from ..wording import DISPLAY_TOLERANCE, Escape, axis_labels, describe_ties, join_words, pluralize


def added(trace: AttentionTrace, escape: Escape, name: Literal["X_pos", "Z_pos"]) -> str:
    """Describe the row that its position changes most."""
    operands = graph(trace.scenario)[name].operands
    before, positions = (block(trace, each.node.name) for each in operands)
    moved = np.linalg.norm(positions.values, axis=1)
    if moved.max() < DISPLAY_TOLERANCE:
        return f"{positions.symbol} is 0 for these places, so no row changes."
    words = axis_labels(trace.scenario, before.step.axes[0], escape)
    features = axis_labels(trace.scenario, "feature", escape)
    i = int(np.argmax(moved))
    f = int(np.argmax(np.abs(positions.values[i])))
    old, new = before.values[i, f], getattr(trace, name)[i, f]
    length = number(moved[i])
    if len(moved) > 1 and np.ptp(moved) < DISPLAY_TOLERANCE:
        start = (
            f"Places move all rows equally far, by vectors of length {length}; that of {words[i]}"
        )
    elif len(moved) > 1:
        start = (
            f"Its place moves the row of {words[i]} most{describe_ties(moved)}, "
            f"by a vector of length {length}; it"
        )
    else:
        start = f"Its place moves the row of {words[i]} by a vector of length {length}; it"
    return f"{start} takes {features[f]} from {number(old)} to {number(new)}."


def rotated(trace: AttentionTrace, escape: Escape, name: Literal["rotated_Q", "rotated_K"]) -> str:
    """Describe the query or key that is rotated most, and its angle."""
    before, after = block(trace, name.removeprefix("rotated_")), block(trace, name)
    what = "query" if name == "rotated_Q" else "key"
    words = axis_labels(trace.scenario, before.step.axes[0], escape)
    angles = block(trace, "rotary_angles").values
    if len(words) == 1:
        return f"The {what} of {words[0]} stands in the first place, so it isn't turned."
    if np.abs(before.values).max() < DISPLAY_TOLERANCE:
        return f"Every number of {before.symbol} is 0, so there is nothing to turn."
    # A pair of zeros stays zero at any angle, so it shows no rotation.
    shows = np.linalg.norm(
        before.values[:, : 2 * angles.shape[1]].reshape(*angles.shape, 2), axis=2
    )
    turned = np.where(shows < DISPLAY_TOLERANCE, 0, angles)
    if turned.max() == 0:
        return f"Behind the first place every pair is 0, so {after.symbol} is {before.symbol}."
    i, pair = (int(k) for k in np.unravel_index(int(np.argmax(turned)), angles.shape))
    most = "most" if turned.max() == angles.max() else "most of those that aren't 0"
    a, b = (before.columns[k] for k in (2 * pair, 2 * pair + 1))
    old, new = before.values[i, 2 * pair], after.values[i, 2 * pair]
    return (
        f"The {what} of {words[i]} is turned {most}, by {number(angles[i, pair])} radians "
        f"in {a} and {b}: its {a} goes from {number(old)} to {number(new)}. "
        f"That of {words[0]}, in the first place, stays as it is."
    )


def describe_slopes(s: Scenario) -> str:
    """Describe the slopes of ALiBi's heads beside the authors' slopes; empty without ALiBi.

    Examples
    --------
    >>> from attn_core.edits import with_positions, with_slope
    >>> from attn_core.presets import DEFAULT
    >>> s = with_positions(DEFAULT.scenario, "alibi")
    >>> describe_slopes(s)
    "The authors' slope for 1 head, exactly: 1/256. It hardly shows; one of 0.5 does."
    >>> describe_slopes(with_slope(s, 0.3))
    "Slope: 0.3. The authors' for 1 head: 1/256."
    """
    if not s.slopes:
        return ""
    what = "slope" if s.h == 1 else "slopes"
    given, theirs = (join_words([*map(written_slope, m)]) for m in (s.slopes, slopes(s.h).tolist()))
    if s.slope is not None:
        return f"{what.capitalize()}: {given}. The authors' for {pluralize(s.h, 'head')}: {theirs}."
    hint = (
        "It hardly shows; one of 0.5 does." if s.h == 1 else "Another number of heads has others."
    )
    return f"The authors' {what} for {pluralize(s.h, 'head')}, exactly: {theirs}. {hint}"


def biased(trace: AttentionTrace, escape: Escape) -> str:
    """Describe how the bias changes the score of the two words farthest apart."""
    words = axis_labels(trace.scenario, "word", escape)
    last = len(words) - 1
    if last == 0:
        return "A single word is at no distance from itself, so nothing is taken off its score."
    return (
        f"Each word of distance takes {trace.scenario.slopes[0]:g} off a score; "
        f"{words[0]} and {words[last]} are {pluralize(last, 'word')} apart, so the score of "
        f"{words[last]} for {words[0]} goes from {number(trace.scores[last, 0])} "
        f"to {number(trace.biased_scores[last, 0])}."
    )
