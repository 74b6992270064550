"""Decoders as people have them: other names, types, files and settings; and what is refused."""

import json

import numpy as np
import pytest

from attn_core.pretrained import ModelError, load
from attn_core.pretrained.decoder.generate import Continuation
from attn_core.pretrained.files.shards import INDEX
from tests.pretrained import decoders, tiny
from tests.pretrained.decoders import configured, copied, rewritten
from tests.pretrained.test_model_files import as_stored, failing, write

pytestmark = pytest.mark.usefixtures("model_packages")
VARIANTS = tiny.HOME.parent / "decoder_variants"


def test_variants_agree_with_transformers(tmp_path):
    """Scores by layer, RoPE in all spellings, biases, windows that don't bite, defaults."""
    arrays, told = np.load(VARIANTS / "variants.npz"), []
    for name, case in json.loads((VARIANTS / "variants.json").read_text()).items():
        more = {key.split(" + ")[1]: arrays[key] for key in arrays if key.startswith(f"{name} + ")}
        model = rewritten(tmp_path / name, case["kind"], lambda own, more=more: own | more)
        decoders.say(model, **case["said"])
        encoded = load(model).encode(case["text"])
        heads = np.stack([[h.weights for h in encoded.heads(i)] for i in range(2)])
        gaps = [np.abs(heads - arrays[f"{name} weights"]).max()]
        gaps += [
            np.abs(getattr(encoded, part) - arrays[f"{name} {part}"]).max()
            for part in decoders.PARTS
        ]
        told.append((name, f"apart by {max(gaps)}" if max(gaps) > 2e-5 else ""))
    assert len(told) >= 15
    assert not failing(told)


def renamed(prefix, kind):
    body = "transformer." if kind == "gpt2" else "model."
    return lambda tensors: {
        prefix + (name.removeprefix(body) if prefix == "" else name): array
        for name, array in tensors.items()
    }


@pytest.mark.parametrize("prefix", ["", "model.", "module.", "_orig_mod.", "base.model."])
@pytest.mark.parametrize("kind", ["gpt2", "llama-gqa"])
def test_names_with_and_without_prefixes(tmp_path, prefix, kind):
    """The head's name begins where the model's does, or before; "" is a model saved alone."""
    assert decoders.gap(load(rewritten(tmp_path, kind, renamed(prefix, kind))), kind) < 1e-5


def test_files_of_the_first_gpt2_hold_masks_as_well(tmp_path):
    masks = {
        **{f"h.{i}.attn.bias": np.ones((1, 1, 23, 23), np.float32) for i in range(2)},
        **{f"h.{i}.attn.masked_bias": np.float32([-1e4]) for i in range(2)},
    }
    model = rewritten(tmp_path, "gpt2", lambda own: renamed("", "gpt2")(own) | masks)
    assert decoders.gap(load(model), "gpt2") < 1e-5


def test_several_files_with_an_index(tmp_path):
    from safetensors.numpy import load_file, save_file

    model = copied(tmp_path, "qwen3-qk-norm")
    tensors = load_file(model / "model.safetensors")
    (model / "model.safetensors").unlink()
    parts = [f"model-{i}-of-3.safetensors" for i in (1, 2, 3)]
    where = {name: parts[i % 3] for i, name in enumerate(sorted(tensors))}
    for part in parts:
        save_file({n: tensors[n] for n, file in where.items() if file == part}, model / part)
    (model / INDEX).write_text(json.dumps({"weight_map": where}))
    assert decoders.gap(load(model), "qwen3-qk-norm") < 1e-5


@pytest.mark.parametrize("kind", ["BF16", "F16", "F64"])
def test_types_of_numbers(tmp_path, kind):
    """The numbers that the file has after rounding are those that are computed with."""
    from safetensors.numpy import load_file

    path = decoders.HOME / "llama-tied-two-kv" / "model.safetensors"
    tensors = load_file(path)
    stored = {name: as_stored(array, kind) for name, array in tensors.items()}
    model = copied(tmp_path, "llama-tied-two-kv")
    write(model / "model.safetensors", tensors.items(), kind)
    plain = copied(tmp_path / "plain", "llama-tied-two-kv")
    widened = {
        name: (array.astype(np.uint32) << 16).view(np.float32)
        if kind == "BF16"
        else array.astype(np.float32)
        for name, array in stored.items()
    }
    write(plain / "model.safetensors", widened.items())
    encoded, expected = (load(each).encode("cab a") for each in (model, plain))
    np.testing.assert_array_equal(encoded.logits, expected.logits)
    np.testing.assert_array_equal(encoded.weights, expected.weights)


def test_a_tied_head_may_stand_in_the_file(tmp_path):
    def with_head(tensors):
        return tensors | {"lm_head.weight": tensors["transformer.wte.weight"]}

    def head_alone(tensors):
        tensors = with_head(tensors)
        del tensors["transformer.wte.weight"]
        return tensors

    for i, change in enumerate((with_head, head_alone)):
        assert decoders.gap(load(rewritten(tmp_path / str(i), "gpt2", change)), "gpt2") < 1e-5


def test_a_head_that_differs_from_the_table_is_not_tied(tmp_path):
    """As transformers has it, whatever config.json says."""
    model = configured(tmp_path, "llama-gqa", tie_word_embeddings=True)
    assert decoders.gap(load(model), "llama-gqa") < 1e-5


def test_kinds_without_a_model_type(tmp_path):
    for i, (kind, said) in enumerate(
        [
            ("gpt2", {"architectures": ["GPT2LMHeadModel"]}),
            ("gpt2", {"architectures": "—"}),
            ("llama-gqa", {"architectures": ["LlamaForCausalLM"]}),
            ("qwen3-qk-norm", {"architectures": ["Qwen3ForCausalLM"]}),
        ]
    ):
        model = configured(tmp_path / str(i), kind, model_type="—", **said)
        assert decoders.gap(load(model), kind) < 1e-5


def test_null_is_nothing(tmp_path):
    for kind, names in (
        ("gpt2", ("tie_word_embeddings", "scale_attn_weights", "add_cross_attention")),
        ("llama-gqa", ("attention_bias", "mlp_bias", "tie_word_embeddings", "rope_scaling")),
        ("qwen2-biases", ("use_sliding_window", "sliding_window", "quantization_config")),
    ):
        said = dict.fromkeys(names)
        if kind == "qwen2-biases":
            said |= {"use_sliding_window": True, "layer_types": None}  # and no width: no window
        assert decoders.gap(load(configured(tmp_path, kind, **said)), kind) < 1e-5


def test_sizes_that_are_left_out(tmp_path):
    """As many heads of keys and values as of queries, each with its share; 4 d_model in MLPs."""
    said = {"num_key_value_heads": None, "num_attention_heads": 5, "head_dim": None}
    with pytest.raises(ModelError, match=r"k_proj.weight is \(20, 20\), the file has \(4, 20\)"):
        load(configured(tmp_path / "a", "llama-gqa", **said))
    with pytest.raises(ModelError, match=r"c_fc.weight is \(15, 60\), the file has \(15, 22\)"):
        load(configured(tmp_path / "b", "gpt2", n_inner=None))
    with pytest.raises(ModelError, match=r"q_proj.weight is \(512, 20\), the file has \(32, 20\)"):
        load(configured(tmp_path / "c", "qwen3-qk-norm", head_dim="—"))  # 4 heads of 128


REFUSED = [
    ("llama-gqa", {"model_type": "gpt_neox"}, "got 'gpt_neox'"),
    ("llama-gqa", {"model_type": "gemma2"}, "gemma2', a decoder"),
    ("llama-gqa", {"model_type": "mistral"}, "got 'mistral', a decoder"),
    ("llama-gqa", {"model_type": "mixtral"}, "got 'mixtral', a decoder"),
    ("qwen3-qk-norm", {"model_type": "qwen3_moe"}, "got 'qwen3_moe', a decoder"),
    ("qwen3-qk-norm", {"model_type": "—", "architectures": ["Qwen3MoeForCausalLM"]}, "Qwen3Moe"),
    ("llama-gqa", {"model_type": "—", "architectures": "—"}, "write into it which model it is"),
    ("llama-gqa", {"quantization_config": {"quant_method": "gptq"}}, "quantized: .*got 'gptq'"),
    ("llama-gqa", {"quantization": {"bits": 4}}, "the model's numbers are quantized"),
    ("gpt2", {"add_cross_attention": True}, "the model has cross-attention"),
    ("gpt2", {"pruned_heads": {"0": [1]}}, "heads of the model were pruned"),
    ("gpt2", {"activation_function": "xielu"}, "expected activation_function to be one of gelu"),
    ("gpt2", {"n_head": 4}, "the 15 numbers of a token equally: expected a divisor"),
    ("gpt2", {"tie_word_embeddings": "yes"}, "tie_word_embeddings must be true or false, got 'ye"),
    ("gpt2", {"tie_word_embeddings": False}, "the file has no lm_head.weight"),
    ("gpt2", {"n_layer": 3}, r"no tensor transformer\.h\.2\.ln_1\.weight"),
    ("gpt2", {"n_positions": 24}, r"wpe\.weight is \(24, 15\), the file has \(23, 15\)"),
    ("llama-gqa", {"num_key_value_heads": 2}, "the 5 heads must share the heads of keys"),
    ("llama-gqa", {"num_key_value_heads": "1"}, "num_key_value_heads must be a whole number"),
    ("llama-gqa", {"head_dim": 5}, "expected an even head_dim, got 5"),
    ("llama-gqa", {"head_dim": None, "num_attention_heads": 3}, "expected a divisor of it, got 3"),
    ("llama-gqa", {"attention_bias": 1}, "attention_bias must be true or false, got 1"),
    ("llama-gqa", {"attention_bias": True}, r"no tensor model\.layers\.0\.self_attn\.q_proj\.bias"),
    ("llama-gqa", {"rms_norm_eps": "small"}, "rms_norm_eps must be from 0 to 1, got 'small'"),
    ("llama-gqa", {"rope_parameters": {"rope_type": "yarn"}}, "RoPE is stretched by 'yarn'"),
    ("llama-gqa", {"rope_scaling": {"type": "linear", "factor": 2}}, "stretched by 'linear'"),
    ("llama-gqa", {"rope_scaling": {"type": "dynamic"}}, "stretched by 'dynamic'"),
    ("llama-gqa", {"rope_parameters": [1]}, r"rope_parameters must be an object, got \[1\]"),
    ("llama-gqa", {"rope_parameters": {"full_attention": {}}}, "parameters of its own for"),
    ("llama-gqa", {"rope_parameters": {"rope_theta": 0}}, "rope_theta must be a number above 0"),
    (
        "llama-gqa",
        {"rope_scaling": {"rope_type": "llama3"}},
        "factor must be a number above 0",
    ),
    ("llama-gqa", {"partial_rotary_factor": 0.5}, "rotates only a part of the columns"),
    (
        "llama-gqa",
        {
            "rope_scaling": {
                **{"rope_type": "llama3", "factor": 8, "low_freq_factor": 4},
                "high_freq_factor": 4,
            }
        },
        "low_freq_factor must be below high_freq_factor, got 4 and 4",
    ),
    (
        "qwen2-biases",
        {"use_sliding_window": True, "sliding_window": 22, "max_window_layers": 1}
        | {"layer_types": None},
        "a sliding window: its tokens attend to the last 22 alone, and texts of up to 23 are read",
    ),
    (
        "qwen3-qk-norm",
        {"use_sliding_window": True, "sliding_window": 3, "layer_types": ["sliding_attention"] * 2},
        "the last 3 alone",
    ),
    ("qwen3-qk-norm", {"layer_types": ["full_attention", "linear_attention"]}, "'linear_attention"),
    ("qwen3-qk-norm", {"layer_types": 2}, "layer_types must be a list of names, got 2"),
    (
        "qwen2-biases",
        {"use_sliding_window": True, "sliding_window": 3, "layer_types": None}
        | {"max_window_layers": "1"},
        "max_window_layers must be a number, got '1'",
    ),
]


@pytest.mark.parametrize(("kind", "said", "message"), REFUSED, ids=[m[:30] for *_, m in REFUSED])
def test_what_the_lab_does_not_compute_is_refused_by_name(tmp_path, kind, said, message):
    with pytest.raises(ModelError, match=message):
        load(configured(tmp_path, kind, **said))


def test_a_file_without_its_table_or_head(tmp_path):
    def without(name):
        return lambda tensors: {key: v for key, v in tensors.items() if not key.endswith(name)}

    for i, name in enumerate(("lm_head.weight", "embed_tokens.weight")):
        with pytest.raises(ModelError, match=f"has no (tensor )?{name}"):
            load(rewritten(tmp_path / str(i), "llama-gqa", without(name)))


def test_a_head_for_another_vocabulary(tmp_path):
    def cut(tensors):
        return tensors | {"lm_head.weight": tensors["lm_head.weight"][:-1]}

    with pytest.raises(ModelError, match=r"lm_head.weight is \(17, 20\), the file has \(16, 20\)"):
        load(rewritten(tmp_path, "llama-gqa", cut))


def test_a_vocabulary_larger_than_the_tokenizers(tmp_path):
    """Tables are padded to a round number of rows."""

    def padded(tensors):
        table = tensors["transformer.wte.weight"]
        return tensors | {"transformer.wte.weight": np.pad(table, ((0, 14), (0, 0)))}

    model = load(rewritten(tmp_path, "gpt2", padded))
    case = next(decoders.expected("gpt2"))
    logits = model.encode(case["text"]).logits
    assert model.vocabulary == 31 and logits.shape == (4, 31)
    np.testing.assert_allclose(logits[:, :17], case["logits"], rtol=0, atol=1e-5)
    assert (logits[:, 17:] == 0).all()


def tokenizer(model, **said):
    path = model / "tokenizer.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | said))
    return load(model)


def test_a_tokenizer_may_begin_each_text_with_a_token(tmp_path):
    begin = {"SpecialToken": {"id": "<|endoftext|>", "type_id": 0}}
    text = {"Sequence": {"id": "A", "type_id": 0}}
    template = {
        **{"type": "TemplateProcessing", "single": [begin, text], "pair": [begin, text]},
        "special_tokens": {
            "<|endoftext|>": {"id": "<|endoftext|>", "ids": [0], "tokens": ["<|endoftext|>"]}
        },
    }
    model = tokenizer(copied(tmp_path, "llama-gqa"), post_processor=template)
    encoded = model.encode("ab a")
    assert encoded.tokens == ("<|endoftext|>", "ab", "Ġa")
    assert encoded.pieces.special == (True, False, False)
    with pytest.raises(ValueError, match="at least one word"):
        model.encode("")
    going = Continuation(model, "ab")
    assert going.ids == [0, 15]
    going.add(9)
    assert going.text == "ab a"
    plain = load(decoders.HOME / "llama-gqa").encode("<|endoftext|>ab a")
    np.testing.assert_allclose(encoded.logits, plain.logits, rtol=0, atol=1e-6)


def test_a_tokenizer_may_put_a_space_before_each_text(tmp_path):
    spaced = {
        **{"type": "ByteLevel", "add_prefix_space": True, "trim_offsets": True, "use_regex": True}
    }
    model = tokenizer(copied(tmp_path, "gpt2"), pre_tokenizer=spaced)
    assert model.encode("a ab").tokens == ("Ġa", "Ġa", "b")


def test_tokenizers_made_of_lists(tmp_path):
    """vocab.json and merges.txt alone, as the first GPT-2 had them."""
    for kind in ("gpt2", "qwen2-biases"):
        model = copied(tmp_path, kind)
        path = model / "tokenizer.json"
        said = json.loads(path.read_text())["model"]
        path.unlink()
        (model / "vocab.json").write_text(json.dumps(said["vocab"]))
        lines = ["#version: 0.2", *(" ".join(pair) for pair in said["merges"])]
        (model / "merges.txt").write_text("\n".join(lines) + "\n")
        assert decoders.gap(load(model), kind) < 1e-5
        assert load(model).encode("<|endoftext|>a").tokens == ("<|endoftext|>", "a")
    (model / "tokenizer_config.json").write_text('{"tokenizer_class": "GPT2Tokenizer"}')
    assert load(model).encode("ab ba").tokens == ("ab", "Ġba")
    (tmp_path / "gpt2" / "tokenizer_config.json").write_text('{"add_bos_token": true}')
    assert load(tmp_path / "gpt2").encode("ab").tokens == ("<|endoftext|>", "ab")
