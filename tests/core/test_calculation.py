"""Whoever computes with the printed numbers arrives at the printed result.

`Reader` is that somebody: a calculator of its own, which knows nothing but the text.
"""

import re
from dataclasses import replace
from decimal import ROUND_HALF_UP, Context, Decimal, localcontext

import hypothesis.extra.numpy as hnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from attn_core import Scenario, attend, limits
from attn_core.calculation import calculate
from attn_core.cells import Cell
from attn_core.labels import number
from attn_core.masks import causal
from attn_core.presets import DEFAULT, PRESETS

INPUTS = ("X", "W_q", "W_k", "W_v", "blocking")
PRODUCTS = ("similarity", "Q", "K", "V", "raw_scores", "scores", "output")
NAMES = (*INPUTS, *PRODUCTS, "masked_scores", "logits", "weights")
EXACT = Context(prec=80)


class Reader:
    """Computes a printed expression: + − × /, brackets, √ of a number, e^(…), −∞."""

    def __init__(self, text):
        self.rest = re.findall(r"\d+(?:\.\d+)?|e\^|[−+×/()√∞]|\S", text)

    def value(self):
        total = self.sum()
        assert not self.rest, f"left over: {self.rest}"
        return total

    def take(self, *signs):
        return self.rest.pop(0) if self.rest and self.rest[0] in signs else ""

    def sum(self):
        total = -self.product() if self.take("−") else self.product()
        while sign := self.take("+", "−"):
            other = self.product()
            total = total + other if sign == "+" else total - other
        return total

    def product(self):
        total = self.number()
        while sign := self.take("×", "/"):
            other = self.number()
            total = total * other if sign == "×" else total / other
        return total

    def number(self):
        if self.take("√"):
            return Decimal(self.rest.pop(0)).sqrt()
        if self.take("∞"):
            return Decimal("Infinity")
        raised = self.take("e^")
        if self.take("("):
            inner = self.sum()
            assert self.take(")")
            return inner.exp() if raised else inner
        assert not raised
        return Decimal(self.rest.pop(0))


def read(text):
    return Reader(text).value()


def unit(printed):
    return Decimal(1).scaleb(-len(printed.partition(".")[2]))


def gives(computed, printed):
    """Whether a computed number is printed so, but for a tie."""
    result = read(printed)
    return computed == result or abs(computed - result) <= unit(printed) * Decimal("0.500001")


def rounds(value, printed):
    """Whether a float is printed so; halves go away from zero, as in the boxes."""
    if not np.isfinite(value):
        return printed == "−∞"
    return Decimal(float(value)).quantize(unit(printed), ROUND_HALF_UP) == read(printed)


def value_of(trace, cell):
    return getattr(trace, cell.name)[cell.row, cell.column]


def cells(trace, names=NAMES):
    for name in names:
        for i, j in np.ndindex(getattr(trace, name).shape):
            yield Cell(name, i, j)


def check(trace, cell):
    """All that holds for every number; returns whether it is given exactly."""
    made = calculate(trace, cell)
    with localcontext(EXACT):
        *chain, result = re.split(" [=≈] ", made.numbers)
        assert result == made.result
        assert rounds(value_of(trace, cell), result)
        assert all(rounds(value_of(trace, o.cell), o.printed) for o in made.operands)
        printed = re.findall(r"−?(?:\d[.\d]*|∞)", made.numbers.replace(" − ", " "))
        if cell.name in PRODUCTS:
            assert {o.printed for o in made.operands} <= set(printed)
            check_terms(trace, made)
        if "≈" not in made.numbers:
            for part in chain:
                assert gives(read(part), result), made.numbers
            if made.table:
                check_table(trace, made)
    return "≈" not in made.numbers


def check_terms(trace, made):
    values = [term.value for term in made.terms]
    assert values == sorted(values, key=abs, reverse=True)
    divisor = float(read(made.divisor)) if made.divisor else 1.0
    scale = sum(map(abs, values)) or 1.0
    assert sum(values) / divisor == pytest.approx(
        made.value, abs=8 * float(np.finfo(trace.X.dtype).eps) * scale
    )
    assert {o for term in made.terms for o in term.factors} == set(made.operands)
    for term in made.terms:
        a, b = (read(factor.printed) for factor in term.factors)
        assert gives(a * b, term.product)
    if "≈" not in made.numbers:
        total = sum((read(term.product) for term in made.terms), Decimal(0))
        assert gives(total / (read(made.divisor) if made.divisor else 1), made.result)


def check_table(trace, made):
    header, *rows = made.table
    assert len(rows) == trace.scenario.n
    assert [row[1] for row in rows] == [o.printed for o in made.operands]
    largest, total = (read(header[i].rpartition(" ")[2]) for i in (2, 4))
    assert largest == max(read(row[1]) for row in rows)
    assert total == sum((read(row[3]) for row in rows), Decimal(0))
    for k, (_, score, difference, power, weight) in enumerate(rows):
        assert read(difference) == read(score) - largest
        assert gives(read(difference).exp(), power)
        assert gives(read(power) / total, weight)
        assert rounds(trace.weights[made.cell.row, k], weight)


def edge_distance(value):
    """How far a number is from the nearest edge between two printed ones, in units."""
    units = Decimal(float(value)).scaleb(limits.DECIMALS)
    return abs(abs(units) % 1 - Decimal("0.5"))


@st.composite
def scenarios(draw):
    """Any scenario on the lab's grid, of sizes that are distinct primes (or 1)."""
    n = draw(st.sampled_from((1, 2, 3, 5)))
    d_model, d_k, d_v = draw(st.permutations([p for p in (2, 3, 5, 7) if p != n]))[:3]
    largest = draw(st.sampled_from((5, 700, 3000, 30_000)))

    def grid(rows, columns):
        return (
            draw(
                hnp.arrays(np.int64, (rows, columns), elements=st.integers(-largest, largest))
                | st.integers(0, 2**32).map(
                    lambda seed: np.random.default_rng(seed).integers(
                        -largest, largest, (rows, columns), endpoint=True
                    )
                )
            )
            / 1000
        )

    masks = hnp.arrays(bool, (n, n)).map(lambda mask: mask | np.eye(n, dtype=bool))
    width = draw(st.sampled_from((1, d_k)))
    scenario = Scenario(
        tuple(f"t{i}" for i in range(n)),
        X=grid(n, d_model),
        W_q=grid(d_model, width),
        W_k=grid(d_model, width),
        W_v=grid(d_model, d_v),
        mask=draw(st.none() | st.just(causal(n)) | masks),
        scale=draw(st.booleans()),
        temperature=draw(st.sampled_from((1.0, 0.05, 0.7, 3.333, 10.0))),
    )
    return limits.admit(scenario)


@settings(max_examples=60)
@given(scenarios())
def test_the_printed_numbers_give_the_printed_result(scenario):
    trace = attend(scenario)
    for cell in cells(trace):
        if not check(trace, cell):
            check_edge(trace, cell)


def check_edge(trace, cell):
    """A result may be missed only where the floats' own errors decide how it is printed."""
    made = calculate(trace, cell)
    scale = sum(abs(term.value) for term in made.terms) or abs(made.value)
    # 64 roundings of 2⁻⁵³, and factors that are printed with 12 decimals.
    error = scale * 64 * 2**-53 + sum(
        0.5e-12 * abs(value_of(trace, factor.cell))
        for term in made.terms
        for factor in term.factors
    )
    assert edge_distance(made.value) <= Decimal(error * 1000 + 1e-6)
    assert cell.name != "weights"


def largest_lab():
    """As large as the lab admits, in sizes and in numbers."""
    rng = np.random.default_rng(5)
    X, W_q, W_k, W_v = (
        rng.integers(-30_000, 30_001, shape) / 1000 for shape in ((12, 8), *[(8, 8)] * 3)
    )
    tokens = tuple("abcdefghijkl")
    return limits.admit(Scenario(tokens, X, W_q, W_k, W_v, temperature=0.05, mask=causal(12)))


@pytest.mark.parametrize(
    "scenario",
    [largest_lab(), replace(largest_lab(), W_q=np.ones((8, 8)) / 1000, temperature=10.0)],
    ids=["one-hot", "even"],
)
def test_the_largest_scenarios(scenario):
    trace = attend(scenario)
    for cell in cells(trace):
        if not check(trace, cell):
            check_edge(trace, cell)


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.key)
def test_every_number_of_every_preset_is_given(preset):
    trace = attend(preset.scenario)
    assert all(check(trace, cell) for cell in cells(trace))


def test_float32_ends_and_says_what_it_does_not_give():
    rng = np.random.default_rng(7)
    shapes = {"X": (5, 7), "W_q": (7, 3), "W_k": (7, 3), "W_v": (7, 2)}
    for size in (1, 30):
        arrays = {k: rng.normal(size=s, scale=size).astype("f4") for k, s in shapes.items()}
        trace = attend(Scenario(tuple("abcde"), **arrays))
        given = [check(trace, cell) for cell in cells(trace)]
        assert np.mean(given) > (0.99 if size == 1 else 0.6)
    large = [calculate(trace, cell) for cell in cells(trace, ["raw_scores"])]
    assert {made.equals for made in large} == {"=", "≈"}
    # Six digits are what float32 carries.
    assert all(len(made.result.strip("−")) <= 7 or "." not in made.result for made in large)


HAND = Scenario(
    ("Je", "suis"),
    X=[[1, 2], [0, 1]],
    W_q=[[1, 0], [0, 1]],
    W_k=[[0.5, 0], [0, -1]],
    W_v=[[2, 0], [1, 1]],
    features=("pronoun", "verb"),
    mask=[[True, True], [False, True]],
    temperature=0.5,
)


@pytest.mark.parametrize(
    ("cell", "symbols", "numbers"),
    [
        (("X", 0, 1), "X[Je, verb] is an input: you set it", "2.000"),
        (("W_k", 1, 1), "W_k[verb, k₂] is an input: you set it", "−1.000"),
        (("blocking", 1, 0), "M[suis, Je] is an input: you set it", "−∞"),
        (
            ("similarity", 0, 1),
            "X Xᵀ[Je, suis] = X[Je, pronoun] × X[suis, pronoun] + X[Je, verb] × X[suis, verb]",
            "1.00 × 0.00 + 2.00 × 1.00 = 2.000",
        ),
        (
            ("K", 0, 1),
            "K[Je, k₂] = X[Je, pronoun] × W_k[pronoun, k₂] + X[Je, verb] × W_k[verb, k₂]",
            "1.00 × 0.00 + 2.00 × (−1.00) = −2.000",
        ),
        (
            ("raw_scores", 0, 0),
            "QKᵀ[Je, Je] = Q[Je, q₁] × K[Je, k₁] + Q[Je, q₂] × K[Je, k₂]",
            "1.00 × 0.50 + 2.00 × (−2.00) = −3.500",
        ),
        (  # −3.5 / 1.41421 = −2.47487
            ("scores", 0, 0),
            "scores[Je, Je] = (Q[Je, q₁] × K[Je, k₁] + Q[Je, q₂] × K[Je, k₂]) / √2",
            "(1.00 × 0.50 + 2.00 × (−2.00)) / √2 = −2.475",
        ),
        (
            ("masked_scores", 0, 0),
            "masked[Je, Je] = scores[Je, Je] + M[Je, Je]",
            "−2.475 + 0 = −2.475",
        ),
        (
            ("masked_scores", 1, 0),
            "masked[suis, Je] = scores[suis, Je] + M[suis, Je]",
            "−1.41 + (−∞) = −∞",
        ),
        (  # −2.475 / 0.5 would be −4.950, and so is −4.94975
            ("logits", 0, 0),
            "logits[Je, Je] = masked[Je, Je] / temperature",
            "−2.475 / 0.5 = −4.950",
        ),
        (("logits", 1, 0), "logits[suis, Je] = masked[suis, Je] / temperature", "−∞ / 0.5 = −∞"),
        (  # the logits are −4.94975 and −2.82843; 0.12 / 1.12 = 0.10714, really 0.10704
            ("weights", 0, 0),
            "weights[Je, Je] = e^(logits[Je, Je] − max) / "
            "(e^(logits[Je, Je] − max) + e^(logits[Je, suis] − max))",
            "e^(−4.95 − (−2.83)) / (0.12 + 1.00) = 0.12 / 1.12 = 0.107",
        ),
        (
            ("weights", 1, 0),
            "weights[suis, Je] = e^(logits[suis, Je] − max) / "
            "(e^(logits[suis, Je] − max) + e^(logits[suis, suis] − max))",
            "e^(−∞ − (−1.41)) / (0.00 + 1.00) = 0.00 / 1.00 = 0.000",
        ),
        (  # 0.89296 × 1 + 0.10704 × 4 = 1.32112; suis counts most
            ("output", 0, 0),
            "output[Je, v₁] = weights[Je, suis] × V[suis, v₁] + weights[Je, Je] × V[Je, v₁]",
            "0.893 × 1.00 + 0.107 × 4.00 = 1.321",
        ),
    ],
    ids=lambda value: "-".join(map(str, value)) if isinstance(value, tuple) else "",
)
def test_by_hand(cell, symbols, numbers):
    made = calculate(attend(HAND), Cell(*cell))
    assert (made.symbols, made.numbers) == (symbols, numbers)


def test_the_table_by_hand():
    trace = attend(HAND)
    assert calculate(trace, Cell("weights", 0, 0)).table == (
        ("key", "logits", "− largest, −2.83", "e^", "÷ sum, 1.12"),
        ("Je", "−4.95", "−2.12", "0.12", "0.107"),
        ("suis", "−2.83", "0.00", "1.00", "0.893"),
    )
    assert calculate(trace, Cell("weights", 1, 1)).table[1] == ("Je", "−∞", "−∞", "0.00", "0.000")


def test_scaling_by_a_whole_number_and_none():
    trace = attend(DEFAULT.scenario)  # d_k = 4
    assert calculate(trace, Cell("scores", 2, 1)).numbers.endswith(" + 0.30 × 0.60) / 2 = 0.090")
    plain = calculate(attend(replace(DEFAULT.scenario, scale=False)), Cell("scores", 2, 1))
    assert plain.numbers.endswith("1.00 × 0.00 + 0.30 × 0.60 = 0.180")
    assert (plain.divisor, "/" in plain.symbols) == ("", False)


def arrays_of(trace):
    return {name: np.array(getattr(trace, name)) for name in NAMES}


STEP_BY_STEP = {
    "similarity": lambda a: a["X"] @ a["X"].T,
    "Q": lambda a: a["X"] @ a["W_q"],
    "K": lambda a: a["X"] @ a["W_k"],
    "V": lambda a: a["X"] @ a["W_v"],
    "raw_scores": lambda a: a["Q"] @ a["K"].T,
    "scores": lambda a: a["Q"] @ a["K"].T / np.sqrt(5),
    "masked_scores": lambda a: a["scores"] + a["blocking"],
    "logits": lambda a: a["masked_scores"] / 0.7,
    "weights": lambda a: np.exp(a["logits"]) / np.exp(a["logits"]).sum(axis=1, keepdims=True),
    "output": lambda a: a["weights"] @ a["V"],
}


@pytest.mark.parametrize("name", STEP_BY_STEP)
def test_the_operands_are_what_changes_the_result(name):
    rng = np.random.default_rng(3)
    shapes = {"X": (3, 7), "W_q": (7, 5), "W_k": (7, 5), "W_v": (7, 2)}
    matrices = {key: rng.normal(size=shape) for key, shape in shapes.items()}
    trace = attend(
        Scenario(("a", "b", "c"), **matrices, temperature=0.7, mask=np.ones((3, 3), bool))
    )
    arrays, made = arrays_of(trace), STEP_BY_STEP[name]
    np.testing.assert_allclose(made(arrays), arrays[name])
    changed_by = {cell: [] for cell in cells(trace, [name])}
    for source in cells(trace):
        moved = arrays | {source.name: arrays[source.name].copy()}
        moved[source.name][source.row, source.column] += 0.01
        for i, j in np.argwhere(made(moved) != made(arrays)):
            changed_by[Cell(name, int(i), int(j))].append(source)
    for cell, changing in changed_by.items():
        operands = [operand.cell for operand in calculate(trace, cell).operands]
        assert len(operands) == len(set(operands))
        assert set(operands) == set(changing)


def test_operands_stand_in_reading_order():
    trace = attend(HAND)
    for cell in cells(trace, ("Q", "raw_scores", "scores", "output", "logits", "masked_scores")):
        made = calculate(trace, cell)
        rest = made.numbers
        for operand in made.operands:
            assert operand.printed in rest, made.numbers
            rest = rest.partition(operand.printed)[2]


HOSTILE = ("1 × 2 = 3", "(−∞) / √9 + e^(4", "a]b[c, d", "<b>&", "سلام")


def test_words_do_not_meddle_with_numbers():
    rng = np.random.default_rng(1)
    shapes = {"X": (5, 3), "W_q": (3, 2), "W_k": (3, 2), "W_v": (3, 7)}
    plain = Scenario(tuple("abcde"), **{k: rng.normal(size=s).round(2) for k, s in shapes.items()})
    odd = attend(replace(plain, tokens=HOSTILE, features=("= 7", "× 8", "+ 9")))
    for cell in cells(odd):
        made, expected = calculate(odd, cell), calculate(attend(plain), cell)
        assert made.numbers == expected.numbers
        assert [row[1:] for row in made.table] == [row[1:] for row in expected.table]
        assert check(odd, cell)
    made = calculate(odd, Cell("output", 4, 0))
    assert {term.label for term in made.terms} == {*HOSTILE[:4], "\u2068سلام\u2069"}
    assert made.name == "output[\u2068سلام\u2069, v₁]"
    assert [row[0] for row in calculate(odd, Cell("weights", 0, 0)).table[1:]] == [*HOSTILE]
    assert {term.label for term in calculate(odd, Cell("Q", 0, 0)).terms} == {"= 7", "× 8", "+ 9"}


def test_long_sums_are_abridged_in_symbols_only():
    made = calculate(attend(DEFAULT.scenario), Cell("Q", 0, 0))
    assert made.symbols.count("×") == 3
    assert " + … + X[Je, first person] × W_q[first person, q₁]" in made.symbols
    assert made.numbers.count("×") == 4


def test_one_word_looks_at_itself():
    one = Scenario(("Je",), X=[[0.1, 0.7]], W_q=[[1], [1]], W_k=[[1], [1]], W_v=[[1], [0.005]])
    made = calculate(attend(one), Cell("weights", 0, 0))
    assert made.numbers == "e^(0.64 − 0.64) / 1.00 = 1.00 / 1.00 = 1.000"


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        (Cell("scores", 3, 0), r"scores is 3×3; it has no number \(4, 1\)"),
        (Cell("Q", 0, -1), r"Q is 3×4; it has no number \(1, 0\)"),
        (Cell("projected", 0, 0), "no calculation of 'projected'; expected X, W_q"),
        (Cell("__class__", 0, 0), "no calculation of '__class__'"),
    ],
)
def test_what_is_not_there(cell, said):
    with pytest.raises(ValueError, match=said):
        calculate(attend(DEFAULT.scenario), cell)


def test_heads_are_not_told():
    W = np.ones((2, 3, 1))
    trace = attend(Scenario(("a",), X=[[1, 2, 3]], W_q=W, W_k=W, W_v=W))
    with pytest.raises(ValueError, match=r"expected W_q \(d_model, d_k\), got \(2, 3, 1\)"):
        calculate(trace, Cell("Q", 0, 0))


def test_the_result_is_what_hovering_shows():
    trace = attend(HAND)
    for cell in cells(trace, NAMES[5:]):
        made = calculate(trace, cell)
        assert made.result == number(value_of(trace, cell), limits.DECIMALS)
        assert made.value == value_of(trace, cell)
