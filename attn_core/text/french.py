"""Cut a French word at its elisions, and a verb from the pronoun behind it."""

import re
from collections.abc import Iterator

_APOSTROPHES = "'’"
ELISION = re.compile("(?:[cdjlmnst]|(?:jus|lors|pres|puis|quoi)?qu)['’]", re.IGNORECASE)
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


def parts(piece: str) -> Iterator[str]:
    """Cut a word at its elisions and before its subject, and a closing quote off its end.

    Examples
    --------
    >>> [*parts("n'est-il")], [*parts("players'")]
    (["n'", 'est', 'il'], ['players', "'"])
    """
    start = 0
    while (elision := ELISION.match(piece, start)) and not _ONE_WORD.fullmatch(piece, start):
        yield elision[0]
        start = elision.end()
    rest = piece[start:]
    body = rest.rstrip(_APOSTROPHES)
    inverted = _INVERSION.fullmatch(body)
    words = inverted.group("there", "verb", "t", "pronoun") if inverted else (body,)
    yield from filter(None, (*words, rest[len(body) :]))
