"""Bars of the next tokens, and the picture of the KV cache, as data."""

import numpy as np
import pytest

from attn_core.figures import Look, describe_cache_rows, describe_next_tokens
from attn_core.figures.boxes.text import text_width

TOKENS = ("␣suis", "␣<b>", "␊␊", "ment", "א")
AFTER = (0.61, 0.25, 0.14, 0.0, 0.0)
BEFORE = (0.4, 0.25, 0.2, 0.0004, 0.1)


def test_bars_outlines_tokens_and_numbers():
    described = describe_next_tokens(TOKENS, AFTER, BEFORE)
    bars, outlines, names, written = described.numbers
    assert bars["x"] == [*AFTER]
    assert outlines["x"] == [0.4, None, 0.2, 0.0004, 0.1]
    assert names["text"][:4] == ["␣suis", "␣&lt;b&gt;", "␊␊", "ment"]
    assert names["text"][4] == "\u2068א\u2069"  # it must not turn the line around
    assert written["text"] == ["0.610", "0.250", "0.140", "0", "0"]
    assert bars["hovertext"][0] == "␣suis: 0.610; without settings 0.400"
    assert bars["hovertext"][1] == "␣&lt;b&gt;: 0.250"
    kinds = [trace["type"] for trace in described.figure().to_dict()["data"]]
    assert kinds == ["bar", "bar", "scatter", "scatter"]


def test_rows_stand_below_each_other_and_within_the_picture():
    described = describe_next_tokens(TOKENS, AFTER, BEFORE, look=Look(347))
    places = described.traces[0]["y"]
    assert all(trace["y"] == places for trace in described.traces)
    gaps = np.diff([0, *places, described.layout["height"]])
    np.testing.assert_allclose(gaps[1:-1], gaps[1], atol=0.2)
    assert (gaps[1:-1] > described.traces[0]["width"]).all()
    assert described.layout["width"] == 347


@pytest.mark.parametrize("width", [340, 960])
@pytest.mark.parametrize(("largest", "end"), [(0.07, 0.1), (0.1, 0.1), (0.3, 0.5), (1.0, 1.0)])
def test_bars_begin_behind_the_tokens_and_end_before_the_numbers(width, largest, end):
    described = describe_next_tokens(("␣suis", "b"), (0.01, 0.0), (largest, 0.02), look=Look(width))
    layout = described.layout
    (low, high), (_, pixels) = layout["xaxis"]["range"], layout["xaxis2"]["range"]
    begin, longest = (pixels * (value - low) / (high - low) for value in (0, end))
    assert text_width("␣suis", 13) < begin < longest / 2
    assert longest < pixels - text_width("0.000", 13)
    assert largest <= end


def test_other_tokens_and_settings_change_numbers_alone():
    one = describe_next_tokens(TOKENS, AFTER, BEFORE)
    other = describe_next_tokens(TOKENS[::-1], (0.9, 0.1, 0, 0, 0), (0.8, 0.1, 0.05, 0, 0))
    assert one.base == other.base


def test_each_pass_computes_the_rows_that_are_not_kept():
    passes = (0, 0, 0, 1, 2, 2, 3)
    described = describe_cache_rows(tuple("abcdefg"), passes)
    z = described.numbers[0]["z"]
    assert z.shape == (4, 7)
    for row, line in enumerate(z):
        for column, of in enumerate(passes):
            expected = np.nan if of > row else float(of == row)
            np.testing.assert_equal(float(line[column]), expected)
    assert described.traces[0]["y"] == ["pass 1", "pass 2", "pass 3", "pass 4"]
    assert described.numbers[0]["hovertext"][2][3:5] == ["kept", "computed"]


def test_only_the_last_passes_are_drawn():
    passes = (0, 0, *range(1, 18))
    described = describe_cache_rows(tuple("ab" * 9 + "c"), passes, 5, look=Look(390))
    assert described.numbers[0]["z"].shape == (5, 19)
    assert described.traces[0]["y"] == [f"pass {i}" for i in range(14, 19)]
    assert described.layout["width"] <= 390
    assert len(set(described.traces[0]["x"])) == 19
