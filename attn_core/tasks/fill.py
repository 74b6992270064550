"""Texts with places to fill in: drawn words and numbers, and numbers of a trace."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import partial
from math import isfinite
from typing import Any

from ..attention import AttentionTrace
from ..notation.graph import graph
from ..notation.labels import number, short
from .errors import TaskError
from .goals.goal import matrix_of

_PLACE = re.compile(r"\{\{\s*(.+?)\s*\}\}")
#: A number or a row of a matrix, of the start or of what was made of it; a head follows a slash.
_OF_TRACE = re.compile(
    r"(?P<start>start\.)?(?P<name>\w+)(?:/(?P<head>\d))?\[(?P<labels>.+)\](?::(?P<digits>\d))?"
)


def fill(value: Any, drawn: Mapping[str, Any]) -> Any:
    """Fill in what was drawn, in a text and in all texts of a list or a table.

    A text that is one place alone becomes what was drawn itself. Numbers of a trace stay places,
    with the words that were drawn in them.

    Raises
    ------
    TaskError
        When nothing of that name was drawn.

    Examples
    --------
    >>> drawn = {"verb": "suis", "above": 0.9}
    >>> fill({"query": "{{verb}}", "above": "{{above}}"}, drawn)
    {'query': 'suis', 'above': 0.9}
    >>> fill("{{verb}} has {{weights[verb, Je]}}, wanted {{above}}", drawn)
    'suis has {{weights[suis, Je]}}, wanted 0.9'
    """
    if isinstance(value, dict):
        return {name: fill(each, drawn) for name, each in value.items()}
    if isinstance(value, list):
        return [fill(each, drawn) for each in value]
    if not isinstance(value, str):
        return value
    if (alone := _PLACE.fullmatch(value)) and alone[1] in drawn:
        return drawn[alone[1]]
    return _PLACE.sub(partial(_drawn, drawn=drawn), value)


def _drawn(match: re.Match[str], drawn: Mapping[str, Any]) -> str:
    if found := _OF_TRACE.fullmatch(match[1]):
        labels = ", ".join(str(drawn.get(each, each)) for each in found["labels"].split(", "))
        begin, end = found.span("labels")
        return f"{{{{{match[1][:begin]}{labels}{match[1][end:]}}}}}"
    if match[1] not in drawn:
        raise TaskError(f"{match[0]}: expected one of {', '.join(drawn)}, or a number of a matrix.")
    value = drawn[match[1]]
    return short(value) if isinstance(value, int | float) else str(value)


def with_numbers(text: str, start: AttentionTrace, now: AttentionTrace) -> str:
    """Fill in numbers of two traces.

    A place is a matrix with the labels of row and column, or of the row alone; ``start.`` before it
    asks for the start, a slash and a number behind the matrix for a head, a colon and a number
    at the end for other decimals than two.

    Raises
    ------
    TaskError
        When there is no such number.

    Examples
    --------
    >>> from attn_core import attend
    >>> from attn_core.presets import BY_KEY
    >>> a, b = (attend(BY_KEY[key].scenario) for key in ("similarity", "verb-subject"))
    >>> with_numbers("{{start.weights[suis, Je]}}, {{weights[suis, Je]:3}}, {{Q[suis]}}", a, b)
    '0.31, 0.997, (3.00, 0.00)'
    """

    def written(match: re.Match[str]) -> str:
        found = _OF_TRACE.fullmatch(match[1])
        if not found:
            raise TaskError(f"{match[0]}: expected a number like {{{{weights[suis, Je]}}}}.")
        values = _values(found, start if found["start"] else now)
        numbers = [number(x, int(found["digits"] or 2)) if isfinite(x) else "−∞" for x in values]
        return numbers[0] if "," in found["labels"] else f"({', '.join(numbers)})"

    return _PLACE.sub(written, text)


def _values(found: re.Match[str], trace: AttentionTrace) -> list[float]:
    nodes, name = graph(trace.scenario), found["name"]
    head = int(found["head"] or 1)
    has_it = name in nodes and 1 <= head <= trace.scenario.h
    M = matrix_of(trace, name, head - 1) if has_it else None
    labels = found["labels"].split(", ")
    if M is None or len(labels) > 2:
        raise TaskError(f"{found[0]}: expected a head and a matrix of {', '.join(nodes)}.")
    axes = [nodes.axis(axis) for axis in nodes[name].step.axes]
    for label, axis in zip(labels, axes, strict=False):
        if label not in axis:
            raise TaskError(f"{found[0]}: expected one of {', '.join(axis)}; got {label!r}.")
    at = tuple(axis.index(label) for label, axis in zip(labels, axes, strict=False))
    return [float(x) for x in M[at].ravel()]
