"""glassllm's decoders against what its own tracer computes; see `tests/golden/glassllm/make.py`."""

import json
import shutil
import sys
from pathlib import Path

import numpy as np
import pytest

from attn_core import attend
from attn_core.pretrained import GLASSLLM, Decoder, ModelError, is_at_hand, load
from attn_core.pretrained.decoder.generate import Continuation
from attn_core.pretrained.decoder.sampling import Sampling
from attn_core.pretrained.files.arrays_file import ArraysFile
from attn_core.pretrained.sources import locate

pytestmark = pytest.mark.usefixtures("glassllm")
GOLDEN = Path(__file__).parents[1] / "golden" / "glassllm"
CASES = json.loads((GOLDEN / "expected.json").read_text(encoding="utf-8"))
each_case = pytest.mark.parametrize("i", range(len(CASES)))
TEXT = "Alice was beginning to"


@each_case
def test_golden_texts_agree(i):
    case, expected = CASES[i], np.load(GOLDEN / "expected.npz")
    encoded = load(case["model"]).encode(case["text"])
    assert list(encoded.tokens) == case["tokens"]
    found = {f"hidden_{i}": encoded.hidden, f"logits_{i}": encoded.logits}
    heads = [name for name in expected.files if name.startswith(f"weights_{i}_")]
    assert len(heads) == 3
    for name in heads:
        layer, head = map(int, name.split("_")[2:])
        found[name] = encoded.weights[layer, head]
        np.testing.assert_allclose(
            attend(encoded.model.scenario_of(encoded, layer, head)).weights, found[name], atol=1e-6
        )
    for name, numbers in found.items():
        theirs = expected[name]
        np.testing.assert_allclose(numbers[-len(theirs) :], theirs, rtol=0, atol=1e-4)


@each_case
def test_it_writes_on_as_its_own_code_does(i):
    case = CASES[i]
    going = Continuation(load(case["model"]), case["text"])
    assert [going.step(Sampling(top_k=1)).token for _ in case["goes_on"]] == case["goes_on"]
    assert going.rows_computed == len(case["tokens"]) + 5


def test_sizes():
    model = load("glassllm")
    assert isinstance(model, Decoder)
    sizes = (model.layers, model.heads, model.kv_heads, model.d_model, model.d_k)
    assert sizes == (4, 4, 2, 128, 32)
    assert (model.max_tokens, model.vocabulary, model.ends) == (128, 1024, set())
    assert model.sharing(2) == (2, 3)
    assert (model.design.rope, model.design.biased, model.design.is_causal) == (True, False, True)


def test_spaces_and_lines_come_back():
    tokenizer = load("glassllm").tokenizer
    text = "  said the  Queen,\n\n and “Off!” "
    assert tokenizer.joined(tokenizer.split(text).ids) == text
    assert tokenizer.spelling(tokenizer.split("to the").ids[-1]) == " the"


def test_none_of_its_code_is_run():
    load("glassllm").encode(TEXT)
    assert not [name for name in sys.modules if name.split(".")[0] == "glassllm"]


@pytest.mark.parametrize("file", ["pt.npz", "pt.tokenizer.json"])
def test_a_changed_file_is_refused_by_its_name(file, glassllm, tmp_path, monkeypatch):
    folder = shutil.copytree(glassllm, tmp_path / "weights")
    monkeypatch.setattr(locate, "installed", lambda name: folder)
    assert load("glassllm-pt").heads == 4
    held = bytearray((folder / file).read_bytes())
    held[1009] ^= 1
    (folder / file).write_bytes(held)
    with pytest.raises(ModelError, match=rf"{file} isn't the file .* SHA-256") as caught:
        load("glassllm-pt")
    assert "make models" in str(caught.value)
    assert load("glassllm").heads == 4  # the other language's files are as they were
    (folder / file).unlink()
    with pytest.raises(ModelError, match=f"{file} can't be read"):
        load("glassllm-pt")


def test_without_the_package(monkeypatch):
    monkeypatch.setattr(locate, "installed", lambda name: None)
    for name in GLASSLLM:
        assert is_at_hand(name)  # so that it is told at once, and no download offered
        with pytest.raises(
            ModelError, match=r"package glassllm isn't installed. Run `make models`"
        ):
            load(name)


def test_a_folder_of_that_name_is_a_folder(tmp_path, monkeypatch):
    (tmp_path / "glassllm").mkdir()
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ModelError, match=r"glassllm has no config.json"):
        load("glassllm")


def test_arrays_that_only_a_pickle_could_hold_are_refused(tmp_path):
    path = tmp_path / "a.npz"
    np.savez(path, a=np.array([{}], dtype=object))
    with pytest.raises(ValueError, match="allow_pickle=False"):
        ArraysFile(path, path.read_bytes())
