"""How long pretrained models take to read a text beside transformers, and what memory.

    python benchmarks/real_model.py [--rounds 7] [--transformers /path/to/python]

The encoder that is there where no other is named, then decoders; see `decoders.py`.

Milliseconds for 16, 128 and 512 tokens, from the text to all attention weights and the last
hidden state; of transformers from the tokens' numbers, once as it keeps all weights, too
(eager attention), and once as it is fastest (sdpa, no weights). It runs in a process of its
own, in this Python or in another that has torch and transformers. Each reads some texts in a
row, in turn with the others, and rests before, so that no threads still wait in its way.
The least times on all cores; nothing is asserted.
The memory is the peak of fresh processes that load a model and read one text, as the page
does, which never has the weights of all heads at once; beside it what `memory.needed` says
before the model is loaded, which is without Python and its packages.
How soon the page has its first picture is told by `model_page.py`.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))
from attn_core.pretrained import PACKAGE, Decoder, Encoder, load
from attn_core.pretrained.memory import needed
from attn_core.pretrained.sources.locate import folder_of
from benchmarks import decoders, process

SIZES = (16, 128, 512)
#: So many texts are read in a row; the first of them only wakes all threads.
IN_A_ROW = {16: 20, 128: 8, 512: 4}
#: Seconds after which threads that wait for work have gone to sleep.
REST = 0.1
#: Ways of transformers: name, its attention, whether it gives the weights.
WAYS = (("eager, all weights", "eager", True), ("sdpa, no weights", "sdpa", False))
_WORDS = ["the", "cat", "sat", "on", "a", "mat", "and", "saw", "that", "it", "was", "red"]


def text(n: int) -> str:
    """Return a text of n tokens; each of these words is one, and two are put around them."""
    return " ".join(_WORDS[i % len(_WORDS)] for i in range(n - 2))


def answer(folder: str) -> None:
    """Be the process of transformers: for each line with a way and ids, tell the seconds."""
    import torch
    from transformers import AutoModel

    models = {
        name: AutoModel.from_pretrained(
            folder, attn_implementation=attention, add_pooling_layer=False
        ).eval()
        for name, attention, _ in WAYS
    }
    keeps = {name: keep for name, _, keep in WAYS}
    print(json.dumps(f"torch {torch.__version__}, {torch.get_num_threads()} threads"), flush=True)
    for line in sys.stdin:
        name, ids = json.loads(line)
        tokens = torch.tensor([ids])
        with torch.no_grad():
            read = partial(models[name], tokens, output_attentions=keeps[name])
            taken = timed(read, len(ids))
            hidden = models[name](tokens).last_hidden_state
        print(json.dumps([taken, float(hidden.abs().sum())]), flush=True)


def timed(read: Callable[[], object], n: int) -> list[float]:
    """Read a text of n tokens some times in a row; return the seconds of all but the first."""
    time.sleep(REST)
    taken = []
    for _ in range(1 + IN_A_ROW[n]):
        begun = time.perf_counter()
        read()
        taken.append(time.perf_counter() - begun)
    return taken[1:]


class Reference:
    """Transformers in another process."""

    def __init__(self, running: subprocess.Popen[str]) -> None:
        self._running = running
        #: What it says of itself; nothing where it couldn't start.
        self.name: str = self._heard()

    def seconds(self, way: str, ids: Sequence[int]) -> tuple[list[float], float]:
        """Let it read; return how long that took, and the sum of its result's magnitudes."""
        assert self._running.stdin is not None
        self._running.stdin.write(json.dumps([way, list(ids)]) + "\n")
        self._running.stdin.flush()
        taken, sum_ = self._heard()
        return taken, sum_

    def _heard(self) -> Any:
        assert self._running.stdout is not None
        return json.loads(self._running.stdout.readline() or '""')


@contextlib.contextmanager
def reference(python: str) -> Iterator[Reference]:
    """Start transformers in a process of that Python."""
    with subprocess.Popen(
        [python, __file__, "--answer", str(folder_of(PACKAGE))],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as running:
        yield Reference(running)
        assert running.stdin is not None
        running.stdin.close()


def weights(encoder: Encoder, text: str) -> object:
    """Read a text, and compute the weights of all heads as well."""
    return encoder.encode(text).weights


def compare(rounds: int, python: str) -> None:
    """Print a line for each size and way."""
    encoder = load(PACKAGE)
    assert isinstance(encoder, Encoder)
    with reference(python) as theirs:
        print(f"numpy {np.__version__} on {len(process.cores())} cores; {theirs.name or 'alone'}")
        ways = [name for name, _, _ in WAYS] if theirs.name else []
        for n in SIZES:
            ids = encoder.split(text(n)).ids
            assert len(ids) == n
            expected = np.abs(encoder.encode(text(n)).hidden).sum()
            taken: dict[str, list[float]] = {name: [] for name in ("ours", *ways)}
            for _ in range(rounds):
                taken["ours"] += timed(partial(weights, encoder, text(n)), n)
                for name in ways:
                    times, sum_ = theirs.seconds(name, ids)
                    taken[name] += times
                    assert abs(sum_ / expected - 1) < 1e-4, "other numbers"
            ours = min(taken["ours"])
            for name, times in taken.items():
                ratio = (
                    "" if name == "ours" else f"  ours takes {ours / min(times):5.2f} times that"
                )
                print(f"{n:4} tokens  {name:20}{min(times) * 1000:9.1f} ms{ratio}", flush=True)
    if not ways:
        print(f"transformers isn't installed in {python}; --transformers names another Python")


def weigh(model: str, sizes: Sequence[int]) -> None:
    """Print the peak memory of a process for each size, and what was said before."""
    for n in (0, *sizes):
        ran = subprocess.run(
            [sys.executable, __file__, "--weigh", model, str(n)],
            capture_output=True,
            check=True,
            text=True,
        )
        print(f"{n:4} tokens  {ran.stdout.strip()}" if n else f"loaded only  {ran.stdout.strip()}")
    print(f"  said before  {needed(model) / 1e6:6.0f} MB beside Python and its packages")


def peak(name: str, n: int) -> str:
    """Load the model and read n tokens; return the most memory that took."""
    model = load(name)
    if n:
        model.encode("a" * n if isinstance(model, Decoder) else text(n))
    most = process.most_memory(os.getpid())
    return "unknown on this system" if most is None else f"{most:6.0f} MB at most"


def main() -> None:
    """Measure the time, then the memory, of the encoder and of each decoder."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--transformers", metavar="PYTHON", default=sys.executable)
    parser.add_argument("--answer", metavar="FOLDER", help=argparse.SUPPRESS)
    parser.add_argument("--weigh", nargs=2, metavar=("MODEL", "N"), help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.answer:
        return answer(given.answer)
    if given.weigh:
        return print(peak(given.weigh[0], int(given.weigh[1])))
    if kernels := os.environ.get("OPENBLAS_CORETYPE"):
        print(f"OPENBLAS_CORETYPE={kernels}: these kernels are used, whatever the processor has")
    compare(given.rounds, given.transformers)
    weigh(PACKAGE, SIZES)
    with decoders.made() as folders:
        for folder in folders:
            decoders.compare(folder, given.rounds, given.transformers)
            weigh(folder, decoders.SIZES)
    return None


if __name__ == "__main__":
    main()
