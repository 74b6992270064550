"""A text whose tokens are coloured by the weights of one of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from ...analysis.long_text import digits
from ...notation.labels import isolate, number
from ...scenario import Array
from ...text import escape
from ..boxes.colours import PALETTES, WEIGHT_RANGE, Theme, colour_of, ink_on

if TYPE_CHECKING:
    from ...pretrained.interpret import InText

_BLOCK = "white-space: pre-wrap; unicode-bidi: plaintext; line-height: 1.9"
_NAME = "; unicode-bidi: isolate; font-size: 0.8em"
_NEW = "; font-weight: bold"
_CHOSEN = "; outline: 2px solid "


@dataclass(frozen=True, eq=False)
class TextRow:
    """The weights of one token, or word, for all of a text.

    Attributes
    ----------
    placed : sequence of InText, length m
    after : str
        What stands behind the last.
    names : sequence of str, length m
        As they are called elsewhere.
    weights : ndarray, shape (m,)
    query : int
        The one whose weights they are.
    mask : ndarray of bool, shape (m,), optional
        True for those whose weight is shown; None: for all. Others have no colour.
    masked : str
        What is said of those.
    """

    placed: Sequence[InText]
    after: str
    names: Sequence[str]
    weights: Array
    query: int
    mask: Array | None = None
    masked: str = "masked"


@dataclass(frozen=True)
class ColouredToken:
    """A token, or a word, as it is shown.

    Attributes
    ----------
    before, written : str
    is_name, is_new : bool
        As `InText` has them.
    said : str
        Its weight, for who points at it.
    fill, ink : str
        What is behind its letters, and theirs.
    paper, paper_ink : str
        The same on white paper.
    """

    before: str
    written: str
    is_name: bool
    is_new: bool
    said: str
    fill: str
    ink: str
    paper: str
    paper_ink: str


@dataclass(frozen=True)
class ColouredText:
    """A text as data; what a browser makes of it is in the page's `text.js`.

    Attributes
    ----------
    tokens : tuple of ColouredToken
    after : str
        What stands behind the last.
    query : int
        The one whose weights they are.
    highlight : str
        Colour of its outline.
    """

    tokens: tuple[ColouredToken, ...]
    after: str
    query: int
    highlight: str

    def plain(self) -> dict[str, Any]:
        """Return it for JSON."""
        return asdict(self)

    def html(self) -> str:
        """Write it as HTML that needs no script; a pointer that rests is told the weights."""
        spans = "".join(self._span(i, each) for i, each in enumerate(self.tokens))
        return (
            f'<div dir="auto" translate="no" style="{_BLOCK}">'
            f"{spans}{escape.html(self.after)}</div>"
        )

    def _span(self, i: int, token: ColouredToken) -> str:
        style = f"background: {token.fill}; color: {token.ink}" + _NAME * token.is_name
        style += _NEW * token.is_new
        style += f"{_CHOSEN}{self.highlight}" if i == self.query else ""
        before, said, written = map(escape.html, (token.before, token.said, token.written))
        return f'{before}<span title="{said}" style="{style}">{written}</span>'


def describe_coloured_text(row: TextRow, theme: Theme) -> ColouredText:
    """Colour a text by the weights of one of its tokens, as `word_map.weights` does.

    Parameters
    ----------
    row : TextRow
    theme : {"light", "dark"}

    Examples
    --------
    >>> import numpy as np
    >>> from attn_core.pretrained.interpret import InText
    >>> placed = InText("", "Je"), InText(" ", "suis")
    >>> row = TextRow(placed, ".", ("Je", "suis"), np.array([0.25, 0.75]), 0)
    >>> described = describe_coloured_text(row, "light")
    >>> described.tokens[1].said, described.tokens[1].fill
    ('Je → suis: 0.75', '#573a99')
    """
    tokens = []
    for i, each in enumerate(row.placed):
        where = each.before, each.written, each.is_name, each.is_new
        paints = *_paint(row, i, theme), *_paint(row, i, "light")
        tokens.append(ColouredToken(*where, _said(row, i), *paints))
    return ColouredText(tuple(tokens), row.after, row.query, PALETTES[theme].highlight)


def _said(row: TextRow, i: int) -> str:
    to = f"{isolate(row.names[row.query])} → {isolate(row.names[i])}"
    if _is_masked(row, i):
        return f"{to}: {row.masked}"
    return f"{to}: {number(row.weights[i], digits(len(row.names)))}"


def _paint(row: TextRow, i: int, theme: Theme) -> tuple[str, str]:
    """What is behind a token's letters, and their colour."""
    if _is_masked(row, i):
        return "transparent", PALETTES[theme].ink
    fill = colour_of(float(row.weights[i]), PALETTES[theme].small_weight, WEIGHT_RANGE)
    return fill, ink_on(fill)


def _is_masked(row: TextRow, i: int) -> bool:
    return row.mask is not None and not row.mask[i]
