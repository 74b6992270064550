"""A cache of texts that a decoder goes on with, within a bound of memory."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import TypeVar

from attn_core.pretrained import Decoder
from attn_core.pretrained.decoder.generate import Continuation
from pages.ui.model.shared import readings

#: Bytes, most of which are keys and values; what was used last is kept whatever it takes.
MAX_BYTES = 40_000_000
#: Model, text, and numbers of the tokens that were written behind it.
_Key = tuple[str, str, tuple[int, ...]]
_Answer = TypeVar("_Answer")


class Continuations:
    """Keeps what was used last, for all visitors; not for several threads at once.

    Parameters
    ----------
    most : int
        Bytes that all of them may take together.
    """

    def __init__(self, most: int = MAX_BYTES) -> None:
        self._most = most
        self._kept: OrderedDict[_Key, Continuation] = OrderedDict()

    def get(self, model: Decoder, text: str, ids: Sequence[int]) -> Continuation:
        """Return a text with tokens behind it; only rows that no other has are computed.

        What is returned is all visitors', and must not be changed.
        """
        key = model.name, text, tuple(ids)
        going = self._kept.pop(key, None) or self._from_nearest(model, key)
        self._kept[key] = going
        while len(self._kept) > 1 and self._bytes() > self._most:
            self._kept.popitem(last=False)
        return going

    def _from_nearest(self, model: Decoder, key: _Key) -> Continuation:
        """Go on from what has the most of the tokens, or from a copy where it has others too."""
        name, text, ids = key
        others = [other for other in self._kept if other[:2] == (name, text)]
        nearest = max(others, key=lambda other: _shared(other[2], ids), default=None)
        if nearest is None:
            going, begun = Continuation(model, text), 0
        else:
            begun = _shared(nearest[2], ids)
            is_next = begun == len(nearest[2]) == len(ids) - 1
            going = self._kept.pop(nearest) if is_next else self._kept[nearest].fork(begun)
        going.extend(ids[begun:])
        return going

    def _bytes(self) -> int:
        return sum(going.room for going in self._kept.values())


def _shared(a: Sequence[int], b: Sequence[int]) -> int:
    """Count the tokens with which both begin."""
    pairs = zip(a, b, strict=False)
    return next((k for k, (one, other) in enumerate(pairs) if one != other), min(len(a), len(b)))


_of_all = Continuations()


def ask(
    model: Decoder, text: str, ids: Sequence[int], question: Callable[[Continuation], _Answer]
) -> _Answer:
    """Ask something of a text with tokens that the model has written behind it.

    Others wait meanwhile, so ask of one token at a time.

    Raises
    ------
    ValueError
        When the model can't read it; see `Continuation`.
    """
    with readings.in_turn():
        return question(_of_all.get(model, text, ids))
