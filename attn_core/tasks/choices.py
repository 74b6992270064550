"""The choices of settings that a task lets one make, to be tried where it is solved."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import reduce
from itertools import product
from math import prod

import numpy as np

from .. import edits, masks, positions
from ..limits import TEMPERATURE
from ..notation.steps import Axis, step
from ..scenario import Scenario
from ..text.vocabulary import WORDS
from . import model_heads
from .goals import Blocked, Shape
from .task import Task

#: Combinations that are tried at most: 12 words with all settings have 20,000, which would take
#: half a minute; then there are fewer temperatures and sizes of masks.
MAX_CHOICES = 1000
#: Steps between two temperatures that are tried.
_DEGREES = 0.25
#: Which size of the scenario an axis has.
_SIZE_OF: dict[Axis, str] = {"q": "d_k", "k": "d_k", "v": "d_v", "feature": "d_model"}

_Edit = Callable[[Scenario], Scenario]


def choices(task: Task) -> Iterator[Scenario]:
    """Make each combination of the settings that may move, from the start on.

    Yields
    ------
    Scenario
        Where heads of a model may be chosen all that are; else the start is the first, and a
        combination that can't be is left out.
    """
    if task.movable.texts:
        yield from map(model_heads.scenario, task.movable.choices())
        return
    options = [[_stay, *_OPTIONS[name](task)] for name in _OPTIONS if name in task.movable.settings]
    for chosen in product(*_thinned(options)):
        try:
            yield reduce(lambda s, edit: edit(s), chosen, task.start)
        except ValueError:
            continue  # a causal mask over two sentences, say


def _thinned(options: list[list[_Edit]]) -> list[list[_Edit]]:
    """Leave out every other of the longest lists, but for their first, until few are left."""
    while prod(map(len, options)) > MAX_CHOICES:
        longest = max(options, key=len)
        longest[1:] = longest[1::2]
    return options


def _stay(s: Scenario) -> Scenario:
    return s


def _sentences(task: Task) -> Iterator[_Edit]:
    """Yield sentences of as many words as shapes are wanted for."""
    words = [word for word in WORDS if word.isalpha() and word not in task.start.tokens]
    for n in sorted(_wanted(task, "word", "query")):
        tokens = (*task.start.tokens, *words)[:n]
        yield lambda s, tokens=tokens: edits.with_sentence(s, " ".join(tokens))  # type: ignore[misc]


def _sizes(task: Task) -> Iterator[_Edit]:
    """Yield the sizes that shapes are wanted with."""
    sizes = {_SIZE_OF[axis]: size for axis in _SIZE_OF for size in _wanted(task, axis)}
    if sizes:
        yield lambda s: edits.with_size(s, **sizes)


def _wanted(task: Task, *axes: Axis) -> set[int]:
    """Return the lengths that are wanted along an axis."""
    return {
        size
        for goal in task.goals
        if isinstance(goal, Shape)
        for axis, size in zip(step(goal.matrix).axes, goal.shape, strict=True)
        if axis in axes
    }


def _scales(_: Task) -> Iterator[_Edit]:
    yield lambda s: replace(s, scale=not s.scale)


def _temperatures(_: Task) -> Iterator[_Edit]:
    low, high = TEMPERATURE
    for T in [low, 0.1, *np.arange(_DEGREES, high + _DEGREES / 2, _DEGREES).tolist()]:
        yield lambda s, T=T: replace(s, temperature=T)  # type: ignore[misc]


def _masks(task: Task) -> Iterator[_Edit]:
    """Yield the masks of each kind, and one that blocks exactly what is to be blocked."""
    blocked = [(goal.query, goal.key) for goal in task.goals if isinstance(goal, Blocked)]

    def exactly(s: Scenario) -> Scenario:
        mask = np.array(s.allowed)
        mask[tuple(np.transpose(blocked))] = False
        return replace(s, mask=mask)

    if blocked:
        yield exactly
    for kind in masks.KINDS:
        sizes = range(1, task.start.n_k) if kind in ("padding", "window") else (None,)
        for size in sizes:
            yield lambda s, kind=kind, size=size: edits.with_mask_kind(s, kind, size)  # type: ignore[misc]


def _positions(_: Task) -> Iterator[_Edit]:
    for kind in positions.KINDS:
        yield lambda s, kind=kind: edits.with_positions(s, kind)  # type: ignore[misc]


#: How each setting is chosen; heads are left as they are.
_OPTIONS: dict[str, Callable[[Task], Iterator[_Edit]]] = {
    "sentence": _sentences,
    "sizes": _sizes,
    "scale": _scales,
    "temperature": _temperatures,
    "mask": _masks,
    "positions": _positions,
}
