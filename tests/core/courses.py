"""A scenario for each course that the steps can take, with sizes that are distinct primes."""

import numpy as np

from attn_core import Scenario, masks
from attn_core.notation.graph import graph

#: An odd d_k leaves a last column without a partner, which RoPE doesn't turn.
N, N_K, D_MODEL, D_K, D_V, H = 5, 11, 7, 3, 2, 13


def made(seed=0, *, n=N, d_k=D_K, h=None, W_o=False, context=None, **options):
    """A scenario on the lab's grid; `context` is how many words a second sentence has."""
    rng = np.random.default_rng(seed)

    def grid(*shape):
        return rng.normal(size=shape).round(3)

    heads = () if h is None else (h,)
    if context:
        options |= {"context": tuple(f"key{k}" for k in range(context))}
        options |= {"Z": grid(context, D_MODEL)}
    if options.get("positions") == "learned":
        options["P"] = grid(max(n, context or 0), D_MODEL)
    if W_o:
        options["W_o"] = grid((h or 1) * D_V, D_MODEL)
    return Scenario(
        tuple(f"word{i}" for i in range(n)),
        X=grid(n, D_MODEL),
        W_q=grid(*heads, D_MODEL, d_k),
        W_k=grid(*heads, D_MODEL, d_k),
        W_v=grid(*heads, D_MODEL, D_V),
        **options,
    )


COURSES = {
    "plain": made(),
    "masked": made(mask=masks.causal(N), temperature=0.7),
    "unscaled": made(scale=False, mask=masks.window(N, 1)),
    "sinusoidal": made(positions="sinusoidal"),
    "learned": made(positions="learned", mask=masks.padding(N, N, 3)),
    "rope, odd": made(positions="rope", mask=masks.causal(N)),
    "rope, even": made(positions="rope", n=3, d_k=4, temperature=1.3),
    "rope, a pair": made(positions="rope", d_k=2, scale=False),
    "alibi": made(positions="alibi", slope=0.5),
    "alibi, masked": made(
        positions="alibi", slope=0.3, mask=masks.window(N, 2), temperature=2.0, scale=False
    ),
    "cross": made(context=N_K),
    "cross, learned": made(
        context=N_K, positions="learned", mask=masks.padding(N, N_K, 7), temperature=0.7
    ),
    "cross, short": made(context=3, positions="sinusoidal", mask=masks.padding(N, 3, 2)),
    "heads": made(h=H, W_o=True, mask=masks.causal(N)),
    "heads, without W_o": made(h=2, positions="sinusoidal"),
    "heads, rope": made(h=2, n=3, d_k=5, W_o=True, positions="rope"),
    "heads, alibi": made(h=3, W_o=True, positions="alibi", slope=0.7, temperature=0.6),
    "heads, authors' alibi": made(h=3, positions="alibi"),
    "heads, cross": made(h=2, W_o=True, context=3, positions="learned", heads=("grammar", "سلام")),
    "W_o alone": made(W_o=True),
    "one head": made(h=1, W_o=True, scale=False),
}

#: Each matrix of each course, for tests to go through.
STEPS_TAKEN = [(key, name) for key, scenario in COURSES.items() for name in graph(scenario)]


def of_head(trace, name, head=0):
    """A matrix, of one head where each has one."""
    values = getattr(trace, name)
    return values[head] if values.ndim == 3 else values
