"""What is typed or pasted is read as people write it, or refused in words they can read."""

import re

import numpy as np
import pytest

from attn_core import edits, limits
from attn_core.presets import DEFAULT
from tests.cases import for_each

START = DEFAULT.scenario  # X is 3×4


def pasted(text, row=1, column=1):
    noted = edits.with_pasted(START, "X", row, column, text)
    return limits.validate(noted.scenario).X, noted.note


@for_each(
    [
        ("1,5", [[1.5]]),
        ("−0,25", [[-0.25]]),
        ("–2", [[-2]]),  # a dash, as word processors write it
        ("\ufeff1", [[1]]),
        ("\u00a01,5\u202f", [[1.5]]),
        ("2.5\n", [[2.5]]),
        ("2.5\r\n\r\n", [[2.5]]),
        (" 1.5 \t 2,5 ", [[1.5, 2.5]]),
        ("1\r2", [[1], [2]]),
        ("1\u00a0\t2\r\n3\t-4\r\n", [[1, 2], [3, -4]]),
    ]
)
def test_what_people_and_spreadsheets_write(text, numbers):
    numbers = np.array(numbers)
    expected = np.array(START.X)
    expected[1 : 1 + len(numbers), 1 : 1 + numbers.shape[1]] = numbers
    X, note = pasted(text)
    np.testing.assert_array_equal(X, expected)
    assert not note


@for_each(
    [
        ("1.000,5", "“1.000,5”. A point or a comma stands before the decimals only"),
        ("1,000.5", "“1,000.5”. A point or a comma stands before the decimals only"),
        ("1\u00a0000,5", "row suis, column verb: expected a number such as 1.5, got “1 000,5”"),
        ("1\t2\n3\tx\u00a0y\u200b", "row heureux, column feeling: expected a number such as 1.5"),
        ("1\t\t2", "column feeling: expected a number such as 1.5, got an empty box"),
        ("1_000", "got “1_000”"),
        ("0_1", "got “0_1”"),
        ("1\x0b2", "got “1 2”"),
        ("nan", "row 2, column 2 is nan"),
        ("1e400", "row 2, column 2 is ∞"),
    ]
)
def test_what_is_refused(text, told):
    with pytest.raises(ValueError, match=re.escape(told)) as caught:
        pasted(text)
    message = str(caught.value)
    assert "\\" not in message and all(sign.isprintable() for sign in message)


def test_a_block_that_is_too_large_says_what_was_left_out():
    X, note = pasted("1\t2\t3\t4\t5\n" * 7)
    np.testing.assert_array_equal(X[1:, 1:], [[1, 2, 3]] * 2)
    assert note == (
        "The pasted block is 7×5, and from the chosen box on there is room for 2×3: "
        "the other 29 numbers were left out."
    )
    # What has no box needn't be a number.
    assert pasted("1\tword", row=2, column=3)[1].endswith("the other 1 number was left out.")
