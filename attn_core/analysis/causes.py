"""Which input moved what: each input that differs, changed alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, cast

import numpy as np

from ..attention import AttentionTrace, attend
from ..edits import PROJECTIONS, MatrixName, block_of, editable
from ..explain.papers import SCHEMES
from ..explain.wording import TIE, Quote, counted
from ..notation import labels
from ..notation.equation import block
from ..notation.labels import number
from ..notation.steps import step
from ..scenario import Array, Scenario
from .compare import Comparison, compare

#: Cells whose causes are told.
MOST_CELLS = 3

#: How the causes are found, for the reader.
METHOD = (
    "Found by computing A again and again, each time with a single input changed to what it is "
    "in B. These effects needn't add up: inputs act through one another."
)

#: Queries and keys are of one size, so a projection to one can't have another size alone.
PAIR = "W_q and W_k"

#: RoPE turns pairs of columns, so it can't come or go without them.
PAIR_TURNED = "W_q, W_k and the positions"

#: What of a scenario can only be changed together.
_PLACES = ("positions", "P", "slope")
_TOGETHER = {
    "positions": _PLACES,
    PAIR: ("W_q", "W_k"),
    PAIR_TURNED: ("W_q", "W_k", *_PLACES),
}

Setting = Literal["scale", "temperature"]


@dataclass(frozen=True)
class Change:
    """One input that differs between A and B.

    Attributes
    ----------
    name : str
        One of `edits.editable`, or one of the settings: scale, temperature, positions,
        slope, mask. Projections of other sizes in A and B can only be changed whole, and
        `PAIR` only together. Positions of another kind bring their P or slope along.
    row, column : int
        Of a matrix, the place of the number, from 0; of all else, −1.
    label : str
        Of a matrix, what the number is, such as ``verb → k₁``; of positions their kind
        in A and in B.
    before, after : float
        The number in A and in B; of scale, mask and positions, whether there are any; of
        whole projections their columns.
    """

    name: str
    row: int
    column: int
    label: str
    before: float
    after: float


@dataclass(frozen=True)
class Cause:
    """The one input that, changed alone, moves a number most in the direction it went.

    Attributes
    ----------
    name : {"weights", "output"}
    row, column : int
        The number's place.
    before, after : float
        The number in A and in B.
    change : Change or None
        None where no single change moves the number by as much as the boxes show.
    alone : float
        The number in A with this change alone.
    """

    name: Literal["weights", "output"]
    row: int
    column: int
    before: float
    after: float
    change: Change | None
    alone: float


def changes(a: Scenario, b: Scenario) -> tuple[Change, ...]:
    """Every input that differs between two scenarios of one sentence.

    Parameters
    ----------
    a, b : Scenario
        With the same words and features, in the same order; those of a second sentence
        count as words, so that one that comes or goes is no single change.

    Returns
    -------
    tuple of Change
        In the order of `edits.editable`, row by row, then whole projections of another
        size, then the settings. A mask that blocks nothing is as good as none.

    Raises
    ------
    ValueError
        When words or features differ.

    Examples
    --------
    >>> from attn_core import edits
    >>> from attn_core.presets import DEFAULT
    >>> b = edits.with_cell(DEFAULT.scenario, "W_k", 1, 0, 0.8)
    >>> [(c.name, c.label, c.before, c.after) for c in changes(DEFAULT.scenario, b)]
    [('W_k', 'verb → k₁', 0.0, 0.8)]
    """
    return _changes(compare(a, b))


def with_change(a: Scenario, b: Scenario, change: Change) -> Scenario:
    """Return A with one input changed to what it is in B.

    Examples
    --------
    >>> from dataclasses import replace
    >>> from attn_core.presets import DEFAULT
    >>> a = DEFAULT.scenario
    >>> b = replace(a, scale=False, temperature=2)
    >>> with_change(a, b, changes(a, b)[1]) == replace(a, temperature=2)
    True
    """
    taken = {name: getattr(b, name) for name in _TOGETHER.get(change.name, (change.name,))}
    if change.row >= 0:
        values = np.array(getattr(a, change.name))
        values[change.row, change.column] = taken[change.name][change.row, change.column]
        taken[change.name] = values
    following: Scenario = replace(a, **taken)
    return following


def causes(c: Comparison) -> tuple[Cause, ...]:
    """Find what moved the weights that changed most, or the output where no weight did.

    Parameters
    ----------
    c : Comparison

    Returns
    -------
    tuple of Cause
        At most `MOST_CELLS`, the largest change first; none where nothing changed by
        as much as the boxes show.

    Raises
    ------
    ValueError
        When words or features differ, so that A can't take a single input of B.

    Examples
    --------
    >>> from attn_core import edits
    >>> from attn_core.analysis.compare import compare
    >>> from attn_core.presets import DEFAULT
    >>> a = DEFAULT.scenario
    >>> first, *_ = causes(compare(a, edits.with_cell(a, "W_v", 0, 0, -1)))
    >>> first.name, first.row, first.column, first.change.label
    ('output', 0, 0, 'pronoun → v₁')
    """
    changed = _changes(c)
    if not changed:
        return ()
    moved = _moved(c)
    alone = _alone(c, changed, moved)
    return tuple(_cause(c, moved, i, j, changed, alone) for i, j in _moves(c, moved))


def _moved(c: Comparison) -> Literal["weights", "output"]:
    """Outputs are asked about where no weight moved, and A and B have outputs of one size."""
    fits = c.a.scenario.d_v == c.b.scenario.d_v
    return "output" if fits and not _moves(c, "weights") else "weights"


def explain(c: Comparison, quote: Quote = str) -> tuple[str, ...]:
    r"""Say what changed most between A and B, and which single input moves it most.

    Parameters
    ----------
    c : Comparison
    quote : callable
        Applied to each word and feature.

    Examples
    --------
    >>> from attn_core import edits
    >>> from attn_core.analysis.compare import compare
    >>> from attn_core.presets import BY_KEY
    >>> a = BY_KEY["verb-subject"].scenario
    >>> b = edits.with_cell(edits.with_cell(a, "W_k", 0, 0, 0.5), "W_q", 1, 0, 2.5)
    >>> for sentence in explain(compare(a, b))[:1]:
    ...     print(sentence.replace(" (", "\n("))
    W_k pronoun → k₁ −2.50 alone lowers the weight of suis for Je from 1.00 to 0.59
    (all changes together: to 0.55).
    """
    if not c.same_words:
        return (
            *_largest(c, quote),
            "A and B differ in their words or features, so A can't take single inputs of B "
            "and there are no causes to be told.",
        )
    changed, found = _changes(c), causes(c)
    if not changed:
        return ("A and B have the same inputs.",)
    if not found:
        inputs = "1 input differs" if len(changed) == 1 else f"{len(changed)} inputs differ"
        return (f"{inputs}, but no weight and no output by as much as the boxes show.",)
    start = (
        () if found[0].name == "weights" else ("No weight changes by as much as the boxes show.",)
    )
    return (*start, *(_told(c, cause, len(changed), quote) for cause in found))


def _changes(c: Comparison) -> tuple[Change, ...]:
    if not c.same_words:
        raise ValueError("A and B must have the same words and features.")
    a, b = c.a.scenario, c.b.scenario
    return (*_numbers(c), *_wholes(a, b), *_settings(a, b))


def _numbers(c: Comparison) -> Iterator[Change]:
    a, b = c.a.scenario, c.b.scenario
    for name in editable(a):
        shown, values = block_of(a, name), getattr(b, name)
        if values is None or shown.values.shape != values.shape:
            continue
        for i, j in np.argwhere(shown.values != values).tolist():
            numbers = float(shown.values[i, j]), float(values[i, j])
            yield Change(name, i, j, shown.cell(i, j), *numbers)


def _wholes(a: Scenario, b: Scenario) -> Iterator[Change]:
    """Projections that aren't of one size in A and B."""
    if a.d_k != b.d_k:
        name = PAIR_TURNED if _are_tied(a, b) else PAIR
        yield Change(name, -1, -1, "", a.d_k, b.d_k)
    if a.d_v != b.d_v:
        yield Change("W_v", -1, -1, "", a.d_v, b.d_v)


def _are_tied(a: Scenario, b: Scenario) -> bool:
    """Whether RoPE is in one of two, and the other has no pair of columns to turn."""
    return any(s.positions == "rope" and other.d_k == 1 for s, other in ((a, b), (b, a)))


def _settings(a: Scenario, b: Scenario) -> Iterator[Change]:
    names: tuple[Setting, ...] = ("scale", "temperature")
    for name in names:
        if getattr(a, name) != getattr(b, name):
            yield Change(name, -1, -1, "", float(getattr(a, name)), float(getattr(b, name)))
    if a.positions != b.positions and not _are_tied(a, b):
        kinds = f"{SCHEMES[a.positions].title} → {SCHEMES[b.positions].title}"
        numbers = float(a.positions != "none"), float(b.positions != "none")
        yield Change("positions", -1, -1, kinds, *numbers)
    if a.slopes and b.slopes and a.slopes != b.slopes:
        yield Change("slope", -1, -1, "", a.slopes[0], b.slopes[0])
    if not np.array_equal(a.allowed, b.allowed):
        yield Change("mask", -1, -1, "", float(not a.allowed.all()), float(not b.allowed.all()))


def _moves(c: Comparison, name: str) -> list[tuple[int, int]]:
    """Places of the largest changes that the boxes show, the largest first."""
    return _places(getattr(c.b, name) - getattr(c.a, name))


def _places(difference: Array) -> list[tuple[int, int]]:
    moved = np.abs(difference)
    order = np.argsort(-moved, axis=None, kind="stable")[:MOST_CELLS]
    places = zip(*np.unravel_index(order, moved.shape), strict=True)
    return [(int(i), int(j)) for i, j in places if moved[i, j] >= TIE]


def _alone(c: Comparison, changed: Sequence[Change], name: str) -> Array:
    """Weights or output of A with each change alone; shape (changes, rows, columns)."""
    a, b = c.a.scenario, c.b.scenario
    # Heads differ in ALiBi's slope, which here has to be one for all of them.
    are_heads = a.positions != "alibi"
    together = [change for change in changed if change.row >= 0 and are_heads]
    others = changed[len(together) :]  # numbers come first
    several = [getattr(_each_number(c.a, together), name)] if together else []
    single = [getattr(attend(with_change(a, b, change)), name)[None] for change in others]
    return np.concatenate([*several, *single])


def _each_number(a: AttentionTrace, numbers: Sequence[Change]) -> AttentionTrace:
    """Attend with each change alone, all at once: each is a head of its own.

    Heads share X, which may be what changes. So the identity stands in its place, and
    what X, with its positions, makes of the projections in theirs: their product is the
    same. So it is for the second sentence.
    """
    s = a.scenario
    stacks: dict[MatrixName, Array] = {
        name: np.repeat(getattr(s, name)[None], len(numbers), axis=0) for name in editable(s)
    }
    for k, change in enumerate(numbers):
        stacks[cast(MatrixName, change.name)][k, change.row, change.column] = change.after
    made: dict[str, Any] = {}
    for name, placed in zip(PROJECTIONS, _placed(a, stacks), strict=True):
        rest = max(s.n, s.n_k) - placed.shape[1]  # both sentences have equally many features
        made[name] = np.pad(placed @ stacks[name], ((0, 0), (0, rest), (0, 0)))
    eye = np.eye(max(s.n, s.n_k), dtype=s.X.dtype)
    made |= {"X": eye[: s.n], "Z": eye[: s.n_k] if s.is_cross else None}
    made |= {} if s.positions == "rope" else {"positions": "none", "P": None}
    heads: Scenario = replace(s, features=(), **made)
    return attend(heads)


def _placed(a: AttentionTrace, stacks: dict[MatrixName, Array]) -> tuple[Array, Array, Array]:
    """What queries, keys and values are made from, with its positions and each change alone."""
    s = a.scenario

    def added(name: MatrixName, fixed: Array | None) -> Array:
        P = stacks["P"][:, : len(getattr(s, name))] if "P" in stacks else fixed
        return stacks[name] if P is None else stacks[name] + P

    words = added("X", a.P)
    looked_at = added("Z", a.P_context) if s.is_cross else words
    return words, looked_at, looked_at


def _cause(
    c: Comparison,
    name: Literal["weights", "output"],
    i: int,
    j: int,
    changed: Sequence[Change],
    alone: Array,
) -> Cause:
    before, after = float(getattr(c.a, name)[i, j]), float(getattr(c.b, name)[i, j])
    effects = (alone[:, i, j] - before) * np.sign(after - before)
    best = int(np.argmax(effects))
    if effects[best] < TIE:
        return Cause(name, i, j, before, after, None, before)
    return Cause(name, i, j, before, after, changed[best], float(alone[best, i, j]))


def _largest(c: Comparison, quote: Quote) -> Iterator[str]:
    """Largest changes of the weights that A and B share, without a cause."""
    if (found := c.blocks("weights")) is None:
        return
    a, b, difference = found
    for i, j in _places(difference.values):
        before, after = _written(float(a.values[i, j]), float(b.values[i, j]))
        row, column = (quote(labels.isolate(label)) for label in (b.rows[i], b.columns[j]))
        yield f"The weight of {row} for {column} goes from {before} to {after}."


def _told(c: Comparison, cause: Cause, count: int, quote: Quote) -> str:
    rises = cause.after > cause.before
    what = _named(c, cause, quote)
    if cause.change is None:
        before, after = _written(cause.before, cause.after)
        verb = "raise" if rises else "lower"
        return (
            f"No single change moves {what} that way by as much as the boxes show; "
            f"all changes together {verb} it from {before} to {after}."
        )
    before, alone, after = _written(cause.before, cause.alone, cause.after)
    is_plural = cause.change.name in (PAIR, PAIR_TURNED)
    verb = ("raise" if rises else "lower") + ("" if is_plural else "s")
    told = f"{_input(cause.change, quote)} alone {verb} {what} from {before} to {alone}"
    return f"{told}." if alone == after else f"{told} (all changes together: to {after})."


def _named(c: Comparison, cause: Cause, quote: Quote) -> str:
    shown = block(c.a, cause.name)
    row = quote(labels.isolate(shown.rows[cause.row]))
    if cause.name == "weights":
        return f"the weight of {row} for {quote(labels.isolate(shown.columns[cause.column]))}"
    return f"the output {row} · {shown.columns[cause.column]}"


def _input(change: Change, quote: Quote) -> str:
    """Name a change as the subject of a sentence."""
    if change.name in (PAIR, PAIR_TURNED, "W_v") and change.row < 0:
        columns = counted(int(change.after), "column")
        return f"{change.name} of B, {columns} for {change.before:g},"
    match change.name:
        case "scale":
            return "The scaling, switched on," if change.after else "The scaling, switched off,"
        case "temperature":
            return f"The temperature, {change.before:g} → {change.after:g},"
        case "slope":
            return f"ALiBi's slope, {change.before:g} → {change.after:g},"
        case "positions":
            return f"The kind of positions, {change.label},"
        case "mask":
            if change.before and change.after:
                return "The mask of B"
            return "The mask, added," if change.after else "The mask, taken away,"
    difference = change.after - change.before
    digits = 2 if round(difference, 2) == round(difference, 3) else 3
    sign = "+" if difference > 0 else ""
    symbol = step(change.name).symbol
    return f"{symbol} {quote(change.label)} {sign}{number(difference, digits)}"


def _written(before: float, *others: float) -> list[str]:
    """Write numbers with two decimals, or with three where the first two would look alike."""
    digits = 2 if number(before) != number(others[0]) else 3
    return [number(value, digits) for value in (before, *others)]
