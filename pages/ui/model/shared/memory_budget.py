"""Whether a model fits into this server's memory, beside those that are loaded already."""

from __future__ import annotations

import math
import os
from collections.abc import Collection, Mapping
from functools import lru_cache

from attn_core.explain.wording import join_words
from attn_core.pretrained import ModelError, is_at_hand, memory
from attn_core.pretrained.files.checkpoint import Progress
from attn_core.text import escape

#: Names the MB that all models may take together, for whoever runs the server.
VARIABLE = "ATTENTION_MEMORY"
#: What Streamlit Community Cloud guarantees.
DEFAULT = 690
_MB = 1_000_000


def budget() -> int:
    """MB that all models may take together.

    Raises
    ------
    ModelError
        When the server's setting isn't a number of MB.
    """
    given = os.environ.get(VARIABLE, "").strip() or str(DEFAULT)
    if not given.isascii() or not given.isdigit():
        raise ModelError(f"{VARIABLE} must be a whole number of MB, got {given!r:.40}.")
    return int(given)


def admit(name: str, beside: Collection[str], progress: Progress) -> str:
    """Say what memory a model takes, or refuse it.

    Parameters
    ----------
    name : str
        Its files are fetched if they aren't here.
    beside : collection of str
        Models that are loaded already.
    progress : callable
        Told how far a download is.

    Raises
    ------
    ModelError
        When it doesn't fit; says what was needed, what is there, and what changes it.
    """
    there, takes = budget(), memory.needed(name, progress)
    taken = sum(map(memory.needed, beside))
    if takes + taken > there * _MB:
        raise ModelError(
            f"This model takes about {_in_mb(takes)} of memory, with the reading of its longest "
            f"text. The models of this server may take {there} MB together"
            f"{f', and those that are loaded take {_in_mb(taken)}' if taken else ''}. Whoever runs "
            f"the server sets another limit by the environment variable {VARIABLE}, in MB."
        )
    return f"It takes about {_in_mb(takes)} of the {there} MB that models may take here."


def describe(models: Mapping[str, str]) -> str:
    """Say what memory each model takes, by what visitors call it and by its name."""
    sizes = {escape.markdown(label): _size(name) for label, name in models.items()}
    told = [f"{label} {size}" for label, size in sizes.items() if size]
    return f"Memory that each takes once it is loaded: {join_words(told)}." if told else ""


def _size(name: str) -> str:
    """What a model takes; empty where it isn't here yet, or loading will tell what is wrong."""
    if not is_at_hand(name):
        return ""
    try:
        return _in_mb(_needed(name))
    except ModelError:
        return ""


_needed = lru_cache(maxsize=64)(memory.needed)


def _in_mb(size: int) -> str:
    return f"{math.ceil(size / _MB)} MB"
