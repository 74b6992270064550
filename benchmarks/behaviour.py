"""What a simulated visitor does; the one place to change when the pages change."""

from __future__ import annotations

import random
from collections.abc import Iterable

from benchmarks.crowd import Guest

#: How often each act is chosen.
MOVE, TURN, COME_BACK, OPEN_LINK = 80, 15, 3, 2
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
    """Let go of a slider of the matrix at another place, if the page has one."""
    tab = guest.tab
    if EDITOR in tab.drawers and not matrix_sliders(tab.sliders):
        await guest.do("drawer", lambda: tab.open(EDITOR))
    labels = matrix_sliders(tab.sliders) or list(tab.sliders)
    if not labels:
        return await turn(guest, dice)
    label = dice.choice(labels)
    slider = tab.sliders[label]
    steps = round((slider.max - slider.min) / slider.step)
    value = slider.min + slider.step * dice.randint(0, steps)
    return await guest.do("move", lambda: tab.move(label, value))


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
