"""How long decoders take beside transformers: to read a text, and to write a token by the cache.

    python benchmarks/decoders.py [--rounds 5] [--transformers /path/to/python]

Two random models, as wide as GPT-2 and as SmolLM2-135M and with fewer layers, are made in a
folder of their own; random numbers take as long as trained ones. Milliseconds for 16 and 128
tokens, from the tokens to the next token's logits (transformers: sdpa) and to the weights of all
heads as well (eager), and for one more token after 128. transformers runs in a process of its
own, in this Python or in another that has it, in turn with ours; the least times are printed,
and how many times as long ours took. Nothing is asserted but that both say the same.
`real_model.py` runs it as well, and adds what memory they take.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))
from attn_core.pretrained import Decoder, load
from attn_core.pretrained.decoder.generate import Continuation

SIZES = (16, 128)
TASKS = (*(f"{what} {n}" for what in ("read", "weights") for n in SIZES), "write")
#: Tokens that are written in a row; the least of them counts.
WRITTEN = 12
#: Seconds after which threads that wait for work have gone to sleep.
REST = 0.1
GPT2 = {"model_type": "gpt2", "n_layer": 4, "n_positions": 256}
SMOL = {
    **{"model_type": "llama", "hidden_size": 576, "intermediate_size": 1536},
    **{"num_hidden_layers": 8, "num_attention_heads": 9, "num_key_value_heads": 3},
    **{"max_position_embeddings": 2048, "vocab_size": 49_152, "tie_word_embeddings": True},
}
MODELS = {"gpt2": GPT2, "smollm2": SMOL}


def shapes(config: dict[str, Any]) -> dict[str, tuple[int, ...]]:
    """Tell the shape of each tensor of a model."""
    found: dict[str, tuple[int, ...]] = {}
    if config["model_type"] == "gpt2":
        d = 768
        found |= {"wte.weight": (50_257, d), "wpe.weight": (256, d)}
        parts = {"attn.c_attn": (d, 3 * d), "attn.c_proj": (d, d)}
        parts |= {"mlp.c_fc": (d, 4 * d), "mlp.c_proj": (4 * d, d)}
        for i in range(config["n_layer"]):
            for part, shape in parts.items():
                found |= {f"h.{i}.{part}.weight": shape, f"h.{i}.{part}.bias": shape[1:]}
            names = (f"h.{i}.{norm}" for norm in ("ln_1", "ln_2"))
            found |= {f"{name}.{what}": (d,) for name in names for what in ("weight", "bias")}
        return found | {"ln_f.weight": (d,), "ln_f.bias": (d,)}
    d, kv, d_ff = 576, 192, 1536
    found |= {"model.embed_tokens.weight": (49_152, d), "model.norm.weight": (d,)}
    parts = {"q_proj": (d, d), "k_proj": (kv, d), "v_proj": (kv, d), "o_proj": (d, d)}
    mlp = {"gate_proj": (d_ff, d), "up_proj": (d_ff, d), "down_proj": (d, d_ff)}
    for i in range(config["num_hidden_layers"]):
        before = f"model.layers.{i}."
        found |= {f"{before}self_attn.{name}.weight": shape for name, shape in parts.items()}
        found |= {f"{before}mlp.{name}.weight": shape for name, shape in mlp.items()}
        norms = ("input_layernorm", "post_attention_layernorm")
        found |= {f"{before}{norm}.weight": (d,) for norm in norms}
    return found


def make(folder: Path, config: dict[str, Any]) -> None:
    """Write a random model; its only token in texts is ``a``."""
    from safetensors.numpy import save_file
    from tokenizers import Tokenizer, models

    rng = np.random.default_rng(1)
    tensors = {
        name: rng.normal(scale=0.05, size=shape).astype(np.float32)
        for name, shape in shapes(config).items()
    }
    tensors |= {name: v + 1 for name, v in tensors.items() if v.ndim == 1 and "bias" not in name}
    save_file(tensors, folder / "model.safetensors", {"format": "pt"})
    (folder / "config.json").write_text(json.dumps(config))
    Tokenizer(models.BPE({"a": 0}, [])).save(str(folder / "tokenizer.json"))


@contextlib.contextmanager
def made() -> Iterator[list[str]]:
    """Make all models, in folders that are gone after the block."""
    with TemporaryDirectory() as home:
        folders = [Path(home) / name for name in MODELS]
        for folder, config in zip(folders, MODELS.values(), strict=True):
            folder.mkdir()
            make(folder, config)
        yield [str(folder) for folder in folders]


def ours(model: Decoder, task: str) -> tuple[float, float]:
    """Do a task; the seconds, and the sum of the logits' magnitudes."""
    what, _, n = task.partition(" ")
    if what == "write":
        going = Continuation(model, "a" * 128)
        taken = min(_seconds(lambda: (going.add(0), going.logits)) for _ in range(WRITTEN))
        return taken, float(np.abs(going.logits).sum())
    text = "a" * int(n)

    def read() -> Any:
        encoded = model.encode(text)
        return (encoded.weights, encoded.next_logits) if what == "weights" else encoded.next_logits

    taken = min(_seconds(read) for _ in range(3))
    return taken, float(np.abs(model.encode(text).next_logits).sum())


def theirs(models: dict[str, Any], task: str) -> tuple[float, float]:
    """Do the same with transformers."""
    import torch

    what, _, n = task.partition(" ")
    model = models["eager" if what == "weights" else "sdpa"]
    tokens = torch.zeros((1, int(n or 128)), dtype=torch.long)
    with torch.no_grad():
        if what != "write":
            keep = {"output_attentions": what == "weights", "logits_to_keep": 1}
            taken = min(_seconds(lambda: model(tokens, **keep)) for _ in range(3))
            return taken, float(model(tokens, logits_to_keep=1).logits.abs().sum())
        out, each = model(tokens, use_cache=True), []
        for _ in range(WRITTEN):
            begun = time.perf_counter()
            out = model(tokens[:, :1], past_key_values=out.past_key_values, use_cache=True)
            each.append(time.perf_counter() - begun)
    return min(each), float(out.logits[0, -1].abs().sum())


def _seconds(do: Callable[[], object]) -> float:
    begun = time.perf_counter()
    do()
    return time.perf_counter() - begun


def answer(folder: str) -> None:
    """Be the process of transformers: for each line with a task, tell its seconds."""
    import torch
    from transformers import AutoModelForCausalLM

    models = {
        way: AutoModelForCausalLM.from_pretrained(
            folder, attn_implementation=way, dtype=torch.float32
        ).eval()
        for way in ("eager", "sdpa")
    }
    print(json.dumps(f"torch {torch.__version__}, {torch.get_num_threads()} threads"), flush=True)
    for line in sys.stdin:
        time.sleep(REST)
        print(json.dumps(theirs(models, json.loads(line))), flush=True)


def compare(folder: str, rounds: int, python: str) -> None:
    """Print a line for each task."""
    model = load(folder)
    assert isinstance(model, Decoder)
    command = [python, __file__, "--answer", folder]
    pipes: Any = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen(command, stderr=subprocess.DEVNULL, text=True, **pipes) as running:
        assert running.stdin is not None
        assert running.stdout is not None
        name = json.loads(running.stdout.readline() or '""')
        print(f"{Path(folder).name}: numpy {np.__version__}; {name or 'no transformers here'}")
        for task in TASKS:
            best = [float("inf"), float("inf")]
            for _ in range(rounds):
                time.sleep(REST)
                taken, ours_sum = ours(model, task)
                best[0] = min(best[0], taken)
                if name:
                    print(json.dumps(task), file=running.stdin, flush=True)
                    taken, sum_ = json.loads(running.stdout.readline())
                    best[1] = min(best[1], taken)
                    assert abs(sum_ / ours_sum - 1) < 1e-3, "other numbers"
            beside = f", transformers {1e3 * best[1]:.1f}, × {best[0] / best[1]:.2f}"
            print(f"  {task}: {1e3 * best[0]:.1f} ms{beside if name else ''}")
        running.stdin.close()


def main() -> None:
    """Compare each model."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--transformers", default=sys.executable)
    parser.add_argument("--answer")
    given = parser.parse_args()
    if given.answer:
        answer(given.answer)
        return
    with made() as folders:
        for folder in folders:
            compare(folder, given.rounds, given.transformers)


if __name__ == "__main__":
    main()
