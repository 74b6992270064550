"""Tiny random models of each kind against transformers; the equations of a layer by hand."""

import json
import math
import shutil

import numpy as np
import pytest

from attn_core import attend
from attn_core.pretrained import ModelError, load
from attn_core.pretrained.parts.activations import erf, gelu
from attn_core.pretrained.parts.norms import LayerNorm
from tests.pretrained import tiny

pytestmark = pytest.mark.usefixtures("model_packages")
CASES = [(kind, case) for kind in tiny.KINDS for case in tiny.expected(kind)]
each_case = pytest.mark.parametrize(
    ("kind", "case"), CASES, ids=[f"{kind}-{case['text']}" for kind, case in CASES]
)
each_kind = pytest.mark.parametrize("kind", tiny.KINDS)
CLOSE = {"rtol": 0, "atol": 1e-5}


def agree(model, kind):
    for case in tiny.expected(kind):
        encoded = load(str(model)).encode(case["text"])
        np.testing.assert_allclose(encoded.weights, case["weights"], **CLOSE)
        np.testing.assert_allclose(encoded.hidden, case["hidden"], **CLOSE)


@each_case
def test_agrees_with_transformers(kind, case):
    encoded = load(str(tiny.HOME / kind)).encode(case["text"])
    assert list(encoded.tokens) == case["tokens"]
    assert list(encoded.pieces.ids) == case["ids"]
    assert encoded.weights.dtype == encoded.hidden.dtype == np.float32
    np.testing.assert_allclose(encoded.weights, case["weights"], **CLOSE)
    np.testing.assert_allclose(encoded.hidden, case["hidden"], **CLOSE)


@each_case
def test_the_lab_attends_as_the_model_does(kind, case):
    model = load(str(tiny.HOME / kind))
    for layer, head in np.ndindex(tiny.LAYERS, tiny.HEADS):
        weights = attend(model.scenario(case["text"], layer, head)).weights
        np.testing.assert_allclose(weights, case["weights"][layer, head], **CLOSE)


@each_kind
def test_sizes(kind):
    model = load(str(tiny.HOME / kind))
    assert (model.layers, model.heads, model.d_model) == (2, 3, 15)
    assert (model.d_k, model.max_tokens) == (5, tiny.PLACES)


@each_kind
def test_as_many_tokens_as_there_are_places(kind):
    """The files cut and pad to 5; RoBERTa's two places of the padding aren't a word's."""
    model = load(str(tiny.HOME / kind))
    assert model.encode(" ".join("a" * (tiny.PLACES - 2))).n == tiny.PLACES
    with pytest.raises(ValueError, match="up to 17 tokens; this text has 18"):
        model.encode(" ".join("a" * (tiny.PLACES - 1)))


def prefix(kind, tensors):
    """Its own prefix before all names, or none before any."""
    has_one = any(name.startswith(f"{kind}.") for name in tensors)
    cut = {name.removeprefix(f"{kind}."): values for name, values in tensors.items()}
    return cut if has_one else {f"{kind}.{name}": values for name, values in cut.items()}


@each_kind
def test_names_with_and_without_a_prefix(tmp_path, kind):
    agree(tiny.rewritten(tmp_path, lambda tensors: prefix(kind, tensors), kind), kind)


def test_old_and_new_names_of_a_norm(tmp_path):
    """The file in `golden` has the old ones."""

    def renamed(tensors):
        assert any(name.endswith("gamma") for name in tensors)
        return {
            name.replace("gamma", "weight").replace("beta", "bias"): values
            for name, values in tensors.items()
        }

    agree(tiny.rewritten(tmp_path, renamed), "bert")


@each_kind
def test_double_precision(tmp_path, kind):
    def doubled(tensors):
        return {name: values.astype(np.float64) for name, values in tensors.items()}

    agree(tiny.rewritten(tmp_path, doubled, kind), kind)


@pytest.mark.parametrize("kind", ["camembert", "xlm-roberta"])
def test_kinds_that_are_computed_as_roberta(tmp_path, kind):
    agree(tiny.configured(tmp_path, "roberta", model_type=kind), "roberta")


def test_places_follow_the_number_of_the_padding(tmp_path):
    """With another number each word has another place, so other weights; and more are left."""
    model = load(str(tiny.configured(tmp_path, "roberta", pad_token_id=0)))
    assert model.max_tokens == tiny.PLACES + 1
    case = next(tiny.expected("roberta"))
    assert np.abs(model.encode(case["text"]).weights - case["weights"]).max() > 0.01


@each_kind
def test_every_matrix_matters(tmp_path, kind):
    """Each tensor of the layers and the embeddings, made zero alone, changes what comes out."""
    from safetensors.numpy import load_file, save_file

    text = next(tiny.expected(kind))["text"]
    whole = load_file(tiny.HOME / kind / "model.safetensors")
    hidden = load(str(tiny.HOME / kind)).encode(text).hidden
    ours = [name for name in whole if ".layer." in name or "embeddings." in name]
    assert len(ours) >= 16 * tiny.LAYERS + 4
    for name in ours:
        model = tiny.copied(tmp_path, kind)
        changed = whole | {name: np.zeros_like(whole[name])}
        save_file(changed, model / "model.safetensors")
        change = np.abs(load(str(model)).encode(text).hidden - hidden).max()
        # A bias of all keys moves a whole row of scores, which softmax doesn't see.
        is_bias_of_keys = name.endswith(("key.bias", "k_lin.bias"))
        assert (change < 1e-4) if is_bias_of_keys else (change > 1e-3), name
        shutil.rmtree(model)


def test_progress_goes_through_the_layers():
    told = []
    load(str(tiny.HOME / "bert"), lambda label, part: told.append((label, part)))
    assert told == [("layer 1 of 2", 0.5), ("layer 2 of 2", 1.0)]


def test_pieces_know_where_they_are():
    pieces = load(str(tiny.HOME / "bert")).split("cab, bad")
    assert pieces.tokens == ("[CLS]", "c", "##ab", ",", "ba", "##d", "[SEP]")
    assert pieces.special == (True, False, False, False, False, False, True)
    assert pieces.spans == ((0, 0), (0, 1), (1, 3), (3, 4), (5, 7), (7, 8), (0, 0))


def test_a_tokenizer_that_knows_no_specials(tmp_path):
    """Then nothing is put around a sentence, and [CLS] is a word like others."""
    model = tiny.copied(tmp_path)
    path = model / "tokenizer.json"
    said = json.loads(path.read_text()) | {"post_processor": None}
    path.write_text(json.dumps(said))
    assert load(str(model)).split("a b").tokens == ("a", "b")
    with pytest.raises(ValueError, match="at least one word"):
        load(str(model)).split("")


def test_erf_and_gelu_against_the_standard_library():
    x = np.linspace(-6, 6, 4001)
    truth = np.array([math.erf(value) for value in x])
    np.testing.assert_allclose(erf(x), truth, rtol=0, atol=1.6e-7)
    np.testing.assert_allclose(erf(x.astype(np.float32)), truth, rtol=0, atol=6e-7)
    by_hand = np.array([0.5 * v * math.erfc(-v / math.sqrt(2)) for v in x])
    np.testing.assert_allclose(gelu(x), by_hand, rtol=0, atol=1e-6)
    assert erf(np.float32([0.5])).dtype == gelu(np.float32([0.5])).dtype == np.float32


def test_gelu_leaves_what_it_was_given():
    x = np.linspace(-3, 3, 7, dtype=np.float32)
    before = x.copy()
    gelu(x)
    np.testing.assert_array_equal(x, before)


def test_norm_by_hand():
    """1, 3, 5: mean 3, variance 8/3."""
    norm = LayerNorm(np.float32([1, 2, 3]), np.float32([0, 10, 0]), 1 / 3)
    root = math.sqrt(8 / 3 + 1 / 3)
    expected = [[-2 / root, 10, 3 * 2 / root]]
    np.testing.assert_allclose(norm(np.float32([[1, 3, 5]])), expected, rtol=1e-6)


def test_a_model_error_is_a_value_error():
    assert issubclass(ModelError, ValueError)


def test_a_space_that_is_counted_to_a_word_does_not_move_it(tmp_path, model_packages):
    """Spans of byte-level tokenizers begin with the space before a word where nothing trims it."""
    model = tiny.copied(tmp_path, "roberta")
    path = model / "tokenizer.json"
    said = json.loads(path.read_text())
    for part in ("pre_tokenizer", "post_processor"):
        if "trim_offsets" in (said[part] or {}):
            said[part]["trim_offsets"] = False
    path.write_text(json.dumps(said))
    untrimmed, trimmed = load(str(model)), load(str(tiny.HOME / "roberta"))
    assert untrimmed.split("ab ba").spans != trimmed.split("ab ba").spans
    np.testing.assert_array_equal(
        untrimmed.words_in_context(["ab", "ba"]), trimmed.words_in_context(["ab", "ba"])
    )


def test_a_folder_may_be_a_path_or_its_name(model_packages):
    folder = tiny.HOME / "bert"
    by_path, by_name = load(folder), load(str(folder))
    assert by_path.name == by_name.name == str(folder)
    np.testing.assert_array_equal(by_path.encode("ab").hidden, by_name.encode("ab").hidden)
