"""What a simulated visitor does; the one place to change when the pages change."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Iterable
from functools import partial
from itertools import count

from benchmarks.crowd import Guest
from benchmarks.tab import Tab

#: How often each act is chosen.
MOVE, TURN, COME_BACK, OPEN_LINK = 80, 15, 3, 2
DRAG = 1.0  # seconds until a box is let go
#: Between two moves of a drag, as in `moves.js`: seconds at least and at most, and how many
#: times what the last answer took.
PACE, LONGEST_PACE, PER_ANSWER = 0.2, 2.0, 3
EDITOR = "Move the numbers"  # the sliders of some pages are in this drawer
WIDTH = 1180  # what a laptop's browser tells the server after the first run


async def arrive(guest: Guest) -> None:
    """Open the page."""
    await guest.do("load", guest.tab.load)
    if guest.tab.has_component("viewport"):
        await guest.do("width", lambda: guest.tab.keep("viewport", width=WIDTH))


async def act(guest: Guest, dice: random.Random) -> None:
    """Do the next thing: mostly move a number, now and then turn to another page."""
    acts, weights = [move, come_back, open_link], [MOVE, COME_BACK, OPEN_LINK]
    if len(guest.tab.pages) > 1:
        acts, weights = [*acts, turn], [*weights, TURN]
    await dice.choices(acts, weights)[0](guest, dice)


async def move(guest: Guest, dice: random.Random) -> None:
    """Move a number of the matrix to another place, if the page has one."""
    tab = guest.tab
    if EDITOR in tab.drawers and not (matrix_sliders(tab.sliders) or boards(tab)):
        await guest.do("drawer", lambda: tab.open(EDITOR))
    if pictures := boards(tab):
        return await drag(guest, dice, dice.choice(pictures))
    labels = matrix_sliders(tab.sliders) or list(tab.sliders)
    if not labels:
        return await turn(guest, dice)
    label = dice.choice(labels)
    slider = tab.sliders[label]
    steps = round((slider.max - slider.min) / slider.step)
    value = slider.min + slider.step * dice.randint(0, steps)
    return await guest.do("move", lambda: tab.move(label, value))


async def drag(guest: Guest, dice: random.Random, board: str) -> None:
    """Drag a box, which is told as the server keeps up, and let go."""
    row, column, start = dice.randint(0, 1), dice.randint(0, 1), dice.uniform(-2, 2)
    gesture, end = f"{dice.random()}", time.monotonic() + DRAG
    told = partial(box_move, row, column, gesture=gesture)
    for picture in count():
        now, value = time.monotonic(), round(start + 0.05 * picture, 2)
        if now >= end:
            break
        await guest.do("picture", partial(guest.tab.trigger, board, "move", told(value)))
        took = time.monotonic() - now
        pause = min(max(PACE, PER_ANSWER * took), LONGEST_PACE) - took
        await asyncio.sleep(min(pause, max(0, end - time.monotonic())))
    last = told(value, done=True)
    await guest.do("move", partial(guest.tab.trigger, board, "move", last))


def box_move(
    row: int, column: int, value: float, gesture: str, *, done: bool = False
) -> dict[str, object]:
    """What a box of X in a live picture tells."""
    place = {"name": "X", "head": 0, "row": row, "column": column, "value": value}
    return {**place, "gesture": gesture, "number": f"{gesture}-{value}", "done": done}


def boards(tab: Tab) -> list[str]:
    """Keys of the live pictures on the page, but for those of what is learned."""
    live = [key for key, identity in tab.widgets.items() if tab.components.get(identity) == "board"]
    return [key for key in live if not key.startswith("figure-learn")]


def matrix_sliders(labels: Iterable[str]) -> list[str]:
    """Of all sliders, those that move a number of a matrix."""
    return [label for label in labels if "·" in label or "→" in label]


async def turn(guest: Guest, dice: random.Random) -> None:
    """Choose another page."""
    page = dice.choice([page for page in guest.tab.pages if page != guest.tab.page])
    await guest.do("page", lambda: guest.tab.go(page))


async def come_back(guest: Guest, _: random.Random) -> None:
    """Lose the socket and come back to the same session, as a laptop that slept."""
    await guest.come_back()


async def open_link(guest: Guest, _: random.Random) -> None:
    """Open the link of the address in a new tab, and close the old one."""
    await guest.open_link()
    await arrive(guest)
