"""The stage: what the presenter shows to all of a room."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from dataclasses import asdict, dataclass, fields
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

from attn_core import Scenario, limits, permalink, strict_json
from attn_core.edits import editable
from attn_core.notation import cells
from attn_core.notation.graph import graph
from pages.ui.room.rules.limits import MAX_LOOK, MAX_MOVED, MAX_STAGE

#: Where an event says whose the scenario on the stage is; the record tells only whether anybody's.
WHOSE = "from the room"


@dataclass(frozen=True)
class Stage:
    """What all of a room see.

    Attributes
    ----------
    page : str
        As its entry in the menu is titled.
    link : str
        The scenario.
    head : int
        From 0.
    cell : str
        The number that is asked about, as `cells.to_text` writes it; empty for none.
    look : str
        What else that page's address says and all are to see; empty for nothing.

    Examples
    --------
    >>> from attn_core.presets import DEFAULT
    >>> stage = staged("Lab", DEFAULT.scenario, cell="weights.2.1")
    >>> read(stage.to_json(), ["Lab"]) == stage, stage.scenario == DEFAULT.scenario
    (True, True)
    """

    page: str
    link: str
    head: int = 0
    cell: str = ""
    look: str = ""

    @property
    def scenario(self) -> Scenario:
        """The scenario, which all sessions of this process share."""
        return _scenario(self.link)

    def to_json(self) -> str:
        """Write it; `read` reads it."""
        return json.dumps(asdict(self), ensure_ascii=False)


def staged(page: str, scenario: Scenario, head: int = 0, cell: str = "", look: str = "") -> Stage:
    """Put a scenario on the stage.

    Raises
    ------
    LinkError
        When it is too large for a link, for which it needs many long words of rare characters.
    """
    return Stage(page, permalink.encode(scenario), head, cell, look)


def read(text: str, pages: Collection[str]) -> Stage:
    """Read a stage and check all of it.

    Parameters
    ----------
    text : str
        What `Stage.to_json` wrote.
    pages : collection of str
        The titles of the pages there are.

    Raises
    ------
    ValueError
        When it is none; the message says what was expected and what came.

    Examples
    --------
    >>> read("[]", ["Lab"])
    Traceback (most recent call last):
    ValueError: Not a stage: expected a JSON object, got a list.
    """
    stage = from_json(text)
    if stage.page not in pages:
        raise ValueError(f"Expected a page of {', '.join(pages)}; got {stage.page!r:.40}.")
    return stage


def from_json(text: str) -> Stage:
    """Read a stage of any page; see `read`."""
    if len(text) > MAX_STAGE:
        raise ValueError(f"A stage has room for {MAX_STAGE} characters; this one has {len(text)}.")
    stage = _from_content(strict_json.loads(text))
    check(stage)
    return stage


def check(stage: Stage) -> None:
    """Refuse a stage whose scenario, head or number can't be shown.

    Raises
    ------
    ValueError
        With what was expected and what came.
    """
    if len(stage.look) > MAX_LOOK:
        raise ValueError(
            f"“look” has room for {MAX_LOOK} characters; this one has {len(stage.look)}."
        )
    s = stage.scenario
    if not 0 <= stage.head < s.h:
        raise ValueError(f"Expected head 1 to {s.h}, got {stage.head + 1}.")
    cell = cells.from_text(stage.cell)
    if stage.cell and (cell is None or not graph(s).has_cell(cell)):
        raise ValueError(f"There is no number {stage.cell!r:.40} on this stage.")


#: The type of each field as JSON has it.
_TYPES = {"page": str, "link": str, "head": int, "cell": str, "look": str}


def _from_content(content: Any) -> Stage:
    if not isinstance(content, dict):
        raise ValueError(f"Not a stage: expected a JSON object, got a {type(content).__name__}.")
    if content.keys() != _TYPES.keys():
        raise ValueError(
            f"Not a stage: expected {', '.join(_TYPES)}; got {', '.join(map(str, content))!s:.80}."
        )
    for name, kind in _TYPES.items():
        if type(content[name]) is not kind:
            raise ValueError(f"“{name}”: expected {kind.__name__}, got {content[name]!r:.40}.")
    return Stage(**content)


@lru_cache(maxsize=64)  # all of a room ask for the same one
def _scenario(link: str) -> Scenario:
    return limits.validate(permalink.decode(link))


class Moved(NamedTuple):
    """A number that has changed, as `moves.js` tells a move; all count from 0.

    Of W_o the rows of all heads are counted, and `head` is 0 as for all that heads share.
    """

    name: str
    head: int
    row: int
    column: int
    value: float


def difference(before: Stage, after: Stage) -> tuple[Moved, ...] | None:
    """List the numbers in which two stages differ.

    Returns
    -------
    tuple of Moved or None
        None where more differs than numbers, such as a word, a size, a setting or the page, or
        more numbers than a hand moves.

    Examples
    --------
    >>> from attn_core import edits
    >>> from attn_core.presets import DEFAULT
    >>> moved = edits.with_cell(DEFAULT.scenario, "W_q", 1, 0, 0.8)
    >>> difference(staged("Lab", DEFAULT.scenario), staged("Lab", moved))
    (Moved(name='W_q', head=0, row=1, column=0, value=0.8),)
    """
    if _view(before) != _view(after):
        return None
    a, b = before.scenario, after.scenario
    if not _same_but_numbers(a, b):
        return None
    moved = tuple(_moved(a, b))
    return moved if len(moved) <= MAX_MOVED else None


def _view(stage: Stage) -> tuple[str, int, str, str]:
    return stage.page, stage.head, stage.cell, stage.look


def _same_but_numbers(a: Scenario, b: Scenario) -> bool:
    matrices = editable(a)
    if matrices != editable(b):
        return False
    same_sizes = all(getattr(a, name).shape == getattr(b, name).shape for name in matrices)
    others = [each.name for each in fields(a) if each.name not in matrices]
    return same_sizes and all(np.array_equal(getattr(a, name), getattr(b, name)) for name in others)


def _moved(a: Scenario, b: Scenario) -> Iterator[Moved]:
    for name in editable(a):
        before, after = getattr(a, name), getattr(b, name)
        for at in np.argwhere(before != after).tolist():
            head, row, column = at if len(at) == 3 else (0, *at)
            yield Moved(name, head, row, column, float(after[tuple(at)]))
