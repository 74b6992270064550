"""Scenarios as JSON text that a person can read, and back, exactly.

The link holds the same text, packed; see `permalink`.
"""

from __future__ import annotations

import json
from typing import Any

import numpy as np

from . import strict_json
from .scenario import Scenario

VERSION = 1
FORMAT = "self-attention-lab"

_REQUIRED = {"tokens", "features", "X", "W_q", "W_k", "W_v"}
_OPTIONAL = {
    *("mask", "scale", "temperature", "W_o", "dtype"),
    *("heads", "context", "Z", "positions", "P", "slope"),
    "frequencies",
}
_ARRAYS = ("X", "W_q", "W_k", "W_v", "W_o", "Z", "P", "frequencies")


class DocumentError(ValueError):
    """Raised for a text that isn't a scenario of ours; the message says why."""


def content(scenario: Scenario) -> dict[str, Any]:
    """Return what a document says of a scenario; fields with their default value are left out."""
    s = scenario
    written: dict[str, Any] = {FORMAT: VERSION, "tokens": s.tokens, "features": s.features}
    for name in _ARRAYS:
        if (array := getattr(s, name)) is not None:
            written[name] = _plain(array.tolist())
    for name in ("heads", "context"):
        if getattr(s, name):
            written[name] = getattr(s, name)
    if s.mask is not None:
        written["mask"] = s.mask.tolist()
    if not s.scale:
        written["scale"] = False
    if s.temperature != 1:
        written["temperature"] = s.temperature
    if s.positions != "none":
        written["positions"] = s.positions
    if s.slope is not None:
        written["slope"] = s.slope
    if s.X.dtype == np.float32:
        written["dtype"] = "float32"
    return written


def to_json(scenario: Scenario, indent: int | None = None) -> str:
    """Write a scenario; fields with their default value are left out.

    Examples
    --------
    >>> s = Scenario(("a",), X=[[1]], W_q=[[0.5]], W_k=[[2]], W_v=[[3]])
    >>> print(to_json(s)[:62])
    {"self-attention-lab":1,"tokens":["a"],"features":["x1"],"X":[
    """
    separators = (",", ":") if indent is None else None
    return json.dumps(content(scenario), ensure_ascii=False, indent=indent, separators=separators)


def from_json(text: str) -> Scenario:
    """Read a scenario.

    Raises
    ------
    DocumentError
        When the text isn't JSON, isn't of this format or version, or describes a
        scenario that can't be.

    Examples
    --------
    >>> from_json("[1, 2]")
    Traceback (most recent call last):
    attn_core.document.DocumentError: Not a scenario: expected a JSON object, got a list.
    """
    return from_content(read(text))


def read(text: str) -> dict[str, Any]:
    """Parse a JSON document to an object, without validation of its fields.

    Raises
    ------
    DocumentError
        When the text isn't JSON, or isn't an object.

    Examples
    --------
    >>> read('{"scale": true}')
    {'scale': True}
    """
    try:
        content = strict_json.loads(text)
    except strict_json.JSONError as error:
        raise DocumentError(str(error)) from error
    if not isinstance(content, dict):
        raise DocumentError(
            f"Not a scenario: expected a JSON object, got a {type(content).__name__}."
        )
    return content


def from_content(content: dict[str, Any]) -> Scenario:
    """Build a scenario from the object of its document; see `from_json`.

    Examples
    --------
    >>> from attn_core.presets import DEFAULT
    >>> from_content(read(to_json(DEFAULT.scenario))) == DEFAULT.scenario
    True
    """
    version = content.get(FORMAT)
    if version != VERSION or isinstance(version, bool):
        raise DocumentError(f'Not a scenario of this lab: expected "{FORMAT}": {VERSION} in it.')
    names = content.keys() - {FORMAT}
    missing, foreign = _REQUIRED - names, names - _REQUIRED - _OPTIONAL
    if missing or foreign:
        raise DocumentError(
            f"Not a whole scenario: missing {sorted(missing) or 'nothing'!s:.80}, "
            f"unknown {sorted(foreign) or 'nothing'!s:.80}."
        )
    return build({name: content[name] for name in names})


def build(fields: dict[str, Any]) -> Scenario:
    """Build a scenario from its fields in JSON: lists, numbers, words.

    Raises
    ------
    DocumentError
        When they describe a scenario that can't be.

    Examples
    --------
    >>> fields = {"tokens": ["a"], "X": [[1]], "W_q": [[1]], "W_k": [[1]], "W_v": [[2]]}
    >>> build(fields).W_v
    array([[2.]])
    """
    dtype = fields.get("dtype", "float64")
    if dtype not in ("float32", "float64"):
        raise DocumentError(f"dtype must be float32 or float64, got {dtype!r:.40}.")
    try:
        given: dict[str, Any] = {
            name: _array(name, value, dtype) if name in _ARRAYS else value
            for name, value in fields.items()
            if name != "dtype"
        }
        return Scenario(**given)
    except ValueError as error:
        raise DocumentError(str(error)) from error


def _array(name: str, value: Any, dtype: str) -> np.ndarray[Any, Any]:
    if not isinstance(value, list):
        raise DocumentError(f"{name} must be a list of rows, got {value!r:.40}.")
    try:
        array = np.array(value)
    except ValueError as error:
        raise DocumentError(f"{name} must have rows of one length: {error}.") from error
    if array.dtype.kind not in "iuf":
        raise DocumentError(f"{name} must hold numbers only.")
    return array.astype(dtype)


def _plain(values: list[Any]) -> list[Any]:
    """Shorten whole floats to integers; they read back as the same floats."""
    if isinstance(values[0], list):
        return [_plain(row) for row in values]
    return [int(v) if v.is_integer() and abs(v) < 2**53 else v for v in values]
