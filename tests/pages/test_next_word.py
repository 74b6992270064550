"""A decoder's next word on the page: what is shown, written, kept in the address, and refused."""

import base64
import html
import json

import numpy as np
import pytest

from attn_core import softmax
from attn_core.permalink import encode_text
from attn_core.pretrained import Decoder, load
from attn_core.pretrained.decoder.generate import Continuation
from attn_core.pretrained.decoder.sampling import Sampling
from attn_core.pretrained.interpret import candidates, describe_attended, describe_cache, next_word
from pages.ui.model.shared import continuations, shared_model
from tests.pages.test_pages import array, fine, parameter, visit
from tests.pages.test_real_model import PAGE, said
from tests.pretrained.decoders import HOME
from tests.pretrained.test_glassllm import CASES as GLASSLLM
from tests.pretrained.tiny import HOME as ENCODERS

KIND, TEXT = "qwen3-qk-norm", "cab bad"
#: A way of drawing that isn't the first, and what an address says of it.
SEED, WILD, SAID = 7, Sampling(1.5, 5, 0.9), "7-1.5-5-0.9"


@pytest.fixture(autouse=True)
def model(model_packages, monkeypatch):
    """A server that shows a tiny decoder."""
    monkeypatch.setenv(shared_model.VARIABLE, str(HOME / KIND))
    monkeypatch.setattr(shared_model, "_loading", {})
    monkeypatch.setattr(continuations, "_of_all", continuations.Continuations())
    return load(HOME / KIND)


def opened(**query):
    return fine(visit(PAGE, read=encode_text(TEXT), topic="prediction", **query))


def press(at, name):
    button(at, name).click()
    return fine(at.run())


def button(at, name):
    return next(each for each in at.button if each.label == name)


def figure(at, name):
    """The traces of a picture of the part, by its last words."""
    charts = [json.loads(each.proto.spec) for each in at.get("plotly_chart")]
    found = [
        each["data"] for each in charts if name in [trace.get("name") for trace in each["data"]]
    ]
    (traces,) = found
    return traces


def bars(at):
    """The likeliest tokens, their probabilities, and those of the outlines."""
    after, before, names, _ = figure(at, "before")
    return [*map(html.unescape, names["text"])], after["x"], before["x"]


def written(at):
    """Count the tokens of the text that are in another weight."""
    return " ".join(each.body for each in at.get("html")).count("font-weight: bold")


def going(model, count, sampling, seed, text=TEXT):
    """The same, written by the core alone."""
    found = Continuation(model, text, seed)
    for _ in range(count):
        found.step(sampling)
    return found


def test_the_likeliest_tokens_with_settings_and_without(model):
    at = opened()
    logits = model.encode(TEXT).next_logits
    whole = softmax(logits.astype(np.float64))
    order = np.argsort(-whole, kind="stable")[:10]
    names, after, before = bars(at)
    assert names == [model.tokenizer.piece(i) for i in order]
    np.testing.assert_allclose(after, whole[order], rtol=0, atol=1e-5)
    assert before == [None] * 10
    at.slider(key="next-temperature").set_value(0.5)
    fine(at.run())
    at.select_slider(key="next-top_k").set_value(3)
    fine(at.run())
    names, after, before = bars(at)
    expected = candidates(next_word(Continuation(model, TEXT)), Sampling(0.5, 3))
    np.testing.assert_allclose(after, expected.after, rtol=1e-6)
    assert np.count_nonzero(after) == 3
    np.testing.assert_allclose(np.array(before, float), whole[order], rtol=0, atol=1e-5)
    assert "3 of 17 tokens can be drawn" in said(at)
    assert parameter(at, "next") == "0-0.5-3-1-0"
    at.number_input(key="next-seed").set_value(9)
    fine(at.run())
    at.slider(key="next-top_p").set_value(0.9)
    fine(at.run())
    assert parameter(at, "next") == "9-0.5-3-0.9-0"


def test_a_link_writes_what_the_core_writes(model):
    at = opened(next=f"{SAID}-9", look="2.3.1.0.head")
    core = going(model, 9, WILD, SEED)
    word = next_word(core)
    names, after, _ = bars(at)
    assert names == [name for _, name in word.likeliest]
    np.testing.assert_allclose(after, candidates(word, WILD).after, rtol=1e-5)
    assert describe_cache(word) in said(at)
    weights = word.weights(1, 2)
    assert describe_attended(word, weights) in said(at)
    attended = [each for each in at.get("plotly_chart") if "attends most" in each.proto.alt]
    (shown,) = json.loads(attended[0].proto.spec)["data"]
    y = np.frombuffer(base64.b64decode(shown["y"]["bdata"]), shown["y"]["dtype"])
    np.testing.assert_allclose(y, weights, rtol=0, atol=1e-5)
    drawn = f"was drawn with a probability of {core.written[-1].probability:.3f}"
    assert drawn in said(at)
    rows = array(figure(at, "rows")[0]["z"])
    assert rows.shape == (10, core.n)
    assert rows[-1, -1] == 1 and not rows[-1, :-1].any()
    assert written(at) == 9


def test_another_head_is_chosen_beside_what_it_attends_to(model):
    at = opened(next=f"{SAID}-3", look="1.1.1.0.head")
    word = next_word(going(model, 3, WILD, SEED))
    at.selectbox(key="model-layer").set_value(1)
    at = fine(at.run())
    assert parameter(at, "look") == "2.1.1.0.head"
    assert describe_attended(word, word.weights(1, 0)) in said(at)
    at.selectbox(key="model-view").set_value("average")
    assert describe_attended(word, word.weights(1, None)) in said(fine(at.run()))


def test_glassllm_writes_on_as_its_own_code_does(glassllm, monkeypatch):
    """Greedily, in the page; the golden tokens are its own tracer's."""
    case = GLASSLLM[0]
    monkeypatch.setenv(shared_model.VARIABLE, case["model"])
    model = load(case["model"])
    ids = {model.tokenizer.name(i): i for i in range(model.vocabulary)}
    pieces = [model.tokenizer.piece(ids[token]) for token in case["goes_on"]]
    at = fine(visit(PAGE, read=encode_text(case["text"]), topic="prediction", next="0-1-1-1-0"))
    likeliest = []
    for _ in pieces:
        likeliest.append(bars(at)[0][0])
        at = press(at, "Next word")
    assert likeliest == pieces
    assert written(at) == len(pieces)
    assert f"and {len(pieces)} tokens were written" in said(at)


def test_next_back_and_on_again(model):
    at = opened(next=f"{SAID}-0")
    texts = []
    for count in range(1, 5):
        at = press(at, "Next word")
        assert parameter(at, "next") == f"{SAID}-{count}"
        texts.append(describe_cache(next_word(going(model, count, WILD, SEED))))
        assert texts[-1] in said(at)
    tokens = bars(at)
    at = press(press(at, "Back"), "Back")
    assert parameter(at, "next") == f"{SAID}-2"
    assert bars(at)[0] == [n for _, n in next_word(going(model, 2, WILD, SEED)).likeliest]
    at = press(press(at, "Next word"), "Next word")
    assert bars(at) == tokens
    at = press(at, "Start again")
    assert parameter(at, "next") == f"{SAID}-0"
    assert button(at, "Back").disabled and button(at, "Start again").disabled


def test_settings_change_what_comes_and_not_what_is_written(model):
    at = press(press(opened(), "Next word"), "Next word")
    at.slider(key="next-temperature").set_value(2.0)
    fine(at.run())
    at = press(at, "Next word")
    assert parameter(at, "next") == "0-1-0-1-2_0-2-0-1-1"
    core = going(model, 2, Sampling(), 0)
    core.step(Sampling(2.0))
    expected = bars(at)[0]
    assert expected == [name for _, name in next_word(core).likeliest]
    other = opened(next="0-1-0-1-2_0-2-0-1-1")
    assert bars(other) == bars(at)


def test_it_goes_on_by_itself_until_the_model_ends(model):
    """Without a browser no clock ticks: each run of the page writes one token."""
    at, core = press(opened(), "Write on"), Continuation(model, TEXT)
    while not core.has_ended:
        core.step()
        assert written(at) == len(core.written)
        assert "Pause" in [each.label for each in at.button] or core.has_ended
        fine(at.run())
    assert len(core.written) > 2
    assert button(at, "Write on").disabled and button(at, "Next word").disabled
    why = "ended the text" if core.ids[-1] in model.ends else "room for 23 tokens"
    assert why in " ".join(each.value for each in at.info)
    assert parameter(at, "next") == f"0-1-0-1-{len(core.written)}"


def test_it_stops_where_it_is_paused(model):
    at = press(opened(), "Write on")
    fine(at.run())
    at = press(at, "Pause")
    assert (written(at), parameter(at, "next")) == (2, "0-1-0-1-2")
    fine(at.run())
    assert written(at) == 2


def test_an_address_may_want_more_than_there_is_room_for():
    at = opened(next="3-0-0-1-500")
    assert "room for 23 tokens" in " ".join(each.value for each in at.info)
    assert written(at) == 23 - 4
    at = press(at, "Back")
    assert parameter(at, "next") == "3-0-0-1-18"
    assert not button(at, "Next word").disabled


def test_another_text_begins_anew():
    at = opened(next=f"{SAID}-3")
    at.text_area(key="model-text").set_value("ab ba").run()
    assert parameter(fine(at), "next") == f"{SAID}-0"
    assert describe_cache(next_word(Continuation(load(HOME / KIND), "ab ba"))) in said(at)


def test_another_text_or_model_ends_what_an_address_wants_before_it_is_seen(monkeypatch):
    """An address brings tokens, and the visitor changes text or model first."""
    monkeypatch.setenv(shared_model.VARIABLE, f"{HOME / KIND},{HOME / 'gpt2'}")
    for key, value in (("model-text", "ab ba"), ("model-which", "gpt2")):
        at = fine(visit(PAGE, read=encode_text(TEXT), next="0-1-0-1-3"))
        assert parameter(at, "next") == "0-1-0-1-3"
        widgets = (*at.text_area, *at.selectbox)
        next(each for each in widgets if each.key == key).set_value(value)
        assert "next" not in fine(at.run()).query_params, key
        at.segmented_control(key="model-topic").set_value("prediction")
        assert written(fine(at.run())) == 0, key


def test_heads_that_are_off_are_said_to_be_on_here():
    told = "here all of them are on"
    assert told in said(opened(off="1.1"))
    assert told not in said(opened(off="9.1"))
    assert told not in said(fine(visit(PAGE, topic="worth", off="1.1")))


@pytest.mark.parametrize("forged", ["x", "0-9-0-1-3", "0-1-0-1-3-", "~"])
def test_whatever_an_address_says(forged):
    at = opened(next=forged)
    assert "next" not in at.query_params or parameter(at, "next") in ("", forged)
    assert button(at, "Back").disabled


def test_an_encoder_has_no_next_word(monkeypatch):
    monkeypatch.setenv(shared_model.VARIABLE, str(ENCODERS / "bert"))
    at = opened(next=f"{SAID}-3")
    assert "The next word" not in [each.value for each in at.header]


def test_memory_that_is_not_there_is_told(monkeypatch):
    """For one row more; what was written before stays."""
    at = press(opened(), "Next word")
    embed = Decoder.embed

    def full(self, ids, first=0):
        if first == 5:
            raise MemoryError
        return embed(self, ids, first)

    monkeypatch.setattr(Decoder, "embed", full)
    at = press(at, "Next word")
    assert "no memory left to read 6 tokens" in at.error[0].value.replace("\\", "")
    fine(at.run())
    assert written(at) == 1 and not at.error
