"""Mask and positions."""

from __future__ import annotations

from dataclasses import replace

from .. import limits, masks, positions
from ..masks import MaskKind
from ..notation.labels import short
from ..positions import PositionKind
from ..scenario import Scenario


def with_mask_kind(s: Scenario, kind: MaskKind, size: int | None = None) -> Scenario:
    """Choose a mask; a custom one starts from what is there.

    Parameters
    ----------
    s : Scenario
    kind : str
        One of `masks.KINDS`.
    size : int, optional
        How many words are real (padding), or how far the window reaches. Left out, one
        word is padding, and a window reaches to the neighbours.

    Raises
    ------
    ValueError
        When there is no mask of that kind or size, with the reason.

    Examples
    --------
    >>> from attn_core.presets import DEFAULT
    >>> with_mask_kind(DEFAULT.scenario, "causal").mask[0]
    array([ True, False, False])
    """
    if kind not in masks.KINDS:
        raise ValueError(f"mask must be one of {masks.KINDS}, got {kind!r:.40}.")
    if kind in ("causal", "window") and s.is_cross:
        raise ValueError(
            f"A {kind} mask compares places in one sentence; with a second sentence there is none."
        )
    match kind:
        case "none":
            return replace(s, mask=None)
        case "causal":
            return replace(s, mask=masks.causal(s.n))
        case "padding":
            real = max(1, s.n_k - 1) if size is None else _within("Real words", size, 1, s.n_k)
            return replace(s, mask=masks.padding(s.n, s.n_k, real))
        case "window":
            reach = 1 if size is None else _within("The reach of a window", size, 0, s.n)
            return replace(s, mask=masks.window(s.n, reach))
    return replace(s, mask=s.allowed)


def _within(what: str, size: int, low: int, high: int) -> int:
    if type(size) is not int or not low <= size <= high:
        raise ValueError(f"{what} must be {low} to {high} here, got {size!r:.40}.")
    return size


def with_positions(s: Scenario, kind: PositionKind) -> Scenario:
    """Choose how a word knows its place; a learned table starts from the sinusoidal one.

    ALiBi starts with its authors' slopes for so many heads.

    Raises
    ------
    ValueError
        When the scenario can't have it, with the reason.

    Examples
    --------
    >>> from attn_core.presets import DEFAULT
    >>> with_positions(DEFAULT.scenario, "learned").P[1]
    array([0.841, 0.54 , 0.01 , 1.   ])
    """
    if kind == s.positions:
        return s
    places = max(s.n, s.n_k)
    P = positions.sinusoidal(places, s.d_model) if kind == "learned" else None
    P = None if P is None else limits.quantize("P", P)
    return replace(s, positions=kind, P=P, slope=None)


def with_slope(s: Scenario, slope: float | None) -> Scenario:
    """Choose how much ALiBi takes off a score for each place between two words.

    Parameters
    ----------
    s : Scenario
    slope : float or None
        Of the first head, on the lab's grid; None for the authors' slopes, which are exact.

    Raises
    ------
    ValueError
        When positions aren't ALiBi's, or the slope is beyond the lab's limits.

    Examples
    --------
    >>> from attn_core.presets import DEFAULT
    >>> with_slope(with_positions(DEFAULT.scenario, "alibi"), 0.25).slope
    0.25
    """
    low, high = limits.SLOPE
    if s.positions != "alibi":
        raise ValueError(f"A slope is ALiBi's; positions are {s.positions} here.")
    if slope is None:
        return replace(s, slope=None)
    if not low <= slope <= high:
        raise ValueError(f"ALiBi's slope must be {low:g} to {high:g} here, got {short(slope)}.")
    return replace(s, slope=round(slope, limits.DECIMALS))
