"""A cell's sources are what changes it when they change, and nothing else is."""

from dataclasses import replace

import numpy as np
import pytest

from attn_core import Scenario, attend
from attn_core.cells import Cell, size, sources
from attn_core.masks import causal
from attn_core.steps import INPUTS, STEPS

# Distinct primes, so that a transposed axis can't pass.
N, D_MODEL, D_K, D_V = 3, 7, 5, 2
RNG = np.random.default_rng(11)
PLAIN = Scenario(
    tokens=("Je", "suis", "heureux"),
    X=RNG.normal(size=(N, D_MODEL)),
    W_q=RNG.normal(size=(D_MODEL, D_K)),
    W_k=RNG.normal(size=(D_MODEL, D_K)),
    W_v=RNG.normal(size=(D_MODEL, D_V)),
)
MASKED = replace(PLAIN, mask=causal(N), temperature=0.7)
SHOWN = [s for s in (*INPUTS, *STEPS) if s.name not in ("W_o", "concatenated", "projected")]


def numbers(trace, source):
    return np.array([getattr(trace, c.name)[c.row, c.column] for c in source.cells])


@pytest.mark.parametrize("scenario", [PLAIN, MASKED], ids=["plain", "masked"])
@pytest.mark.parametrize("which", SHOWN, ids=lambda s: s.name)
def test_size(scenario, which):
    assert size(scenario, which.name) == getattr(attend(scenario), which.name).shape


@pytest.mark.parametrize("scenario", [PLAIN, MASKED], ids=["plain", "masked"])
@pytest.mark.parametrize("name", ["similarity", "Q", "K", "V", "raw_scores", "output"])
def test_a_product_is_made_of_a_row_and_a_column(scenario, name):
    trace = attend(scenario)
    rows, columns = size(scenario, name)
    for i in range(rows):
        for j in range(columns):
            left, right = sources(scenario, Cell(name, i, j))
            made = numbers(trace, left) @ numbers(trace, right)
            assert made == pytest.approx(getattr(trace, name)[i, j])


@pytest.mark.parametrize(("scenario", "source"), [(PLAIN, "scores"), (MASKED, "logits")])
def test_a_weight_is_made_of_a_row(scenario, source):
    trace = attend(scenario)
    (row,) = sources(scenario, Cell("weights", 2, 1))
    assert row.name == source
    e = np.exp(numbers(trace, row))
    assert e[1] / e.sum() == pytest.approx(trace.weights[2, 1])


def test_a_weight_of_unmasked_scores_at_a_temperature():
    (row,) = sources(replace(PLAIN, temperature=2.0), Cell("weights", 0, 0))
    assert row.name == "logits"


def test_what_is_made_number_by_number():
    assert [s.cells for s in sources(MASKED, Cell("masked_scores", 0, 2))] == [
        (Cell("scores", 0, 2),),
        (Cell("blocking", 0, 2),),
    ]
    assert sources(MASKED, Cell("scores", 1, 2))[0].cells == (Cell("raw_scores", 1, 2),)


@pytest.mark.parametrize("name", ["X", "W_q", "W_k", "W_v", "blocking"])
def test_an_input_is_made_of_nothing(name):
    assert sources(PLAIN, Cell(name, 0, 0)) == ()
