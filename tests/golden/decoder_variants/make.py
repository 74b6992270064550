"""Make what transformers computes with the decoders beside this folder, otherwise configured.

    python tests/golden/decoder_variants/make.py

needs torch and transformers, which no test does. `variants.json` names the decoder, what its
config.json says instead ("—": nothing) and the text; `variants.npz` has the numbers, from
eager attention in float32, and the biases that a variant has besides. `parts.npz` has, of the
decoders as they are, logits with heads zeroed before W_o, logits after each layer, and lengths
of what the parts of each layer add; and of some logits what the samplers leave.
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


#: Heads that are zeroed together, (layer, head); None: all of the last layer.
OFF = {"one": [(1, 1)], "two": [(0, 0), (1, 1)], "layer": None}
SAMPLERS = [(0.7, None, 1.0), (1.0, 5, 1.0), (1.3, None, 0.6), (0.8, 7, 0.5), (1.0, 3, 0.01)]


def parts(kind):
    """Zeroed heads, the logit lens and what each part adds, by hooks of PyTorch."""
    import torch
    from tokenizers import Tokenizer
    from transformers import AutoModelForCausalLM

    home, is_gpt2 = HERE.parent / "decoders" / kind, kind == "gpt2"
    model = AutoModelForCausalLM.from_pretrained(home, dtype=torch.float32).eval()
    model.set_attn_implementation("eager")
    ids = torch.tensor([Tokenizer.from_file(str(home / "tokenizer.json")).encode(TEXT).ids])
    body = model.transformer if is_gpt2 else model.model
    blocks, norm = (body.h, body.ln_f) if is_gpt2 else (body.layers, body.norm)
    heads = model.config.num_attention_heads
    found, lengths = {}, {"attention": [], "mlp": []}

    def run(off):
        def zero(module, given, layer):
            rows = given[0].clone()
            width = rows.shape[-1] // heads
            for i, head in off:
                if i == layer:
                    rows[..., head * width : (head + 1) * width] = 0
            return (rows,)

        hooks = []
        for layer, block in enumerate(blocks):
            out = block.attn.c_proj if is_gpt2 else block.self_attn.o_proj
            hook = lambda module, given, layer=layer: zero(module, given, layer)  # noqa: E731
            hooks.append(out.register_forward_pre_hook(hook))
        with torch.no_grad():
            logits = model(ids).logits[0].numpy()
        for each in hooks:
            each.remove()
        return logits

    for name, off in OFF.items():
        found[name] = run([(1, i) for i in range(heads)] if off is None else off)
    hooks = []
    for block in blocks:
        for name, module in (
            ("attention", block.attn if is_gpt2 else block.self_attn),
            ("mlp", block.mlp),
        ):

            def note(module, given, out, name=name):
                out = out[0] if isinstance(out, tuple) else out
                lengths[name].append(out[0].norm(dim=-1).numpy())

            hooks.append(module.register_forward_hook(note))
    with torch.no_grad():
        states = model(ids, output_hidden_states=True).hidden_states
        lens = [model.lm_head(norm(state[0, -1])) for state in states[:-1]]
        lens.append(model.lm_head(states[-1][0, -1]))  # the last is normalised already
    found["lens"] = torch.stack(lens).detach().numpy()
    return found | {name: np.stack(each) for name, each in lengths.items()}


def sampled(logits):
    """What is left of probabilities by temperature, top-k and top-p, in this order."""
    import torch
    from transformers import TemperatureLogitsWarper, TopKLogitsWarper, TopPLogitsWarper

    for temperature, top_k, top_p in SAMPLERS:
        scores = TemperatureLogitsWarper(temperature)(None, torch.tensor(logits[None]))
        scores = TopKLogitsWarper(top_k)(None, scores) if top_k else scores
        scores = TopPLogitsWarper(top_p)(None, scores) if top_p < 1 else scores
        yield torch.softmax(scores, -1)[0].numpy()


def main():
    """Write all files."""
    write_parts()
    write_variants()


def write_parts():
    kinds = sorted(home.name for home in (HERE.parent / "decoders").iterdir())
    arrays = {f"{kind} {name}": v for kind in kinds for name, v in parts(kind).items()}
    logits = np.random.default_rng(19).normal(scale=2, size=23)
    np.savez_compressed(
        HERE / "parts.npz", **arrays, logits=logits, sampled=np.stack([*sampled(logits)])
    )


def write_variants():
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
