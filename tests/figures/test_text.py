"""Texts take about the room that they are given."""

import pytest

from attn_core.figures.boxes.text import text_width

#: Widths in Source Sans of size 1, as a browser measures them.
MEASURED = {
    "first person": 4.72,
    "heureux": 3.41,
    "pronoun": 3.61,
    "softmax(scores)": 6.59,
    "−0.00": 2.24,
    "0.00": 1.74,
}


@pytest.mark.parametrize("text", MEASURED)
def test_a_text_has_room_and_little_more(text):
    assert MEASURED[text] <= text_width(text, 1) < 1.2 * MEASURED[text]


def test_characters_without_letters_of_their_own():
    assert text_width("语言", 10) == 20
    assert text_width("e\u0301", 10) == text_width("e", 10)
