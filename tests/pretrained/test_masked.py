"""The head of a masked language model against transformers; see `tests/golden/masked/make.py`."""

import json
from pathlib import Path

import numpy as np
import pytest

from attn_core.pretrained import ModelError, load
from attn_core.pretrained.bert import masked
from tests.pretrained import tiny

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
