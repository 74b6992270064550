"""Labels of rows and columns, and the format of numbers."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from math import isfinite

from ..scenario import Array

#: Of two sums of the same products, in orders of their own as here and in the browser, one may be
#: a half and the other a bit less: both go up.
_TIE = 1 + 1e-12
_SUBSCRIPT = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


def unique(tokens: Sequence[str]) -> tuple[str, ...]:
    """Number the words that occur more than once, so that no two rows share a name.

    Examples
    --------
    >>> unique(("The", "dog", "saw", "a", "dog"))
    ('The', 'dog₁', 'saw', 'a', 'dog₂')
    """
    total = Counter(tokens)
    seen: Counter[str] = Counter()
    labels = []
    for token in tokens:
        seen[token] += 1
        labels.append(token + _subscript(seen[token]) if total[token] > 1 else token)
    if len(set(labels)) == len(labels):
        return tuple(labels)
    # A token may itself end in a subscript ("dog₁"); positions are always unique.
    return tuple(f"{token} #{i}" for i, token in enumerate(tokens, 1))


def numbered(letter: str, size: int) -> tuple[str, ...]:
    """Label columns with a letter and their number.

    Examples
    --------
    >>> numbered("q", 2)
    ('q₁', 'q₂')
    """
    return tuple(letter + _subscript(i) for i in range(1, size + 1))


def of_each(heads: tuple[str, ...], columns: tuple[str, ...]) -> tuple[str, ...]:
    """Label the columns of all heads side by side; with one head the labels stay.

    Examples
    --------
    >>> of_each(("head 1", "head 2"), ("v₁",))
    ('v₁ head 1', 'v₁ head 2')
    """
    if len(heads) < 2:
        return columns
    return tuple(f"{column} {isolate(head)}" for head in heads for column in columns)


def isolate(text: str) -> str:
    """Keep right-to-left text from reordering the left-to-right words around it.

    Examples
    --------
    >>> isolate("suis"), len(isolate("א"))
    ('suis', 3)
    """
    if text.isascii():
        return text
    if any(unicodedata.bidirectional(c) in ("R", "AL") for c in text):
        return f"\u2068{text}\u2069"  # first-strong isolate … pop
    return text


def subscripts(symbol: str) -> str:
    """Lower what follows a letter and an underscore, in HTML as Plotly and browsers know it.

    Examples
    --------
    >>> subscripts("X · W_q"), subscripts("d_model")
    ('X · W<sub>q</sub>', 'd<sub>model</sub>')
    """
    return re.sub(r"\b([A-Za-z])_(\w+)", r"\1<sub>\2</sub>", symbol)


def number(value: float, digits: int = 2) -> str:
    """Format a number: fixed decimals, a true minus sign, ±∞ as signs.

    Examples
    --------
    >>> number(-1.005, 1), number(-0.001), number(0.125), number(float("-inf"))
    ('−1.0', '0.00', '0.13', '−∞')
    """
    return written(rounded(value, digits), digits)


def numbers(values: Array, digits: int = 2) -> list[list[str]]:
    """Format the numbers of a matrix; infinities and nan become empty texts.

    Examples
    --------
    >>> import numpy as np
    >>> numbers(np.array([[-1.5, np.inf], [np.nan, 0.125]]))
    [['−1.50', ''], ['', '0.13']]
    >>> numbers(np.array([[0.35 + 0.425, 0.775 - 1e-15]]))
    [['0.78', '0.78']]
    """
    nudged = (values * _TIE).tolist()
    return [[number(v, digits) if isfinite(v) else "" for v in row] for row in nudged]


def short(value: float, digits: int = 6) -> str:
    """Format a number with the digits that it needs, up to a maximum.

    Examples
    --------
    >>> short(-30.0), short(0.125)
    ('−30', '0.125')
    """
    return f"{value:.{digits}g}".replace("-", "−").replace("inf", "∞")


def percent(part: float) -> str:
    """Format a part of 1 as a percentage.

    Examples
    --------
    >>> percent(0.954), percent(1)
    ('95 %', '100 %')
    """
    return f"{number(100 * part, 0)} %"


def rounded(value: float | Decimal, digits: int = 2) -> Decimal:
    """Round a number as `number` does.

    Examples
    --------
    >>> rounded(0.125), rounded(-1.5, 3)
    (Decimal('0.13'), Decimal('-1.500'))
    """
    exact = value if isinstance(value, Decimal) else Decimal(float(value))
    if not abs(exact) < 10**15:  # no decimals are left to round
        return exact
    # Half goes away from zero, as in the browser.
    return exact.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)


def written(value: Decimal, digits: int) -> str:
    """Format a number that is rounded already.

    Examples
    --------
    >>> written(Decimal("-1.5"), 3), written(Decimal("-Infinity"), 3)
    ('−1.500', '−∞')
    """
    if value.is_infinite():
        return "∞" if value > 0 else "−∞"
    return f"{value:z.{digits}f}".replace("-", "−")


def _subscript(i: int) -> str:
    return str(i).translate(_SUBSCRIPT)
