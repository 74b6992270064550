"""Where each token, or each word, stands in the text that a model reads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ...text.escape import is_unseen
from ..tokens.tokenizer import Pieces
from .words import Group, silent, trimmed


@dataclass(frozen=True)
class InText:
    """A token or a word where it stands.

    Attributes
    ----------
    before : str
        What stands between it and the one before: spaces, and what the model doesn't see.
    written : str
        Its letters; its name where it has no place of its own in the text.
    is_name : bool
        Whether it is a name: of what the model put there, of a space, of a part of a
        character.
    is_new : bool
        Whether a model has written it.
    """

    before: str
    written: str
    is_name: bool = False
    is_new: bool = False


def places_in_text(
    text: str, pieces: Pieces, groups: Sequence[Group]
) -> tuple[tuple[InText, ...], str]:
    """Lay a text out in tokens or words; all together are the text, but for the names.

    Parameters
    ----------
    text : str
    pieces : Pieces
    groups : sequence of tuple of int
        The tokens of each, in the order of the text.

    Returns
    -------
    placed : tuple of InText
    after : str
        What stands behind the last.
    """
    placed, at = [], 0
    for k, group in enumerate(groups):
        begin, end = _span(text, pieces, group)
        name = pieces.shown[group[0]]
        if all(map(is_unseen, text[begin:end])):  # also where nothing is left of it
            placed.append(InText("", name, is_name=True))
            continue
        following = [_span(text, pieces, each)[0] for each in groups[k + 1 : k + 2]]
        # Marks that no token counts to itself belong to the letter before them.
        end = min([end + silent(text, end), *(b for b in following if b >= end)])
        is_name = begin < at or _is_part(pieces, group)
        placed.append(InText(text[at:begin], name if is_name else text[begin:end], is_name))
        at = max(at, end)
    return tuple(placed), text[at:]


def _is_part(pieces: Pieces, group: Group) -> bool:
    """Whether it is a part of a character."""
    i = group[0]
    return len(group) == 1 and pieces.letters[i] is None and not pieces.unknown[i]


def _span(text: str, pieces: Pieces, group: Group) -> tuple[int, int]:
    """Begin and end of a group, without spaces around it."""
    begin, end = pieces.spans[group[0]][0], pieces.spans[group[-1]][1]
    return trimmed(text, begin, end)
