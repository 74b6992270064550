"""The lab's limits: small enough to read, safe to show, on a grid that a link can hold.

The core itself takes any `Scenario`; these are the limits of the screen.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np

from ._checks import ARRAYS
from .notation.labels import short
from .scenario import Array, Scenario
from .text import tokenize

#: Characters of a sentence; no sentence of `MAX_TOKENS` words needs as many.
MAX_SENTENCE = 1000
MAX_TOKENS = 12
MAX_TOKEN_LENGTH = 40
#: Characters and words of a long text, which can't be edited.
MAX_TEXT = 10_000
MAX_WORDS = 512
#: Attention weights of all heads of a model for one text: those of BERT's 12 layers of 12 heads
#: at as many tokens. In float32 they are 151 MB.
MAX_WEIGHTS = 12 * 12 * MAX_WORDS**2
#: Matrices of all heads that exist at once while a layer is computed.
_WORKING = 6
MAX_FEATURE_LENGTH = 24
D_MODEL = (2, 8)
D_K = (1, 8)
D_V = (1, 8)
HEADS = (1, 8)
MAX_HEAD_LENGTH = 24
#: Largest magnitude of any number that is entered.
MAX_ABS = 30.0
#: Numbers are rounded to this many decimals on entry: a grid of 0.001.
DECIMALS = 3
_STEPS = 10**DECIMALS
TEMPERATURE = (0.05, 10.0)
#: ALiBi's slope for the first head; later heads have smaller ones.
SLOPE = (0.05, 1.0)


@dataclass(frozen=True)
class TextLimit:
    """The longest valid text.

    Attributes
    ----------
    name, begin : str
        Its name, and the words that begin a request for one.
    characters, words : int
        The maximum of each; characters are checked before the split into words.
    """

    name: str
    begin: str
    characters: int
    words: int

    def check(self, text: str) -> None:
        """Refuse a text with too many characters, or a value that isn't a text.

        Raises
        ------
        ValueError
            With the limit and what came.

        Examples
        --------
        >>> SENTENCE.check("Je " * 1000)
        Traceback (most recent call last):
        ValueError: A sentence has room for 1000 characters; this one has 3000.
        """
        if not isinstance(text, str):
            raise ValueError(f"A {self.name} must be text, got {text!r:.40}.")
        if len(text) > self.characters:
            raise ValueError(
                f"A {self.name} has room for {self.characters} characters; "
                f"this one has {len(text)}."
            )

    def check_words(self, found: Sequence[str]) -> None:
        """Refuse words that are missing, too many, or too long.

        Raises
        ------
        ValueError
            With the limit and what came.

        Examples
        --------
        >>> SENTENCE.check_words(())
        Traceback (most recent call last):
        ValueError: Type a sentence of 1 to 12 words and signs; it is empty.
        """
        if not found:
            raise ValueError(f"{self.begin} of 1 to {self.words} words and signs; it is empty.")
        if len(found) > self.words:
            raise ValueError(
                f"A {self.name} has room for {self.words} words and signs; "
                f"this one has {len(found)}."
            )
        for word in found:
            _check_text("A word", word, MAX_TOKEN_LENGTH)


SENTENCE = TextLimit("sentence", "Type a sentence", MAX_SENTENCE, MAX_TOKENS)
LONG_TEXT = TextLimit("long text", "Paste a text", MAX_TEXT, MAX_WORDS)


def most_tokens(layers: int, heads: int) -> int:
    """Compute the longest text, in tokens, whose weights fit the limit in a model of this size.

    Examples
    --------
    >>> most_tokens(6, 12), most_tokens(12, 12), most_tokens(24, 16)
    (512, 512, 313)
    """
    # The computation of a layer holds several matrices of its heads at once.
    matrices = max(layers, _WORKING) * heads
    return min(MAX_WORDS, math.isqrt(MAX_WEIGHTS // matrices))


def validate(scenario: Scenario) -> Scenario:
    """Round a scenario onto the lab's grid, or refuse one that breaks a limit.

    Parameters
    ----------
    scenario : Scenario

    Returns
    -------
    Scenario
        With float64 numbers that are multiples of 0.001 within ±30.

    Raises
    ------
    ValueError
        With the limit and what came.

    Examples
    --------
    >>> W = [[1.23456], [0]]
    >>> validate(Scenario(("a",), X=[[1, 0]], W_q=W, W_k=W, W_v=W)).W_q[0, 0]
    np.float64(1.235)
    """
    s = scenario
    SENTENCE.check_words(s.tokens)
    if s.is_cross:
        SENTENCE.check_words(s.context)
    for feature in s.features:
        _check_text("A feature's name", feature, MAX_FEATURE_LENGTH)
    for head in s.heads:
        _check_text("A head's name", head, MAX_HEAD_LENGTH)
    check_sizes(d_model=s.d_model, d_k=s.d_k, d_v=s.d_v, h=s.h)
    low, high = TEMPERATURE
    if not low <= s.temperature <= high:
        raise ValueError(
            f"The temperature must be {low:g} to {high:g}, got {short(s.temperature)}."
        )
    if s.frequencies is not None:
        raise ValueError("RoPE turns by its paper's angles here; expected no frequencies.")
    held = {name: getattr(s, name) for name in ARRAYS}
    kept: dict[str, Any] = {name: v if v is None else quantize(name, v) for name, v in held.items()}
    T = round(s.temperature, DECIMALS)
    if s.temperature == T and all(kept[name] is held[name] for name in ARRAYS):
        return s
    return replace(s, temperature=T, **kept)


def check_numbers(name: str, values: Array) -> None:
    """Refuse numbers beyond ±30.

    Raises
    ------
    ValueError
        Naming the first number that is missing or too large.

    Examples
    --------
    >>> check_numbers("W_q", np.array([[0.12345, 31]]))
    Traceback (most recent call last):
    ValueError: W_q takes numbers from −30 to 30: row 1, column 2 is 31.
    """
    outside = ~(np.abs(values) <= MAX_ABS)  # true for nan as well
    if outside.any():
        *head, i, j = (int(k) for k in np.argwhere(outside)[0])
        where = f"head {head[0] + 1}, " if head else ""
        raise ValueError(
            f"{name} takes numbers from {short(-MAX_ABS)} to {short(MAX_ABS)}: "
            f"{where}row {i + 1}, column {j + 1} is {short(values[(*head, i, j)])}."
        )


def quantize(name: str, values: Array) -> Array:
    """Round numbers to multiples of 0.001; those beyond ±30 are refused as by `check_numbers`.

    Examples
    --------
    >>> quantize("W_q", np.array([[0.12345, -2]]))
    array([[ 0.123, -2.   ]])
    """
    check_numbers(name, values)
    if values.dtype == np.float64 and np.array_equal(np.rint(values * _STEPS) / _STEPS, values):
        return values
    # Python's own rounding returns the float nearest to the decimal number.
    rounded = [round(value, DECIMALS) for value in values.ravel().tolist()]
    return np.array(rounded, dtype=np.float64).reshape(values.shape)


def check_sizes(**sizes: int | None) -> None:
    """Refuse sizes that the lab can't show; None is any size.

    Raises
    ------
    ValueError
        With the limit and what came.

    Examples
    --------
    >>> check_sizes(d_k=9)
    Traceback (most recent call last):
    ValueError: d_k must be 1 to 8 here, got 9.
    """
    for name, size in sizes.items():
        low, high = {"d_model": D_MODEL, "d_k": D_K, "d_v": D_V, "h": HEADS}[name]
        if size is not None and not low <= size <= high:
            raise ValueError(f"{name} must be {low} to {high} here, got {size}.")


@lru_cache(maxsize=4096)  # a drag changes numbers, and the words stay
def _check_text(what: str, text: str, longest: int) -> None:
    if len(text) > longest:
        raise ValueError(f"{what} has room for {longest} characters; {text[:10]}… has {len(text)}.")
    tokenize.split(text)  # refuses control and formatting characters
    if " ".join(text.split()) != text:
        raise ValueError(f"{what} must have no line break and no space at its ends: {text!r}.")
