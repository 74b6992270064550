"""The page of a pretrained model with tiny decoders, against the numbers of transformers."""

import json

import numpy as np
import pytest

from attn_core import attend, limits
from attn_core.notation.labels import number
from attn_core.permalink import encode_text
from attn_core.pretrained import DEFAULT, load
from pages.ui.model.shared import shared_model
from pages.ui.session.address import Address
from tests.pages.test_pages import boxes, fine, parameter, press, scenario, visit
from tests.pages.test_real_model import PAGE, chosen, said
from tests.pretrained.decoders import HOME, KINDS, configured, copied, expected
from tests.pretrained.tiny import HOME as ENCODERS

BERT = ENCODERS / "bert"
LONGEST = {kind: max(expected(kind), key=lambda case: len(case["tokens"])) for kind in KINDS}


@pytest.fixture(autouse=True)
def nothing_loaded(model_packages, monkeypatch):
    monkeypatch.setattr(shared_model, "_loading", {})


@pytest.fixture(params=KINDS)
def kind(request, monkeypatch):
    """A server that shows this decoder."""
    monkeypatch.setenv(shared_model.VARIABLE, str(HOME / request.param))
    return request.param


def opened(kind, **query):
    return fine(visit(PAGE, read=encode_text(LONGEST[kind]["text"]), **query))


def shown(at, name):
    """The matrix of a picture, by its name."""
    ids = [chart.proto.id for chart in at.get("plotly_chart")]
    (place,) = [i for i, each in enumerate(ids) if each.endswith(f"figure-model-{name}")]
    return boxes(at, place)[0]


def below(weights):
    """What a causal mask leaves of a matrix; the rest is empty."""
    assert not weights[~np.tri(len(weights), dtype=bool)].any()
    return np.where(np.tri(len(weights), dtype=bool), weights, np.nan)


def test_all_heads_one_large_its_scores_and_one_weight(kind):
    weights = LONGEST[kind]["weights"]
    (layers, heads, n, _), at = weights.shape, opened(kind, look="2.2.4.3.head")
    names = "heads", "weights", "scores", "features"
    mosaic, large, scores, features = (shown(at, name) for name in names)
    assert n > 4
    assert mosaic.shape == (layers * (n + 1) - 1, heads * (n + 1) - 1)
    np.testing.assert_allclose(mosaic[:n, :n], weights[0, 0], atol=1e-4)
    np.testing.assert_allclose(large, below(weights[1, 1]), atol=1e-4)
    # What RoPE has rotated adds up to the scores, of which the softmax makes these weights.
    seen = np.exp(scores[3, :4])
    np.testing.assert_allclose(seen / seen.sum(), weights[1, 1, 3, :4], atol=1e-4)
    np.testing.assert_allclose(np.sort(features.sum(axis=1)), np.sort(scores[3, :4]), rtol=1e-4)
    assert np.isnan(scores[3, 4:]).all()
    for chart in at.get("plotly_chart"):
        assert len(chart.proto.alt) > 20


def test_the_mean_of_the_heads(kind):
    at = chosen(opened(kind), layer=1, view="average")
    mean = LONGEST[kind]["weights"][1].mean(axis=0)
    np.testing.assert_allclose(shown(at, "weights"), below(mean), atol=1e-4)


def test_rollout(kind):
    weights = LONGEST[kind]["weights"].mean(axis=1)
    first, second = (weights + np.eye(weights.shape[-1])) / 2
    at = chosen(opened(kind), layer=1, view="rollout")
    np.testing.assert_allclose(shown(at, "weights"), below(second @ first), atol=1e-4)


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("gpt2", ("is causal", "biases are one more row")),
        ("llama-gqa", ("All heads of a layer share one $W_k$", "rotated by RoPE")),
        (
            "llama-tied-two-kv",
            ("Heads 1 and 2 share one $W_k$ and one $W_v$, and so do 3 and 4.", "by RoPE"),
        ),
        ("qwen3-qk-norm", ("numbers three times", "rotated by RoPE")),
    ],
    indirect=["kind"],
)
def test_what_it_is(kind, expected):
    told = said(opened(kind))
    assert "is a decoder with 2 layers" in told
    assert all(part in told for part in expected)


@pytest.mark.parametrize("kind", ["gpt2"], indirect=True)
def test_it_puts_nothing_around_a_text_that_could_be_hidden(kind):
    assert not any(load(str(HOME / kind)).split("ab").special)
    assert "model-only_words" not in [each.key for each in opened(kind).toggle]


@pytest.fixture
def several(monkeypatch):
    """A server that shows an encoder, then two decoders."""
    given = (str(BERT), str(HOME / "gpt2"), f"{HOME / 'llama-gqa'}/")
    monkeypatch.setenv(shared_model.VARIABLE, ", ".join(given))
    return given


def test_a_visitor_chooses_among_the_models_of_the_server(several):
    at = fine(visit(PAGE, read=encode_text("ab ba")))
    which = at.selectbox(key="model-which")
    assert (which.options, which.value) == (["bert", "gpt2", "llama-gqa"], "bert")
    assert set(shared_model._loading) == {several[0]}
    assert "is an encoder" in said(at)
    which.set_value("llama-gqa")
    fine(at.run())
    assert "is a decoder with 2 layers of 5 heads" in said(at)
    assert parameter(at, "model") == "llama-gqa"
    at.selectbox(key="model-which").set_value("bert")
    assert "is an encoder" in said(fine(at.run()))
    assert "model" not in at.query_params


def test_a_link_to_a_model(several):
    at = fine(visit(PAGE, model="llama-gqa"))
    assert at.selectbox(key="model-which").value == "llama-gqa"
    assert set(shared_model._loading) == {several[2]}


@pytest.mark.parametrize("asked", ["qwen3-qk-norm", str(HOME / "qwen3-qk-norm"), "../gpt2"])
def test_no_other_model_of_the_machine_can_be_had(several, asked):
    at = fine(visit(PAGE, model=asked))
    assert at.selectbox(key="model-which").value == "bert"
    told = at.warning[0].value.replace("\\", "")
    assert f"asks for the model {asked[:40]}, which this server doesn't show. This is bert." in told
    assert set(shared_model._loading) == {several[0]}


def test_two_folders_of_one_name(tmp_path, monkeypatch):
    folders = [copied(tmp_path / each, "gpt2") for each in ("a", "b")]
    monkeypatch.setenv(shared_model.VARIABLE, ",".join(map(str, folders)))
    assert shared_model.labels() == {"gpt2": str(folders[0]), "gpt2 2": str(folders[1])}


def test_of_what_comes_with_the_lab_all_is_offered_that_is_at_hand(monkeypatch):
    monkeypatch.delenv(shared_model.VARIABLE, raising=False)
    monkeypatch.setattr(shared_model, "DEFAULTS", (DEFAULT, "glass", "glass-pt"))
    monkeypatch.setattr(shared_model, "is_at_hand", lambda name: name != DEFAULT)
    monkeypatch.setattr(shared_model, "folder_at_hand", {"glass": HOME, DEFAULT: HOME}.get)
    assert shared_model.names() == ("glass", DEFAULT)  # the first is there, the other is fetched
    monkeypatch.setattr(shared_model, "is_at_hand", bool)
    assert shared_model.names() == (DEFAULT, "glass")


@pytest.mark.parametrize("kind", ["gpt2"], indirect=True)
def test_one_model_is_no_choice(kind):
    assert "model-which" not in [each.key for each in opened(kind).selectbox]


def test_vectors_of_words_are_an_encoder_s(monkeypatch):
    monkeypatch.setenv(shared_model.VARIABLE, f"{HOME / 'gpt2'},{BERT}")
    assert shared_model.encoder_name() == str(BERT)
    monkeypatch.setenv(shared_model.VARIABLE, str(HOME / "gpt2"))
    assert shared_model.encoder_name() == DEFAULT


@pytest.mark.parametrize("kind", ["llama-tied-two-kv"], indirect=True)
def test_a_key_behind_the_query_is_masked(kind):
    at = opened(kind, look="1.2.2.4.head")
    assert "The mask takes −∞ in its place, so that its weight is 0." in said(at)
    assert shown(at, "features").shape == (3, 6)  # the two that the query sees, and this one
    at = opened(kind, look="1.2.1.0.head")
    assert at.selectbox(key="model-key").value == 0
    assert "After the softmax it is a weight of 1.000." in said(at)


@pytest.mark.parametrize("kind", ["llama-tied-two-kv"], indirect=True)
def test_whose_keys_a_head_has_and_where_its_places_are_in_the_lab(kind):
    told = said(opened(kind, look="1.4.2.1.head"))
    assert "has its $W_k$ and $W_v$ in common with head 3; in the lab they are its own" in told
    assert "Queries and keys are rotated already" in told
    assert "RoPE has rotated them: 1 with 2, 3 with 4" in told


def test_where_weights_go_that_mean_little(several):
    read = encode_text("ab ba")
    encoder, decoder = (fine(visit(PAGE, read=read, model=name)) for name in ("bert", "gpt2"))
    assert "Much weight on [CLS]" in encoder.warning[0].value
    assert "Much weight on the first token" in decoder.warning[0].value
    for told in (said(encoder), said(decoder)):
        assert "in common with" not in told
        assert "rotated" not in told


def test_two_texts(kind):
    """The last token's vectors, of transformers' last hidden states."""
    one, *_, other = expected(kind)
    at = fine(visit(PAGE, read=encode_text(one["text"]), other=encode_text(other["text"])))
    a, b = one["hidden"][-1], other["hidden"][-1]
    cosine = a @ b / np.linalg.norm(a) / np.linalg.norm(b)
    assert f"The cosine between the two texts' vectors is {number(cosine)}." in said(at)
    assert "that of its last token in the last layer, which alone has read the whole text" in said(
        at
    )


def test_the_whole_head_as_a_file(kind):
    at = opened(kind, look="2.2.1.1.head")
    assert not at.get("download_button")
    at.session_state["model-file"] = True
    fine(at.run())
    (choice,) = [each for each in at.get("button_group") if each.key == "model-take-as"]
    for ending in ("-numpy.py", "-pytorch.py", ".npz"):
        fine(choice.set_value(ending).run())
        labels = [each.label for each in at.get("download_button")]
        assert labels == [f"Save layer-2-head-2{ending}"]


def test_of_a_long_text_the_beginning_goes_into_the_lab(kind):
    """In a decoder nothing that follows changes it."""
    text = "a b c d " * 5
    model = load(str(HOME / kind))
    assert model.encode(text).n > limits.MAX_TOKENS
    at = fine(visit(PAGE, read=encode_text(text), look="2.2.3.0.head"))
    assert "It gets the first ones" in said(at)
    press(at, "Open it in the lab")
    opened = scenario(fine(at))
    assert (opened.n, opened.positions) == (limits.MAX_TOKENS, "none")
    np.testing.assert_array_equal(opened.mask, np.tri(limits.MAX_TOKENS, dtype=bool))
    gap = np.abs(attend(opened).weights - model.encode(text).weights[1, 1, :12, :12]).max()
    assert gap < 0.01


def test_the_first_token_which_sees_itself_alone_has_no_largest_weight(kind):
    weights = LONGEST[kind]["weights"][0, 1].copy()
    assert weights[0, 0] == 1
    told = said(opened(kind, look="1.2.3.0.head"))
    shown = number(weights[1:].max(), 3 if len(weights) > 9 else 2)
    first = load(str(HOME / kind)).split(LONGEST[kind]["text"]).shown[0]
    assert f", which sees itself alone, the largest weight is {shown}, from" in told
    assert f"Beside {first}" in told


@pytest.mark.parametrize("kind", ["gpt2"], indirect=True)
def test_a_text_of_one_token(kind):
    at = fine(visit(PAGE, read=encode_text("a")))
    assert "The largest weight is 1.00, from a to itself." in said(at)


def test_a_model_that_cannot_be_loaded_leaves_the_choice_of_another(tmp_path, monkeypatch):
    broken = configured(tmp_path, "gpt2", n_head=4)
    monkeypatch.setenv(shared_model.VARIABLE, f"{broken},{HOME / 'llama-gqa'}")
    at = fine(visit(PAGE, read=encode_text("ab ba")))
    assert str(tmp_path) not in at.error[0].value
    assert not at.get("plotly_chart")
    at.selectbox(key="model-which").set_value("llama-gqa")
    assert not fine(at.run()).error
    assert at.get("plotly_chart")


def test_a_room_follows_the_model():
    address = Address(look="1.2.3.0.head", model="glassllm", lesson="grammar")
    assert "model=glassllm" in address.of_page("Real model")
    assert "model" not in address.of_page("Long text")


def test_what_a_model_puts_before_a_text_is_hidden(tmp_path, monkeypatch):
    begin = "<|endoftext|>"
    folder = copied(tmp_path, "llama-gqa")
    tokenizer = json.loads((folder / "tokenizer.json").read_text())
    single = [
        {"SpecialToken": {"id": begin, "type_id": 0}},
        {"Sequence": {"id": "A", "type_id": 0}},
    ]
    named = {begin: {"id": begin, "ids": [0], "tokens": [begin]}}
    tokenizer["post_processor"] = {
        **{"type": "TemplateProcessing", "single": single, "special_tokens": named},
        "pair": [*single, {"Sequence": {"id": "B", "type_id": 1}}],
    }
    (folder / "tokenizer.json").write_text(json.dumps(tokenizer))
    monkeypatch.setenv(shared_model.VARIABLE, str(folder))
    at = fine(visit(PAGE, read=encode_text("ab ba"), look="1.2.2.0.head"))
    whole = load(str(folder)).encode("ab ba").weights[0, 1]
    np.testing.assert_allclose(shown(at, "weights"), below(whole), atol=1e-5)
    at = chosen(at, only_words=True)
    np.testing.assert_allclose(shown(at, "weights"), below(whole)[1:, 1:], atol=1e-5)
    told = said(at)
    assert "of all goes to <|endoftext|>, which is not shown" in told
    assert "sees itself alone" not in told


@pytest.mark.parametrize("kind", ["gpt2"], indirect=True)
def test_no_example_is_longer_than_the_model_reads(kind):
    labels = {button.label for button in opened(kind).button}
    assert "A longer one" in labels
    assert "A long text" not in labels
