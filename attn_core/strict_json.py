"""Strict JSON: the reader of every file and link from outside."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any


class JSONError(ValueError):
    """Raised for a text that isn't JSON, or is ambiguous; the message says why."""


def loads(text: str) -> Any:
    """Parse JSON, but refuse NaN, which isn't JSON, and ambiguous objects.

    Raises
    ------
    JSONError
        When the text isn't JSON, is nested too deep, or has a key twice in one object, of
        which other readers take the first, the last, or both.

    Examples
    --------
    >>> loads('{"X": 1, "X": 2}')
    Traceback (most recent call last):
    attn_core.strict_json.JSONError: The key 'X' is there twice in one object.
    """
    try:
        return json.loads(text, object_pairs_hook=once, parse_constant=_no_constant)
    except RecursionError as error:
        raise JSONError("Not JSON to read: it is nested too deep.") from error
    except JSONError:
        raise
    except ValueError as error:  # of JSON itself, or a number of thousands of digits
        raise JSONError(f"Not JSON: {error}.") from error


def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Build an object from its pairs, whose keys must differ."""
    made = dict(pairs)
    if len(made) < len(pairs):
        twice = Counter(key for key, _ in pairs).most_common(1)[0][0]
        raise JSONError(f"The key {twice!r:.40} is there twice in one object.")
    return made


def _no_constant(name: str) -> Any:
    raise JSONError(f"Numbers must be finite, got {name}.")
