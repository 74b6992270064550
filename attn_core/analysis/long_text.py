"""A long text in one head of a scenario: its words, its weights, and their descriptions."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from .. import limits, masks
from ..attention import AttentionTrace
from ..edits import mask_kinds
from ..explain.wording import Escape, axis_labels, join_words
from ..masks import Mask
from ..notation.graph import divisor
from ..notation.labels import isolate, number
from ..scenario import Scenario
from ..text import embeddings, tokenize
from ..text.vocabulary import PLACES

#: The most words that a sentence names.
NAMED = 5

#: The beginning of Lewis Carroll's "Alice's Adventures in Wonderland" (1865).
EXAMPLE = """\
Alice was beginning to get very tired of sitting by her sister on the bank, and of having \
nothing to do: once or twice she had peeped into the book her sister was reading, but it had no \
pictures or conversations in it, “and what is the use of a book,” thought Alice “without \
pictures or conversations?”

So she was considering in her own mind (as well as she could, for the hot day made her feel very \
sleepy and stupid), whether the pleasure of making a daisy-chain would be worth the trouble of \
getting up and picking the daisies, when suddenly a White Rabbit with pink eyes ran close by her.

There was nothing so very remarkable in that; nor did Alice think it so very much out of the way \
to hear the Rabbit say to itself, “Oh dear! Oh dear! I shall be late!” (when she thought it over \
afterwards, it occurred to her that she ought to have wondered at this, but at the time it all \
seemed quite natural); but when the Rabbit actually took a watch out of its waistcoat-pocket, and \
looked at it, and then hurried on, Alice started to her feet, for it flashed across her mind that \
she had never before seen a rabbit with either a waistcoat-pocket, or a watch to take out of it, \
and burning with curiosity, she ran across the field after it, and fortunately was just in time \
to see it pop down a large rabbit-hole under the hedge."""

_NO_TABLE = (
    "No table has these features for other words: all numbers of the text come from a hash of "
    "the letters and mean nothing."
)


def words_of(text: str) -> tuple[str, ...]:
    """Split a text into words and signs, within the limits of a long text.

    Raises
    ------
    ValueError
        When it breaks a limit; the message gives the limit and the text's size.

    Examples
    --------
    >>> words_of("Oh dear! I shall be late.")
    ('Oh', 'dear', '!', 'I', 'shall', 'be', 'late', '.')
    """
    limits.LONG_TEXT.check(text)
    words = tokenize.split(text)
    limits.LONG_TEXT.check_words(words)
    return words


def scenario_of(s: Scenario, text: str) -> Scenario:
    """Return a scenario with a long text in place of its sentence.

    The text has embeddings over the same features. Projections, scaling and temperature
    stay, and so do a mask and positions that a text of any length can have; see
    `describe_settings`. Keys and values come from the text itself.

    Parameters
    ----------
    s : Scenario
        Of one head.
    text : str
        At most `limits.MAX_WORDS` words and signs.

    Returns
    -------
    Scenario
        With float64 numbers.

    Raises
    ------
    ValueError
        When the text breaks a limit; the message gives the limit and the text's size.

    Examples
    --------
    >>> from attn_core.presets import DEFAULT
    >>> long = scenario_of(DEFAULT.scenario, "Oh dear! " * 100)
    >>> long.n, long.d_model, long.is_cross
    (300, 4, False)
    """
    words = words_of(text)
    carries_positions = s.positions != "learned"
    return replace(
        s,
        tokens=words,
        X=embeddings.embed(words, s.features),
        mask=_mask(s.mask, len(words)),
        positions=s.positions if carries_positions else "none",
        P=None,
        context=(),
        Z=None,
    )


def _mask(mask: Mask | None, n: int) -> Mask | None:
    if mask is None:
        return None
    match mask_kinds.kind(mask):
        case "causal":
            return masks.causal(n)
        case "window":
            return masks.window(n, mask_kinds.size(mask, "window"))
    return None


def describe_settings(s: Scenario, escape: Escape = str) -> tuple[str, ...]:
    r"""Describe the settings that a long text keeps of a scenario, and those it can't have.

    Parameters
    ----------
    s : Scenario
        Of one head, as in `scenario_of`.
    escape : callable
        Applied to each name of a feature.

    Examples
    --------
    >>> from attn_core.presets import DEFAULT
    >>> print(*describe_settings(DEFAULT.scenario), sep="\n")
    Features of each word: pronoun, verb, feeling and first person.
    Queries and keys have 4 numbers each; the scores are divided by 2.
    No mask: every word may look at all words.
    """
    features = join_words([escape(isolate(name)) for name in s.features])
    divisors = [divisor(s)] if s.scale else []
    divisors += [f"the temperature {s.temperature:g}"] if s.temperature != 1 else []
    divided = f"divided by {join_words(divisors)}" if divisors else "not divided"
    placed = [name for name in s.features if name in PLACES]
    return (
        f"Features of each word: {features}.",
        *(["Features that name a place are 0 in all later words."] if placed else []),
        *([_NO_TABLE] if embeddings.source_of(s.features) != "vocabulary" else []),
        f"Queries and keys have {s.d_k} numbers each; the scores are {divided}.",
        _describe_mask(s.mask),
        *_describe_places(s),
    )


def describe_weights(trace: AttentionTrace, escape: Escape = str) -> str:
    r"""Describe the largest weight of all, with its query and key.

    Parameters
    ----------
    trace : AttentionTrace
        Of one head.
    escape : callable
        Applied to each word.

    Examples
    --------
    >>> from attn_core import attend
    >>> from attn_core.presets import BY_KEY
    >>> print(describe_weights(attend(BY_KEY["negation"].scenario)).replace("; ", ";\n"))
    Each of the 5 words would have 0.20 of a weight spread evenly;
    the largest weight is 0.99: query ne, key heureux.
    """
    n, names = trace.scenario.n, axis_labels(trace.scenario, "query", escape)
    i, j = divmod(int(np.argmax(trace.weights)), n)
    largest = number(trace.weights[i, j], digits(n))
    even = number(1 / n, digits(n))
    return (
        f"Each of the {n} words would have {even} of a weight spread evenly; the largest "
        f"weight is {largest}: query {names[i]}, key {names[j]}."
    )


def _describe_mask(mask: Mask | None) -> str:
    match mask_kinds.kind(mask):
        case "none":
            return "No mask: every word may look at all words."
        case "causal":
            return "Causal mask: each word may look at itself and at what stands before it."
        case "window":
            reach = mask_kinds.size(mask, "window") if mask is not None else 0
            return f"Window mask: each word may look {reach} words back and ahead."
        case other:
            return (
                f"The mask of the scenario is {other}: it belongs to the places of its own "
                "sentence, so there is none here."
            )


def _describe_places(s: Scenario) -> tuple[str, ...]:
    sentence = {
        "none": "",
        "sinusoidal": "Positions are sinusoidal.",
        "learned": f"The table of learned positions has {0 if s.P is None else len(s.P)} rows "
        "and none for so many places, so there are no positions here.",
        "rope": "Positions are RoPE's.",
        "alibi": f"Positions are ALiBi's, with the slope {s.slopes[0]:g}." if s.slopes else "",
    }[s.positions]
    own = "Keys and values come from the text itself, not from the second sentence."
    return tuple(filter(None, (sentence, own if s.is_cross else "")))


def describe_hashed_words(words: tuple[str, ...], escape: Escape = str) -> str:
    r"""Describe how many words have hashed vectors, and list the first; empty when none has.

    Examples
    --------
    >>> print(describe_hashed_words(("je", "blorg", "blorg", "xyz")).replace(": ", ":\n"))
    3 of the 4 words and signs aren't in the vocabulary:
    blorg and xyz. Their numbers come from a hash of their letters and mean nothing.
    """
    unknown = embeddings.unknown(words)
    if not unknown:
        return ""
    count = sum(not embeddings.known(word) for word in words)
    first = [escape(isolate(word)) for word in unknown[:NAMED]]
    others = len(unknown) - len(first)
    names = join_words([*first, f"{others} others"] if others else first)
    return (
        f"{count} of the {len(words)} words and signs aren't in the vocabulary: {names}. "
        "Their numbers come from a hash of their letters and mean nothing."
    )


def digits(n: int) -> int:
    """Choose the decimals of a weight among n words: 1/n has two significant digits or more.

    Examples
    --------
    >>> digits(8), digits(12), digits(512)
    (2, 3, 4)
    """
    return 1 + len(str(n))


def describe_row(trace: AttentionTrace, i: int, escape: Escape = str) -> str:
    r"""Describe the words that one word attends to most, with their weights.

    Parameters
    ----------
    trace : AttentionTrace
        Of one head, and of any length.
    i : int
        The word, from 0.
    escape : callable
        Applied to each word.

    Examples
    --------
    >>> from attn_core import attend
    >>> from attn_core.presets import BY_KEY
    >>> t = attend(scenario_of(BY_KEY["verb-subject"].scenario, "Je suis heureux"))
    >>> print(describe_row(t, 2).replace(": ", ":\n"))
    heureux looks most at suis (0.50), Je (0.25) and itself (0.25):
    together 100 % of its weight, among 3 words that it may see.
    """
    names, decimals = axis_labels(trace.scenario, "query", escape), digits(trace.scenario.n)
    row, allowed = trace.weights[i], trace.scenario.allowed[i]
    seen = int(allowed.sum())
    if seen > 1 and np.ptp(row[allowed]) < 0.5 * 10.0**-decimals:
        each = number(1 / seen, decimals)
        return f"{names[i]} looks equally at all {seen} words that it may see, {each} each."
    best = [j for j in np.argsort(-row, kind="stable")[:NAMED] if row[j] > 0]
    looked_at = [f"{'itself' if j == i else names[j]} ({number(row[j], decimals)})" for j in best]
    share = number(100 * float(row[best].sum()), 0)
    return (
        f"{names[i]} looks most at {join_words(looked_at)}: "
        f"together {share} % of its weight, among {seen} words that it may see."
    )
