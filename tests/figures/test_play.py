"""Frames fill a product in the order of reading, with what makes each number outlined."""

import numpy as np
import pytest

from attn_core import attend
from attn_core.figures import Look, describe, describe_play, is_product
from attn_core.notation.cells import Cell
from attn_core.notation.equation import equation
from attn_core.notation.outline import highlight
from attn_core.notation.steps import STEPS
from tests.core.courses import COURSES, STEPS_TAKEN, of_head
from tests.figures.test_description import array
from tests.figures.test_equation import TRACE, odd_scenario
from tests.notation.test_graph import PRODUCTS

#: Courses in which a product differs, and few enough numbers to go through them all.
PLAYED = [
    (key, name)
    for key, name in STEPS_TAKEN
    if name in PRODUCTS
    and key in ("plain", "learned", "rope, even", "cross, short", "heads, rope", "heads, cross")
]


def test_products():
    assert [s.name for s in STEPS if is_product(s.name)] == [*PRODUCTS]


@pytest.mark.parametrize(("key", "name"), PLAYED)
def test_frames(key, name):
    trace, head = attend(COURSES[key]), COURSES[key].h - 1
    check_frames(trace, name, head)


@pytest.mark.parametrize("name", [name for name in PRODUCTS if name != "projected"])
def test_frames_of_words_that_repeat(name):
    check_frames(TRACE, name)


def check_frames(trace, name, head=0):
    described = describe_play(trace, name, head=head, look=Look(700))
    values = of_head(trace, name, head)
    assert len(described.frames) == values.size
    assert len({frame["name"] for frame in described.frames}) == values.size
    for k, frame in enumerate(described.frames):
        (z,) = (own["z"] for own in frame["data"])
        np.testing.assert_array_equal(z.ravel()[: k + 1], values.ravel()[: k + 1])
        assert np.isnan(z.ravel()[k + 1 :]).all()
        (texts,) = (np.ravel(own["text"]) for own in frame["data"])
        assert [bool(text) for text in texts] == [i <= k for i in range(values.size)]
        assert frame["traces"] == [len(described.numbers) - 1]
        i, j = divmod(k, values.shape[1])
        shown = highlight(equation(trace, name, head), trace.scenario, Cell(name, i, j))
        assert frame["layout"]["shapes"] == describe(shown, look=Look(700)).layout["shapes"]
        assert len(frame["layout"]["shapes"]) == 3
    np.testing.assert_array_equal(described.numbers[-1]["z"], values)


def test_names_say_the_number():
    described = describe_play(TRACE, "Q")
    assert described.frames[3]["name"] == f"dog · q₁ = {TRACE.Q[1, 0]:.2f}".replace("-", "−")


def test_plotly_takes_it_with_its_own_controls():
    figure = describe_play(TRACE, "output").figure()
    assert len(figure.frames) == TRACE.output.size
    steps = figure.layout.sliders[0].steps
    assert [step.args[0][0] for step in steps] == [frame.name for frame in figure.frames]
    assert [b.label for b in figure.layout.updatemenus[0].buttons] == ["Play", "Pause"]


def test_frames_keep_every_bit_as_json():
    trace = attend(odd_scenario())
    described = describe_play(trace, "raw_scores")
    for plain, frame in zip(described.plain_frames(), described.frames, strict=True):
        np.testing.assert_array_equal(array(plain["data"][0]["z"]), frame["data"][0]["z"])
