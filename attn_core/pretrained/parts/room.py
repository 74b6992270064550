"""What a text may take: tokens that a model has places for, and the lab room for."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from ... import limits
from ...explain.wording import pluralize


@dataclass(frozen=True)
class Room:
    """How many tokens of a text are read.

    Attributes
    ----------
    places : int
        As many as the model has places for.
    layers, heads : int
        Of the model; each pair of tokens has a weight in each of them.
    """

    places: int
    layers: int
    heads: int

    @property
    def max_tokens(self) -> int:
        """As many as the model has places for, or the lab has room for, whichever is less."""
        return min(self.places, limits.most_tokens(self.layers, self.heads))

    def check(self, n: int) -> None:
        """Refuse a text that is too long, and say whose limit it is.

        Raises
        ------
        ValueError

        Examples
        --------
        >>> Room(23, 2, 3).check(24)
        Traceback (most recent call last):
        ValueError: The model reads up to 23 tokens; this text has 24, which are its words, \
signs and parts of words.
        """
        if n <= self.max_tokens:
            return
        is_its_own = self.max_tokens == self.places
        who = "model reads" if is_its_own else "lab has room for"
        why = ""
        if not is_its_own and self.max_tokens < limits.MAX_WORDS:
            why = (
                f" Each pair of tokens has a weight in each of {pluralize(self.layers, 'layer')} "
                f"of {pluralize(self.heads, 'head')}."
            )
        raise ValueError(
            f"The {who} up to {self.max_tokens} tokens; this text has {n}, which are its "
            f"words, signs and parts of words.{why}"
        )


@contextmanager
def told_of(n: int) -> Iterator[None]:
    """Say in words why a text of n tokens can't be read, where its numbers or memory fail."""
    try:
        yield
    except OverflowError as error:
        raise ValueError(
            "The model can't read this text: on the way its numbers leave the range of float32."
        ) from error
    except MemoryError as error:
        raise ValueError(
            f"There is no memory left to read {n} tokens. A shorter text takes less."
        ) from error
