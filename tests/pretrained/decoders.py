"""The tiny decoders of `tests/golden/decoders`, and copies of them with something changed."""

import json
import shutil
from pathlib import Path

import numpy as np

HOME = Path(__file__).parents[1] / "golden" / "decoders"
KINDS = ("gpt2", "llama-gqa", "llama-tied-two-kv", "qwen2-biases", "qwen3-qk-norm")
PARTS = ("weights", "hidden", "logits")


def expected(kind):
    """Texts with tokens, weights, hidden state and logits by transformers."""
    arrays = np.load(HOME / kind / "expected.npz")
    for i, case in enumerate(json.loads((HOME / kind / "expected.json").read_text())):
        yield case | {name: arrays[f"{name}_{i}"] for name in PARTS}


def copied(folder, kind):
    """The files of a model, in a folder of the test's own."""
    return shutil.copytree(HOME / kind, folder / kind)


def configured(folder, kind, **said):
    """A copy whose config.json says something else."""
    return say(copied(folder, kind), **said)


def say(model, **said):
    """Have a copy's config.json say something else; "—": say nothing."""
    path = model / "config.json"
    config = json.loads(path.read_text()) | said
    path.write_text(json.dumps({name: value for name, value in config.items() if value != "—"}))
    return model


def rewritten(folder, kind, change_them):
    """A copy whose tensors `change_them` has had in its hands, a dict by name."""
    return change(copied(folder, kind), change_them)


def change(model, change_them):
    """Change the tensors of a copy."""
    from safetensors.numpy import load_file, save_file

    tensors = load_file(model / "model.safetensors")
    save_file(change_them(tensors), model / "model.safetensors")
    return model


def gap(model, kind):
    """How far a model is from transformers, in the numbers of all texts."""
    gaps = []
    for case in expected(kind):
        encoded = model.encode(case["text"])
        assert list(encoded.tokens) == case["tokens"]
        gaps += [np.abs(getattr(encoded, part) - case[part]).max() for part in PARTS]
    assert gaps
    return max(gaps)
