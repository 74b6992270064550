"""The page of a pretrained model: what it shows, keeps and refuses, with a tiny model."""

import gc
import json
import re
import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from attn_core import attend, limits, pretrained
from attn_core.permalink import encode_text
from attn_core.presets import DEFAULT
from attn_core.pretrained import Encoded, load
from attn_core.pretrained.interpret import Focus, Reading, describe_seen, describe_token
from attn_core.pretrained.rollout import rollout
from pages.ui.model.shared import readings, shared_model
from pages.ui.model.shared.encoded_cache import MAX_BYTES, EncodedCache, size
from pages.ui.model.text_fields import PAIR
from pages.ui.session.model_query import FIRST, SENTENCE
from pages.ui.session.url_text import ELSEWHERE
from tests.pages.test_pages import boxes, fine, parameter, press, scenario, visit
from tests.pretrained.tiny import HEADS, HOME, LAYERS, configured, copied, in_bytes, rewritten

PAGE = "9_Real_model.py"
FOLDER = str(HOME / "bert")
TEXT = "cab bad, dab a ccc"
NOTHING = np.random.default_rng(3).integers(97, 123, size=9000, dtype=np.uint8).tobytes().decode()


@pytest.fixture(autouse=True)
def tiny(model_packages, monkeypatch):
    """A server that shows the tiny model, of 2 layers and 3 heads."""
    monkeypatch.setenv(shared_model.VARIABLE, FOLDER)
    monkeypatch.setattr(shared_model, "_loading", {})
    return load(FOLDER)


def opened(text=TEXT, **query):
    return fine(visit(PAGE, read=encode_text(text), **query))


def chosen(at, **widgets):
    for name, value in widgets.items():
        next(w for w in (*at.selectbox, *at.toggle) if w.key == f"model-{name}").set_value(value)
        fine(at.run())
    return at


def said(at):
    return " ".join(each.value for each in (*at.markdown, *at.caption)).replace("\\", "")


def complaint(at):
    return at.error[0].value.replace("\\", "")


def test_an_address_keeps_what_heads_are_sorted_by(tiny):
    at = chosen(opened(), order="entropy")
    assert parameter(at, "order") == "entropy"
    other = opened(order="entropy")
    assert other.selectbox(key="model-order").value == "entropy"
    assert "the entropy of the weights" in said(other)
    assert "order" not in chosen(other, order="layer").query_params
    assert opened(order="size").selectbox(key="model-order").value == "layer"


def test_all_heads_and_one_large(tiny):
    at = opened(look="1.2.4.3.head")
    encoded = tiny.encode(TEXT)
    small, large, scores, features = boxes(at), boxes(at, 1)[0], boxes(at, 2)[0], boxes(at, 4)[0]
    (mosaic,) = small
    n = encoded.n
    assert mosaic.shape == (LAYERS * (n + 1) - 1, HEADS * (n + 1) - 1)
    np.testing.assert_allclose(mosaic[:n, n + 1 : 2 * n + 1], encoded.weights[0, 1], rtol=1e-6)
    np.testing.assert_allclose(large, encoded.weights[0, 1], rtol=1e-5)
    trace = attend(tiny.scenario(TEXT, 0, 1))
    np.testing.assert_allclose(scores, trace.scores, rtol=1e-5)
    np.testing.assert_allclose(features.sum(axis=1), np.sort(scores[3])[::-1][:12], rtol=1e-4)
    reading = Reading(tiny, encoded, Focus(0, 1, 3, 2))
    assert describe_seen(reading) in said(at)
    assert describe_token(reading) in said(at)
    assert "2 layers of 3 heads" in said(at)
    for chart in at.get("plotly_chart"):
        assert len(chart.proto.alt) > 20


@pytest.mark.parametrize("layer", range(LAYERS))
def test_the_mean_of_the_heads_and_the_rollout(tiny, layer):
    weights = tiny.encode(TEXT).weights
    at = chosen(opened(), layer=layer, view="average")
    np.testing.assert_allclose(boxes(at, 1)[0], weights[layer].mean(axis=0), rtol=1e-5)
    at = chosen(at, view="rollout")
    np.testing.assert_allclose(boxes(at, 1)[0], rollout(weights)[layer], rtol=1e-5)
    assert "Abnar and Zuidema 2020" in said(at)
    assert "Why this weight" not in [header.value for header in at.header]
    assert "Its scores" not in [header.value for header in at.header]


def test_what_the_model_puts_around_a_text_is_hidden(tiny):
    at = chosen(opened(), layer=1, head=0, only_words=True)
    np.testing.assert_allclose(
        boxes(at, 1)[0], tiny.encode(TEXT).weights[1, 0, 1:-1, 1:-1], rtol=1e-5
    )
    assert "which are not shown" in said(at)
    assert 0 not in at.selectbox(key="model-query").options


def test_the_calculation_is_told():
    at = opened(look="2.3.5.4.head")
    at.session_state["model-calculation"] = True
    fine(at.run())
    (score, weight) = [each.value for each in at.code]
    assert score.startswith("scores[")
    assert "/ √5 = " in score
    assert weight.startswith("weights[")


def test_another_text_is_read():
    at = opened()
    at.text_area(key="model-text").set_value("ab ba").run()
    assert boxes(fine(at), 1)[0].shape == (5, 5)
    assert parameter(at, "read") == encode_text("ab ba")


def test_the_link_says_all():
    at = chosen(
        opened(look="1.1.1.1.head"),
        layer=1,
        head=2,
        query=4,
        key=3,
        view="average",
        only_words=True,
    )
    assert parameter(at, "look") == "2.3.5.4.average.words"
    other = fine(visit(PAGE, **{n: parameter(at, n) for n in ("s", "read", "look")}))
    np.testing.assert_array_equal(boxes(other, 1)[0], boxes(at, 1)[0])
    assert other.selectbox(key="model-query").value == 4


def test_words_in_place_of_pieces(tiny):
    at = opened(look="2.3.8.0.head")
    pieces = boxes(at, 1)[0]
    at = chosen(at, merged=True)
    assert parameter(at, "look") == "2.3.8.0.head.merged"
    seen = Reading(tiny, tiny.encode(TEXT), Focus(1, 2, 7, merged=True)).seen
    assert seen.weights.shape == (8, 8)
    (mosaic,), (large,), (scores,) = (boxes(at, k) for k in range(3))
    np.testing.assert_allclose(large, seen.weights, rtol=1e-6)
    np.testing.assert_allclose(mosaic[9 : 9 + 8, 18 : 18 + 8], seen.weights, rtol=1e-6)
    bars = at.get("plotly_chart")[3]
    assert json.loads(bars.proto.spec)["data"][0]["x"] == [*seen.tokens]
    assert scores.shape == pieces.shape
    assert at.selectbox(key="model-query").options[3:6] == [", · 6", "dab · 7", "a · 9"]
    assert at.selectbox(key="model-query").value == 6
    assert "the query is ##b, one of the 2 pieces of dab" in said(at)
    assert "section 4.1" in said(at)
    at = chosen(at, query=9)
    assert parameter(at, "look") == "2.3.10.0.head.merged"
    again = chosen(
        fine(visit(PAGE, read=encode_text(TEXT), look=parameter(at, "look"))), only_words=1
    )
    assert parameter(again, "look") == "2.3.10.0.head.words.merged"
    np.testing.assert_allclose(boxes(again, 1)[0], seen.weights[1:-1, 1:-1], rtol=1e-6)


def test_a_pair_of_sentences(tiny):
    at = fine(visit(PAGE, read=encode_text("ab ba"), look="2.3.3.0.head"))
    assert not [w for w in (*at.selectbox, *at.text_area) if w.key in ("model-way", "model-pair")]
    pair = {"read": encode_text("ab ba"), "pair": encode_text("cab, dab")}
    at = fine(visit(PAGE, **pair, look="2.3.3.0.head"))
    weights = tiny.encode("ab ba", "cab, dab").weights[1, 2]
    np.testing.assert_allclose(boxes(at, 1)[0], weights, rtol=1e-5)
    assert "as [CLS] A [SEP] B [SEP]. To each token a vector of its segment is added" in said(at)
    at = chosen(at, way="ab")
    assert parameter(at, "look") == "2.3.3.0.head.ab"
    shown = boxes(at, 1)[0]
    np.testing.assert_allclose(shown[1:4, 5:10], weights[1:4, 5:10], rtol=1e-5)
    assert np.isnan(shown).sum() == 11 * 11 - 3 * 5
    assert np.isnan(boxes(at, 2)[0]).sum() == 11 * 11 - 3 * 5  # the scores, too
    assert [o.split(" · ")[1] for o in at.selectbox(key="model-query").options] == ["2", "3", "4"]
    (mosaic,) = boxes(at)
    np.testing.assert_allclose(mosaic[12:23, 24:35], np.nan_to_num(shown), rtol=1e-6)
    at.text_area(key="model-pair").set_value("c").run()
    assert parameter(fine(at), "pair") == encode_text("c")
    assert boxes(at, 1)[0].shape == (7, 7)
    at.text_area(key="model-pair").set_value("c " * 40).run()
    assert "has 46" in complaint(at)
    assert boxes(at, 1)[0].shape == (7, 7)
    at.text_area(key="model-pair").set_value("").run()
    assert "pair" not in fine(at).query_params
    assert boxes(at, 1)[0].shape == (5, 5)


def test_a_pair_is_not_the_text_of_the_same_letters(tiny):
    pair = fine(visit(PAGE, read=encode_text("ab ba"), pair=encode_text("cab")))
    alone = fine(visit(PAGE, read=encode_text("ab ba\ncab")))
    assert boxes(pair)[0].shape != boxes(alone)[0].shape


def test_an_example_of_a_pair():
    at = fine(visit(PAGE))
    press(at, "A pair")
    assert (parameter(at, "read"), parameter(at, "pair")) == tuple(map(encode_text, PAIR[1:]))
    press(fine(at), "A short sentence")
    assert "pair" not in fine(at).query_params


def test_heads_are_sorted_by_what_they_do(tiny):
    at = chosen(opened(look="2.3.8.0.head"), order="itself")
    weights = tiny.encode(TEXT).weights[:, :, 1:-1]
    itself = np.mean([weights[:, :, i, i + 1] for i in range(weights.shape[2])], axis=0)
    order = sorted((-itself[i, j], i, j) for i in range(LAYERS) for j in range(HEADS))
    spec = json.loads(at.get("plotly_chart")[0].proto.spec)
    assert [each["text"] for each in spec["layout"]["annotations"]] == [
        f"{i + 1} · {j + 1}<br>{-score:.2f}" for score, i, j in order
    ]
    _, i, j = order[0]
    assert f"Layer {i + 1}, head {j + 1} has the largest, with {itself[i, j]:.2f}." in said(at)
    n = weights.shape[-1]
    np.testing.assert_allclose(boxes(at)[0][:n, :n], tiny.encode(TEXT).weights[i, j], rtol=1e-6)
    at = chosen(at, order="layer")
    assert boxes(at)[0].shape == (LAYERS * (n + 1) - 1, HEADS * (n + 1) - 1)
    at = chosen(opened("ab ba"), order="punctuation")
    assert "This text has no punctuation, so that no head has a score." in said(at)


def test_what_goes_through_the_layers_is_tokens():
    at = opened(look="2.3.8.0.head.merged", topic="layers")
    assert "##b · 8" in at.selectbox(key="model-query").options
    assert boxes(at, 1)[0].shape[1] == 13


def test_the_text_in_colours_without_a_script():
    at = chosen(opened(look="2.3.8.0.head"), merged=True)
    (text,) = [each.proto.body for each in at.get("html") if "pre-wrap" in each.proto.body]
    assert re.sub("<[^>]*>", "", text) == f"[CLS]{TEXT}[SEP]"
    assert re.search('title="dab → bad: 0\\.[0-9]+"', text)


def test_what_is_there_at_first_is_not_in_the_link():
    at = fine(visit(PAGE))
    assert "read" not in at.query_params
    assert "look" not in at.query_params
    assert at.text_area(key="model-text").value == SENTENCE


@pytest.mark.parametrize("look", ["", "x", "0.0.0.0.head", "99.99.999.999.head", "1.1.1.1.words"])
def test_a_look_that_makes_no_sense_or_is_beyond_the_model(look):
    at = opened(look=look)
    assert boxes(at, 1)[0].shape == (13, 13)


def test_a_blank_text_loses_nothing():
    at = opened()
    before = boxes(at, 1)[0]
    at.text_area(key="model-text").set_value("  ").run()
    assert "Type a sentence" in complaint(fine(at))
    assert at.text_area(key="model-text").value == "  "
    np.testing.assert_array_equal(boxes(at, 1)[0], before)


def test_a_text_of_more_tokens_than_the_model_reads():
    at = opened("a " * 16)
    assert "reads up to 17 tokens; this text has 18" in complaint(at)
    assert at.text_area(key="model-text").value == "a " * 16
    assert not at.get("plotly_chart")
    at.text_area(key="model-text").set_value("ab").run()
    assert not fine(at).error
    assert at.get("plotly_chart")


def test_a_text_of_more_characters_than_are_looked_at():
    at = opened()
    at.text_area(key="model-text").set_value("a" * (limits.MAX_TEXT + 1)).run()
    assert "has room for 10000 characters; this one has 10001" in complaint(fine(at))
    assert at.get("plotly_chart")


def test_a_text_without_room_in_the_address():
    """It can't be read by the tiny model, but is kept."""
    at = opened()
    at.text_area(key="model-text").set_value(NOTHING).run()
    assert parameter(fine(at), "read") == ELSEWHERE
    assert at.text_area(key="model-text").value == NOTHING


def test_two_texts(tiny):
    at = chosen(opened(topic="texts"), layer=0, head=1)
    at.text_area(key="model-other").set_value("ab ba").run()
    fine(at)
    first, second, cosines = (boxes(at, k)[0] for k in range(3))
    np.testing.assert_allclose(first, tiny.encode(TEXT).weights[0, 1], rtol=1e-5)
    np.testing.assert_allclose(second, tiny.encode("ab ba").weights[0, 1], rtol=1e-5)
    assert cosines.shape[1] == LAYERS + 1
    assert "The cosine between the two texts' vectors is" in said(at)
    assert parameter(at, "other") == encode_text("ab ba")
    at.text_area(key="model-other").set_value("").run()
    assert "cosine" not in said(fine(at))
    assert "other" not in at.query_params


def pictures(at):
    """Names of the pictures that follow the hand, and of those that don't."""
    shown = (*at.get("bidi_component"), *at.get("plotly_chart"))
    return " ".join(each.proto.id for each in shown)


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ({}, "figure-model-heads"),
        ({"other": encode_text("ab ba")}, "figure-model-text-1"),  # as in links from before
        ({"other": encode_text("ab ba"), "topic": "attention"}, "figure-model-heads"),
        ({"topic": "layers"}, "figure-model-added"),
        ({"topic": "everything"}, "figure-model-heads"),
    ],
)
def test_one_topic_is_shown(query, shown):
    topics = "heads", "text-1", "added"
    at = opened(**query)
    assert [topic for topic in topics if f"figure-model-{topic}" in pictures(at)] == [
        shown.removeprefix("figure-model-")
    ]


def test_the_topic_that_is_chosen_stays(tiny):
    at = opened(other=encode_text("ab ba"))
    at.button_group(key="model-topic").set_value("attention")
    fine(at.run())
    assert "figure-model-heads" in pictures(at)
    assert parameter(at, "topic") == "attention"
    assert parameter(at, "other") == encode_text("ab ba")


def test_a_head_is_opened_in_the_lab(tiny):
    at = chosen(opened("ab ba"), layer=1, head=2)
    press(at, "Open it in the lab")
    opened_in_lab = pretrained.in_lab(tiny.scenario("ab ba", 1, 2))
    assert scenario(fine(at)) == opened_in_lab
    assert at.session_state["session"].page == "Lab"
    gap = np.abs(attend(opened_in_lab).weights - tiny.encode("ab ba").weights[1, 2]).max()
    assert gap < 0.01
    press(at, "Undo")
    assert scenario(fine(at)) == DEFAULT.scenario


def test_a_long_text_has_no_room_in_the_lab():
    at = opened()
    assert "room for 12 tokens, and this text has 13" in said(at)
    assert "Open it in the lab" not in [button.label for button in at.button]


def test_a_text_to_begin_with():
    at = opened()
    press(at, "A short sentence")
    assert at.text_area(key="model-text").value == SENTENCE
    assert "look" not in at.query_params or parameter(at, "look").endswith(
        f"{FIRST.query + 1}.0.head"
    )


def test_a_model_that_cannot_be_read_says_why(tmp_path, monkeypatch):
    monkeypatch.setenv(shared_model.VARIABLE, str(configured(tmp_path, model_type="gpt_neox")))
    at = fine(visit(PAGE))
    assert "expected model_type bert" in complaint(at)
    assert not at.get("plotly_chart")
    press(at, "Try again")
    assert "expected model_type bert" in complaint(fine(at))
    at.switch_page("dashboard.py")
    fine(at.run())
    assert at.get("plotly_chart")


def test_a_load_that_fails_in_an_unknown_way_says_so(monkeypatch, caplog):
    def broken(*_):
        raise RuntimeError("etag is empty")

    monkeypatch.setattr(shared_model, "load", broken)
    at = fine(visit(PAGE))
    assert "the server's log says why" in complaint(at)
    assert "etag" not in complaint(at)
    assert "etag is empty" in caplog.text
    monkeypatch.setattr(shared_model, "load", load)
    press(at, "Try again")
    assert fine(at).get("plotly_chart")


def test_folders_of_the_server_are_not_told(tmp_path, monkeypatch):
    broken = configured(tmp_path, model_type="gpt2")
    monkeypatch.setenv(shared_model.VARIABLE, str(broken))
    assert str(tmp_path) not in complaint(fine(visit(PAGE)))
    monkeypatch.setenv(shared_model.VARIABLE, FOLDER)
    at = opened()
    assert "tests" not in said(at)
    assert "**bert** is an encoder with 2 layers" in said(at)


def test_the_folder_of_a_fetched_model_is_not_told_either(monkeypatch):
    folder = Path.cwd() / "cache" / "snapshots" / "0123"
    monkeypatch.setenv(shared_model.VARIABLE, "lab/tiny")
    monkeypatch.setattr(shared_model, "folder_at_hand", {"lab/tiny": folder}.get)
    error = shared_model.ModelError(f"{folder / 'config.json'} can't be read as JSON.")
    assert shared_model._public(error, "lab/tiny") == "tiny/config.json can't be read as JSON."


def test_a_model_that_fails_at_a_text_tells_no_folder_either(tmp_path, monkeypatch, caplog):
    def far_too_large(tensors):
        for name in tensors:
            if name.endswith("intermediate.dense.weight"):
                tensors[name] = np.full_like(tensors[name], 3e38)

    def damaged(tensors):
        tensors["bert.embeddings.word_embeddings.weight"][6:] = np.nan

    monkeypatch.setenv(shared_model.VARIABLE, str(rewritten(tmp_path / "a", far_too_large)))
    assert complaint(opened()).startswith("The model can't read this text")
    broken = str(rewritten(tmp_path / "b", damaged))
    monkeypatch.setenv(shared_model.VARIABLE, broken)
    at = opened()
    assert complaint(at).startswith(
        "bert/model.safetensors: embeddings.word_embeddings.weight must"
    )
    assert str(tmp_path) not in complaint(at)
    assert broken in caplog.text
    assert shared_model.Loading("/no/such/folder").label == "folder"


def test_a_late_try_again_does_not_throw_away_what_came_since():
    failed = shared_model.Loading("/no/such/folder")
    while failed.under_way:
        pass
    opened()
    (there,) = shared_model._loading.values()
    shared_model._forget(failed)
    assert shared_model._loading[FOLDER] is there
    shared_model._forget(there)
    assert not shared_model._loading


def test_a_visitor_who_is_there_keeps_no_reading_in_memory(monkeypatch):
    cache, texts = EncodedCache(), {"dab cab", "bad dab"}
    monkeypatch.setattr(readings, "_encoded", cache)
    topics = {"attention": "weights", "texts": "text-1"}
    visitors = {
        topic: [opened(text, classic="", topic=topic) for text in texts] for topic in topics
    }
    for topic, picture in topics.items():
        for at in visitors[topic]:
            at.session_state["session"].measured = True  # those that follow the hand are there then
            if topic == "texts":
                at.text_area(key="model-other").set_value("dab cab")
            at.run()
            assert f"figure-model-{picture}" in str([c.proto.id for c in at.get("bidi_component")])

    def alive():
        return {e.text for e in gc.get_objects() if isinstance(e, Encoded) and e.text in texts}

    assert alive() == texts
    cache._kept.clear()
    gc.collect()
    assert not alive()
    assert len(visitors) == 2


def test_readings_are_kept_within_a_bound(tiny):
    texts = ["ab", "ba", "ab ba", "ab"]
    read = []

    def get(kept, text):
        return kept.get("tiny", text, lambda: read.append(text) or tiny.encode(text))

    room = EncodedCache(3 * size(tiny.encode("ab ba")))
    for text in texts:
        assert get(room, text).text == text
    assert read == ["ab", "ba", "ab ba"]
    small, read[:] = EncodedCache(size(tiny.encode("ab"))), []
    for text in ("ab", "ab", "ab ba", "ab"):
        get(small, text)
    assert read == ["ab", "ab ba", "ab"]  # what has no room alone isn't kept


def test_another_visitor_may_compute_more_of_a_text_while_it_is_measured():
    class Slow(np.ndarray):
        @property
        def nbytes(self):
            text.more = np.ones(2, np.float32)
            return 8

    text = SimpleNamespace(states=np.ones(2, np.float32).view(Slow))
    assert size(text) == 8
    assert size(text) == 16


def test_a_reading_of_the_largest_size_is_kept():
    """Of BERT's 12 × 12 heads at 512 tokens, and of 24 × 16 at as many as there is room for.

    With what a rollout needs of it.
    """
    for layers, heads, d_model in ((12, 12, 768), (24, 16, 1024)):
        n = limits.most_tokens(layers, heads)
        assert 4 * ((layers + 1) * n * d_model + layers * n**2) < MAX_BYTES


def test_a_text_of_more_tokens_than_the_lab_has_room_for(monkeypatch):
    """A model with 1,024 places; as many weights as 650 tokens have don't fit into a message."""
    monkeypatch.setenv(shared_model.VARIABLE, str(HOME.parent / "cases" / "long-places"))
    at = opened("ab " * 324)
    assert "lab has room for up to 512 tokens; this text has 650" in complaint(at)
    assert not re.search("damaged|file|maxMessageSize", complaint(at))
    at = opened()
    at.text_area(key="model-text").set_value("ab " * 324).run()
    fine(at)
    assert "lab has room for up to 512 tokens; this text has 650" in complaint(at)
    assert boxes(at, 1)  # the text that was there before still is


def test_without_the_packages_the_page_says_what_to_do(monkeypatch):
    monkeypatch.setitem(sys.modules, "safetensors", None)
    monkeypatch.setattr(shared_model, "is_installed", lambda: False)
    at = fine(visit(PAGE))
    assert "make models" in at.info[0].value
    assert not at.get("plotly_chart")


def test_a_model_that_must_be_fetched_is_offered(monkeypatch):
    monkeypatch.setenv(shared_model.VARIABLE, "somebody/some-model")
    fetched = []
    monkeypatch.setattr(shared_model.memory_budget, "admit", lambda *_: "")
    monkeypatch.setattr(
        shared_model, "load", lambda name, progress: fetched.append(name) or load(FOLDER)
    )
    at = fine(visit(PAGE))
    assert "somebody/some-model" in at.info[0].value.replace("\\", "")
    assert not fetched
    press(at, "Fetch the model")
    assert fetched == ["somebody/some-model"]
    assert at.get("plotly_chart")


def test_all_visitors_share_one_model(monkeypatch):
    loads = []
    monkeypatch.setattr(shared_model, "load", lambda *given: loads.append(given) or load(FOLDER))
    for _ in range(3):
        opened()
    assert len(loads) == 1


def test_a_sentence_model_pools_as_it_was_trained(tmp_path, monkeypatch):
    """By its first token, of the first 5; the page says so, and that a text is longer."""
    folder = copied(tmp_path)
    (folder / "1_Pooling").mkdir()
    (folder / "1_Pooling" / "config.json").write_text('{"pooling_mode_cls_token": true}')
    (folder / "sentence_bert_config.json").write_text('{"max_seq_length": 5}')
    monkeypatch.setenv(shared_model.VARIABLE, str(folder))
    at = opened("ab ba", other=encode_text("a b c d 😀 Á"))
    fine(at)
    plain = load(FOLDER)
    x, y = (plain.encode(text).hidden[0] for text in ("ab ba", "a b c"))
    cosine = x @ y / np.sqrt((x @ x) * (y @ y))
    assert f"The cosine between the two texts' vectors is {cosine:.2f}. " in said(at)
    assert "vector is that of its first token in the last layer, as the model was" in said(at)
    first, second = (each.value.replace("\\", "") for each in at.caption if "reads" in each.value)
    assert "trained" not in first
    assert "It was trained on texts of up to 5, and may read this longer one less" in second
    assert "It reads Á as a; puts [UNK] in place of 😀." in second


def test_no_name_of_bytes_is_on_the_page(tmp_path, monkeypatch):
    """Nor in what a screen reader is told, what a download has, or what goes to the lab."""
    monkeypatch.setenv(shared_model.VARIABLE, str(in_bytes(tmp_path)))
    query = {"other": encode_text("b é 😁"), "look": "1.1.3.5.head.words"}
    sent, count = "", 0
    for topic in ("worth", "layers", "texts", "attention"):
        at = opened("é 😀 😁", topic=topic, **query)
        sent += f"{said(at)} {[box.options for box in at.selectbox]}"
        sent += str([each.help for each in at.toggle])
        for chart in at.get("plotly_chart"):
            sent += json.dumps(json.loads(chart.proto.spec), ensure_ascii=False) + chart.proto.alt
            count += 1
    assert count >= 10
    assert {"é", "😀", "😁 (1/2)"} <= set(
        json.loads(at.get("plotly_chart")[1].proto.spec)["data"][0]["x"]
    )
    assert not set(sent) & set("ÃðŁĠģ")
    press(at, "Open it in the lab")
    assert {"é", "😀", "😁 (1/2)", "😁 (2/2)"} <= set(scenario(fine(at)).tokens)
