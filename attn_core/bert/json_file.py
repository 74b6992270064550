"""A file of JSON beside a model's numbers, read strictly."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from .error import ModelError


def read_object(path: Path) -> dict[str, Any]:
    """Read a file that holds an object of JSON.

    Raises
    ------
    ModelError
        When it isn't JSON or holds something else, or an object says one thing twice.
    """
    try:
        return parsed_object(path.read_text(encoding="utf-8"), str(path))
    except (OSError, UnicodeDecodeError) as error:
        raise ModelError(f"{path} can't be read as JSON: {error}. Fetch it again.") from error


def parsed_object(text: str | bytes, where: str) -> dict[str, Any]:
    """Do the same with what a file holds.

    Examples
    --------
    >>> parsed_object('{"hidden_size": 2, "hidden_size": 3}', "config.json")
    Traceback (most recent call last):
    attn_core.bert.error.ModelError: config.json says 'hidden_size' twice. Take one out.
    """
    try:
        said = json.loads(text, object_pairs_hook=_once)
    except _TwiceError as error:
        raise ModelError(f"{where} says {error} twice. Take one out.") from error
    except (ValueError, RecursionError) as error:
        raise ModelError(f"{where} can't be read as JSON: {error}. Fetch it again.") from error
    if not isinstance(said, dict):
        raise ModelError(f"{where}: expected an object of JSON, got {said!r:.40}.")
    return said


class _TwiceError(Exception):
    pass


def _once(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    said: dict[str, Any] = {}
    for name, value in pairs:
        if name in said:
            raise _TwiceError(f"{name!a:.80}")
        said[name] = value
    return said
