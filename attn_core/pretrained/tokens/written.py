"""How tokens are written for people, whatever signs a model has for bytes, spaces and parts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise

from ...text.escape import visible

#: A model's signs of a space that belongs to the next word.
SPACES = "Ġ▁"
#: What a decoder gives for a part of a character.
BROKEN = "\ufffd"
#: Stands for the end of a line; Unicode's own picture of one is too small to be read.
_LINE_END = "↵"

Span = tuple[int, int]


def spelled(
    text: str,
    tokens: Sequence[str],
    spans: Sequence[Span],
    decode: Callable[[str], str] | None,
) -> list[str | None]:
    """Spell tokens in the letters that they stand for; None for a part of a character.

    Parameters
    ----------
    text : str
    tokens : sequence of str, length n
    spans : sequence of tuple of two int, length n
        Where they are in the text.
    decode : callable, optional
        The model's own way back; without it, what stands in the text.

    Examples
    --------
    >>> spelled("Je 😀", ("Je", "Ġ", "ðŁĺ", "Ģ"), ((0, 2), (3, 3), (3, 4), (3, 4)), None)
    ['Je', ' ', None, None]
    """
    heres, shares = [text[slice(*span)] for span in spans], _sharing(spans)
    each = zip(tokens, heres, shares, strict=True)
    if decode:
        return [_decoded(decode(token), here, shared) for token, here, shared in each]
    return [
        None if shared else here.strip() or here or (token.strip(SPACES) and token) or " "
        for token, here, shared in each
    ]


def _decoded(letters: str, here: str, shared: bool) -> str | None:
    # One that stands in the text is whole where no other token has a part of it.
    if BROKEN in letters and (shared or BROKEN not in here):
        return None
    return letters.strip() or letters or " "


def _sharing(spans: Sequence[Span]) -> list[bool]:
    """Whether tokens have a character in common with one before or after them."""
    meets = [_overlap(a, b) for a, b in pairwise(spans)]
    return [a or b for a, b in zip([False, *meets], [*meets, False], strict=True)]


def _overlap(a: Span, b: Span) -> bool:
    return max(a[0], b[0]) < min(a[1], b[1])


def shown(text: str, spans: Sequence[Span], letters: Sequence[str | None]) -> list[str]:
    """Write tokens for people: their letters, or which part of which character they are.

    Examples
    --------
    >>> shown("a😀", [(0, 1), (1, 2), (1, 2)], ["a", None, None])
    ['a', '😀 (1/2)', '😀 (2/2)']
    """
    runs: list[list[int]] = []
    for i, spelling in enumerate(letters):
        if spelling is None and runs and runs[-1][-1] == i - 1 and _overlap(spans[i - 1], spans[i]):
            runs[-1].append(i)
        elif spelling is None:
            runs.append([i])
    part = {i: f" ({k}/{len(run)})" for run in runs for k, i in enumerate(run, 1)}
    return [
        visible(text[slice(*span)].strip()) + part[i] if spelling is None else visible(spelling)
        for i, (span, spelling) in enumerate(zip(spans, letters, strict=True))
    ]


def piece(spelling: str) -> str:
    r"""Write a token as it stands in a text, with a sign for each space and line end.

    Examples
    --------
    >>> piece(" suis"), piece("\n\n"), piece("ment")
    ('␣suis', '↵↵', 'ment')
    """
    return visible(spelling.replace(" ", visible(" ")).replace("\n", _LINE_END))
