"""What is told of a change: the weights that moved most, and nothing else."""

import numpy as np
import pytest

from attn_core import attend, edits
from attn_core.analysis.announce import announce
from attn_core.analysis.compare import compare
from attn_core.edits import heads
from attn_core.presets import BY_KEY, DEFAULT
from pages.ui.session.announcement import Announcement
from tests.core.courses import COURSES, made


def test_the_two_weights_that_moved_most():
    a = made()
    b = edits.with_cell(a, "W_q", 3, 1, 2.5)
    moved = np.abs(attend(b).weights - attend(a).weights)
    order = np.argsort(-moved, axis=None)[:2]
    expected = [
        f"word{i} → word{j}: {attend(a).weights[i, j]:.2f} to {attend(b).weights[i, j]:.2f}"
        for i, j in zip(*np.unravel_index(order, moved.shape), strict=True)
    ]
    assert announce(compare(a, b)) == "; ".join(expected)


def test_one_weight_alone_and_none():
    a = made()
    assert announce(compare(a, a)) == ""
    assert announce(compare(a, edits.with_cell(a, "W_v", 0, 0, 9))) == ""
    slight = edits.with_cell(a, "X", 0, 0, a.X[0, 0] + 0.001)
    assert 0 < np.abs(attend(slight).weights - attend(a).weights).max() < 0.005
    assert announce(compare(a, slight)) == ""


def test_what_two_decimals_would_not_show():
    s = DEFAULT.scenario
    for step in range(1, 60):
        b = edits.with_cell(s, "W_q", 1, 0, step / 200)
        before, after = attend(s).weights[1, 0], attend(b).weights[1, 0]
        if abs(after - before) >= 0.005 and f"{before:.2f}" == f"{after:.2f}":
            break
    assert f"suis → Je: {before:.3f} to {after:.3f}" in announce(compare(s, b))


@pytest.mark.parametrize("sentence", ["Je suis", "suis Je heureux"])
def test_of_other_words_nothing_is_told(sentence):
    s = DEFAULT.scenario
    assert announce(compare(s, edits.with_sentence(s, sentence))) == ""


def test_each_change_is_followed_for_the_head_that_is_shown():
    s = COURSES["heads, alibi"]
    told = Announcement(s)
    told.follow(s, 2)
    assert (told.number, told.text) == (0, "")
    changed = edits.with_cell(s, "W_q", 0, 0, 3, 2)
    told.follow(changed, 2)
    assert told.number == 1
    assert told.text == announce(compare(s.head(2), changed.head(2))) != ""
    told.follow(changed, 0)  # another head is looked at
    assert told.number == 1
    told.follow(s, 0)
    assert (told.number, told.text) == (2, "")  # that one has stayed as it was


def test_a_head_that_stays_is_told_nothing_when_others_come_or_go():
    four = BY_KEY["four-views"].scenario
    told = Announcement(four)
    told.follow(heads.removed(four, 0), 0)  # now the first is what was the second
    assert (told.number, told.text) == (1, "")
    told.follow(heads.added(four, like=1), 4)
    assert (told.number, told.text) == (2, "")
