"""Pictures of what a room answered, as data: counts, places, the mark, and what stays."""

import numpy as np
import pytest

from attn_core.figures import (
    Look,
    choices_alt,
    describe_choices,
    describe_histogram,
    histogram_alt,
)
from attn_core.figures.boxes.text import text_width

OPTIONS = ("*Je*, its subject", "<b>suis</b>", "a word that isn’t there & never was")
ROUNDS = {"first vote": (3, 7, 1), "after discussion": (11, 0, 2)}
BINS = ("below −0.5", "−0.5 to 0.5", "above 0.5")


def bars(figure):
    return [trace for trace in figure.data if trace.type == "bar"]


def test_every_choice_has_its_count_in_every_round():
    figure = describe_choices(OPTIONS, ROUNDS).figure()
    assert [bar.x for bar in bars(figure)] == [(3, 7, 1), (11, 0, 2)]
    assert [bar.name for bar in bars(figure)] == list(ROUNDS)
    behind = [trace for trace in figure.data if trace.name == "counts"]
    assert behind[0].text == (" 3 · 27 %", " 7 · 64 %", " 1 · 9 %")
    assert behind[1].text == (" 11 · 85 %", " 0 · 0 %", " 2 · 15 %")
    assert [trace.y for trace in behind] == [bar.y for bar in bars(figure)]


def test_no_bar_lies_on_another():
    first, second = bars(describe_choices(OPTIONS, ROUNDS).figure())
    places = np.sort([*first.y, *second.y])
    assert np.diff(places).min() > first.width
    assert sorted(first.y) == list(first.y)  # downwards, for the axis is turned round
    assert all(one < two for one, two in zip(first.y, second.y, strict=True))


def test_the_right_choice_has_a_mark_once_it_is_told():
    (labels,) = (t for t in describe_choices(OPTIONS, ROUNDS, 1).figure().data if t.y and t.xaxis)
    assert labels.text[1] == "<b>✓ &lt;b&gt;suis&lt;/b&gt;</b>"
    assert labels.text[0] == "*Je*, its subject"
    assert "✓" not in str(describe_choices(OPTIONS, ROUNDS).traces)


@pytest.mark.parametrize("width", [350, 960])
def test_the_longest_bar_leaves_room_for_its_count(width):
    look = Look(width)
    figure = describe_choices(OPTIONS, {"vote": (1, 20, 3)}, look=look).figure()
    pixels = figure.layout.width * 20 / figure.layout.xaxis.range[1]
    assert pixels + text_width("20 · 83 %", look.scale.font) <= figure.layout.width


def test_the_frame_stays_while_votes_come_in():
    few = describe_choices(OPTIONS, {"vote": (0, 0, 0)})
    assert few.base == describe_choices(OPTIONS, {"vote": (2, 5, 1)}).base
    assert few.base != describe_choices(OPTIONS, {"vote": (2, 6, 1)}).base  # which is longer
    assert describe_histogram(BINS, {"vote": (0, 0, 0)}).base == (
        describe_histogram(BINS, {"vote": (1, 4, 5)}).base
    )


def test_every_bin_has_its_count_in_every_round():
    figure = describe_histogram(BINS, ROUNDS).figure()
    assert [bar.y for bar in bars(figure)] == [(3, 7, 1), (11, 0, 2)]
    assert {bar.x for bar in bars(figure)} == {figure.layout.xaxis.tickvals}
    assert figure.layout.xaxis.ticktext == BINS
    assert figure.layout.yaxis.range[1] >= 11
    assert bars(figure)[0].hovertext[1] == "−0.5 to 0.5: 7 (first vote)"


def test_the_bin_of_the_right_answer_has_a_mark():
    texts = describe_histogram(BINS, ROUNDS, 2).figure().layout.xaxis.ticktext
    assert texts == (*BINS[:2], "<b>✓ above 0.5</b>")


@pytest.mark.parametrize(("width", "angle"), [(190, -90), (960, 0)])
def test_names_of_bins_stand_upright_where_they_would_meet(width, angle):
    look = Look(width)
    figure = describe_histogram(BINS, ROUNDS, look=look).figure()
    longest = max(text_width(each, look.scale.font) for each in BINS)
    across = figure.layout.width - figure.layout.margin.l - figure.layout.margin.r
    assert (longest < across / 3) is (angle == 0)
    assert figure.layout.xaxis.tickangle == angle
    if angle:
        assert figure.layout.margin.b > longest


def test_the_pictures_are_told_in_words():
    assert choices_alt(("a", "b"), {"first": (1, 3), "again": (0, 0)}) == (
        "first: a 1 · 25 %, b 3 · 75 %. again: a 0 · 0 %, b 0 · 0 %."
    )
    assert histogram_alt(BINS, {"vote": (2, 0, 1), "again": (0, 0, 0)}) == (
        "vote: 2 in below −0.5, 1 in above 0.5. again: none."
    )
