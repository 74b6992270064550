"""The tiny models of `tests/golden/tiny`, and copies of them with something changed."""

import json
import shutil
from pathlib import Path

import numpy as np

HOME = Path(__file__).parents[1] / "golden" / "tiny"
KINDS = ("bert", "roberta", "distilbert")
LAYERS, HEADS, D_MODEL, D_FF, PLACES = 2, 3, 15, 11, 17


def expected(kind):
    """Texts with tokens, weights and hidden state by transformers."""
    arrays = np.load(HOME / kind / "expected.npz")
    for i, case in enumerate(json.loads((HOME / kind / "expected.json").read_text())):
        yield case | {name: arrays[f"{name}_{i}"] for name in ("weights", "hidden")}


def copied(folder, kind="bert"):
    """The files of a model, in a folder of the test's own."""
    return shutil.copytree(HOME / kind, folder / kind)


def configured(folder, kind="bert", **said):
    """A copy whose config.json says something else; "—": says nothing."""
    model = copied(folder, kind)
    path = model / "config.json"
    config = json.loads(path.read_text()) | said
    path.write_text(json.dumps({name: value for name, value in config.items() if value != "—"}))
    return model


def rewritten(folder, change, kind="bert"):
    """A copy whose tensors `change` has had in its hands, a dict by name."""
    from safetensors.numpy import load_file, save_file

    model = copied(folder, kind)
    tensors = load_file(model / "model.safetensors")
    save_file(change(tensors) or tensors, model / "model.safetensors")
    return model


def in_bytes(folder):
    """A copy of the RoBERTa whose tokenizer spells é and 😀 whole, and 😁 in two parts."""
    model = copied(folder, "roberta")
    path = model / "tokenizer.json"
    said = json.loads(path.read_text())
    merges = [["Ã", "©"], ["ð", "Ł"], ["ðŁ", "ĺ"], ["ðŁĺ", "Ģ"]]
    tokens = [*"abĠÃ©ðŁĺĢģ", *("".join(pair) for pair in merges)]
    marks = {token["content"]: token["id"] for token in said["added_tokens"]}
    free = sorted(set(range(len(tokens) + len(marks))) - set(marks.values()))
    vocabulary = marks | dict(zip(tokens, free, strict=False))
    said["model"] |= {"vocab": vocabulary, "merges": merges}
    path.write_text(json.dumps(said))
    return model
