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

from attn_core.pretrained import DEFAULT, PACKAGE, ModelError, is_at_hand, load
from attn_core.pretrained.sources import locate as sources
from tests.pretrained import tiny

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
    "{}": "num_hidden_layers must be a whole number from 1 to 96, got None",
    '{"model_type": "bert", "model_type": "roberta"}': "The key 'model_type' is there twice",
}


@pytest.mark.parametrize("text", CONFIGS, ids=lambda text: ascii(text[:20]))
def test_a_config_that_is_none(tmp_path, text):
    model = tiny.copied(tmp_path)
    (model / "config.json").write_bytes(text.encode(errors="surrogatepass"))
    refused(model, "config.json", CONFIGS[text])


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ({"model_type": "gpt_neox"}, "of another architecture: expected model_type bert"),
        ({"model_type": ["bert"]}, "got ['bert']"),
        ({"model_type": "opt", "architectures": ["OPTForCausalLM"]}, "got 'opt', a decoder."),
        ({"model_type": "opt", "architectures": 5}, "got 'opt'."),
        ({"model_type": "electra"}, "got 'electra'."),
        ({"model_type": None, "architectures": ["MPNetModel"]}, "got architectures ['MPNetModel"),
        ({"model_type": None, "architectures": ["BertGenerationEncoder"]}, "got architectures ['B"),
        ({"model_type": None, "architectures": ["RobertaPreLayerNormModel"]}, "got architectures "),
        ({"model_type": None, "architectures": ["BertModelWithHeads"]}, "got architectures ['Bert"),
        ({"model_type": None, "architectures": ["XLMRobertaXLModel"]}, "got architectures ['XLMR"),
        ({"model_type": None, "architectures": "BertModel"}, "got architectures 'BertModel'"),
        ({"hidden_act": "prelu"}, "expected hidden_act to be one of gelu, gelu_10, "),
        ({"hidden_act": None}, "swish, tanh, got None."),
        ({"hidden_act": {"type": "gelu", "approximate": "tanh"}}, "got {'type': 'gelu', 'approx"),
        ({"hidden_act": ["gelu"]}, "got ['gelu']"),
        ({"position_embedding_type": "relative_key"}, "relative positions: expected position_em"),
        ({"position_embedding_type": "relative_key_query"}, "got 'relative_key_query'. Such"),
        (
            {"is_decoder": True},
            "is a decoder, whose tokens see only those before them: expected is",
        ),
        ({"add_cross_attention": True}, "has cross-attention, as decoders have: expected add_cr"),
        ({"pruned_heads": {"1": [0, 2]}}, "heads of the model were pruned: expected no pruned_h"),
        ({"num_hidden_layers": "2"}, "num_hidden_layers must be a whole number from 1 to 96, got"),
        ({"num_hidden_layers": True}, "num_hidden_layers must be a whole number"),
        ({"num_hidden_layers": 10**9}, "from 1 to 96, got 1000000000"),
        ({"num_attention_heads": 0}, "num_attention_heads must be a whole number"),
        ({"num_attention_heads": 3.0}, "got 3.0"),
        ({"hidden_size": -15}, "hidden_size must be a whole number from 1 to 4095, got -15"),
        ({"hidden_size": 10**12}, "hidden_size must be a whole number from 1 to 4095"),
        ({"num_attention_heads": None}, "num_attention_heads must be a whole number"),
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


def test_two_names_for_one_size(tmp_path):
    model = tiny.configured(tmp_path, "distilbert", hidden_size=18)
    refused(model, "dim and hidden_size are two names for one size", "got 15 and 18.")


def test_a_kind_that_nothing_tells(tmp_path):
    """BERT's names and RoBERTa's are alike, and the number of segments is a third kind's."""

    def bare(tensors):
        return {name.removeprefix("bert."): values for name, values in tensors.items()}

    model = tiny.rewritten(tmp_path, bare)
    said = json.loads((model / "config.json").read_text())
    for name in ("model_type", "architectures"):
        del said[name]
    for segments in (3, [2], {}, None):
        (model / "config.json").write_text(json.dumps(said | {"type_vocab_size": segments}))
        refused(model, "says neither model_type nor architectures", "write into it", "bert, distil")


@pytest.mark.parametrize("padding", [None, -1, "1", 1.0, 18, 10**9])
def test_roberta_needs_a_padding_that_leaves_places(tmp_path, padding):
    model = tiny.configured(tmp_path, "roberta", pad_token_id=padding)
    refused(model, "pad_token_id", "a whole number from 0 to 17, got", str(padding))


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ({"num_hidden_layers": 3}, "has no tensor bert.encoder.layer.2."),
        ({"hidden_size": 18}, "embeddings.word_embeddings.weight is (23, 18), the file has (23, 1"),
        ({"intermediate_size": 13}, "intermediate.dense.weight is (13, 15), the file has (11, 15"),
        ({"max_position_embeddings": 19}, "position_embeddings.weight is (19, 15), the file has"),
    ],
)
def test_config_and_tensors_of_two_models(tmp_path, said, message):
    refused(tiny.configured(tmp_path, **said), "model.safetensors", message)


def test_files_that_the_lab_does_not_read(tmp_path):
    """What is there is named, with what to do."""
    model = tiny.copied(tmp_path)
    (model / "model.safetensors").rename(model / "pytorch_model.bin")
    way = "AutoModel.from_pretrained(folder).save_pretrained(folder)"
    refused(model, "has no model.safetensors.", "doesn't read pytorch_model.bin", "run code", way)
    (model / "pytorch_model.bin").rename(model / "model.safetensors")
    (model / "tokenizer.json").rename(model / "sentencepiece.bpe.model")
    way = "AutoTokenizer.from_pretrained(folder).save_pretrained(folder)"
    refused(model, "has no tokenizer.json.", way)
    (model / "vocab.txt").write_text("[UNK]\n[CLS]\na\n")
    refused(model, "vocab.txt has no [SEP], which the tokenizer needs", way)
    (model / "vocab.txt").write_bytes(b"\xff\n")
    refused(model, "vocab.txt can't be read as text", "Fetch it again")
    for kind in ("BertJapaneseTokenizer", "BertweetTokenizer", "XLMRobertaTokenizerFast"):
        (model / "tokenizer_config.json").write_text(json.dumps({"tokenizer_class": kind}))
        refused(model, f"can't make one for {kind.removesuffix('Fast')}. ", way)
    (model / "tokenizer_config.json").write_text('{"do_lower_case": "no"}')
    (model / "vocab.txt").write_text("[UNK]\n[CLS]\n[SEP]\na\n")
    refused(model, "The tokens in", "can't be read", "no")


def test_a_list_of_another_kind_of_tokenizer(tmp_path):
    """BERTweet and PhoBERT have a vocab.txt that isn't of word pieces."""
    model = tiny.copied(tmp_path, "roberta")
    (model / "tokenizer.json").unlink()
    (model / "vocab.txt").write_text("<s>\n")
    refused(model, "can't make one for RobertaTokenizer without vocab.json and merges.txt")


def test_several_models_in_one_file(tmp_path):
    from safetensors.numpy import load_file, save_file

    def twice(tensors):
        return tensors | {f"teacher.{name}": values for name, values in tensors.items()}

    model = tiny.rewritten(tmp_path, twice)
    refused(model, "holds 2 models, with bert.emb", " and teacher.bert.emb", "can't be told")
    # The second isn't whole, so that there is one.
    tensors = load_file(model / "model.safetensors")
    del tensors[f"teacher.{QUERY}"]
    save_file(tensors, model / "model.safetensors")
    assert load(model).layers == 2
    bare = {name.removeprefix("bert."): values for name, values in tensors.items()}
    save_file(bare, model / "model.safetensors")
    assert load(model).layers == 2


def test_two_names_for_one_tensor(tmp_path):
    """The file has the old names of 2018; and JSON could say a name twice."""
    old = "bert.encoder.layer.0.output.LayerNorm.beta"
    new = old.replace("beta", "bias")
    model = tiny.rewritten(tmp_path, lambda tensors: tensors | {new: tensors[old] + 1})
    refused(model, f"has two names for one tensor: {old} and {new}.")
    coded = (
        b'{"a":%s,"a":%s}' % ((b'{"dtype":"F32","shape":[1],"data_offsets":[0,4]}',) * 2)
    ).ljust(8)
    (model / "model.safetensors").write_bytes(struct.pack("<Q", len(coded)) + coded + bytes(4))
    refused(model, "model.safetensors (its header): The key 'a' is there twice")


def test_shards_and_index_that_contradict_each_other(tmp_path):
    from safetensors.numpy import load_file, save_file

    model = tiny.copied(tmp_path)
    tensors = load_file(model / "model.safetensors")
    (model / "model.safetensors").unlink()
    names = [f"model-{i}-of-2.safetensors" for i in (1, 2)]
    parts = [dict(list(tensors.items())[i::2]) for i in (0, 1)]
    where = {name: names[i] for i, part in enumerate(parts) for name in part}
    for name, part in zip(names, parts, strict=True):
        save_file(part, model / name)
    path = model / "model.safetensors.index.json"

    def index(weight_map):
        path.write_text(json.dumps({"weight_map": weight_map}))

    index(where)
    assert load(model).layers == 2
    for way in ("../model-1.safetensors", "/etc/passwd", "a/b.safetensors", "..\\x.safetensors"):
        index(where | {QUERY: way})
        refused(model, f"index.json says that {QUERY} is in {way!r}", "in the same folder")
    for way in (3, ["a.safetensors"], "pytorch_model-1.bin", ".."):
        index(where | {QUERY: way})
        refused(model, "index.json says that", "expected the name of a safetensors file")
    for none in ({}, None, [], "model.safetensors"):
        index(none)
        refused(model, "index.json: expected a weight_map of names to files, got")
    other = names[where[QUERY] == names[0]]
    index(where | {QUERY: other})
    refused(model, f"says that {QUERY} is in {other}, but {where[QUERY]} has it")
    index(where | {"head": other})
    refused(model, f"says that head is in {other}, but no file has it")
    path.write_text(json.dumps({"weight_map": where}).replace("{", '{"a":"b","a":"c",', 1))
    refused(model, "index.json: The key 'a' is there twice")
    path.write_text("{")
    refused(model, "index.json can't be read as JSON", "Fetch it again")
    index(where)
    save_file(parts[0] | {QUERY: tensors[QUERY]} | parts[1], model / names[0])
    refused(model, "has the tensor", "twice, in model-1-of-2", "and model-2-of-2")
    (model / names[1]).write_bytes(b"cut")
    refused(model, "model-2-of-2.safetensors isn't a whole safetensors file")
    (model / names[1]).unlink()
    refused(model, f"has no {names[1]}, one of the 2 files that", "Fetch it as well")


def test_a_tensor_is_missing(tmp_path):
    def without(tensors):
        del tensors[QUERY]

    model = tiny.rewritten(tmp_path, without)
    refused(
        model, "has no tensor bert.encoder.layer.1.attention.self.query.weight", "another model"
    )


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
    refused(model, name.removeprefix("bert."), f"of type {kind}; expected BF16, F16, F32, F64")


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
    with pytest.raises(ValueError, match=r"can't read this text: .* the range of float32\.$"):
        model.encode("ab ba")


TOKENIZERS = {
    "": "can't be read as JSON: .*Fetch it again",
    '{"model": {"type": "WordPiece", ': "can't be read as JSON: .*Fetch it again",
    "[]": r"expected an object of JSON, got \[\]",
    "{}": "can't be read as a tokenizer: Model missing.*Fetch it again",
    '{"model": []}': "can't be read as a tokenizer: .*Fetch it again",
}
#: What a newer version of the package might write, and what ours says that it doesn't know.
NEWER = {
    "model": ({"type": "Hieroglyphs", "vocab": {}}, "the type 'Hieroglyphs'"),
    "normalizer": ({"type": "Rosetta"}, "the type 'Rosetta'"),
    "pre_tokenizer": (
        {"type": "Sequence", "pretokenizers": [{"type": "Knife"}]},
        "the type 'Knife'",
    ),
    "post_processor": ({"type": "Wrap"}, "the type 'Wrap'"),
    "decoder": ({"type": "Unwrap"}, "the type 'Unwrap'"),
    "version": ("2.0", "all that it says .*Unknown tokenizer version '2.0'"),
}


def test_a_tokenizer_that_is_none(tmp_path):
    model, told = tiny.copied(tmp_path), []
    path = model / "tokenizer.json"
    whole = json.loads(path.read_text())
    newer = {
        json.dumps(whole | {part: said}): "another version of the package tokenizers: this server "
        rf"has [0-9.]+, which doesn't know {message}.*Install another version\."
        for part, (said, message) in NEWER.items()
    }
    for text, message in (TOKENIZERS | newer).items():
        path.write_text(text)
        with pytest.raises(ModelError) as error:
            load(model)
        if not re.search(f"tokenizer.json.* {message}", str(error.value)):
            told.append((text[:40], str(error.value)))
    assert not told


def test_a_tokenizer_whose_own_tokens_the_model_lacks(tmp_path):
    """Then no text could be read, and the files are two models'."""
    path = tiny.copied(tmp_path) / "tokenizer.json"
    said = json.loads(path.read_text())
    said["post_processor"]["special_tokens"]["[SEP]"]["ids"] = [23]
    path.write_text(json.dumps(said))
    refused(path.parent, "is another model's: it numbers '[SEP]' 23", "has 23 rows")


def test_a_tokenizer_that_fails_at_a_text(tmp_path):
    said = {"version": "1.0", "model": {"type": "WordLevel", "vocab": {"a": 0}, "unk_token": "?"}}
    model = tiny.copied(tmp_path)
    (model / "tokenizer.json").write_text(json.dumps(said))
    encoder = load(str(model))
    assert encoder.encode("a").n == 1
    with pytest.raises(
        ValueError, match=r"^The model's tokenizer can't cut this text: Word"
    ) as told:
        encoder.encode("b")
    assert not isinstance(told.value, ModelError)


def test_a_tokenizer_that_panics(tmp_path):
    """What is put around a sentence isn't in its list: the package's Rust gives up."""
    path = tiny.copied(tmp_path) / "tokenizer.json"
    said = json.loads(path.read_text())
    said["post_processor"]["single"][0]["SpecialToken"]["id"] = "[CLS?]"
    path.write_text(json.dumps(said))
    refused(path.parent, "The tokenizer in", "can't put its own tokens around a text: no entry")


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
        except ValueError:
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
    monkeypatch.setattr(sources, "fetched", lambda *_: pytest.fail("asked the hub"))
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
