"""Models as people have them: other names, types, files and settings, and the same numbers."""

import json
import shutil
import struct
from itertools import chain

import numpy as np
import pytest

from attn_core import limits
from attn_core.pretrained import ModelError, load
from attn_core.pretrained.files.shards import INDEX
from attn_core.pretrained.parts.activations import ACTIVATIONS
from tests.pretrained import tiny

pytestmark = pytest.mark.usefixtures("model_packages")
GOLDEN = tiny.HOME.parent
TYPES = {"BF16": np.uint16, "F16": np.float16, "F32": np.float32, "F64": np.float64}


def wrong(folder, case, close=1e-5):
    """What is wrong with a model's answer to a text; empty if nothing is."""
    try:
        encoded = load(folder).encode(case["text"])
    except ValueError as error:
        said = str(error)
        return "" if case.get("refused_with", said + "?") in said else f"refused: {said}"
    if "refused_with" in case:
        return "not refused"
    if list(encoded.tokens) != case["tokens"]:
        return f"tokens {encoded.tokens}"
    apart = [np.abs(getattr(encoded, part) - case[part]).max() for part in ("weights", "hidden")]
    return f"apart by {max(apart)}" if max(apart) > close else ""


def failing(told):
    return [f"{what}: {why}" for what, why in told if why]


def test_folders_from_outside():
    """Each as transformers reads it, or refused; `expected.json` has the text."""
    told = []
    for folder in sorted((GOLDEN / "cases").iterdir()):
        case = json.loads((folder / "expected.json").read_text())
        if "refused_with" not in case:
            case |= np.load(folder / "expected.npz")
        told.append((folder.name, wrong(folder, case)))
    assert len(told) >= 20
    assert not failing(told)


def as_stored(values, kind):
    """Numbers as a file has them; of a bfloat16 the upper half of a float32."""
    if kind == "BF16":
        values = np.ascontiguousarray(values, np.float32).view(np.uint32) >> 16
    return values.astype(TYPES.get(kind, values.dtype))


def write(path, tensors, kind="F32"):
    """A safetensors file; pairs of name and array, for one name may come twice."""
    header, data = [], b""
    for name, values in tensors:
        is_float = values.dtype.kind == "f"
        coded = as_stored(values, kind if is_float else "").tobytes()
        said = {"dtype": kind if is_float else "I64", "shape": values.shape}
        said["data_offsets"] = [len(data), len(data) + len(coded)]
        header.append(f"{json.dumps(name)}:{json.dumps(said)}")
        data += coded
    coded = ("{" + ",".join(header) + "}").encode()
    path.write_bytes(struct.pack("<Q", len(coded)) + coded + data)


def tensors_of(kind):
    """Those of a tiny model, without what stands before their names."""
    from safetensors.numpy import load_file

    loaded = load_file(tiny.HOME / kind / "model.safetensors")
    return {name.removeprefix(f"{kind}."): values for name, values in loaded.items()}


def split(folder, tensors, shards, kind="F32"):
    """Write tensors into several files with an index."""
    names = [f"model-{i + 1:05}-of-{shards:05}.safetensors" for i in range(shards)]
    (folder / "model.safetensors").unlink(missing_ok=True)
    for i, name in enumerate(names):
        write(folder / name, list(tensors.items())[i::shards], kind)
    weight_map = {name: names[i % shards] for i, name in enumerate(tensors)}
    (folder / INDEX).write_text(json.dumps({"metadata": {}, "weight_map": weight_map}))
    return names


PREFIXES = (
    *("", "module.", "model.", "_orig_mod.", "0.auto_model.", "encoder.bert.", "module.bert."),
    *("roberta.", "distilbert.", "auto_model.", "_orig_mod.module.encoder.", "bert.embeddings."),
)


def test_whatever_stands_before_all_names_is_left_away(tmp_path):
    told = []
    for kind in tiny.KINDS:
        tensors = tensors_of(kind)
        model, case = tiny.copied(tmp_path, kind), next(tiny.expected(kind))
        for prefix in PREFIXES:
            named = {prefix + name: values for name, values in tensors.items()}
            # What a head or a buffer adds isn't looked at.
            others = {"classifier.weight": np.ones((2, 2), np.float32)}
            others[f"{prefix}embeddings.position_ids"] = np.arange(17)[None]
            write(model / "model.safetensors", [*named.items(), *others.items()])
            told.append((f"{kind} {prefix!r}", wrong(model, case)))
    assert not failing(told)


def test_all_types_of_numbers_in_one_file_and_in_several(tmp_path):
    told = []
    for kind in tiny.KINDS:
        model, case, tensors = tiny.copied(tmp_path, kind), next(tiny.expected(kind)), {}
        # Numbers that all types can hold, so that each must give the same.
        for name, values in tensors_of(kind).items():
            bits = np.ascontiguousarray(values, np.float32).view(np.uint32)
            kept = (bits & 0xFFFF0000).view(np.float32)
            tensors[name] = kept.astype(np.float16).astype(np.float32)
        write(model / "model.safetensors", tensors.items())
        first = load(model).encode(case["text"])
        same = {"text": case["text"], "tokens": case["tokens"]}
        same |= {"weights": first.weights, "hidden": first.hidden}
        assert np.abs(first.weights - case["weights"]).max() < 0.1
        for stored in TYPES:
            write(model / "model.safetensors", tensors.items(), stored)
            told.append((f"{kind} {stored}", wrong(model, same, 0)))
        for stored, shards in (("BF16", 7), ("F32", 2), ("F16", 1)):
            split(model, tensors, shards, stored)
            told.append((f"{kind} {stored} in {shards}", wrong(model, same, 0)))
    assert not failing(told)


KINDS_TOLD = {
    "bert": ({"architectures": ["BertForMaskedLM"]}, {"architectures": ["TFBertModel"]}, {}),
    "roberta": (
        {"architectures": ["XLMRobertaModel"]},
        {"architectures": ["Other", "RobertaModel"]},
    ),
    "distilbert": ({"architectures": ["DistilBertForSequenceClassification"]}, {}),
}


def test_a_model_that_does_not_say_its_kind(tmp_path):
    """The names of its classes tell, or those of its tensors."""
    told = []
    for kind, ways in KINDS_TOLD.items():
        for said in ways:
            said = {"model_type": "—", "architectures": "—"} | said
            model = tiny.configured(tmp_path, kind, **said)
            told.append((f"{kind} {said}", wrong(model, next(tiny.expected(kind)))))
            shutil.rmtree(model)
    for kind, prefix in (("roberta", "roberta."), ("roberta", ""), ("bert", "bert."), ("bert", "")):
        model = tiny.configured(tmp_path, kind, model_type="—", architectures="—")
        named = {prefix + name: values for name, values in tensors_of(kind).items()}
        write(model / "model.safetensors", named.items())
        told.append((f"{kind} by {prefix!r}", wrong(model, next(tiny.expected(kind)))))
        shutil.rmtree(model)
    assert not failing(told)


def test_settings_that_say_the_same(tmp_path):
    said = {
        "bert": (
            {"position_embedding_type": None, "is_decoder": None, "add_cross_attention": None},
            {"position_embedding_type": "absolute", "pruned_heads": None},
            {"pruned_heads": {}},
            {"pruned_heads": {"0": []}},
            {"hidden_act": {"type": "gelu"}},
            {"hidden_act": {"class_name": "gelu", "config": {}}},
            {"hidden_act": "gelu_python"},
            {"hidden_act": "—"},
        ),
        "distilbert": (
            {"dim": None, "hidden_size": 15},
            {"hidden_size": 15},
            {"n_heads": "—", "num_attention_heads": 3, "n_layers": "—", "num_hidden_layers": 2},
            {"hidden_dim": "—", "intermediate_size": 11},
            {"sinusoidal_pos_embds": True},
            {"layer_norm_eps": 0.1},  # a kind that never asks for it
        ),
    }
    told = []
    for kind, settings in said.items():
        for each in settings:
            model = tiny.configured(tmp_path, kind, **each)
            told.append((f"{kind} {each}", wrong(model, next(tiny.expected(kind)))))
            shutil.rmtree(model)
    assert not failing(told)


def test_activations_are_those_of_transformers(tmp_path):
    golden = np.load(tiny.HOME / "activations.npz")
    x = golden["x"]
    assert set(ACTIVATIONS) == set(golden.files) - {"x"}
    told = []
    for name, activate in ACTIVATIONS.items():
        before = x.copy()
        apart = np.abs(activate(x) - golden[name]).max() / max(1, np.abs(golden[name]).max())
        told.append((name, f"apart by {apart}" if apart > 1e-6 else ""))
        assert activate(x).dtype == np.float32 and (x == before).all()
    assert not failing(told)
    # And a model takes the one that it names, as "relu" and "gelu" by default.
    plain, text = load(tiny.HOME / "bert"), "ab ba"
    relu = load(tiny.configured(tmp_path, hidden_act={"name": "relu"}))
    assert np.abs(relu.encode(text).hidden - plain.encode(text).hidden).max() > 0.01


def test_lists_of_tokens_are_cut_as_transformers_cuts_them(tmp_path):
    """In `word_lists.json` are the files and what transformers makes of a text."""
    told = []
    for case in json.loads((GOLDEN / "word_lists.json").read_text()):
        model = tiny.copied(tmp_path, case["kind"])
        (model / "tokenizer.json").unlink()
        for name, content in case["files"].items():
            (model / name).write_text(content)
        try:
            tokens = list(load(model).split(case["text"]).tokens)
        except ValueError as error:
            tokens = error
        told.append((case["name"], "" if tokens == case["tokens"] else f"{tokens}"))
        shutil.rmtree(model)
    assert len(told) >= 13
    assert not failing(told)


def test_a_list_of_tokens_of_another_machine(tmp_path):
    """With Windows' line ends, and without the last one."""
    model = tiny.copied(tmp_path)
    tokens = list(json.loads((model / "tokenizer.json").read_text())["model"]["vocab"])
    (model / "tokenizer.json").unlink()
    case = next(tiny.expected("bert"))
    for written in ("\r\n".join(tokens), "\n".join(tokens), "\n".join([*tokens, ""])):
        (model / "vocab.txt").write_bytes(written.encode())
        assert not wrong(model, case)
    for general in ("PreTrainedTokenizerFast", "TokenizersBackend", "BertTokenizerFast"):
        (model / "tokenizer_config.json").write_text(json.dumps({"tokenizer_class": general}))
        assert not wrong(model, case)


def test_more_places_than_the_lab_has_tokens(tmp_path):
    """XLM-RoBERTa with 8,194, of which 8,192 are words'; only those are read that can be used."""
    tensors = tensors_of("roberta")
    table = "embeddings.position_embeddings.weight"
    rng = np.random.default_rng(5)
    more = rng.normal(size=(8194 - 19, 15)).astype(np.float32)
    tensors[table] = np.concatenate([tensors[table], more])
    tensors[table][700:] = np.nan
    model = tiny.configured(
        tmp_path, "roberta", model_type="xlm-roberta", max_position_embeddings=8194
    )
    write(model / "model.safetensors", tensors.items())
    encoder = load(model)
    assert not failing((case["text"], wrong(model, case)) for case in tiny.expected("roberta"))
    assert encoder.max_tokens == 512
    assert encoder.encode(" ".join("a" * 510)).n == 512
    with pytest.raises(ValueError, match="lab has room for up to 512 tokens; this text has 513,"):
        encoder.encode(" ".join("a" * 511))


def test_places_of_a_typed_padding_by_hand():
    from attn_core.pretrained.bert.config import read_config

    config = read_config(tiny.HOME / "roberta" / "config.json", [])
    assert config.places([0, 5, 1, 6, 1, 1, 7, 2]).tolist() == [2, 3, 1, 4, 1, 1, 5, 6]
    assert config.places([1, 1]).tolist() == [1, 1]
    bert = read_config(tiny.HOME / "bert" / "config.json", [])
    assert bert.places([0, 5, 0, 1]).tolist() == [0, 1, 2, 3]


def test_many_layers_and_heads_leave_room_for_fewer_tokens(tmp_path, monkeypatch):
    """Weights of all heads never take more than those of 12 × 12 heads for 512 tokens."""
    for layers, heads in ((1, 1), (6, 12), (12, 12), (24, 16), (96, 128), (1, 128), (48, 12)):
        n = limits.most_tokens(layers, heads)
        assert layers * heads * n**2 <= limits.MAX_WEIGHTS
        assert n == 512 or max(layers, 6) * heads * (n + 1) ** 2 > limits.MAX_WEIGHTS
    assert limits.most_tokens(96, 128) == 55 and limits.most_tokens(12, 12) == 512
    monkeypatch.setattr(limits, "MAX_WEIGHTS", 6 * tiny.HEADS * 11**2)
    encoder = load(tiny.HOME / "bert")
    assert encoder.max_tokens == 11 and encoder.encode("a " * 9).n == 11
    with pytest.raises(ValueError, match=r"room for up to 11 tokens.* 12,.* 2 layers of 3 heads"):
        encoder.split("a " * 10)


def test_a_token_without_a_row_is_refused_by_name_where_a_text_has_it(tmp_path):
    model = tiny.copied(tmp_path)
    path = model / "tokenizer.json"
    said = json.loads(path.read_text())
    said["model"]["vocab"]["zebra"] = 23
    path.write_text(json.dumps(said))
    encoder = load(model)
    assert not failing((case["text"], wrong(model, case)) for case in tiny.expected("bert"))
    for read in (encoder.encode, encoder.split, lambda text: encoder.word_vectors([text])):
        with pytest.raises(ValueError, match=r"'zebra' 23, and .* has 23 rows") as told:
            read("zebra")
        assert not isinstance(told.value, ModelError)


TEXTS = {
    "nothing": "",
    "spaces": " \n\t",
    "no characters": "\u200b\u200e",
    "a lone surrogate": "a \ud83d",
    "too many tokens": "a " * 30,
    "one long word": "a" * 9000,
    "other scripts": "👩‍👩‍👧 東京 مرحبا",
    "a null": "a\0b",
    "a number": 7,
    "none": None,
}


def test_no_text_blames_the_file():
    """Each kind reads it or refuses it; the message is about the text."""
    told = []
    for kind, (what, text) in chain.from_iterable(
        ((kind, item) for item in TEXTS.items()) for kind in tiny.KINDS
    ):
        try:
            load(tiny.HOME / kind).encode(text)
        except ValueError as error:
            said = str(error)
            blames = [word for word in ("damaged", "etch", "file", str(tiny.HOME)) if word in said]
            is_of_model = ["ModelError"] * isinstance(error, ModelError)
            told.append((f"{kind} {what}", ", ".join(blames + is_of_model)))
    assert len(told) > 15
    assert not failing(told)


def test_a_special_token_that_the_list_does_not_have(tmp_path):
    """What is put around a text has a number, and a name only there."""
    path = tiny.copied(tmp_path) / "tokenizer.json"
    said = json.loads(path.read_text())
    said["model"]["vocab"] = {k: i for k, i in said["model"]["vocab"].items() if i != 22}
    said["post_processor"]["special_tokens"]["[SEP]"]["ids"] = [22]
    path.write_text(json.dumps(said))
    encoded = load(path.parent).encode("a b")
    assert encoded.tokens == ("[CLS]", "a", "b", "[SEP]") and encoded.pieces.ids[-1] == 22


def test_no_memory_left_is_said(monkeypatch):
    from attn_core.pretrained import encoder as pretrained

    def full(*_):
        raise MemoryError

    encoder = load(tiny.HOME / "bert")
    monkeypatch.setattr(pretrained, "forward", full)
    with pytest.raises(ValueError, match=r"no memory left to read 4 tokens. A shorter text"):
        encoder.encode("a b")
