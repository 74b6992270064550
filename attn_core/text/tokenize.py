"""Cut a sentence into tokens a reader would point at, and put them back together.

The cut works in two passes, and both use the same trick: write the *shape* of the
text, one letter per unit, then let a short regular expression read the shape.

1. characters -> grapheme clusters, what a reader sees as one character;
2. clusters -> tokens: words, numbers, runs of punctuation, symbols.

Two facts make `join` safe, and the tests hold the code to them: every token splits
into itself, and nothing on one side of a space changes the split on the other side.

References
----------
.. [1] Unicode Standard Annex #29, "Unicode Text Segmentation",
   https://www.unicode.org/reports/tr29/. The clusters follow rules GB9, GB9a, GB11,
   GB12 and GB13. GB6 to GB8 (Hangul) and GB9b, GB9c (Indic) would only move
   boundaries inside a word, where no token ends.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from itertools import chain

_ZWNJ, _ZWJ = "\u200c", "\u200d"
_EMOJI_PRESENTATION, _KEYCAP = "\ufe0f", "\u20e3"
_APOSTROPHES = "'’"

# LRM and RLM only advise the renderer; the logical order of the text is already right.
_DIRECTION_MARKS = "\u200e\u200f"

# The controls that have the Unicode property White_Space.
_SPACE_CONTROLS = "\t\n\v\f\r\x85"

# Kept although their category (Cf) is refused: spelling and emoji need them.
_KEPT_FORMATS = re.compile(f"[{_ZWNJ}{_ZWJ}{_DIRECTION_MARKS}\U000e0020-\U000e007f]")

_REFUSED_CATEGORIES = {
    "Cc": "control character",
    "Cf": "formatting character",
    "Co": "private-use character",
    "Cs": "surrogate",
}

# Scripts whose words are not separated by spaces: without a dictionary, the cluster
# is the only honest unit.
_UNSPACED_RANGES = {
    "Thai": (0x0E00, 0x0E7F),
    "Lao": (0x0E80, 0x0EFF),
    "Myanmar": (0x1000, 0x109F),
    "Khmer": (0x1780, 0x17FF),
    "Han iteration marks and zero": (0x3005, 0x3007),
    "Han Suzhou numerals": (0x3021, 0x3029),
    "Han numerals and marks": (0x3038, 0x303B),
    "Hiragana": (0x3041, 0x309F),
    "Katakana": (0x30A0, 0x30FF),
    "Katakana phonetic extensions": (0x31F0, 0x31FF),
    "Han extension A": (0x3400, 0x4DBF),
    "Han": (0x4E00, 0x9FFF),
    "Myanmar extended B": (0xA9E0, 0xA9FF),
    "Myanmar extended A": (0xAA60, 0xAA7F),
    "Han compatibility": (0xF900, 0xFAFF),
    "Katakana, half width": (0xFF66, 0xFF9F),
    "Kana, historic and extended": (0x1AFF0, 0x1B16F),
    "Han supplementary planes": (0x20000, 0x3FFFD),
}

# What stays with its base besides the marks (categories Mn, Mc, Me), which include
# the variation selectors.
_EXTENDER_RANGES = {
    "Thai sara am": (0x0E33, 0x0E33),
    "Lao am": (0x0EB3, 0x0EB3),
    "zero-width non-joiner": (0x200C, 0x200C),
    "half-width voicing marks": (0xFF9E, 0xFF9F),
    "skin tones": (0x1F3FB, 0x1F3FF),
    "emoji tags": (0xE0020, 0xE007F),
}

# Blocks that hold the emoji a ZWJ may tie together. The exact property,
# Extended_Pictographic, is not in the standard library.
_PICTOGRAPH_RANGES = {
    "arrows": (0x2190, 0x21FF),
    "technical": (0x2300, 0x23FF),
    "geometric shapes": (0x25A0, 0x25FF),
    "symbols and dingbats": (0x2600, 0x27BF),
    "more arrows and shapes": (0x2900, 0x2BFF),
    "emoji, before the flag letters": (0x1F000, 0x1F1E5),
    "emoji, after the flag letters": (0x1F200, 0x1FAFF),
}


def _class_of(ranges: Mapping[str, tuple[int, int]]) -> re.Pattern[str]:
    """One character class out of a table of named ranges."""
    return re.compile("[" + "".join(f"{chr(a)}-{chr(b)}" for a, b in ranges.values()) + "]")


_UNSPACED = _class_of(_UNSPACED_RANGES)
_EXTENDER = _class_of(_EXTENDER_RANGES)
_PICTOGRAPH = _class_of(_PICTOGRAPH_RANGES)
_FLAG_LETTER = re.compile("[\U0001f1e6-\U0001f1ff]")

# Read over the shape `_character_kind` writes: F flag letter, P pictograph, X extender,
# J joiner, o other. A space takes no extender: it separates tokens and nothing else.
_CLUSTER = re.compile("FF[XJ]*|P(?:X*JP)*[XJ]*|[^ ][XJ]*| ")

# Read over the shape `_cluster_kind` writes: W word character, D digit, U cluster of an
# unspaced script, S symbol; a punctuation mark stands for itself.
# Inside a word: hyphens, apostrophes, Hebrew maqaf, geresh and gershayim, middle dot.
# Inside a number: the decimal, thousands and time separators, Latin and Arabic.
_WORD = "[WD](?:[WD]|[-‐‑'’־׳״·](?=[WD])|(?<=D)[.,:٫٬](?=D))*"
# A final apostrophe may belong to an elision ("l'« âme »"), so the word takes it and
# `_elisions` decides; but in 's' the apostrophes are quotes.
_TOKEN = re.compile(rf"(?<!['’]){_WORD}(?:(['’])(?!\1))?|{_WORD}|([^WDUS ])\2*|[US]")

# With the categories Ps and Pe, what typography sets without a space. The guillemets are
# left out: French sets spaces inside them. A straight quote opens and closes in turn.
_OPENING = "“‘¿¡#@"
_CLOSING = "”’,.;:!?…%،؛؟।॥"
_STRAIGHT_QUOTES = ("'", '"')

_ELISION = re.compile("(?:[cdjlmnst]|(?:jus|lors|pres|puis|quoi)?qu)['’]", re.IGNORECASE)
# They look elided, and are one word today.
_ONE_WORD = re.compile("presqu['’]îles?|c['’]est-à-dire", re.IGNORECASE)
# A verb and, behind a hyphen, its subject: "est-il", "a-t-on", "puis-je". French gives each
# pronoun its endings, which keep "presque-il", "add-on" and "rendez-vous" whole.
_INVERSION = re.compile(
    r"""(?:(?P<there>y)[-‐‑])?(?P<verb>
        [^-‐‑]*[aceo](?=[-‐‑]t[-‐‑](?:il|elle|on)$)  # "a-t-il": the t belongs to neither
        | [^-‐‑]*\w\w[dt](?=[-‐‑](?:ils?|elles?|ce)$)
        | [^-‐‑]*(?:[aeiou]it|[dflmrv]it|aît|eut|est|ert|ort|met|\wend|ond|erd)(?=[-‐‑]on$)
        | [^-‐‑]*\w(?=[-‐‑]je$)
        | [^-‐‑]*\w[sx](?=[-‐‑]tu$)
        | [^-‐‑]*(?:on|me)s(?=[-‐‑]nous$)
        | (?!rendez|chez)[^-‐‑]*(?:e[sz]|te?s)(?=[-‐‑]vous$)
    )[-‐‑](?:(?P<t>t)[-‐‑])?(?P<pronoun>\w+)""",
    re.IGNORECASE | re.VERBOSE,
)


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
    clusters = _clusters(_clean(sentence))
    shape = "".join(map(_cluster_kind, clusters))
    pieces = ("".join(clusters[m.start() : m.end()]) for m in _TOKEN.finditer(shape))
    return tuple(chain.from_iterable(map(_elisions, pieces)))


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
    for token in filter(None, map(_clean, tokens)):
        glue = _fits(left, token, open_quotes) and _survives(chunk, token) if left else True
        text += token if glue else " " + token
        # Nothing reaches across a cluster of an unspaced script, so what comes before
        # it is settled, and a long Chinese sentence takes linear time.
        chunk = chunk + token if glue and _cluster_kind(token) != "U" else token
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


def _clean(sentence: str) -> str:
    """Refuse what cannot be shown, drop the direction marks, normalise.

    The marks go first: without one between them, a letter and its accent may compose.
    """
    for position, char in enumerate(sentence, 1):
        fault = _fault(char)
        if fault:
            raise ValueError(
                "Text must be visible characters and spaces, "
                f"got the {fault} U+{ord(char):04X} at position {position}."
            )
    return unicodedata.normalize("NFC", re.sub(f"[{_DIRECTION_MARKS}]", "", sentence))


def _fault(char: str) -> str | None:
    """Say what kind of refused character this is; None if it is welcome."""
    if _is_space(char) or _KEPT_FORMATS.match(char):
        return None
    code = ord(char)
    if 0xFDD0 <= code <= 0xFDEF or code & 0xFFFE == 0xFFFE:
        return "noncharacter"
    return _REFUSED_CATEGORIES.get(unicodedata.category(char))


def _is_space(char: str) -> bool:
    # Not str.isspace: it also takes the separators U+001C to U+001F, which are controls.
    return char in _SPACE_CONTROLS or unicodedata.category(char)[0] == "Z"


def _clusters(text: str) -> list[str]:
    """Cut text into grapheme clusters; each space is a cluster of its own."""
    shape = "".join(map(_character_kind, text))
    return [text[m.start() : m.end()] for m in _CLUSTER.finditer(shape)]


def _character_kind(char: str) -> str:
    """Letter of one character in the shape that `_CLUSTER` reads."""
    if _is_space(char):
        return " "
    if char == _ZWJ:
        return "J"
    # Before the pictographs, whose blocks contain the skin tones.
    if unicodedata.category(char)[0] == "M" or _EXTENDER.match(char):
        return "X"
    if _FLAG_LETTER.match(char):
        return "F"
    return "P" if _PICTOGRAPH.match(char) else "o"


def _cluster_kind(cluster: str) -> str:
    """Letter of one cluster, told by its base, in the shape that `_TOKEN` reads."""
    base = cluster[0]
    category = unicodedata.category(base)
    if _is_space(base):
        return " "
    if _EMOJI_PRESENTATION in cluster or _KEYCAP in cluster:
        return "S"
    if base == "_":
        return "W"
    # ASCII signs such as "$" or "<" are symbols to Unicode, punctuation to a reader.
    if category[0] == "P" or (base.isascii() and not base.isalnum()):
        return base if len(cluster) == 1 else "S"
    if category == "Nd":
        return "D"
    # C: characters newer than the interpreter's Unicode tables.
    if _UNSPACED.match(base) and category[0] in "LNC":
        return "U"
    # A mark or a joiner can only be a base after a space.
    return "W" if category[0] in "LNM" or base in (_ZWJ, _ZWNJ) else "S"


def _elisions(piece: str) -> Iterator[str]:
    """Cut a word at its elisions and before its subject, and a closing quote off its end."""
    start = 0
    while (elision := _ELISION.match(piece, start)) and not _ONE_WORD.fullmatch(piece, start):
        yield elision[0]
        start = elision.end()
    rest = piece[start:]
    body = rest.rstrip(_APOSTROPHES)
    inverted = _INVERSION.fullmatch(body)
    words = inverted.group("there", "verb", "t", "pronoun") if inverted else (body,)
    yield from filter(None, (*words, rest[len(body) :]))


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
    elided = _ELISION.fullmatch(token) is not None
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
    return _cluster_kind(token) == "U" or (wide and unicodedata.category(base)[0] == "P")


def _survives(chunk: str, token: str) -> bool:
    """Whether gluing a token to a chunk leaves the tokens of both as they are.

    The whole chunk is split, not only its last token, because glue acts at a distance:
    "s'" is an elision, but after another quote it is a letter and a quote.
    """
    return split(chunk + token) == split(chunk) + split(token)
