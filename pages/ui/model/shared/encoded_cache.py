"""A cache of texts as a model encoded them, within a bound of memory."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable

import numpy as np

from attn_core.pretrained.model import EncodedText

#: Bytes; nine texts of 512 tokens by the model that is there where no other is named.
MAX_BYTES = 50_000_000


class EncodedCache:
    """Keeps what was used last; not for several threads at once.

    Parameters
    ----------
    most : int
        Bytes that all of them may take together.
    """

    def __init__(self, most: int = MAX_BYTES) -> None:
        self._most = most
        self._kept: OrderedDict[tuple[str, Hashable], EncodedText] = OrderedDict()

    def get(self, model: str, text: Hashable, read: Callable[[], EncodedText]) -> EncodedText:
        """Return a text as a model reads it; what wasn't used longest gives way to it."""
        key = model, text
        encoded = self._kept.pop(key, None) or read()
        self._kept[key] = encoded
        while self._kept and sum(map(size, self._kept.values())) > self._most:
            self._kept.popitem(last=False)
        return encoded


def size(encoded: EncodedText) -> int:
    """Count the bytes of an encoded text, with what was computed of it since."""
    held = [*vars(encoded).values()]  # at once: other threads add what they compute of it
    return sum({id(a): a.nbytes for a in held if isinstance(a, np.ndarray)}.values())
