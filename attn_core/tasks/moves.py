"""Changes of a scenario as a person writes them: `W_q[verb, q₁] = 3`, `temperature = 2`."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from .. import edits, limits, masks, positions
from ..edits import heads
from ..scenario import Scenario
from . import model_heads
from .errors import TaskError
from .places import Place, read_place

#: A head of the pretrained model; layer and head count from 1.
_HEAD = re.compile(r"layer (\d{1,2}), head (\d{1,2}): (.+)", re.ASCII)
_FILLINGS: dict[str, Callable[..., Any]] = {"identity": edits.identity, "zeros": edits.zeros}


def with_moves(s: Scenario, moves: Sequence[str]) -> Scenario:
    """Carry out changes, one after the other.

    Parameters
    ----------
    s : Scenario
    moves : sequence of str
        What changes, a sign ``=`` and what it becomes. A box or a row takes numbers, a whole matrix
        ``identity``, ``zeros`` or ``random`` with a seed; then there are ``sentence``, ``context``,
        ``features``, ``heads`` (how many), ``d_model``, ``d_k``, ``d_v``, ``scale`` (on, off),
        ``temperature``, ``mask`` and ``positions`` by their kind. ``model`` puts a head of the
        pretrained model in place of all: ``model = layer 6, head 12: The cat says it is tired``.

    Raises
    ------
    ValueError
        When one can't be read or carried out; the message says what was expected.

    Examples
    --------
    >>> from attn_core.presets import DEFAULT
    >>> s = with_moves(DEFAULT.scenario, ["d_k = 2", "W_q = zeros", "W_q[verb, q₁] = 3"])
    >>> s.W_q[1]
    array([3., 0.])
    >>> with_moves(s, ["d_k = two"])
    Traceback (most recent call last):
    attn_core.tasks.errors.TaskError: “d_k = two”: expected a number, got 'two'.
    """
    for move in moves:
        s = _with_move(s, move)
    return s


def _with_move(s: Scenario, move: str) -> Scenario:
    what, sign, value = (part.strip() for part in move.partition("="))
    if not (what and sign and value):
        raise TaskError(f"Expected a change like “temperature = 2”, got {move!r:.80}.")
    match what:
        case "sentence":
            return edits.with_sentence(s, value)
        case "context":
            return edits.with_context(s, value)
        case "heads":
            return _with_heads(s, int(_number(move, value)))
        case "features":
            return edits.with_features(s, [name.strip() for name in value.split(",")])
        case "d_model" | "d_k" | "d_v":
            return edits.with_size(s, **{what: int(_number(move, value))})
        case "scale":
            return replace(s, scale=_choice(move, value, ("on", "off")) == "on")
        case "temperature":
            return replace(s, temperature=_number(move, value))
        case "mask":
            kind, _, size = value.partition(" ")
            chosen: Any = _choice(move, kind, masks.KINDS)
            return edits.with_mask_kind(s, chosen, int(_number(move, size)) if size else None)
        case "positions":
            scheme: Any = _choice(move, value, positions.KINDS)
            return edits.with_positions(s, scheme)
        case "model":
            return _head_of_model(move, value)
    return _with_numbers(s, read_place(what, s), move, value)


def _head_of_model(move: str, value: str) -> Scenario:
    if not (found := _HEAD.fullmatch(value)):
        raise TaskError(f"“{move}”: expected “layer 6, head 12: ” and a text.")
    layer, head, text = found.groups()
    return model_heads.scenario(model_heads.Choice(text, int(layer) - 1, int(head) - 1))


def _with_heads(s: Scenario, count: int) -> Scenario:
    """Add heads behind the others, or take the last away, until there are so many."""
    limits.check_sizes(h=count)
    s = heads.with_heads(s)
    while s.h < count:
        s = heads.added(s)
    while s.h > count:
        s = heads.removed(s, s.h - 1)
    return s


def _with_numbers(s: Scenario, place: Place, move: str, value: str) -> Scenario:
    for head in range(s.h) if place.head is None else (place.head,):
        values = np.array(edits.matrix_of(s, place.name, head))
        if place.row is None:
            values = _filling(s, place, move, value)
        elif place.column is None:
            values[place.row] = _row(move, value, values.shape[1])
        else:
            values[place.row, place.column] = _number(move, value)
        s = edits.with_matrix(s, place.name, values, head)
        if place.name in ("X", "Z", "P"):  # the heads share it
            break
    return s


def _filling(s: Scenario, place: Place, move: str, value: str) -> Any:
    name, _, seed = value.partition(" ")
    if name == "random":
        return edits.random(s, place.name, int(_number(move, seed or "1")))
    return _FILLINGS[_choice(move, value, (*_FILLINGS, "random"))](s, place.name)


def _row(move: str, value: str, columns: int) -> list[float]:
    numbers = [_number(move, each) for each in value.split(",")]
    if len(numbers) != columns:
        raise TaskError(f"“{move}”: expected {columns} numbers, got {len(numbers)}.")
    return numbers


def _number(move: str, value: str) -> float:
    try:
        return float(value.replace("−", "-"))
    except ValueError as error:
        raise TaskError(f"“{move}”: expected a number, got {value!r:.40}.") from error


def _choice(move: str, value: str, choices: Sequence[str]) -> str:
    if value not in choices:
        raise TaskError(f"“{move}”: expected one of {', '.join(choices)}; got {value!r:.40}.")
    return value
