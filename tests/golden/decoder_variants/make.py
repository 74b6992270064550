"""Make what transformers computes with the decoders beside this folder, otherwise configured.

    python tests/golden/decoder_variants/make.py

needs torch and transformers, which no test does. `variants.json` names the decoder, what its
config.json says instead ("—": nothing) and the text; `variants.npz` has the numbers, from
eager attention in float32, and the biases that a variant has besides.
"""

import json
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

HERE = Path(__file__).parent
TEXT = "cab bad, dab a ccc"
LLAMA3 = {
    **{"rope_type": "llama3", "factor": 8.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0},
    "original_max_position_embeddings": 13,
}
#: Name: decoder, what config.json says, whether it has biases that the decoder lacks.
VARIANTS = {
    "inverse": ("gpt2", {"scale_attn_by_inverse_layer_idx": True}, False),
    "unscaled": ("gpt2", {"scale_attn_weights": False}, False),
    "relu": ("gpt2", {"activation_function": "relu"}, False),
    "gpt2-defaults": (
        "gpt2",
        dict.fromkeys(
            (
                *("activation_function", "layer_norm_epsilon", "scale_attn_weights"),
                *("tie_word_embeddings", "scale_attn_by_inverse_layer_idx"),
            ),
            "—",
        ),
        False,
    ),
    "theta": (
        "llama-gqa",
        {"rope_parameters": "—", "rope_theta": 99.0, "rope_scaling": None},
        False,
    ),
    "theta-new": (
        "qwen3-qk-norm",
        {"rope_parameters": {"rope_type": "default", "rope_theta": 77.0}, "rope_theta": 99.0},
        False,
    ),
    "llama3": (
        "llama-tied-two-kv",
        {"rope_parameters": LLAMA3 | {"rope_theta": 30.0}},
        False,
    ),
    "llama3-old": (
        "llama-tied-two-kv",
        {
            **{"rope_parameters": "—", "rope_theta": 30.0},
            "rope_scaling": {("type" if k == "rope_type" else k): v for k, v in LLAMA3.items()},
        },
        False,
    ),
    "llama3-places": (
        "llama-gqa",
        {"rope_parameters": LLAMA3 | {"rope_theta": 30.0}, "original_max_position_embeddings": 7},
        False,
    ),
    "biases": ("llama-gqa", {"attention_bias": True, "mlp_bias": True}, True),
    "qwen3-biases": ("qwen3-qk-norm", {"attention_bias": True}, True),
    "llama-defaults": (
        "llama-gqa",
        dict.fromkeys(
            (
                *("rms_norm_eps", "hidden_act", "attention_bias", "mlp_bias", "rope_parameters"),
                *("tie_word_embeddings", "head_dim"),
            ),
            "—",
        ),
        False,
    ),
    "qwen2-defaults": (
        "qwen2-biases",
        dict.fromkeys(
            (
                *("rms_norm_eps", "hidden_act", "use_sliding_window", "sliding_window"),
                *("layer_types", "max_window_layers", "rope_parameters"),
            ),
            "—",
        ),
        False,
    ),
    "wide-window": (
        "qwen2-biases",
        {
            **{"use_sliding_window": True, "sliding_window": 23, "max_window_layers": 1},
            "layer_types": "—",
        },
        False,
    ),
    "late-window": (
        "qwen2-biases",
        {
            **{"use_sliding_window": True, "sliding_window": 3, "max_window_layers": 2},
            "layer_types": "—",
        },
        False,
    ),
}


def biases(tensors, rng):
    """Random biases of all linear maps that have none; Qwen3's MLP never has."""
    maps = [name for name in tensors if "_proj.weight" in name]
    return {
        name.replace("weight", "bias"): rng.normal(size=len(tensors[name])).astype(np.float32)
        for name in sorted(maps)
    }


def computed(folder, ids):
    """What transformers makes of a text."""
    import torch
    from transformers import AutoModelForCausalLM

    model = AutoModelForCausalLM.from_pretrained(
        folder, dtype=torch.float32, attn_implementation="eager"
    ).eval()
    with torch.no_grad():
        out = model(torch.tensor([ids]), output_attentions=True, output_hidden_states=True)
    return {
        "weights": torch.stack(out.attentions)[:, 0].numpy(),
        "hidden": out.hidden_states[-1][0].numpy(),
        "logits": out.logits[0].numpy(),
    }


def main():
    """Write both files."""
    from safetensors.numpy import load_file, save_file
    from tokenizers import Tokenizer

    rng, told, arrays = np.random.default_rng(17), {}, {}
    for name, (kind, said, has_biases) in VARIANTS.items():
        home = HERE.parent / "decoders" / kind
        config = json.loads((home / "config.json").read_text()) | said
        config = {key: value for key, value in config.items() if value != "—"}
        tensors = load_file(home / "model.safetensors")
        more = biases(tensors, rng) if has_biases else {}
        if kind.startswith("qwen3"):
            more = {key: value for key, value in more.items() if ".mlp." not in key}
        with TemporaryDirectory() as folder:
            (Path(folder) / "config.json").write_text(json.dumps(config))
            save_file(tensors | more, Path(folder) / "model.safetensors", {"format": "pt"})
            ids = Tokenizer.from_file(str(home / "tokenizer.json")).encode(TEXT).ids
            found = computed(folder, ids)
        arrays |= {f"{name} {part}": value for part, value in found.items()}
        arrays |= {f"{name} + {key}": value for key, value in more.items()}
        told[name] = {"kind": kind, "said": said, "text": TEXT}
    (HERE / "variants.json").write_text(json.dumps(told, indent=1, ensure_ascii=False) + "\n")
    np.savez_compressed(HERE / "variants.npz", **arrays)


if __name__ == "__main__":
    main()
