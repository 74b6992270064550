"""Cut a sentence into tokens a reader would point at, and put them back together.

The cut works in two passes, and both use the same trick: write the *shape* of the
text, one letter per unit, then let a short regular expression read the shape.

1. characters -> grapheme clusters, what a reader sees as one character;
2. clusters -> tokens: words, numbers, runs of punctuation, symbols.

Two facts make `join` safe, and the tests hold the code to them: every token splits
into itself, and nothing on one side of a space changes the split on the other side.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from difflib import SequenceMatcher
from itertools import chain

from . import french
from .graphemes import clean, clusters, kind_of

# Read over the shape `kind_of` writes: W word character, D digit, U cluster of an
# unspaced script, S symbol; a punctuation mark stands for itself.
# Inside a word: hyphens, apostrophes, Hebrew maqaf, geresh and gershayim, middle dot.
# Inside a number: the decimal, thousands and time separators, Latin and Arabic.
_WORD = "[WD](?:[WD]|[-‐‑'’־׳״·](?=[WD])|(?<=D)[.,:٫٬](?=D))*"
# A final apostrophe may belong to an elision ("l'« âme »"), so the word takes it and
# `french.parts` decides; but in 's' the apostrophes are quotes.
_TOKEN = re.compile(rf"(?<!['’]){_WORD}(?:(['’])(?!\1))?|{_WORD}|([^WDUS ])\2*|[US]")

# With the categories Ps and Pe, what typography sets without a space. The guillemets are
# left out: French sets spaces inside them. A straight quote opens and closes in turn.
_OPENING = "“‘¿¡#@"
_CLOSING = "”’,.;:!?…%،؛؟।॥"
_STRAIGHT_QUOTES = ("'", '"')


def split(sentence: str) -> tuple[str, ...]:
    """Cut a sentence into tokens.

    A token is a word (inner hyphens and apostrophes included), a French elision, a
    French pronoun that follows its verb (the hyphen between them goes), a number, a run
    of one punctuation character, or one grapheme cluster [1]_: an emoji, a symbol, a
    character of a script written without spaces.

    Parameters
    ----------
    sentence : str
        Any text. White space separates tokens; the marks LRM and RLM are dropped.

    Returns
    -------
    tuple of str
        The tokens, in normalisation form NFC; empty when the sentence is blank.

    Raises
    ------
    ValueError
        If the sentence holds a control, formatting or private-use character, a
        surrogate or a noncharacter. ZWJ, ZWNJ and the emoji tags are allowed.

    References
    ----------
    .. [1] UAX #29, "Unicode Text Segmentation", https://www.unicode.org/reports/tr29/

    Examples
    --------
    >>> split("J'aime l'arc-en-ciel !")
    ("J'", 'aime', "l'", 'arc-en-ciel', '!')
    >>> split("N'est-il pas là ? Y a-t-il ?")
    ("N'", 'est', 'il', 'pas', 'là', '?', 'Y', 'a', 't', 'il', '?')
    >>> split("我很高兴")
    ('我', '很', '高', '兴')
    """
    found = clusters(clean(sentence))
    shape = "".join(map(kind_of, found))
    pieces = ("".join(found[m.start() : m.end()]) for m in _TOKEN.finditer(shape))
    return tuple(chain.from_iterable(map(french.parts, pieces)))


def join(tokens: Iterable[str]) -> str:
    """Write tokens as a sentence that reads naturally and splits into the same tokens.

    ``split(join(tokens)) == tuple(tokens)`` holds for all tokens, in any order. The
    original spacing is not remembered, nor is the hyphen before a pronoun: typography
    decides, and where its answer would change the tokens, a space keeps them apart.

    Parameters
    ----------
    tokens : iterable of str
        Tokens as `split` returns them. Any other string, such as ``"New York"``, is
        written as it is and comes back as the tokens it splits into.

    Returns
    -------
    str
        The sentence.

    Raises
    ------
    ValueError
        If a string holds a character that `split` refuses.

    Examples
    --------
    >>> join(["J'", "aime", "Paris", "(", "un", "peu", ")", "."])
    "J'aime Paris (un peu)."
    >>> join(["3", ".", "14"])
    '3. 14'
    """
    text = chunk = left = ""  # chunk: the end of text that a glued token could change
    open_quotes: set[str] = set()
    for token in filter(None, map(clean, tokens)):
        glue = _fits(left, token, open_quotes) and _survives(chunk, token) if left else True
        text += token if glue else " " + token
        # Nothing reaches across a cluster of an unspaced script, so what comes before
        # it is settled, and a long Chinese sentence takes linear time.
        chunk = chunk + token if glue and kind_of(token) != "U" else token
        if token in _STRAIGHT_QUOTES:
            open_quotes ^= {token}
        left = token
    return text


def aligned(old: Sequence[str], new: Sequence[str]) -> tuple[list[int], list[int]]:
    """Find the tokens that two sentences share, in one order.

    Parameters
    ----------
    old, new : sequence of str

    Returns
    -------
    tuple of two lists of int
        Their positions in `old` and in `new`, both rising.

    Examples
    --------
    >>> aligned(("Je", "suis", "heureux"), ("Je", "ne", "suis", "pas"))
    ([0, 1], [0, 2])
    """
    blocks = SequenceMatcher(a=old, b=new, autojunk=False).get_matching_blocks()
    pairs = [(b.a + i, b.b + i) for b in blocks for i in range(b.size)]
    return [a for a, _ in pairs], [b for _, b in pairs]


def _fits(left: str, right: str, open_quotes: set[str]) -> bool:
    """Whether typography sets two neighbours without a space."""
    return (
        _opens(left, open_quotes)
        or _closes(right, open_quotes)
        or (_is_unspaced(left) and _is_unspaced(right))
        # English "$5"; in French "5 $ de plus" the sign keeps its space.
        or (unicodedata.category(left[-1]) == "Sc" and right[0].isdecimal())
    )


def _opens(token: str, open_quotes: set[str]) -> bool:
    """Whether a token, already written, clings to what follows."""
    if token in _STRAIGHT_QUOTES:
        return token in open_quotes
    last = token[-1]
    elided = french.ELISION.fullmatch(token) is not None
    return elided or last in _OPENING or unicodedata.category(last) == "Ps"


def _closes(token: str, open_quotes: set[str]) -> bool:
    """Whether a token, about to be written, clings to what precedes."""
    if token in _STRAIGHT_QUOTES:
        return token in open_quotes
    return token[0] in _CLOSING or unicodedata.category(token[0]) == "Pe"


def _is_unspaced(token: str) -> bool:
    """Whether a token belongs to a script written without spaces, or is its punctuation."""
    base = token[0]
    wide = unicodedata.east_asian_width(base) in "WF"
    return kind_of(token) == "U" or (wide and unicodedata.category(base)[0] == "P")


def _survives(chunk: str, token: str) -> bool:
    """Whether gluing a token to a chunk leaves the tokens of both as they are.

    The whole chunk is split, not only its last token, because glue acts at a distance:
    "s'" is an elision, but after another quote it is a letter and a quote.
    """
    return split(chunk + token) == split(chunk) + split(token)
