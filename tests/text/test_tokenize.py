"""Sentences into tokens and back: by hand in many languages, and as properties."""

import doctest
import re
import unicodedata
from itertools import chain

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from attn_core.text import tokenize
from attn_core.text.tokenize import aligned, join, split

ZWJ, ZWNJ = "\u200d", "\u200c"
FAMILY = f"👨{ZWJ}👩{ZWJ}👧"
DOCTOR = f"👩🏽{ZWJ}⚕\ufe0f"
NODDING = f"🙂{ZWJ}↔\ufe0f"
ENGLAND = "🏴" + "".join(chr(0xE0000 + ord(letter)) for letter in "gbeng") + "\U000e007f"

LANGUAGES = {
    "English": ("The dog isn't O'Brien's.", ["The", "dog", "isn't", "O'Brien's", "."]),
    "French": ("J'aime l'été", ["J'", "aime", "l'", "été"]),
    "French, curly": ("L’été d’aujourd’hui", ["L’", "été", "d’", "aujourd’hui"]),
    "German": ("Grüß „Gott“!", ["Grüß", "„", "Gott", "“", "!"]),
    "Spanish": ("¿Qué tal?", ["¿", "Qué", "tal", "?"]),
    "Catalan": ("col·lecció", ["col·lecció"]),
    "Russian": ("Кое-кто спит.", ["Кое-кто", "спит", "."]),
    "Chinese": ("我很高兴", ["我", "很", "高", "兴"]),
    "Chinese, numerals": ("二〇〇一", ["二", "〇", "〇", "一"]),
    "Chinese, mixed": ("我有3只cat。", ["我", "有", "3", "只", "cat", "。"]),
    "Japanese": ("「スーパー」へ", ["「", "ス", "ー", "パ", "ー", "」", "へ"]),
    "Japanese, half width": ("ｶﾞｽ", ["ｶﾞ", "ｽ"]),
    "Thai": ("น้ำดีมาก", ["น้ำ", "ดี", "ม", "า", "ก"]),
    "Lao": ("ນ້ຳດີ", ["ນ້ຳ", "ດີ"]),
    "Khmer": ("ខ្មែរ", ["ខ្", "មែ", "រ"]),
    "Myanmar": ("မြန်မာ", ["မြ", "န်", "မာ"]),
    "Korean": ("나는 학교에 간다", ["나는", "학교에", "간다"]),
    "Arabic": ("مَرْحَبًا، كيف؟", ["مَرْحَبًا", "،", "كيف", "؟"]),
    "Arabic numbers": ("١٬٢٣٤٫٥", ["١٬٢٣٤٫٥"]),
    "Hebrew": ("צה״ל ובית־ספר", ["צה״ל", "ובית־ספר"]),
    "Hindi": ("नमस्ते दुनिया।", ["नमस्ते", "दुनिया", "।"]),
    "Joiner alone": (f"{ZWJ}a {ZWNJ}a", [f"{ZWJ}a", f"{ZWNJ}a"]),
    "Hindi, joiner": (f"क्{ZWJ}ष", [f"क्{ZWJ}ष"]),
    "Persian": (f"می{ZWNJ}خواهم بروم", [f"می{ZWNJ}خواهم", "بروم"]),
}

ELISIONS = {
    "qu'il n'est": ["qu'", "il", "n'", "est"],
    "d'aujourd'hui": ["d'", "aujourd'hui"],
    "quelqu'un": ["quelqu'un"],
    "l'arc-en-ciel": ["l'", "arc-en-ciel"],
    "va-t'en": ["va-t'en"],
    "JUSQU’À": ["JUSQU’", "À"],
    "lorsqu'on puisqu'on": ["lorsqu'", "on", "puisqu'", "on"],
    "quoiqu'il presqu'un": ["quoiqu'", "il", "presqu'", "un"],
    "C'est s'il t'a m'a": ["C'", "est", "s'", "il", "t'", "a", "m'", "a"],
    "j'l'ai": ["j'", "l'", "ai"],
    "l'« âme »": ["l'", "«", "âme", "»"],
    "l' été": ["l'", "été"],
    "d'3.14": ["d'", "3.14"],
    "don't rock'n'roll": ["don't", "rock'n'roll"],
    "players' books": ["players", "'", "books"],
    "le 's' final": ["le", "'", "s", "'", "final"],
    "'J'aime'": ["'", "J'", "aime", "'"],
}

#: What is behind the hyphen is the subject; the hyphen goes as a space does.
INVERSIONS = {
    "n'est-il": ["n'", "est", "il"],
    "Y a-t-il": ["Y", "a", "t", "il"],
    "y-a-t-il n'y a-t-elle": ["y", "a", "t", "il", "n'", "y", "a", "t", "elle"],
    "parle‑t‐on": ["parle", "t", "on"],
    "DIT-ELLE": ["DIT", "ELLE"],
    "qu'est-ce": ["qu'", "est", "ce"],
    "l'ont-ils": ["l'", "ont", "ils"],
    "prend-on peut-on met-on": ["prend", "on", "peut", "on", "met", "on"],
    "puissé-je": ["puissé", "je"],
    "n'as-tu veux-tu": ["n'", "as", "tu", "veux", "tu"],
    "avons-nous sommes-nous": ["avons", "nous", "sommes", "nous"],
    "avez-vous êtes-vous dites-vous": ["avez", "vous", "êtes", "vous", "dites", "vous"],
    "'dit-il'": ["'", "dit", "il", "'"],
}

#: Words with a hyphen or an apostrophe inside, in French and in English.
WHOLE = tuple(
    "aujourd'hui presqu'île Presqu’îles c'est-à-dire quelqu'un donne-moi vas-y celui-ci va-t-en "  # noqa: SIM905
    "va-t'en rendez-vous chez-vous peut-être lui-même vingt-et-un m-il presque-île t-il "
    "dit-il-t-il don't it's o'clock add-on put-on head-on spot-on end-on carry-on hands-on "
    "un-ce dit-elles-la entre-nous elle-tu".split()
)


SIGNS = {
    "3.14 1,000 10:30.": ["3.14", "1,000", "10:30", "."],
    "v1.2 1.a b.5": ["v1.2", "1", ".", "a", "b", ".", "5"],
    "snake_case": ["snake_case"],
    "a--b -c-": ["a", "--", "b", "-", "c", "-"],
    "Wait... what?! !!": ["Wait", "...", "what", "?", "!", "!!"],
    "''’": ["''", "’"],
    "l'' ab''": ["l", "''", "ab", "''"],
    "$5 < 6%": ["$", "5", "<", "6", "%"],
    r"\alpha": ["\\", "alpha"],
    "<b>&": ["<", "b", ">", "&"],
    "x² ≤ ½.½": ["x²", "≤", "½", ".", "½"],
    "≤≤": ["≤", "≤"],
    "!\u0301!": ["!\u0301", "!"],
}

EMOJI = {
    f"{FAMILY}{FAMILY}": [FAMILY, FAMILY],
    f"{DOCTOR}{NODDING}": [DOCTOR, NODDING],
    "🇫🇷🇧🇷🇺": ["🇫🇷", "🇧🇷", "🇺"],
    f"{ENGLAND}🏴": [ENGLAND, "🏴"],
    "1\ufe0f\u20e3#\ufe0f\u20e32": ["1\ufe0f\u20e3", "#\ufe0f\u20e3", "2"],
    "👍👍🏽❤\ufe0f": ["👍", "👍🏽", "❤\ufe0f"],
    "ok👍ok": ["ok", "👍", "ok"],
    "ℹ\ufe0finfo": ["ℹ\ufe0f", "info"],
    f"a{ZWJ}👍": [f"a{ZWJ}", "👍"],
    "🏽": ["🏽"],
}

SPACES = {
    "": [],
    " \t\r\n\v\f\x85\u00a0\u3000\u2028": [],
    "a\tb\r\nc\u00a0d\u202fe\u3000f": list("abcdef"),
    "e\u0301": ["é"],
    "e\u200e\u0301 \u200fa": ["é", "a"],
    "e \u0301": ["e", "\u0301"],
}

REFUSED = [
    ("\x07", "control character U\\+0007"),
    ("\x00", "control character U\\+0000"),
    ("\x1c", "control character U\\+001C"),
    ("\u00ad", "formatting character U\\+00AD"),
    ("\u200b", "formatting character U\\+200B"),
    ("\ufeff", "formatting character U\\+FEFF"),
    ("\u202e", "formatting character U\\+202E"),
    ("\u2066", "formatting character U\\+2066"),
    ("\U000e0001", "formatting character U\\+E0001"),
    ("\ue000", "private-use character U\\+E000"),
    ("\ud800", "surrogate U\\+D800"),
    ("\ufdd0", "noncharacter U\\+FDD0"),
    ("\U0010ffff", "noncharacter U\\+10FFFF"),
]

# A sentence that should come back as it was typed.
NATURAL = [
    "J'aime l'été (et l'hiver), pas toi?",
    "Wait... what?! I'm here; really.",
    'He said "hello" twice.',
    "le 's' final",
    "‘Hi’, said “Bob”…",
    "It costs $5, or 50% of 10.",
    "Ça coûte 5 $ de plus.",
    "« Viens », dit le chat.",
    "(j'ai) [l'été]",
    "你好，世界！",
    "𱍐𱍑",  # newer than the Unicode tables of Python 3.11
    "「スーパー」へ行く。",
    "나는 학교에 간다.",
    "مرحبا، كيف؟",
    "नमस्ते दुनिया।",
    f"می{ZWNJ}خواهم بروم.",
    f"{FAMILY} 🇫🇷 {ENGLAND}",
]

# Tokens that a natural glue would change, so that a space keeps them apart.
KEPT_APART = [
    (["!", "!"], "! !"),
    (["s", "'"], "s '"),
    (["3", ".", "14"], "3. 14"),
    (["10", ":", "30"], "10: 30"),
    (["(", "\u0301"], "( \u0301"),
    (["カ", "ﾞ"], "カ ﾞ"),
    (["🇫", "🇷"], "🇫 🇷"),
]

TRICKY = [
    *"aelsdjnqu ss '''''’’’\"“”‘.,:;!?…-‐‑_·()[]«»¿$%<\\#@0123٣٫½²éçſ",
    *(
        "qu'",
        "l’",
        "dit-il",
        "a-t-on",
        "y-a-t-elle",
        "-je",
        "presqu'île",
        "quelqu'un",
        "aujourd’hui",
        "...",
        "  ",
        "\t",
        "\u00a0",
        "\u200e",
    ),
    *("\u0301", "\u0327", "\u0338", "\ufe0f", "\u20e3", ZWJ, ZWNJ, "\u034f", "\u1161", "\u11a8"),
    *"我好々〇，。「」スーｶﾞをไทน้ำาមែ្မြ가ᄀאבَ״־مिन्द।",
    *("👍", "🏽", "❤", "👩", "⚕", "↔", "🇫", "🇷", "🏴", "\U000e0067", "\U000e007f", "\u0378"),
]
SENTENCES = st.lists(st.sampled_from(TRICKY), max_size=16).map("".join) | st.text(
    st.characters(exclude_categories=["C"])
)
ANYTHING = st.text(st.characters(exclude_categories=())) | st.lists(
    st.sampled_from([*TRICKY, "\x07", "\u202e"])
).map("".join)

CASES = [
    *(pytest.param(*case, id=language) for language, case in LANGUAGES.items()),
    *(ELISIONS | INVERSIONS | SIGNS | EMOJI | SPACES).items(),
]


@pytest.mark.parametrize(("sentence", "expected"), CASES)
def test_split(sentence: str, expected: list[str]) -> None:
    assert split(sentence) == tuple(expected)
    assert split(join(expected)) == tuple(expected)


def test_other_words_stay_whole() -> None:
    assert split(" ".join(WHOLE)) == WHOLE


@pytest.mark.parametrize(("char", "name"), REFUSED)
def test_split_and_join_refuse_what_cannot_be_seen(char: str, name: str) -> None:
    expected = f"^Text must be visible characters and spaces, got the {name} at position 3\\.$"
    with pytest.raises(ValueError, match=expected):
        split(f"ab{char}c")
    with pytest.raises(ValueError, match=expected):
        join(["a", f"ab{char}c"])


@pytest.mark.parametrize("sentence", NATURAL)
def test_join_writes_what_a_writer_would(sentence: str) -> None:
    assert join(split(sentence)) == sentence


@pytest.mark.parametrize(("tokens", "sentence"), KEPT_APART)
def test_join_keeps_apart_what_would_merge(tokens: list[str], sentence: str) -> None:
    assert join(tokens) == sentence
    assert split(sentence) == tuple(tokens)


def test_join_writes_other_strings_as_they_are() -> None:
    assert join(["New York", ",", "", "c'est"]) == "New York, c'est"
    assert join([]) == ""


def test_join_stays_fast_on_a_long_unspaced_sentence() -> None:
    """Quadratic time would take minutes here."""
    sentence = "我很高兴，" * 4000
    assert join(split(sentence)) == sentence


@given(SENTENCES)
@example("'s'")
@example("('l'’l'")
def test_round_trip(sentence: str) -> None:
    assert split(join(split(sentence))) == split(sentence)


@given(st.lists(SENTENCES, max_size=6))
def test_join_keeps_the_tokens_of_any_strings(parts: list[str]) -> None:
    """Any tokens in any order: also what is left after words are taken out or moved."""
    assert split(join(parts)) == tuple(chain.from_iterable(map(split, parts)))
    tokens = [*chain.from_iterable(map(split, parts))][::-1]
    assert split(join(tokens)) == tuple(tokens)


@given(SENTENCES)
def test_split_loses_only_spaces_direction_marks_and_hyphens_before_pronouns(sentence: str) -> None:
    kept = unicodedata.normalize("NFC", sentence.replace("\u200e", "").replace("\u200f", ""))
    kept = "".join(kept.split())
    written = "".join(split(sentence))
    # The hyphens that aren't before a letter are signs, and stay as often as they were.
    lost = re.compile(r"[-‐‑](?=\w)")
    assert lost.sub("", written) == lost.sub("", kept)
    assert written == kept or re.search(r"[-‐‑](?:ils?|elles?|on|ce|je|tu|[nv]ous)", kept, re.I)


@given(SENTENCES)
def test_tokens_are_visible_and_split_into_themselves(sentence: str) -> None:
    for token in split(sentence):
        assert token and not any(char.isspace() for char in token)
        assert unicodedata.is_normalized("NFC", token)
        assert split(token) == (token,)


@given(SENTENCES, SENTENCES)
def test_a_space_separates_completely(left: str, right: str) -> None:
    assert split(f"{left} {right}") == split(left) + split(right)


@given(ANYTHING)
def test_nothing_but_value_error(text: str) -> None:
    """The round trip needs no filter when a refusal is the only way out."""
    try:
        tokens = split(text)
    except ValueError as error:
        assert str(error).startswith("Text must be visible characters and spaces, got the ")
    else:
        assert split(join(tokens)) == tokens


def test_the_examples_of_the_documentation() -> None:
    assert doctest.testmod(tokenize).failed == 0


def test_long_texts_of_few_words_are_aligned():
    """Words that come often in a long text count as any other."""
    words = ("je", "suis") * 250
    assert aligned(("tu", *words), words) == (list(range(1, 501)), list(range(500)))
