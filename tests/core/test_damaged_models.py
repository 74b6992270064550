"""What can be wrong with a model's files: each is told, with what to do."""

import builtins
import json
import pickle
import random
import re
import struct
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from attn_core.bert import sources
from attn_core.pretrained import DEFAULT, PACKAGE, ModelError, is_at_hand, load
from tests.core import tiny

pytestmark = pytest.mark.usefixtures("model_packages")
ROOT = Path(__file__).parents[2]
WHOLE = (tiny.HOME / "bert" / "model.safetensors").read_bytes()
WORDS = "bert.embeddings.word_embeddings.weight"
QUERY = "bert.encoder.layer.1.attention.self.query.weight"


def refused(model, *parts):
    """Loading is refused, in a message of these parts, in this order."""
    with pytest.raises(ModelError) as told:
        load(str(model))
    assert re.search(".*".join(map(re.escape, parts)), str(told.value), re.DOTALL), told.value
    assert not re.search(r"\.\.(\s|$)|None\b.*tensor", str(told.value))


def test_nothing_there():
    refused("/no/such/folder", "Expected a folder with config.json", "/no/such/folder is nothing")


def test_a_file_in_place_of_the_folder(tmp_path):
    (tmp_path / "model").write_text("")
    refused(tmp_path / "model", "Expected a folder", "model is a file")


@pytest.mark.parametrize("name", sources.FILES)
def test_one_file_is_missing(tmp_path, name):
    model = tiny.copied(tmp_path)
    (model / name).unlink()
    refused(model, f"has no {name}.", "Expected config.json, tokenizer.json, model.safetensors")
    (model / name).mkdir()
    refused(model, f"has no {name}.")


def test_two_files_are_missing(tmp_path):
    model = tiny.copied(tmp_path)
    for name in ("config.json", "model.safetensors"):
        (model / name).unlink()
    refused(model, "has no config.json and no model.safetensors.")


@pytest.mark.parametrize(
    "length", [0, 1, 7, 8, 9, 100, len(WHOLE) // 2, len(WHOLE) - 1, len(WHOLE) + 1]
)
def test_tensors_cut_or_lengthened(tmp_path, length):
    model = tiny.copied(tmp_path)
    (model / "model.safetensors").write_bytes((WHOLE + b"\0")[:length])
    refused(model, "model.safetensors isn't a whole safetensors file", "cut", "Fetch it again.")


def unpickled():
    pytest.fail("A pickle was opened.")


class Trap:
    def __reduce__(self):
        return unpickled, ()


FOREIGN = {
    "pickle": pickle.dumps(Trap()),
    "zip, as PyTorch's": b"PK\3\4" + bytes(100),
    "text": b"version https://git-lfs.github.com/spec/v1\n",
    "no object": struct.pack("<Q", 2) + b"[]",
    "no JSON": struct.pack("<Q", 9) + b"\xff" * 9,
    "nested": struct.pack("<Q", 50_000) + b"[" * 50_000,
}


@pytest.mark.parametrize("content", FOREIGN.values(), ids=FOREIGN)
def test_other_files_in_place_of_the_tensors(tmp_path, content):
    model = tiny.copied(tmp_path)
    (model / "model.safetensors").write_bytes(content)
    refused(model, "isn't a whole safetensors file", "Fetch it again.")


LOADED = """
import resource, sys
resource.setrlimit(resource.RLIMIT_AS, (2**30, 2**30))
from attn_core.pretrained import ModelError, load
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
try:
    load(sys.argv[1])
except ModelError as error:
    print(error)
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
"""


@pytest.mark.parametrize("length", [99_000_000, 2**31, 2**40, 2**63, 2**64 - 1])
def test_a_header_said_to_be_huge_takes_no_memory(tmp_path, length):
    pytest.importorskip("resource", reason="only a Unix tells how much memory was taken")
    model = tiny.copied(tmp_path)
    (model / "model.safetensors").write_bytes(struct.pack("<Q", length) + WHOLE[8:])
    ran = subprocess.run(
        [sys.executable, "-c", LOADED, model], cwd=ROOT, capture_output=True, text=True, check=True
    )
    message, megabytes = ran.stdout.splitlines()
    assert "isn't a whole safetensors file" in message
    assert int(megabytes) < 50


def test_a_tensor_said_to_be_huge(tmp_path):
    header = {WORDS: {"dtype": "F32", "shape": [2**40, 15], "data_offsets": [0, 60]}}
    coded = json.dumps(header).encode()
    model = tiny.copied(tmp_path)
    content = struct.pack("<Q", len(coded)) + coded + bytes(60)
    (model / "model.safetensors").write_bytes(content)
    refused(model, "isn't a whole safetensors file")


CONFIGS = {
    "": "can't be read as JSON",
    "{": "can't be read as JSON",
    "\ud800": "can't be read as JSON",
    "[" * 100_000: "can't be read as JSON",
    '{"hidden_size": ' + "1" * 5000 + "}": "can't be read as JSON",
    "[]": "expected an object of JSON",
    "null": "expected an object of JSON",
    "{}": "expected model_type bert, distilbert, roberta, camembert, xlm-roberta, got None",
}


@pytest.mark.parametrize("text", CONFIGS, ids=lambda text: ascii(text[:20]))
def test_a_config_that_is_none(tmp_path, text):
    model = tiny.copied(tmp_path)
    (model / "config.json").write_bytes(text.encode(errors="surrogatepass"))
    refused(model, "config.json", CONFIGS[text])


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ({"model_type": "gpt2"}, "of another architecture: expected model_type bert"),
        ({"model_type": ["bert"]}, "got ['bert']"),
        ({"hidden_act": "gelu_new"}, "expected hidden_act 'gelu', got 'gelu_new'"),
        ({"position_embedding_type": "relative_key"}, "expected position_embedding_type 'absolut"),
        ({"is_decoder": True}, "expected is_decoder False, got True"),
        ({"num_hidden_layers": "2"}, "num_hidden_layers must be a whole number from 1 to 96, got"),
        ({"num_hidden_layers": True}, "num_hidden_layers must be a whole number"),
        ({"num_hidden_layers": 10**9}, "from 1 to 96, got 1000000000"),
        ({"num_attention_heads": 0}, "num_attention_heads must be a whole number"),
        ({"num_attention_heads": 3.0}, "got 3.0"),
        ({"hidden_size": -15}, "hidden_size must be a whole number from 1 to 4095, got -15"),
        ({"hidden_size": 10**12}, "hidden_size must be a whole number from 1 to 4095"),
        ({"hidden_size": "—"}, "hidden_size must be a whole number from 1 to 4095, got None"),
        ({"intermediate_size": None}, "intermediate_size must be a whole number"),
        ({"max_position_embeddings": [17]}, "max_position_embeddings must be a whole number"),
        ({"num_attention_heads": 4}, "equally: expected a divisor of it, got 4 heads"),
        ({"layer_norm_eps": "small"}, "layer_norm_eps must be from 0 to 1, got 'small'"),
        ({"layer_norm_eps": float("nan")}, "layer_norm_eps must be from 0 to 1, got nan"),
        ({"layer_norm_eps": None}, "layer_norm_eps must be from 0 to 1, got None"),
    ],
)
def test_a_config_of_another_model(tmp_path, said, message):
    refused(tiny.configured(tmp_path, **said), "config.json", message)


@pytest.mark.parametrize("padding", [None, -1, "1", 1.0, 18, 10**9])
def test_roberta_needs_a_padding_that_leaves_places(tmp_path, padding):
    model = tiny.configured(tmp_path, "roberta", pad_token_id=padding)
    refused(model, "pad_token_id", "a whole number from 0 to 17, got", str(padding))


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ({"num_hidden_layers": 3}, "has no tensor encoder.layer.2."),
        ({"hidden_size": 18}, "embeddings.word_embeddings.weight is (23, 18), the file has (23, 1"),
        ({"intermediate_size": 13}, "intermediate.dense.weight is (13, 15), the file has (11, 15"),
        ({"max_position_embeddings": 19}, "position_embeddings.weight is (19, 15), the file has"),
    ],
)
def test_config_and_tensors_of_two_models(tmp_path, said, message):
    refused(tiny.configured(tmp_path, **said), "model.safetensors", message)


def test_a_tensor_is_missing(tmp_path):
    def without(tensors):
        del tensors[QUERY]

    model = tiny.rewritten(tmp_path, without)
    refused(model, "has no tensor encoder.layer.1.attention.self.query.weight", "another model")


@pytest.mark.parametrize(
    ("name", "shape", "message"),
    [
        (QUERY, (15, 14), "query.weight is (15, 15), the file has (15, 14)"),
        (QUERY, (225,), "query.weight is (15, 15), the file has (225,)"),
        (WORDS, (), "word_embeddings.weight is (1, 15), the file has ()"),
        (WORDS, (0, 15), "word_embeddings.weight is (1, 15), the file has (0, 15)"),
        ("bert.embeddings.token_type_embeddings.weight", (0, 15), "is (1, 15), the file has (0, "),
    ],
)
def test_a_tensor_of_another_shape(tmp_path, name, shape, message):
    def reshaped(tensors):
        tensors[name] = np.zeros(shape, np.float32)

    refused(tiny.rewritten(tmp_path, reshaped), "config.json says that", message)


@pytest.mark.parametrize("name", [WORDS, QUERY])
@pytest.mark.parametrize(("kind", "dtype"), [("I32", np.int32), ("U8", np.uint8)])
def test_whole_numbers(tmp_path, name, kind, dtype):
    def whole(tensors):
        tensors[name] = tensors[name].astype(dtype)

    model = tiny.rewritten(tmp_path, whole)
    refused(model, name.removeprefix("bert."), f"of type {kind}; expected F16, F32 or F64")


def test_bfloat16(tmp_path):
    """NumPy has no such type, so the header is rewritten: twice as many of half the size."""
    size = struct.unpack("<Q", WHOLE[:8])[0]
    header = json.loads(WHOLE[8 : 8 + size])
    header[WORDS] |= {"dtype": "BF16", "shape": [23, 30]}
    coded = json.dumps(header).encode()
    model = tiny.configured(tmp_path, hidden_size=30)
    content = struct.pack("<Q", len(coded)) + coded + WHOLE[8 + size :]
    (model / "model.safetensors").write_bytes(content)
    refused(model, "word_embeddings.weight has numbers of type BF16; expected F16, F32 or F64")


@pytest.mark.parametrize(
    ("name", "value", "dtype"),
    [
        (QUERY, np.nan, np.float32),
        (QUERY, -np.inf, np.float16),
        ("bert.encoder.layer.0.output.LayerNorm.beta", np.inf, np.float32),
        ("bert.embeddings.position_embeddings.weight", 1e300, np.float64),
    ],
)
def test_numbers_that_are_not_finite(tmp_path, name, value, dtype):
    def spoiled(tensors):
        tensors[name] = tensors[name].astype(dtype)
        tensors[name].flat[3] = value

    plain = name.removeprefix("bert.").replace("beta", "bias")
    model = tiny.rewritten(tmp_path, spoiled)
    refused(model, f"{plain} must hold finite numbers within float32, got {value}", "fetch it")


def test_a_word_that_is_not_finite_is_told_when_it_is_read(tmp_path):
    """The table of words stays on the disk; "a" is its row 6."""

    def spoiled(tensors):
        tensors[WORDS][6, 2] = np.nan

    model = load(str(tiny.rewritten(tmp_path, spoiled)))
    assert np.isfinite(model.encode("b").hidden).all()
    for read in (model.encode, lambda text: model.word_vectors([text])):
        with pytest.raises(ModelError, match=r"word_embeddings\.weight must hold finite numbers"):
            read("a")


@pytest.mark.parametrize("name", [QUERY, "bert.encoder.layer.1.output.LayerNorm.gamma"])
def test_numbers_too_large_to_compute_with(tmp_path, name):
    def huge(tensors):
        tensors[name][...] = 3e38

    model = load(str(tiny.rewritten(tmp_path, huge)))
    with pytest.raises(ModelError, match=r"can't read this: .* damaged; fetch it again"):
        model.encode("ab ba")


TOKENIZERS = {
    "": "EOF",
    "[]": "invalid type",
    "{}": "Model missing",
    '{"model": {"type": "Hieroglyphs"}}': "",
}


@pytest.mark.parametrize("text", TOKENIZERS, ids=lambda text: text or "empty")
def test_a_tokenizer_that_is_none(tmp_path, text):
    model = tiny.copied(tmp_path)
    (model / "tokenizer.json").write_text(text)
    refused(model, "tokenizer.json can't be read as a tokenizer", TOKENIZERS[text], "Fetch the")


def test_a_tokenizer_with_more_tokens_than_the_model(tmp_path):
    model = tiny.copied(tmp_path)
    path = model / "tokenizer.json"
    said = json.loads(path.read_text())
    said["model"]["vocab"]["zebra"] = 23
    path.write_text(json.dumps(said))
    refused(model, "another model's: it numbers its tokens up to 23", "has 23 rows")


def test_a_tokenizer_that_fails_at_a_text(tmp_path):
    said = {"version": "1.0", "model": {"type": "WordLevel", "vocab": {"a": 0}, "unk_token": "?"}}
    model = tiny.copied(tmp_path)
    (model / "tokenizer.json").write_text(json.dumps(said))
    encoder = load(str(model))
    assert encoder.encode("a").n == 1
    with pytest.raises(ModelError, match=r"tokenizer\.json can't cut this text: .*Fetch"):
        encoder.encode("b")


def test_a_tokenizer_that_panics(tmp_path):
    """What is put around a sentence isn't in its list: the package's Rust gives up."""
    path = tiny.copied(tmp_path) / "tokenizer.json"
    said = json.loads(path.read_text())
    said["post_processor"]["single"][0]["SpecialToken"]["id"] = "[CLS?]"
    path.write_text(json.dumps(said))
    with pytest.raises(ModelError, match=r"tokenizer\.json can't"):
        load(str(path.parent)).encode("a")


@pytest.mark.parametrize("name", sources.FILES)
def test_random_damage_gives_a_message_or_numbers(tmp_path, name):
    rng = random.Random(name)
    model = tiny.copied(tmp_path)
    whole = (model / name).read_bytes()
    told = 0
    for _ in range(150):
        damaged = bytearray(whole)
        for _ in range(rng.choice((1, 1, 2, 5))):
            damaged[rng.randrange(len(whole))] = rng.choice(b'0123456789"[]{}:,-e\0\xff')
        (model / name).write_bytes(damaged)
        try:
            assert np.isfinite(load(str(model)).encode("ab ba, cab").hidden).all()
        except ModelError:
            told += 1
    assert 0 < told < 150


@pytest.mark.parametrize("package", ["safetensors", "tokenizers"])
def test_a_package_is_missing(monkeypatch, package):
    hide(monkeypatch, package)
    refused(tiny.HOME / "bert", f"needs the package {package}", "make models", "pip install -r")


def test_without_the_hub_s_package_a_folder_is_enough(monkeypatch):
    hide(monkeypatch, "huggingface_hub")
    load(str(tiny.HOME / "bert"))
    refused("some/model", "needs the package huggingface_hub", "make models")
    assert is_at_hand("some/model")


def hide(monkeypatch, package):
    real = builtins.__import__

    def importing(name, *rest):
        if name.split(".")[0] == package:
            raise ImportError(f"No module named {name!r}")
        return real(name, *rest)

    monkeypatch.setattr(builtins, "__import__", importing)


def test_the_model_s_package_is_missing(monkeypatch):
    monkeypatch.setattr(sources, "installed", lambda: None)
    refused(PACKAGE, f"The package {PACKAGE} isn't installed. Run `make models`.")
    assert is_at_hand(PACKAGE)


@pytest.mark.usefixtures("encoder")
def test_the_default_is_taken_from_the_package(monkeypatch):
    """No network is asked: a request would fail the test."""
    monkeypatch.setattr(sources, "_fetched", lambda *_: pytest.fail("asked the hub"))
    assert is_at_hand(DEFAULT) and is_at_hand(PACKAGE)
    assert load(DEFAULT).layers == load(PACKAGE).layers == 6


NAMES = {
    **dict.fromkeys(("", " ", "a b", "a/b c", "-x", "x" * 200, "no--such", "a\0b"), "on the hub"),
    **dict.fromkeys(("\ud800", "org/" + "x" * 300, "<b>", "a/"), "on the hub"),
    **dict.fromkeys(("./a", "/a/b", "a/b/c", "C:\\a", "~nobody/a", "./a\0b"), "is nothing"),
    "/" + "x" * 5000: "is nothing",
}


@pytest.mark.parametrize("name", NAMES, ids=lambda name: ascii(name[:20]))
def test_names_that_nothing_can_have(name):
    assert is_at_hand(name)  # so that it is told at once, and no download offered
    refused(name, NAMES[name])
