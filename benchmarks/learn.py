"""How long 1,000 steps of learning take, beside one sentence at a time and beside torch.

    python benchmarks/learn.py [--steps 1000]

60 random sentences of 6 words at d_model 8, d_k 4, in which every word is to look at one,
learned by Adam on one core: all sentences as one array, as the page does it; one by one
through `attention_loss`, in fewer steps that are scaled up; and in eager torch with
autograd, if installed. Ratios are taken in one run, and the losses that the loops arrive
at stand beside them; nothing is asserted.
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

# One core; linear algebra reads this when numpy is imported.
os.environ |= dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))
from attn_core import Scenario
from attn_core.gradients import attention_loss
from attn_core.learning.grammar import Batch
from attn_core.learning.initial import start
from attn_core.learning.optimizer import Optimizer, Params
from attn_core.scenario import Array

SENTENCES, N, D_MODEL, D_K = 60, 6, 8, 4
ADAM = Optimizer("Adam", learning_rate=0.05, momentum=0.9)
START = start("random", D_MODEL, D_K, seed=1)
#: One sentence at a time takes so many of the steps, for it takes long.
PART = 20
REPEATS = 3

#: Takes a number of steps; returns the loss after them.
Loop = Callable[[int], float]


def batch() -> Batch:
    """Draw sentences, and for each word one that it is to look at."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(SENTENCES, N, D_MODEL))
    target = np.eye(N)[rng.integers(0, N, (SENTENCES, N))]
    return Batch(X, np.zeros((SENTENCES, 1, N)), target)


def descend(loss: Callable[[Params], tuple[float, Params]], steps: int) -> float:
    """Take steps; return the loss after them."""
    params, state = START, ADAM.init(START)
    for _ in range(steps):
        _, gradient = loss(params)
        params, state = ADAM.step(params, gradient, state)
    return loss(params)[0]


def one_by_one(together: Batch) -> Callable[[Params], tuple[float, Params]]:
    """Mean of `attention_loss` over the sentences."""
    words = tuple(f"w{i}" for i in range(N))
    W_v = np.eye(D_MODEL)
    sentences = [Scenario(words, X, START["W_q"], START["W_k"], W_v) for X in together.X]

    def loss(params: Params) -> tuple[float, dict[str, Array]]:
        each = [
            attention_loss(replace(s, W_q=params["W_q"], W_k=params["W_k"]), T)
            for s, T in zip(sentences, together.target, strict=True)
        ]
        gradient = {name: np.mean([g[name] for _, g in each], axis=0) for name in params}
        return sum(L for L, _ in each) / len(each), gradient

    return loss


def in_torch(together: Batch) -> Loop:
    """The same in torch, which finds the gradient by itself, with its own cross-entropy."""
    import torch

    torch.set_num_threads(1)
    X, wanted = torch.tensor(together.X), torch.tensor(together.target.argmax(axis=-1)).flatten()

    def run(steps: int) -> float:
        W_q, W_k = (torch.tensor(START[name], requires_grad=True) for name in ("W_q", "W_k"))
        adam = torch.optim.Adam([W_q, W_k], ADAM.learning_rate, betas=(ADAM.momentum, 0.999))

        def loss() -> torch.Tensor:
            S = (X @ W_q) @ (X @ W_k).mT / D_K**0.5
            return torch.nn.functional.cross_entropy(S.flatten(0, 1), wanted)

        for _ in range(steps):
            adam.zero_grad()
            loss().backward()
            adam.step()
        return float(loss().detach())

    return run


def seconds(loops: dict[str, Loop], steps: int) -> dict[str, float]:
    """Return the least of several times of each loop, taken in turn."""
    taken: dict[str, list[float]] = {name: [] for name in loops}
    for _ in range(REPEATS):
        for name, loop in loops.items():
            begun = time.perf_counter()
            loop(steps)
            taken[name].append(time.perf_counter() - begun)
    return {name: min(times) for name, times in taken.items()}


def main() -> None:
    """Print one line for each way."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--steps", type=int, default=1000)
    steps = parser.parse_args().steps
    few = max(1, steps // PART)
    together = batch()
    singly = partial(descend, one_by_one(together))
    loops: dict[str, Loop] = {"ours": partial(descend, together.loss)}
    if importlib.util.find_spec("torch"):
        loops["torch"] = in_torch(together)
    took = seconds(loops, steps) | {
        name: time_taken * steps / few
        for name, time_taken in seconds({"one by one": singly}, few).items()
    }
    print(f"{steps} Adam steps over {SENTENCES} sentences of {N} words, on one core")
    print(f"{'':12}{'seconds':>9}{'× ours':>9}{f'loss at {few}':>18}{f'at {steps}':>18}")
    for name, loop in (loops | {"one by one": singly}).items():
        losses = [loop(few), *([loop(steps)] if name in loops else [])]
        written = "".join(f"{loss:>18.12f}" for loss in losses)
        print(f"{name:12}{took[name]:9.3f}{took[name] / took['ours']:9.2f}{written}", flush=True)
    if "torch" not in loops:
        print("torch is not installed")


if __name__ == "__main__":
    main()
