"""A cell's sources are what changes it when they change, and nothing else is."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest

from attn_core import Scenario, attend
from attn_core.masks import causal
from attn_core.notation import graph as graph_module
from attn_core.notation.cells import Cell, from_text, to_text
from attn_core.notation.equation import equation, formula
from attn_core.notation.graph import _GRAPHS, _MOST, graph
from attn_core.notation.steps import INPUTS, STEPS, Factor, step
from tests.cases import for_each
from tests.core.courses import COURSES, STEPS_TAKEN, of_head

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
PRODUCTS = ("similarity", "Q", "K", "V", "raw_scores", "output", "projected")
COMPUTED = [(key, name) for key, name in STEPS_TAKEN if step(name) in STEPS]


def numbers(trace, source, head=0):
    return np.array([of_head(trace, c.name, head)[c.row, c.column] for c in source.cells])


def every(scenario, name):
    rows, columns = graph(scenario)[name].shape
    return [Cell(name, i, j) for i in range(rows) for j in range(columns)]


@for_each(STEPS_TAKEN)
def test_size(key, name):
    scenario = COURSES[key]
    assert graph(scenario)[name].shape == of_head(attend(scenario), name).shape
    assert graph(scenario)[name].shape == tuple(
        len(graph(scenario).axis(a)) for a in step(name).axes
    )


@pytest.mark.parametrize("key", COURSES)
def test_what_exists(key):
    scenario, trace = COURSES[key], attend(COURSES[key])
    for each in (*INPUTS, *STEPS):
        own = getattr(trace, each.name) is not None and each.name in graph(scenario)
        assert graph(scenario).has_cell(Cell(each.name, 0, 0)) == own
        if own:
            rows, columns = of_head(trace, each.name).shape
            last = Cell(each.name, rows - 1, columns - 1)
            assert graph(scenario).nearest(each.name, 99, 99) == last
            assert graph(scenario).has_cell(last)
            assert not graph(scenario).has_cell(replace(last, row=rows))
            assert not graph(scenario).has_cell(replace(last, column=columns))
            assert from_text(to_text(last)) == last
        else:
            with pytest.raises(ValueError, match="There is no matrix"):
                graph(scenario).nearest(each.name, 0, 0)


@pytest.mark.parametrize(("key", "name"), [(k, name) for k, name in COMPUTED if name in PRODUCTS])
def test_a_product_is_made_of_a_row_and_a_column(key, name):
    scenario, trace = COURSES[key], attend(COURSES[key])
    head = scenario.h - 1
    for cell in every(scenario, name):
        left, right = graph(scenario).dependencies(cell)
        made = numbers(trace, left, head) @ numbers(trace, right, head)
        assert made == pytest.approx(of_head(trace, name, head)[cell.row, cell.column])


@pytest.mark.parametrize(
    ("key", "name"),
    [(k, name) for k, name in COMPUTED if name.startswith(("X_pos", "Z_pos", "biased", "masked"))],
)
def test_a_sum_is_made_of_two_numbers_in_its_place(key, name):
    scenario, trace = COURSES[key], attend(COURSES[key])
    for cell in every(scenario, name):
        parts = graph(scenario).dependencies(cell)
        assert [p.cells for p in parts] == [(replace(cell, name=p.name),) for p in parts]
        made = sum(numbers(trace, part)[0] for part in parts)
        assert made == pytest.approx(of_head(trace, name)[cell.row, cell.column])


@pytest.mark.parametrize(
    ("key", "name"), [(k, name) for k, name in COMPUTED if name.startswith("rotated")]
)
def test_a_turned_number_is_made_of_its_pair_and_angle(key, name):
    """As a complex number times e^(iθ); a last one without a partner is itself."""
    scenario, trace = COURSES[key], attend(COURSES[key])
    head = scenario.h - 1
    for cell in every(scenario, name):
        pair, *angles = graph(scenario).dependencies(cell)
        assert pair.name == name[-1]
        values, turned = numbers(trace, pair, head), of_head(trace, name, head)
        if cell.column == scenario.d_k - 1 and scenario.d_k % 2:
            assert not angles
            assert list(values) == [turned[cell.row, cell.column]]
        else:
            ((theta,),) = (numbers(trace, angle) for angle in angles)
            made = complex(*values) * np.exp(1j * theta)
            expected = made.imag if cell.column % 2 else made.real
            assert turned[cell.row, cell.column] == pytest.approx(expected)
            assert cell.column in [c.column for c in pair.cells]


@pytest.mark.parametrize("key", [k for k, name in STEPS_TAKEN if name == "concat_heads"])
def test_the_heads_side_by_side_are_copies(key):
    scenario, trace = COURSES[key], attend(COURSES[key])
    for cell in every(scenario, "concat_heads"):
        (copied,) = graph(scenario).dependencies(cell)
        head = graph(scenario).head_of(cell)
        made = numbers(trace, copied, head)
        assert list(made) == [trace.concat_heads[cell.row, cell.column]]
        assert head in range(scenario.h)
        if scenario.h > 1:  # the label of the column says which head it is
            assert scenario.heads[head] in graph(scenario).name_of(cell)
    assert graph(scenario).head_of(Cell("output", 0, 1)) is None


@pytest.mark.parametrize(("scenario", "source"), [(PLAIN, "scores"), (MASKED, "logits")])
def test_a_weight_is_made_of_a_row(scenario, source):
    trace = attend(scenario)
    (row,) = graph(scenario).dependencies(Cell("weights", 2, 1))
    assert row.name == source
    e = np.exp(numbers(trace, row))
    assert e[1] / e.sum() == pytest.approx(trace.weights[2, 1])


@pytest.mark.parametrize("key", COURSES)
def test_every_weight_is_made_of_its_row(key):
    scenario, trace = COURSES[key], attend(COURSES[key])
    for cell in every(scenario, "weights"):
        (row,) = graph(scenario).dependencies(cell)
        e = np.exp(numbers(trace, row))
        assert len(e) == scenario.n_k
        made = (e / e.sum())[cell.column]
        assert made == pytest.approx(of_head(trace, "weights")[cell.row, cell.column])


def test_a_weight_of_unmasked_scores_at_a_temperature():
    (row,) = graph(replace(PLAIN, temperature=2.0)).dependencies(Cell("weights", 0, 0))
    assert row.name == "logits"


def test_what_is_made_number_by_number():
    assert [s.cells for s in graph(MASKED).dependencies(Cell("masked_scores", 0, 2))] == [
        (Cell("scores", 0, 2),),
        (Cell("attn_mask", 0, 2),),
    ]
    assert graph(MASKED).dependencies(Cell("scores", 1, 2))[0].cells == (Cell("raw_scores", 1, 2),)


@for_each(STEPS_TAKEN)
def test_sources_stand_in_this_scenario_and_an_input_has_none(key, name):
    scenario = COURSES[key]
    for cell in every(scenario, name):
        parts = graph(scenario).dependencies(cell)
        assert bool(parts) == (step(name) in STEPS)
        assert all(graph(scenario).has_cell(c) for part in parts for c in part.cells)


def test_a_factor_that_a_scenario_lacks_is_left_out(monkeypatch):
    """A softmax that also read ALiBi's bias, say, would depend on it where there is one."""
    weights = step("weights")
    more = replace(weights, right_side=(*weights.right_side[:-1], Factor("alibi_bias"), ")"))
    monkeypatch.setattr(graph_module, "STEPS", tuple(more if s == weights else s for s in STEPS))
    monkeypatch.setattr(graph_module, "_GRAPHS", {})
    for scenario, expected in (
        (PLAIN, ["scores"]),
        (replace(PLAIN, positions="alibi"), ["biased_scores", "alibi_bias"]),
    ):
        parts = graph(scenario).dependencies(Cell("weights", 1, 2))
        assert [part.name for part in parts] == expected
        assert [[c.column for c in part.cells] for part in parts] == [[0, 1, 2]] * len(expected)
        assert {c.row for part in parts for c in part.cells} == {1}


def test_graphs_are_few_however_many_sessions_ask():
    def ask(session):
        for i in range(2 * _MOST):
            graph(replace(PLAIN, temperature=1 + (session * 2 * _MOST + i) / 1000))

    sessions = 7
    with ThreadPoolExecutor(sessions) as pool:
        list(pool.map(ask, range(sessions)))
    assert 0 < len(_GRAPHS) <= _MOST + sessions


def test_what_a_scenario_lacks_is_refused_with_what_it_has():
    for ask in (lambda name: equation(attend(PLAIN), name), lambda name: formula(PLAIN, name)):
        with pytest.raises(ValueError, match="This scenario has no projected; it has X, W_q"):
            ask("projected")


def test_names():
    cross, rope = COURSES["cross, learned"], COURSES["rope, odd"]
    assert graph(cross).name_of(Cell("weights", 1, 7)) == "weights[word1, key7]"
    assert graph(cross).name_of(Cell("Z_pos", 9, 0)) == "Z′[key9, x1]"
    assert graph(cross).name_of(Cell("P_context", 9, 6)) == "P_Z[key9, x7]"
    assert graph(rope).name_of(Cell("raw_scores", 0, 1)) == "Q′K′ᵀ[word0, word1]"
    assert graph(rope).name_of(Cell("rotary_angles", 4, 0)) == "Θ[word4, θ₁]"
