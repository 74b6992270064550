"""Codes of rooms, and who tries too many."""

import re
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pages.ui.room.rules import code, limits
from pages.ui.room.rules.code import ALPHABET, OpenedRooms, WrongCodes


def test_no_letter_is_mistaken_for_a_digit_or_makes_a_word():
    assert not set("AEIOU01IL") & set(ALPHABET) and len(set(ALPHABET)) == len(ALPHABET) == 20


def test_every_letter_is_drawn_at_every_place():
    drawn = [code.draw() for _ in range(2000)]
    for place in range(limits.CODE_LENGTH):
        counts = Counter(each[place] for each in drawn)
        assert set(counts) == set(ALPHABET)
        assert max(counts.values()) < 200  # 100 are expected; 200 come once in 10²⁰ tests
    assert len(set(drawn)) > 1990


@given(
    st.text(ALPHABET, min_size=5, max_size=5),
    st.lists(st.sampled_from(["", " ", "-", "–", "\t", ". "]), min_size=6, max_size=6),
    st.booleans(),
)
def test_a_code_is_read_as_people_type_it(drawn, between, is_small):
    typed = "".join(gap + letter for gap, letter in zip(between, drawn + " ", strict=True))
    assert code.read(typed.lower() if is_small else typed) == drawn


@given(st.text())
def test_a_text_is_a_code_or_is_refused_in_words(text):
    try:
        found = code.read(text)
    except ValueError as error:
        assert str(error).startswith("A room’s code is 5 letters of ") and len(str(error)) < 200
    else:
        assert re.fullmatch(f"[{ALPHABET}]{{5}}", found)


def test_the_refusal_says_what_came():
    with pytest.raises(ValueError, match=r"got 'KXQR0'\.$"):
        code.read("KXQR0")


def filled(wrong, sources):
    for i, source in enumerate(sources):
        wrong.note(source, i / 1000)
    return wrong


def test_one_source_waits_a_minute_from_its_first_wrong_code():
    wrong = filled(WrongCodes(), ["a"] * (limits.MAX_WRONG_CODES_EACH - 1))
    wrong.check("a", 10.0)
    wrong.note("a", 10.0)
    with pytest.raises(ValueError, match=r"came from here\. Wait 1 second\."):
        wrong.check("a", 59.5)
    wrong.check("b", 59.5)
    wrong.check("a", 60.0)
    wrong.note("a", 60.0)
    with pytest.raises(ValueError, match=r"Wait 1 second\."):  # for the second one
        wrong.check("a", 60.0)


def test_many_sources_together_are_limited_too():
    wrong = filled(WrongCodes(), [str(i) for i in range(limits.MAX_WRONG_CODES)])
    with pytest.raises(ValueError, match=r"came to this server\. Wait 30 seconds\."):
        wrong.check("new", 30.0)
    wrong.check("new", 61.0)


def test_one_source_opens_no_rooms_without_end():
    opened = OpenedRooms()
    for minute in range(limits.MAX_OPENED_EACH):
        opened.check("a", 60.0 * minute)
        opened.note("a", 60.0 * minute)
    with pytest.raises(ValueError, match=r"Too many new rooms came from here\. Wait 37 minutes\."):
        opened.check("a", 23 * 60.0)
    opened.check("b", 23 * 60.0)
    opened.check("a", 61 * 60.0)
    at_once = limits.MAX_OPENED_EACH * limits.LIFETIME / limits.OPENED_IN
    assert at_once < limits.MAX_ROOMS / 2


def test_its_memory_is_bounded():
    wrong = filled(WrongCodes(), [str(i) for i in range(limits.MAX_SOURCES + 17)])
    assert len(wrong._by_source) == limits.MAX_SOURCES
    assert len(wrong._all) == limits.MAX_WRONG_CODES
    filled(wrong, ["a"] * 999)
    assert len(wrong._by_source["a"]) == limits.MAX_WRONG_CODES_EACH
