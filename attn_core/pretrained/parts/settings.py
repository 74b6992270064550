"""Sizes and numbers of a config.json, each checked before it is used."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..files.error import ModelError
from .activations import ACTIVATIONS, Activation, activation_named

#: Larger than any real one, so that a slip doesn't ask for more memory than there is. Of the
#: places only those are read that a text of the lab can have.
MOST = {
    **{"layers": 96, "heads": 128, "kv_heads": 128, "d_model": 4095, "d_k": 1024},
    **{"d_ff": 65_536, "max_tokens": 2_000_000},
}


def read_size(said: Mapping[str, Any], ours: str, names: Sequence[str], where: str) -> int:
    """Read a size, under whichever of its names it stands."""
    given = {name: said[name] for name in names if said.get(name) is not None} or {names[0]: None}
    (name, value), *others = given.items()
    if type(value) is not int or not 1 <= value <= MOST[ours]:
        raise ModelError(
            f"{where}: {name} must be a whole number from 1 to {MOST[ours]}, got {value!r:.40}."
        )
    for other, same in others:
        if same != value:
            raise ModelError(
                f"{where}: {name} and {other} are two names for one size; expected the same "
                f"number, got {value} and {same!r:.40}."
            )
    return value


def read_epsilon(said: Mapping[str, Any], name: str, where: str) -> float:
    """Read what a norm adds to a variance."""
    value = said.get(name, 1e-12)
    if type(value) not in (int, float) or not 0 <= value <= 1:
        raise ModelError(f"{where}: {name} must be from 0 to 1, got {value!r:.40}.")
    return float(value)


def read_activation(said: Mapping[str, Any], name: str, where: str) -> Activation:
    """Read the function of the feed-forward part."""
    value = said.get(name, "gelu")
    if (found := activation_named(value)) is None:
        raise ModelError(
            f"{where}: expected {name} to be one of {', '.join(sorted(ACTIVATIONS))}, "
            f"got {value!r:.80}."
        )
    return found
