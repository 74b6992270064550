"""A description holds the same figure as Plotly's, and tells when only numbers changed."""

import base64
import json

import numpy as np
import pytest

from attn_core import attend, edits
from attn_core.figures import Description, Look, describe, draw
from attn_core.notation.equation import equation, headline
from tests.figures.test_equation import TRACE, odd_scenario


def plain(described):
    """What a browser makes of a description that came as JSON: traces with their numbers."""
    traces, numbers = json.loads(json.dumps([described.traces, described.plain_numbers()]))
    whole = [trace | own for trace, own in zip(traces, numbers, strict=False)]
    return whole + traces[len(numbers) :]


def array(written):
    shape = [int(size) for size in written["shape"].split(",")]
    return np.frombuffer(base64.b64decode(written["bdata"]), written["dtype"]).reshape(shape)


def test_it_holds_what_the_figure_holds():
    for drawn in (equation(TRACE, "masked_scores"), headline(TRACE)):
        described, figure = plain(describe(drawn)), draw(drawn)
        assert len(described) == len(figure.data)
        for trace, expected in zip(described, figure.data, strict=True):
            for name, value in trace.items():
                if name == "z":
                    np.testing.assert_array_equal(array(value), expected.z)
                elif name == "textfont":
                    assert value == expected.textfont.to_plotly_json()
                elif name in ("x", "y", "text", "hovertext"):
                    assert [*map(np.shape, value)] == [*map(np.shape, expected[name])]
                    assert np.array_equal(np.array(value), np.array(expected[name]))
                else:
                    assert value == expected[name]


def test_the_base_stays_while_only_numbers_change():
    s = odd_scenario()
    base = describe(headline(attend(s))).base
    for value in (0.0, -2.35, 29.999):
        assert describe(headline(attend(edits.with_cell(s, "W_q", 0, 0, value)))).base == base
    assert describe(headline(attend(edits.with_sentence(s, "a dog saw")))).base != base
    assert describe(headline(attend(s)), look=Look(theme="dark")).base != base
    assert describe(headline(attend(s)), look=Look(500)).base != base


def test_print_is_large_but_no_larger_than_a_browser_can_make_it():
    def scale(width, height):
        return Description([], {"width": width, "height": height}, []).print_scale

    assert 390 * scale(390, 900) == pytest.approx(17 / 2.54 * 300, abs=1)
    assert scale(4000, 900) == 1
    assert 9000 * scale(390, 9000) <= 16384
