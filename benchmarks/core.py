"""How much `attend` costs beside its two bare products, and beside torch if installed.

    python benchmarks/core.py

Prints ratios of medians, all taken in one run; nothing is asserted.
"""

from __future__ import annotations

import importlib.util
import math
import statistics
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))
from attn_core import Scenario, attend
from attn_core.scenario import Array

SIZES = {3: (4, 3), 64: (64, 64), 512: (64, 64)}  # n → (d_model, d_k = d_v)
ROUNDS = 15


def scenario(n: int, dtype: type[np.floating[Any]]) -> Scenario:
    """Random numbers of the size that embeddings have."""
    d_model, d_k = SIZES[n]
    rng = np.random.default_rng(n)

    def drawn(rows: int, columns: int) -> Array:
        return (rng.normal(size=(rows, columns)) / math.sqrt(columns)).astype(dtype)

    return Scenario(
        tokens=tuple(f"w{i}" for i in range(n)),
        X=drawn(n, d_model) * math.sqrt(d_model),
        W_q=drawn(d_model, d_k),
        W_k=drawn(d_model, d_k),
        W_v=drawn(d_model, d_k),
    )


def two_products(s: Scenario) -> Callable[[], Array]:
    """Q Kᵀ and its product with V: what no implementation can leave out."""
    t = attend(s)
    return lambda: (t.Q @ t.K.T) @ t.V


def torch_attend(s: Scenario) -> Callable[[], Any]:
    """The same steps in torch, every intermediate kept."""
    import torch

    X, W_q, W_k, W_v = (torch.tensor(a) for a in (s.X, s.W_q, s.W_k, s.W_v))

    def run() -> tuple[Any, ...]:
        with torch.no_grad():
            Q, K, V = X @ W_q, X @ W_k, X @ W_v
            raw_scores = Q @ K.T
            scores = raw_scores / math.sqrt(s.d_k)
            weights = torch.softmax(scores, dim=-1)
            return Q, K, V, raw_scores, scores, weights, weights @ V

    return run


def medians(*runs: Callable[[], Any]) -> list[float]:
    """Seconds of each, taken in turn so that all see the same machine."""
    repeats = [max(1, int(0.02 / _once(run))) for run in runs]
    taken: list[list[float]] = [[] for _ in runs]
    for _ in range(ROUNDS):
        for run, repeat, times in zip(runs, repeats, taken, strict=True):
            start = time.perf_counter()
            for _ in range(repeat):
                run()
            times.append((time.perf_counter() - start) / repeat)
    return [statistics.median(times) for times in taken]


def _once(run: Callable[[], Any]) -> float:
    run()
    start = time.perf_counter()
    run()
    return time.perf_counter() - start


def main() -> None:
    """Print one line for each size and type."""
    with_torch = importlib.util.find_spec("torch") is not None
    print("attend: microseconds, and as a multiple of the two bare products and of torch")
    for n in SIZES:
        for dtype in (np.float32, np.float64):
            s = scenario(n, dtype)
            others = [two_products(s), *([torch_attend(s)] if with_torch else [])]
            ours, *theirs = medians(partial(attend, s), *others)
            ratios = [f"{ours / t:6.2f} x" for t in theirs]
            torch_ratio = ratios[1] if with_torch else "torch is not installed"
            print(f"n={n:<4} {np.dtype(dtype)}  {ours * 1e6:9.1f}  {ratios[0]}  {torch_ratio}")


if __name__ == "__main__":
    main()
