"""The backward pass for any loss, against finite differences."""

from dataclasses import replace

import numpy as np
import pytest

from attn_core import Scenario, attend
from attn_core.learning.backpropagation import READ, backpropagate

ROOM = np.random.default_rng(7)


def drawn(h, **options):
    """Sizes are distinct primes."""
    n, d_model, d_k, d_v = 3, 5, 2, 7
    heads = (h,) if h else ()
    shapes = {"X": (n, d_model), "W_v": (*heads, d_model, d_v)}
    shapes |= dict.fromkeys(("W_q", "W_k"), (*heads, d_model, d_k))
    numbers = {name: ROOM.normal(size=shape) for name, shape in shapes.items()}
    return Scenario(tuple("abc"), **numbers, **options)


def cross():
    return replace(drawn(0), context=("d", "e"), Z=ROOM.normal(size=(2, 5)))


CASES = {
    "plain": drawn(0, temperature=1.7),
    "heads": replace(drawn(2), W_o=ROOM.normal(size=(14, 5))),
    "one head with W_o": replace(drawn(0), W_o=ROOM.normal(size=(7, 5))),
    "rope": drawn(0, positions="rope", scale=False),
    "learned": drawn(2, positions="learned", P=ROOM.normal(size=(3, 5))),
    "cross": cross(),
    "learned cross": replace(cross(), positions="learned", P=ROOM.normal(size=(3, 5))),
    "masked": drawn(0, mask=np.tri(3, dtype=bool), positions="alibi"),
}


@pytest.mark.parametrize("case", CASES)
def test_it_is_the_slope_of_the_loss(case):
    s = CASES[case]
    t = attend(s)
    finite = {
        name: M for name in READ if (M := getattr(t, name)) is not None and np.isfinite(M).all()
    }
    given = {name: ROOM.normal(size=M.shape) for name, M in finite.items()}

    def loss(scenario):
        now = attend(scenario)
        return sum(float((getattr(now, name) * d).sum()) for name, d in given.items())

    inputs = [
        name for name in ("X", "Z", "P", "W_q", "W_k", "W_v", "W_o") if getattr(s, name) is not None
    ]
    by = backpropagate(t, given)
    assert set(by) == set(inputs)
    for name in inputs:
        direction = ROOM.normal(size=getattr(s, name).shape)
        up, down = (
            loss(replace(s, **{name: getattr(s, name) + e * direction})) for e in (1e-5, -1e-5)
        )
        assert (up - down) / 2e-5 == pytest.approx((by[name] * direction).sum(), rel=1e-6), name


def test_what_isnt_read_is_refused():
    with pytest.raises(ValueError, match=r"may read .*got \['mask'\]"):
        backpropagate(attend(CASES["plain"]), {"mask": np.zeros((3, 3))})
