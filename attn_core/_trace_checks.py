"""Validation of traces, which must be finite, and of target weights."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .shape_rule import if_transposed

if TYPE_CHECKING:
    from .attention import AttentionTrace

Array = NDArray[Any]

#: The largest distance of a target row's sum from 1.
_TOLERANCE = 1e-6

#: The matrices that must be finite, in the order of computation; only a mask adds −inf.
_FINITE = (
    *("X_pos", "Z_pos", "Q", "K", "V", "rotated_Q", "rotated_K", "raw_scores"),
    *("scores", "biased_scores", "weights", "output", "projected"),
)


def read_only(array: Array) -> Array:
    """Make an array read-only and return it."""
    array.setflags(write=False)
    return array


def finished(trace: AttentionTrace) -> AttentionTrace:
    """Make all arrays of a trace read-only, and refuse numbers out of range.

    An overflow to −inf would pass for a blocked score, with the weight 0.
    """
    for array in vars(trace).values():
        if isinstance(array, np.ndarray):
            array.setflags(write=False)
    T, limits = trace.scenario.temperature, np.finfo(trace.Q.dtype)
    if not limits.tiny <= T <= limits.max:
        raise OverflowError(
            f"The temperature leaves the range of {limits.dtype}: expected "
            f"{limits.tiny:.3g} to {limits.max:.3g}, got {T:g}."
        )
    # An inf or nan in any earlier matrix reaches one of these two.
    last = trace.output if trace.projected is None else trace.projected
    if np.isfinite(trace.biased_scores).all() and np.isfinite(last).all():
        return trace
    for name in _FINITE:
        values = getattr(trace, name)
        if values is not None and not np.isfinite(values).all():
            break
    # A blocked score is −inf, so logits out of range are only seen in the weights.
    what = f"scores / {T:g}" if name == "weights" else name
    raise OverflowError(
        f"The numbers of {what} leave the range of {last.dtype}: expected finite results, "
        f"got {values[~np.isfinite(values)][0]}. Use smaller X or projections."
    )


def target_weights(
    target: ArrayLike, shape: tuple[int, ...], allowed: Array | None = None
) -> Array:
    try:
        T = np.asarray(target, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise ValueError(f"target must be a rectangular array of numbers: {error}.") from error
    if T.shape != shape:
        raise ValueError(
            f"target must have the shape of what it is for: {shape}, got {T.shape}."
            + if_transposed("target", T.shape, *shape[-2:])
        )
    if not (T >= 0).all():
        raise ValueError(f"target must have weights of 0 or more, got {T[~(T >= 0)][0]:g}.")
    sums = T.sum(axis=-1)
    fits = (abs(sums - 1) < _TOLERANCE) | ((sums == 0) & (allowed is not None))
    if not (fits.all() and sums.any()):
        raise ValueError(
            "target must have rows of weights that sum to 1"
            + (", or 0 throughout where nothing is wanted" if allowed is not None else "")
            + f", and one at least; got rows that sum to {np.unique(sums.round(6))[:5].tolist()}."
        )
    if allowed is not None and (T > 0)[..., ~allowed].any():
        *_, i, j = (int(k) for k in np.argwhere((T > 0) & ~allowed)[0])
        raise ValueError(
            f"The mask blocks what the target wants: word {i + 1} can't look at word {j + 1}."
        )
    return T
