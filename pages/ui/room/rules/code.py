"""Codes of rooms: drawn so that nobody guesses one, read as people type them."""

from __future__ import annotations

import math
import re
import secrets
import threading
from collections import OrderedDict, deque

from attn_core.explain.wording import pluralize
from pages.ui.room.rules.limits import (
    CODE_LENGTH,
    MAX_OPENED_EACH,
    MAX_ROOMS,
    MAX_SOURCES,
    MAX_WRONG_CODES,
    MAX_WRONG_CODES_EACH,
    OPENED_IN,
    WRONG_CODES_IN,
)

#: No vowel, so that a code is no word; no I and no L, for they look like 1.
ALPHABET = "BCDFGHJKMNPQRSTVWXYZ"

_BETWEEN = re.compile(r"[\s\-‐-―_.]+")


def draw() -> str:
    """Draw a code.

    Examples
    --------
    >>> len(draw()), draw() == draw()
    (5, False)
    """
    return "".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH))


def read(text: str) -> str:
    """Read a code; small letters, spaces and hyphens are fine.

    Parameters
    ----------
    text : str
        As a participant typed it, or from an address.

    Raises
    ------
    ValueError
        When it can't be a code; the message says what was expected and what came.

    Examples
    --------
    >>> read(" kx-qrt ")
    'KXQRT'
    >>> read("KXQR0")
    Traceback (most recent call last):
    ValueError: A room’s code is 5 letters of BCDFGHJKMNPQRSTVWXYZ, got 'KXQR0'.
    """
    code = _BETWEEN.sub("", text).upper()
    if len(code) != CODE_LENGTH or not set(code) <= set(ALPHABET):
        raise ValueError(f"A room’s code is {CODE_LENGTH} letters of {ALPHABET}, got {text!r:.40}.")
    return code


class Lately:
    """What came lately, of each source and of all, in the memory of this process.

    Parameters
    ----------
    what : str
        What is counted, such as "wrong codes".
    each, most : int
        How many one source may send, and all together.
    within : float
        Seconds in which it is counted.
    """

    def __init__(self, what: str, each: int, most: int, within: float) -> None:
        self._what, self._each, self._within = what, each, within
        self._lock = threading.Lock()
        self._all: deque[float] = deque(maxlen=most)
        self._by_source: OrderedDict[str, deque[float]] = OrderedDict()

    def check(self, source: str, now: float) -> None:
        """Refuse a try of a source that has had too many, or of any where all have.

        Parameters
        ----------
        source : str
            Who tries, such as an address.
        now : float
            Seconds.

        Raises
        ------
        ValueError
            With the time to wait, in words.
        """
        with self._lock:
            self._refuse(self._by_source.get(source), now, "from here")
            self._refuse(self._all, now, "to this server")

    def note(self, source: str, now: float) -> None:
        """Note one; see `check`. Of many sources the oldest is forgotten."""
        with self._lock:
            own = self._by_source.setdefault(source, deque(maxlen=self._each))
            self._by_source.move_to_end(source)
            own.append(now)
            self._all.append(now)
            if len(self._by_source) > MAX_SOURCES:
                self._by_source.popitem(last=False)

    def _refuse(self, times: deque[float] | None, now: float, where: str) -> None:
        """Refuse where as many times are held as may be, and the first isn't long ago."""
        if times is None or len(times) != times.maxlen:
            return
        wait = math.ceil(times[0] + self._within - now)
        if wait > 0:
            long = pluralize(math.ceil(wait / 60), "minute")
            said = long if wait > 60 else pluralize(wait, "second")
            raise ValueError(f"Too many {self._what} came {where}. Wait {said}.")


class WrongCodes(Lately):
    """Wrong codes of the last minute.

    While there are too many, a right code is refused, too: else one could go on guessing.

    Examples
    --------
    >>> wrong = WrongCodes()
    >>> for second in range(MAX_WRONG_CODES_EACH):
    ...     wrong.note("192.0.2.7", float(second))
    >>> wrong.check("192.0.2.8", 40.0)
    >>> wrong.check("192.0.2.7", 40.0)
    Traceback (most recent call last):
    ValueError: Too many wrong codes came from here. Wait 20 seconds.
    """

    def __init__(self) -> None:
        each, most = MAX_WRONG_CODES_EACH, MAX_WRONG_CODES
        super().__init__("wrong codes", each, most, WRONG_CODES_IN)


class OpenedRooms(Lately):
    """Rooms that were opened in the last hour: no address fills the server with them."""

    def __init__(self) -> None:
        super().__init__("new rooms", MAX_OPENED_EACH, MAX_ROOMS, OPENED_IN)


#: Those of this process.
wrong_codes, opened_rooms = WrongCodes(), OpenedRooms()
