"""Named scenarios, each with one sentence that claims what can be seen in it.

A preset is a file as *Share* saves it, and its entry in `presets.json`; they are offered in
the order of that list. `tests/core/test_presets.py` holds each claim against its numbers.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from importlib.resources import files

from .. import limits
from ..document import from_json
from ..scenario import Scenario


@dataclass(frozen=True)
class Preset:
    """A place to start from.

    Attributes
    ----------
    key : str
        Short name in links.
    title, claim : str
        What it is called, and what can be seen in it.
    scenario : Scenario
    """

    key: str
    title: str
    claim: str
    scenario: Scenario


def _read(name: str) -> str:
    return (files(__name__) / f"{name}.json").read_text(encoding="utf-8")


PRESETS: tuple[Preset, ...] = tuple(
    Preset(**entry, scenario=limits.validate(from_json(_read(entry["key"]))))
    for entry in json.loads(_read("presets"))
)

DEFAULT = PRESETS[0]

BY_KEY: dict[str, Preset] = {preset.key: preset for preset in PRESETS}


def named(key: str) -> Preset:
    """Look a preset up.

    Raises
    ------
    ValueError
        When there is none of that name; the message lists those there are.

    Examples
    --------
    >>> named("sharp").scenario.temperature
    0.1
    """
    if key not in BY_KEY:
        raise ValueError(f"There is no preset {key!r:.40}. The lab has: {', '.join(BY_KEY)}.")
    return BY_KEY[key]
