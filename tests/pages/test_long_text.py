"""The page of a long text: what it shows, keeps and refuses."""

import numpy as np
import pytest

from attn_core import attend, permalink
from attn_core.analysis import long_text
from attn_core.edits import heads
from attn_core.presets import BY_KEY
from pages.ui.session.address import MAX_ADDRESS
from pages.ui.session.pasted_text import LongText
from pages.ui.session.url_text import ELSEWHERE
from tests.pages.test_pages import boxes, fine, parameter, visit

PAGE = "8_Long_text.py"
TEXT = "The dog saw a blorg, and the dog bites the blorg!"
S = BY_KEY["negation"].scenario
#: Letters without a pattern, so that they don't pack.
NOISE = " ".join(
    "".join(chr(97 + k) for k in word)
    for word in np.random.default_rng(3).integers(0, 26, size=(311, 29))
)


def pasted(text=TEXT, **query):
    at = fine(visit(PAGE, **({"preset": "negation"} | query)))
    at.text_area[0].set_value(text)
    return fine(at.run())


def weights(text=TEXT, s=S):
    return attend(long_text.scenario_of(s, text)).weights


def same(at, expected):
    np.testing.assert_allclose(boxes(at)[0], expected, rtol=1e-6)


def complaint(at):
    return at.error[0].value.replace("\\", "")


def said(at):
    return " ".join(each.value for each in (*at.markdown, *at.caption)).replace("\\", "")


def test_a_pasted_text_is_shown():
    at = pasted()
    same(at, weights())
    trace = attend(long_text.scenario_of(S, TEXT))
    assert long_text.describe_row(trace, 6) in said(at)
    assert long_text.describe_weights(trace) in said(at)
    assert "of the 13 words and signs aren't in the vocabulary" in said(at)
    for chart in at.get("plotly_chart"):
        assert chart.proto.alt


def test_without_a_text_there_is_no_picture():
    at = fine(visit(PAGE))
    assert not at.get("plotly_chart")
    assert "text" not in at.query_params
    at.button(key="long-example").click().run()
    assert boxes(fine(at))[0].shape[0] >= 200
    assert at.text_area[0].value == long_text.EXAMPLE


def test_what_is_refused_stays_in_the_field():
    at = pasted()
    before = parameter(at, "text")
    at.text_area[0].set_value("je " * 513)
    at.run()
    assert at.text_area[0].value == "je " * 513
    assert "512 words and signs; this one has 513" in complaint(at)
    assert parameter(at, "text") == before
    same(at, weights())
    at.text_area[0].set_value("je suis")
    assert not fine(at.run()).error
    same(at, weights("je suis"))


def test_clearing_the_field_takes_the_text_away():
    at = pasted()
    at.text_area[0].set_value(" ")
    assert not fine(at.run()).get("plotly_chart")
    assert "text" not in at.query_params


def test_the_address_holds_the_text():
    at = pasted()
    assert permalink.decode_text(parameter(at, "text")) == TEXT
    other = fine(visit(PAGE, s=parameter(at, "s"), text=parameter(at, "text")))
    assert other.text_area[0].value == TEXT
    same(other, weights())


def test_the_text_is_kept_while_pages_change():
    at = pasted()
    at.switch_page("pages/1_Embeddings.py").run()
    fine(at).switch_page(f"pages/{PAGE}").run()
    assert fine(at).text_area[0].value == TEXT
    same(at, weights())


def test_a_text_too_long_for_an_address_is_offered_as_a_file():
    at = pasted(NOISE)
    same(at, weights(NOISE))
    assert parameter(at, "text") == ELSEWHERE
    assert str(MAX_ADDRESS) in at.warning[0].value
    assert "Save the text" in {each.label for each in at.get("download_button")}
    other = fine(visit(PAGE, s=parameter(at, "s"), text=ELSEWHERE))
    assert "too long for an address" in other.error[0].value
    assert not other.get("plotly_chart")


@pytest.mark.parametrize("link", ["rubbish", permalink.encode_text("x" * 10_001), "1"])
def test_a_link_that_holds_no_text_is_refused(link):
    at = fine(visit(PAGE, preset="negation", text=link))
    assert "can't be shown" in complaint(at)
    assert "text" not in at.query_params or parameter(at, "text") != link


def test_another_word_is_chosen():
    at = pasted()
    at.selectbox(key="long-word").set_value(3).run()
    assert long_text.describe_row(attend(long_text.scenario_of(S, TEXT)), 3) in said(fine(at))


def test_it_is_the_chosen_head_that_looks():
    s = heads.added(heads.with_heads(S))
    at = pasted(s=permalink.encode(s), head="2")
    same(at, weights(s=s.head(1)))
    assert "head 2" in said(at)


def test_words_are_no_markup():
    at = pasted("**bold** <b>x</b> $y$ :red[z]")
    assert r"\*\*" in " ".join(each.value for each in at.markdown)
    assert "<b>" not in " ".join(each.value for each in (*at.markdown, *at.caption))


def test_a_live_picture_waits_for_the_width():
    """One in another width would be sent again, and it is most of a megabyte."""
    at = fine(visit(PAGE, preset="negation", classic="", text=permalink.encode_text(TEXT)))
    ids = [each.proto.id for each in at.get("bidi_component")]
    assert any("-preload" in each for each in ids)
    assert not any("-figure-" in each for each in ids)


def test_going_back_finds_a_text_that_no_address_held():
    text = LongText()
    text.read(NOISE)
    assert text.to_url(has_room=False) == ELSEWHERE
    text.read(TEXT)
    short = text.to_url(has_room=True)
    text.load_from_url(ELSEWHERE)
    assert text.text == NOISE
    text.to_url(has_room=False)
    text.load_from_url(short)
    assert text.text == TEXT
    text.load_from_url("")
    assert (text.text, text.words) == ("", ())
