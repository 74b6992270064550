"""A file of JSON beside a model's numbers, read strictly."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from ... import strict_json
from .error import ModelError

#: The file of settings that every model has.
CONFIG = "config.json"


def read_object(path: Path) -> dict[str, Any]:
    """Read a file that holds an object of JSON.

    Raises
    ------
    ModelError
        When it isn't JSON or holds something else, or an object says one thing twice.
    """
    return _object(read(path), str(path))


def read(path: Path) -> Any:
    """Read a file that holds anything in JSON; raises as `read_object` does."""
    try:
        return _parsed(path.read_text(encoding="utf-8"), str(path))
    except (OSError, UnicodeDecodeError) as error:
        raise ModelError(f"{path} can't be read as JSON: {error}. Fetch it again.") from error


def parsed_object(text: str | bytes, where: str) -> dict[str, Any]:
    """Do the same as `read_object` with what a file holds.

    Examples
    --------
    >>> parsed_object('{"hidden_size": 2}', "config.json")
    {'hidden_size': 2}
    >>> parsed_object("[2]", "config.json")
    Traceback (most recent call last):
    attn_core.pretrained.files.error.ModelError: config.json: expected an object of JSON, got [2].
    """
    return _object(_parsed(text, where), where)


def _parsed(text: str | bytes, where: str) -> Any:
    try:
        return json.loads(text, object_pairs_hook=strict_json.once)
    except strict_json.JSONError as error:
        raise ModelError(f"{where}: {error} Take one out.") from error
    except (ValueError, RecursionError) as error:
        raise ModelError(f"{where} can't be read as JSON: {error}. Fetch it again.") from error


def _object(said: Any, where: str) -> dict[str, Any]:
    if not isinstance(said, dict):
        raise ModelError(f"{where}: expected an object of JSON, got {said!r:.40}.")
    return said
