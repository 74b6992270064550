"""Sentences about the causes of a difference between A and B."""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

from ..explain.papers import SCHEMES
from ..explain.wording import Escape, pluralize
from ..notation import labels
from ..notation.equation import block
from ..notation.labels import number
from ..notation.steps import step
from ..positions import PositionKind
from .causes import Cause, causes, largest_moves
from .changes import (
    QUERY_KEY,
    QUERY_KEY_POSITIONS,
    Change,
    NumberChange,
    SettingChange,
    SizeChange,
    changes_of,
)
from .compare import Comparison

#: The method, in words for the reader.
METHOD = (
    "Found by computing A again and again, each time with a single input changed to what it is "
    "in B. These effects needn't add up: inputs act through one another."
)


def describe_causes(c: Comparison, escape: Escape = str) -> tuple[str, ...]:
    r"""Describe the largest changes between A and B and the single input that moves each most.

    Parameters
    ----------
    c : Comparison
    escape : callable
        Applied to each word and feature.

    Examples
    --------
    >>> from attn_core import edits
    >>> from attn_core.analysis.compare import compare
    >>> from attn_core.presets import BY_KEY
    >>> a = BY_KEY["verb-subject"].scenario
    >>> b = edits.with_cell(edits.with_cell(a, "W_k", 0, 0, 0.5), "W_q", 1, 0, 2.5)
    >>> for sentence in describe_causes(compare(a, b))[:1]:
    ...     print(sentence.replace(" (", "\n("))
    W_k pronoun → k₁ −2.50 alone lowers the weight of suis for Je from 1.00 to 0.59
    (all changes together: to 0.55).
    """
    if not c.same_words:
        return (
            *_largest(c, escape),
            "A and B differ in their words or features, so A can't take single inputs of B "
            "and there are no causes to be told.",
        )
    changed, found = changes_of(c), causes(c)
    if not changed:
        return ("A and B have the same inputs.",)
    if not found:
        inputs = "1 input differs" if len(changed) == 1 else f"{len(changed)} inputs differ"
        return (f"{inputs}, but no weight and no output by as much as the boxes show.",)
    start = (
        () if found[0].name == "weights" else ("No weight changes by as much as the boxes show.",)
    )
    return (*start, *(_sentence(c, cause, len(changed), escape) for cause in found))


def _largest(c: Comparison, escape: Escape) -> Iterator[str]:
    """Describe the largest changes of the weights that A and B share, without causes."""
    if (found := c.blocks("weights")) is None:
        return
    a, b, difference = found
    for i, j in largest_moves(difference.values):
        before, after = _written(float(a.values[i, j]), float(b.values[i, j]))
        row, column = (escape(labels.isolate(label)) for label in (b.rows[i], b.columns[j]))
        yield f"The weight of {row} for {column} goes from {before} to {after}."


def _sentence(c: Comparison, cause: Cause, count: int, escape: Escape) -> str:
    rises = cause.after > cause.before
    what = _named(c, cause, escape)
    if cause.change is None:
        before, after = _written(cause.before, cause.after)
        verb = "raise" if rises else "lower"
        return (
            f"No single change moves {what} that way by as much as the boxes show; "
            f"all changes together {verb} it from {before} to {after}."
        )
    before, alone, after = _written(cause.before, cause.alone, cause.after)
    is_plural = cause.change.name in (QUERY_KEY, QUERY_KEY_POSITIONS)
    verb = ("raise" if rises else "lower") + ("" if is_plural else "s")
    sentence = f"{_input(cause.change, escape)} alone {verb} {what} from {before} to {alone}"
    return f"{sentence}." if alone == after else f"{sentence} (all changes together: to {after})."


def _named(c: Comparison, cause: Cause, escape: Escape) -> str:
    shown = block(c.a, cause.name)
    row = escape(labels.isolate(shown.rows[cause.row]))
    if cause.name == "weights":
        return f"the weight of {row} for {escape(labels.isolate(shown.columns[cause.column]))}"
    return f"the output {row} · {shown.columns[cause.column]}"


def _input(change: Change, escape: Escape) -> str:
    """Name a change as the subject of a sentence."""
    match change:
        case SizeChange():
            columns = pluralize(change.after, "column")
            return f"{change.name} of B, {columns} for {change.before},"
        case SettingChange():
            return _setting(change)
        case NumberChange():
            difference = change.after - change.before
            digits = 2 if round(difference, 2) == round(difference, 3) else 3
            sign = "+" if difference > 0 else ""
            symbol = step(change.name).symbol
            return f"{symbol} {escape(change.label)} {sign}{number(difference, digits)}"


def _setting(change: SettingChange) -> str:
    before, after = change.before, change.after
    match change.name:
        case "scale":
            return f"The scaling, switched {'on' if after else 'off'},"
        case "temperature":
            return f"The temperature, {before:g} → {after:g},"
        case "slope":
            return f"ALiBi's slope, {before:g} → {after:g},"
        case "positions":
            return f"The kind of positions, {_title(before)} → {_title(after)},"
        case "mask":
            if before and after:
                return "The mask of B"
            return f"The mask, {'added' if after else 'taken away'},"


def _title(kind: bool | float | PositionKind) -> str:
    return SCHEMES[cast(PositionKind, kind)].title


def _written(before: float, *others: float) -> list[str]:
    """Write numbers with two decimals, or with three where the first two would look alike."""
    digits = 2 if number(before) != number(others[0]) else 3
    return [number(value, digits) for value in (before, *others)]
