"""The head of a masked language model against transformers; see `tests/golden/masked/make.py`."""

import json
from pathlib import Path

import numpy as np
import pytest

from attn_core import softmax
from attn_core.pretrained import ModelError, load
from attn_core.pretrained.bert import masked
from attn_core.pretrained.interpret.under_mask import (
    can_guess,
    changed_mask,
    describe_changed_mask,
    mask_probability,
    under_mask,
    with_mask,
)
from tests.pretrained import decoders, tiny

pytestmark = pytest.mark.usefixtures("model_packages")
GOLDEN = Path(__file__).parents[1] / "golden" / "masked"
CASES = json.loads((GOLDEN / "expected.json").read_text(encoding="utf-8"))


def home(kind):
    return (tiny.HOME if kind in ("bert", "distilbert") else GOLDEN) / kind


@pytest.mark.parametrize("i", range(len(CASES)))
@pytest.mark.parametrize("rows", [4096, 7])
def test_golden_texts_agree(i, rows, monkeypatch):
    monkeypatch.setattr(masked, "_ROWS", rows)
    encoder = load(home(CASES[i]["model"]))
    encoded = encoder.encode(CASES[i]["text"])
    assert list(encoded.pieces.ids) == CASES[i]["ids"]
    logits = encoder.masked.logits(encoded.hidden)
    np.testing.assert_allclose(
        logits, np.load(GOLDEN / "expected.npz")[f"logits_{i}"], rtol=0, atol=5e-5
    )
    np.testing.assert_allclose(encoder.masked.logits(encoded.hidden[2:3])[0], logits[2], atol=1e-5)


def test_a_file_without_a_head():
    assert load(tiny.HOME / "roberta").masked is None


@pytest.mark.parametrize(
    "name", ["cls.predictions.bias", "cls.predictions.transform.LayerNorm.gamma"]
)
def test_a_head_that_lacks_something_is_none(name, tmp_path):
    def without(tensors):
        del tensors[name]
        return tensors

    assert load(tiny.rewritten(tmp_path, without)).masked is None


def test_a_head_of_another_size_is_refused(tmp_path):
    def shorter(tensors):
        return tensors | {"cls.predictions.bias": tensors["cls.predictions.bias"][:-1]}

    with pytest.raises(ModelError, match=r"cls.predictions.bias is \(23,\), the file has \(22,\)"):
        load(tiny.rewritten(tmp_path, shorter))


@pytest.mark.parametrize("i", range(len(CASES)))
def test_the_ten_likeliest_are_those_of_transformers(i, monkeypatch):
    case = CASES[i]
    model = load(home(case["model"]))
    found = under_mask(model, model.encode(case["text"]), query=0)
    logits = np.load(GOLDEN / "expected.npz")[f"logits_{i}"][found.place].astype(float)
    assert case["ids"][found.place] in model.tokenizer.split(found.mask).ids
    chances = np.exp(logits - logits.max())
    chances /= chances.sum()
    best = np.argsort(-chances)[:10]
    np.testing.assert_allclose(found.probabilities, chances[best], rtol=0, atol=1e-5)
    assert found.names == tuple(model.tokenizer.piece(int(j)) for j in best)


@pytest.mark.parametrize(
    ("kind", "text", "tokens", "masked"),
    [
        ("bert", "Cab, bad", (2,), "C[MASK], bad"),
        ("bert", "Cab, bad", (1, 2), "[MASK], bad"),
        ("bert", "cab, bad", (0,), None),
        ("roberta", "a ba d", (2,), "a <mask> d"),
        ("roberta", "a  ba d", (2,), None),
    ],
)
def test_the_mask_stands_where_the_token_stood(kind, text, tokens, masked):
    model = load(home(kind))
    assert with_mask(model, model.encode(text), tokens) == masked
    if masked:
        assert model.encode(masked).tokens[tokens[0]] == model.tokenizer.mask


@pytest.mark.parametrize("i", range(len(CASES)))
def test_without_heads_it_guesses_as_transformers_does(i):
    model = load(home(CASES[i]["model"]))
    encoded = model.encode(CASES[i]["text"])
    off = [(0, 2), (1, 0), (1, 1)]
    changed = changed_mask(model, encoded, 0, off)
    expected = np.load(GOLDEN / "expected.npz")
    before, after = (
        softmax(expected[f"{name}_{i}"][changed.before.place].astype(float))
        for name in ("logits", "without")
    )
    best = np.argsort(-before)[:10]
    np.testing.assert_allclose(changed.before.probabilities, before[best], rtol=0, atol=1e-5)
    np.testing.assert_allclose(changed.after, after[best], rtol=0, atol=1e-5)
    assert changed.best == model.tokenizer.piece(int(after.argmax()))
    metric = mask_probability(model, encoded, changed.before)
    assert abs(metric(frozenset(off)) - after[best[0]]) < 1e-5
    assert abs(changed.probability - after.max()) < 1e-5
    assert "head 3 of layer 1" in describe_changed_mask(changed)
    assert changed_mask(model, model.encode("a b"), 0, off) is None


def test_models_that_cannot_guess(tmp_path):
    assert can_guess(load(tiny.HOME / "bert"))
    assert not can_guess(load(tiny.HOME / "roberta"))  # its file has no head
    assert not can_guess(load(decoders.HOME / "gpt2"))
    folder = tiny.copied(tmp_path)
    path = folder / "tokenizer.json"
    path.write_text(path.read_text(encoding="utf-8").replace("[MASK]", "[HIDE]"), encoding="utf-8")
    assert not can_guess(load(folder))  # nothing would be a mask in a text
