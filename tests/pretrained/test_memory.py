"""What memory a model takes, against the peak of a process that loads it and reads a text."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from attn_core.pretrained import DEFAULT, PACKAGE, ModelError, load
from attn_core.pretrained.memory import needed
from benchmarks.process import most_memory
from tests.pretrained import decoders, tiny

pytestmark = pytest.mark.usefixtures("model_packages")
on_linux = pytest.mark.skipif(most_memory(1) is None, reason="only Linux tells what memory it took")

#: Loads a model and reads its longest text; prints what that took at most.
MEASURE = """
import os, sys
import numpy as np
import safetensors, tokenizers
from attn_core.pretrained import Decoder, load
from attn_core.pretrained.decoder.generate import Continuation
from benchmarks.process import most_memory

one = np.ones((512, 512), np.float32)
one @ one
before = most_memory(os.getpid())
model = load(sys.argv[1])
encoded = model.encode(sys.argv[2] * (model.max_tokens - int(sys.argv[3])))
assert encoded.n == model.max_tokens, encoded.n
if isinstance(model, Decoder):
    encoded.next_logits
    Continuation(model, encoded.text).logits
print(most_memory(os.getpid()) - before)
"""
GPT2 = {"model_type": "gpt2", "n_layer": 2, "n_embd": 512, "n_head": 16, "n_positions": 512}
LLAMA = {
    **{"model_type": "llama", "hidden_size": 384, "intermediate_size": 1024},
    **{"num_hidden_layers": 7, "num_attention_heads": 6, "num_key_value_heads": 3},
    **{"max_position_embeddings": 2048, "tie_word_embeddings": True},
}
BERT = {
    **{"model_type": "bert", "hidden_size": 384, "intermediate_size": 1536, "hidden_act": "gelu"},
    **{"num_hidden_layers": 8, "num_attention_heads": 6, "max_position_embeddings": 512},
}


def gpt2():
    d = GPT2["n_embd"]
    shapes = {"wte.weight": (30_011, d), "wpe.weight": (512, d)}
    linears = {"attn.c_attn": (d, 3 * d), "attn.c_proj": (d, d), "mlp.c_fc": (d, 4 * d)}
    for i in range(GPT2["n_layer"]):
        for name, shape in {**linears, "mlp.c_proj": (4 * d, d)}.items():
            shapes |= {f"h.{i}.{name}.weight": shape, f"h.{i}.{name}.bias": shape[1:]}
        shapes |= _norms(f"h.{i}.ln_1", f"h.{i}.ln_2", d=d)
    return shapes | _norms("ln_f", d=d)


def llama():
    d, d_ff = LLAMA["hidden_size"], LLAMA["intermediate_size"]
    shapes = {"model.embed_tokens.weight": (20_011, d), "model.norm.weight": (d,)}
    parts = {"self_attn.q_proj": (d, d), "self_attn.o_proj": (d, d), "mlp.down_proj": (d, d_ff)}
    parts |= dict.fromkeys(("self_attn.k_proj", "self_attn.v_proj"), (d // 2, d))
    parts |= dict.fromkeys(("mlp.gate_proj", "mlp.up_proj"), (d_ff, d))
    for i in range(LLAMA["num_hidden_layers"]):
        before = f"model.layers.{i}."
        shapes |= {f"{before}{name}.weight": shape for name, shape in parts.items()}
        norms = ("input_layernorm", "post_attention_layernorm")
        shapes |= {f"{before}{name}.weight": (d,) for name in norms}
    return shapes


def bert():
    d, d_ff = BERT["hidden_size"], BERT["intermediate_size"]
    tables = {"word": 30_011, "position": 512, "token_type": 2}
    shapes = {f"embeddings.{name}_embeddings.weight": (n, d) for name, n in tables.items()}
    shapes |= _norms("embeddings.LayerNorm", d=d)
    own = [f"attention.self.{name}" for name in ("query", "key", "value")]
    parts = dict.fromkeys((*own, "attention.output.dense"), (d, d))
    parts |= {"intermediate.dense": (d_ff, d), "output.dense": (d, d_ff)}
    for i in range(BERT["num_hidden_layers"]):
        before = f"encoder.layer.{i}."
        for name, shape in parts.items():
            shapes |= {f"{before}{name}.weight": shape, f"{before}{name}.bias": shape[:1]}
        shapes |= _norms(f"{before}attention.output.LayerNorm", f"{before}output.LayerNorm", d=d)
    return shapes


def _norms(*names, d):
    return {f"{name}.{what}": (d,) for name in names for what in ("weight", "bias")}


def made(folder, config, shapes, kind="F32"):
    """A random model; its texts are of the letter a."""
    from safetensors.numpy import save_file
    from tokenizers import Tokenizer, models

    rng = np.random.default_rng(7)
    tensors = {n: rng.normal(scale=0.05, size=s).astype(np.float32) for n, s in shapes.items()}
    if kind == "F16":
        tensors = {name: values.astype(np.float16) for name, values in tensors.items()}
    save_file(tensors, folder / "model.safetensors")
    (folder / "config.json").write_text(json.dumps(config))
    Tokenizer(models.BPE({"a": 0}, [])).save(str(folder / "tokenizer.json"))
    return folder


def measured(name, word="a", around=0):
    ran = subprocess.run(
        [sys.executable, "-c", MEASURE, str(name), word, str(around)],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=False,
    )
    assert not ran.returncode, ran.stderr
    return 1_024_000 * float(ran.stdout)  # its MB are thousands of KiB


MODELS = {
    "gpt2": (GPT2, gpt2, "F32"),
    "llama": (LLAMA, llama, "F32"),
    "llama-f16": (LLAMA, llama, "F16"),
    "bert": (BERT, bert, "F32"),
}


@on_linux
@pytest.mark.parametrize("kind", MODELS)
def test_it_is_what_a_process_takes_and_not_less(kind, tmp_path):
    config, shapes, number = MODELS[kind]
    folder = made(tmp_path, config, shapes(), number)
    taken = measured(folder)
    assert taken > 80e6  # so that a fifth of it is more than what varies by itself
    assert taken <= needed(folder) <= 1.2 * taken


@on_linux
@pytest.mark.usefixtures("encoder")
def test_the_default_takes_so_much():
    taken = measured(PACKAGE, "a ", around=2)
    assert taken <= needed(DEFAULT) <= 1.2 * taken


@pytest.mark.parametrize("kind", ["bert", "distilbert"])
def test_the_head_of_a_masked_language_model_counts(kind, tmp_path):
    from safetensors.numpy import load_file, save_file

    home = tiny.HOME / kind
    head = load(home).masked
    count = head.W.size + head.b.size + head.bias.size + 2 * len(head.b)  # and its norm
    shutil.copytree(home, tmp_path, dirs_exist_ok=True)
    tensors = load_file(home / "model.safetensors")
    without = {name: v for name, v in tensors.items() if not name.startswith(("cls.", "vocab_"))}
    save_file(without, tmp_path / "model.safetensors")
    assert load(tmp_path).masked is None
    assert needed(home) - needed(tmp_path) == 4 * count


def test_no_numbers_are_read(monkeypatch):
    def read(*_):
        raise AssertionError("a tensor was read")

    monkeypatch.setattr("attn_core.pretrained.files.tensor_file.TensorFile.read", read)
    for folder in (tiny.HOME / "roberta", decoders.HOME / "gpt2", decoders.HOME / "llama-gqa"):
        assert needed(folder) > 6e6
        with pytest.raises(AssertionError, match="was read"):
            load(folder)


def test_a_model_that_isn_t_covered_is_refused_first(tmp_path):
    folder = decoders.configured(tmp_path, "llama-gqa", quantization_config={"quant_method": "awq"})
    with pytest.raises(ModelError, match="quantized"):
        needed(folder)
