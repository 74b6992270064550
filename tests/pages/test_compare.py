"""The page Compare: pin, swap, what if, and an address that carries both."""

from dataclasses import replace

import numpy as np
import pytest

from attn_core import attend, edits
from attn_core.analysis.compare import compare
from attn_core.analysis.describe_causes import METHOD, describe_causes
from attn_core.analysis.what_if import VARIANTS, what_if
from attn_core.masks import causal
from attn_core.permalink import decode, encode
from attn_core.presets import BY_KEY, DEFAULT
from attn_core.text import escape
from tests.core.links import packed
from tests.pages.test_pages import boxes, fine, parameter, scenario, slider, visit

PAGE = "7_Compare.py"
A = BY_KEY["verb-subject"].scenario
B = edits.with_cell(A, "W_k", 0, 0, 0.5)


def pinned(at):
    return decode(parameter(at, "a")) if "a" in at.query_params else None


def press(at, key):
    return fine(at.button(key=key).click().run())


def told(at):
    """All sentences of the page, without their escapes."""
    return "\n".join(m.value for m in at.markdown).replace("\\", "")


def both(**query):
    return fine(visit(PAGE, s=encode(B), a=encode(A), **query))


def test_an_address_with_both_shows_both():
    at = both()
    assert (pinned(at), scenario(at)) == (A, B)
    a, b = attend(A), attend(B)
    expected = [b.weights, a.weights, b.weights - a.weights, a.masked_scores, a.weights]
    for drawn, values in zip(boxes(at), [*expected, b.masked_scores, b.weights], strict=True):
        np.testing.assert_array_equal(drawn, values)
    for sentence in describe_causes(compare(A, B), escape.markdown):
        assert sentence.replace("\\", "") in told(at)
    assert METHOD in {caption.value for caption in at.caption}


@pytest.mark.parametrize("name", ["Q", "V", "raw_scores", "masked_scores", "output"])
def test_any_step_is_compared(name):
    at = both()
    at.button_group(key="compared").set_value(name).run()
    np.testing.assert_array_equal(
        boxes(fine(at))[2], getattr(attend(B), name) - getattr(attend(A), name)
    )


def test_a_page_without_a_pin_says_what_it_is_for():
    at = fine(visit(PAGE))
    assert "Pin a scenario as **A**" in told(at)
    assert [b.label for b in at.button if b.key == "pin"] == ["Pin the present scenario as A"]
    np.testing.assert_array_equal(boxes(at)[1], attend(DEFAULT.scenario).weights)
    assert "a" not in at.query_params


def test_pin_go_on_and_unpin():
    at = press(visit(PAGE), "pin")
    assert pinned(at) == scenario(at) == DEFAULT.scenario
    assert "A and B have the same inputs." in told(at)
    at.switch_page("dashboard.py").run()
    slider(at, "X-0-0").set_value(-2.0).run()
    at.switch_page(f"pages/{PAGE}").run()
    assert pinned(fine(at)) == DEFAULT.scenario
    assert scenario(at).X[0, 0] == -2
    assert "X Je · pronoun −3.00 alone" in told(at)
    assert pinned(press(at, "pin")).X[0, 0] == -2
    assert pinned(press(at, "unpin")) is None


def test_pinning_is_no_step_of_undo():
    at = press(visit(PAGE), "pin")
    (undo,) = (b for b in at.button if b.label == "Undo")
    assert undo.disabled
    assert press(press(at, "unpin"), "pin").button[0].disabled


def undo(at, label="Undo"):
    (button,) = (b for b in at.button if b.label == label)
    return fine(button.click().run())


def test_a_swap_is_one_step_of_undo_of_both():
    at = press(both(), "swap")
    assert (pinned(at), scenario(at)) == (B, A)
    undo(at)
    assert (pinned(at), scenario(at)) == (A, B)
    undo(at, "Redo")
    assert (pinned(at), scenario(at)) == (B, A)
    press(at, "swap")
    assert (pinned(at), scenario(at)) == (A, B)


def test_undo_of_a_swap_leaves_a_newer_pin_alone():
    at = press(press(both(), "swap"), "pin")
    assert pinned(at) == scenario(at) == A
    undo(at)
    assert (pinned(at), scenario(at)) == (A, B)
    unpinned = press(press(both(), "swap"), "unpin")
    undo(unpinned)
    assert (pinned(unpinned), scenario(unpinned)) == (None, B)


def test_undo_of_a_swap_leaves_a_pin_of_what_came_later():
    at = press(both(), "swap")
    at.switch_page("dashboard.py").run()
    slider(at, "X-0-0").set_value(-2.0).run()
    later = pinned(press(at, "pin"))
    assert later not in (A, B)
    undo(undo(at))
    assert (pinned(at), scenario(at)) == (later, B)


def test_a_swap_brings_the_preset_along():
    at = press(visit("7_Compare.py", preset="verb-subject"), "pin")
    at.switch_page("dashboard.py").run()
    at.selectbox(key="preset").set_value("sharp").run()
    at.switch_page(f"pages/{PAGE}").run()
    press(at, "swap")
    assert parameter(at, "preset") == "verb-subject"
    assert pinned(at) == BY_KEY["sharp"].scenario


@pytest.mark.parametrize("bad", ["x", encode(A)[:-4], packed(b"{}"), "1" + "A" * 20_000])
def test_a_bad_a_says_so_and_opens_b_alone(bad):
    at = fine(visit(PAGE, s=encode(B), a=bad))
    assert "The link of A in the address can't be opened" in at.error[0].value.replace("\\", "")
    assert (pinned(at), scenario(at)) == (None, B)


def test_a_beyond_the_limits_is_refused():
    at = fine(visit(PAGE, a=encode(replace(A, temperature=99.0))))
    assert "The temperature must be" in at.error[0].value
    assert pinned(at) is None


def test_both_are_bad():
    at = fine(visit(PAGE, s="x", a="y"))
    assert at.error[0].value.replace("\\", "").count("can't be opened") == 2


def test_another_address_is_news_of_both():
    at = both()
    at.query_params["a"] = encode(B)
    assert pinned(fine(at.run())) == B
    del at.query_params["a"]
    assert pinned(fine(at.run())) is None


def test_an_address_without_a_scenario_says_nothing_of_a():
    at = both()
    at.query_params.clear()  # as a page does that is turned to
    assert pinned(fine(at.run())) == A


def test_different_sentences():
    b = edits.with_sentence(A, "Tu suis *heureux*")
    at = fine(visit(PAGE, s=encode(b), a=encode(A)))
    assert "Words only in A: Je. Words only in B: Tu" in told(at)
    assert "there are no causes to be told" in told(at)
    assert not any(caption.value == METHOD for caption in at.caption)
    assert boxes(at)[2].shape == (2, 2)


def test_nothing_in_common():
    b = edits.with_sentence(A, "Tu dors")
    at = fine(visit(PAGE, s=encode(b), a=encode(A)))
    assert "A and B have no word in common" in told(at)
    assert [m.shape for m in boxes(at)] == [(3, 3), (3, 3), (2, 2), (2, 2)]


@pytest.mark.parametrize("key", [variant.key for variant in VARIANTS])
def test_a_what_if_is_compared_and_changes_nothing(key):
    s = replace(A, mask=causal(3), positions="sinusoidal")
    at = visit(PAGE, s=encode(s))
    at.button_group(key="what-if").set_value(key).run()
    expected = attend(what_if(s, key)).weights - attend(s).weights
    np.testing.assert_array_equal(boxes(fine(at))[2], expected)
    assert scenario(at) == s
    press(at, "adopt")
    assert scenario(at) == what_if(s, key)
    assert not at.button_group(key="what-if").value
    assert scenario(undo(at)) == s


def test_a_what_if_that_changes_nothing_says_so():
    at = both()
    at.button_group(key="what-if").set_value("unmasked").run()
    assert "There is no mask" in told(fine(at))
    assert at.button(key="adopt").disabled
    np.testing.assert_array_equal(boxes(at)[2], attend(B).weights - attend(A).weights)
    at.button_group(key="what-if").set_value(None).run()
    assert "There is no mask" not in told(fine(at))


def test_home_pins_in_passing():
    at = press(visit(), "pin")
    assert pinned(at) == DEFAULT.scenario
    assert at.button(key="pin").label == "Pinned as A"
    slider(at, "X-0-0").set_value(-2.0).run()
    assert at.button(key="pin").label == "Pin as A"


def test_the_link_carries_both():
    at = fine(visit("10_Share.py", s=encode(B), a=encode(A)))
    (code,) = at.code
    assert code.value.endswith(f"&s={encode(B)}&a={encode(A)}")
