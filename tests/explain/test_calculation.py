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
from attn_core.explain.calculation import calculate
from attn_core.explain.calculation.product import abridged
from attn_core.masks import causal, padding, window
from attn_core.notation.cells import Cell
from attn_core.notation.graph import graph
from attn_core.notation.labels import isolate, number
from attn_core.presets import DEFAULT, PRESETS
from tests.core.courses import COURSES, made, of_head

PRODUCTS = ("similarity", "Q", "K", "V", "raw_scores", "scores", "output", "projected")
TURNED = ("rotated_Q", "rotated_K")
EXACT = Context(prec=80)
SLOPES = st.sampled_from((None, 0.5, 0.3, 0.123456, 1.0))


class Reader:
    """Computes a printed expression: + − × / ^, brackets, |…|, √, sin and cos, e^(…), −∞."""

    def __init__(self, text):
        self.rest = re.findall(r"\d+(?:\.\d+)?|e\^|sin|cos|[−+×/()|^√∞]|\S", text)

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
        total = self.power()
        while sign := self.take("×", "/"):
            other = self.power()
            total = total * other if sign == "×" else total / other
        return total

    def power(self):
        base = self.number()
        return base ** self.power() if self.take("^") else base

    def number(self):
        if self.take("√"):
            return Decimal(self.rest.pop(0)).sqrt()
        if self.take("∞"):
            return Decimal("Infinity")
        if wave := self.take("sin", "cos"):
            return turn(self.number())[wave == "sin"]
        if self.take("|"):
            inner = self.sum()
            assert self.take("|")
            return abs(inner)
        raised = self.take("e^")
        if self.take("("):
            inner = self.sum()
            assert self.take(")")
            return inner.exp() if raised else inner
        assert not raised
        return Decimal(self.rest.pop(0))


def turn(angle):
    """Cosine and sine, by their series; enough for the angles of twelve words."""
    term, cos, sin = Decimal(1), Decimal(0), Decimal(0)
    for k in range(150):
        sign = -1 if k % 4 in (2, 3) else 1
        cos, sin = (cos, sin + sign * term) if k % 2 else (cos + sign * term, sin)
        term = term * angle / (k + 1)
    return cos, sin


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


def value_of(trace, cell, head=0):
    return of_head(trace, cell.name, head)[cell.row, cell.column]


def cells(trace, names=None):
    for name in graph(trace.scenario) if names is None else names:
        for i, j in np.ndindex(of_head(trace, name).shape):
            yield Cell(name, i, j)


def check(trace, cell, head=0):
    """All that holds for every number; returns whether it is given exactly."""
    made = calculate(trace, cell, head)
    if names := cell.name == "concat_heads" and trace.scenario.heads:
        head = graph(trace.scenario).head_of(cell)
        assert made.symbols.endswith(f" of {isolate(names[head])}")
    with localcontext(EXACT):
        *chain, result = re.split(" [=≈] ", made.numbers)
        assert result == made.result
        assert rounds(value_of(trace, cell, head), result)
        assert all(rounds(value_of(trace, o.cell, head), o.printed) for o in made.operands)
        printed = re.findall(r"−?(?:\d[.\d]*|∞)", made.numbers.replace(" − ", " "))
        if cell.name in PRODUCTS:
            assert {o.printed for o in made.operands} <= set(printed)
            check_terms(trace, made)
        if "≈" not in made.numbers:
            for part in chain:
                assert gives(read(part), result), made.numbers
            if made.table:
                check_table(trace, made, head)
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


def check_table(trace, made, head):
    header, *rows = made.table
    assert len(rows) == trace.scenario.n_k
    assert [row[1] for row in rows] == [o.printed for o in made.operands]
    largest, total = (read(header[i].rpartition(" ")[2]) for i in (2, 4))
    assert largest == max(read(row[1]) for row in rows)
    assert total == sum((read(row[3]) for row in rows), Decimal(0))
    for k, (_, score, difference, power, weight) in enumerate(rows):
        assert read(difference) == read(score) - largest
        assert gives(read(difference).exp(), power)
        assert gives(read(power) / total, weight)
        assert rounds(of_head(trace, "weights", head)[made.cell.row, k], weight)


def edge_distance(value):
    """How far a number is from the nearest edge between two printed ones, in units."""
    units = Decimal(float(value)).scaleb(limits.DECIMALS)
    return abs(abs(units) % 1 - Decimal("0.5"))


#: What may come with what: positions, how many heads, a second sentence, W_o.
COURSE = st.one_of(
    st.tuples(
        st.sampled_from(("none", "sinusoidal", "learned")),
        st.sampled_from((None, 1, 3)),
        st.sampled_from((None, 1, 11)),
        st.booleans(),
    ),
    st.tuples(
        st.sampled_from(("rope", "alibi")), st.sampled_from((None, 3)), st.none(), st.booleans()
    ),
)


@st.composite
def scenarios(draw):
    """Any scenario on the lab's grid, of sizes that are distinct primes (or 1)."""
    n = draw(st.sampled_from((1, 2, 3, 5)))
    d_model, d_k, d_v = draw(st.permutations([p for p in (2, 3, 5, 7) if p != n]))[:3]
    largest = draw(st.sampled_from((5, 700, 3000, 30_000)))
    positions, h, context, has_W_o = draw(COURSE)

    def grid(*shape):
        return (
            draw(
                hnp.arrays(np.int64, shape, elements=st.integers(-largest, largest))
                | st.integers(0, 2**32).map(
                    lambda seed: np.random.default_rng(seed).integers(
                        -largest, largest, shape, endpoint=True
                    )
                )
            )
            / 1000
        )

    n_k = context or n
    own = np.eye(n, n_k, dtype=bool)
    own[:, 0] |= ~own.any(axis=1)
    masks = hnp.arrays(bool, (n, n_k)).map(lambda mask: mask | own)
    masks |= st.none() | st.integers(1, n_k).map(lambda real: padding(n, n_k, real))
    if not context:
        masks |= st.just(causal(n)) | st.integers(0, n).map(lambda reach: window(n, reach))
    width = d_k if positions == "rope" else draw(st.sampled_from((1, d_k)))
    heads = () if h is None else (h,)
    scenario = Scenario(
        tuple(f"t{i}" for i in range(n)),
        X=grid(n, d_model),
        W_q=grid(*heads, d_model, width),
        W_k=grid(*heads, d_model, width),
        W_v=grid(*heads, d_model, d_v),
        mask=draw(masks),
        scale=draw(st.booleans()),
        temperature=draw(st.sampled_from((1.0, 0.05, 0.7, 3.333, 10.0))),
        W_o=grid((h or 1) * d_v, d_model) if has_W_o else None,
        context=tuple(f"z{i}" for i in range(context)) if context else (),
        Z=grid(n_k, d_model) if context else None,
        positions=positions,
        P=grid(max(n, n_k), d_model) if positions == "learned" else None,
        slope=draw(SLOPES) if positions == "alibi" else None,
    )
    return limits.validate(scenario)


@settings(max_examples=60)
@given(scenarios(), st.data())
def test_the_printed_numbers_give_the_printed_result(scenario, data):
    trace = attend(scenario)
    head = data.draw(st.integers(0, scenario.h - 1))
    for cell in cells(trace):
        if not check(trace, cell, head):
            check_edge(trace, cell, head)


def check_edge(trace, cell, head=0):
    """A result may be missed only where the floats' own errors decide how it is printed."""
    made = calculate(trace, cell, head)
    parts = [abs(value_of(trace, o.cell, head)) for o in made.operands]
    factors = [abs(value_of(trace, f.cell, head)) for term in made.terms for f in term.factors]
    scale = sum(abs(term.value) for term in made.terms) or max(abs(made.value), *parts)
    # 64 roundings of 2⁻⁵³, and factors that are printed with 12 decimals.
    error = scale * 64 * 2**-53 + 0.5e-12 * sum(factors or parts)
    assert edge_distance(made.value) <= Decimal(error * 1000 + 1e-6)
    assert cell.name != "weights"


def largest_lab():
    """As large as the lab admits, in sizes and in numbers."""
    rng = np.random.default_rng(5)
    X, W_q, W_k, W_v = (
        rng.integers(-30_000, 30_001, shape) / 1000 for shape in ((12, 8), *[(8, 8)] * 3)
    )
    tokens = tuple("abcdefghijkl")
    return limits.validate(Scenario(tokens, X, W_q, W_k, W_v, temperature=0.05, mask=causal(12)))


#: With what positions add or turn, only the steps that they change are other ones.
LARGEST = {
    "one-hot": ({}, None),
    "even": ({"W_q": np.ones((8, 8)) / 1000, "temperature": 10.0}, None),
    "sinusoidal": ({"positions": "sinusoidal"}, ("P", "X_pos", "Q")),
    "rope": ({"positions": "rope"}, ("rotary_angles", "rotated_Q", "rotated_K", "raw_scores")),
    "alibi": ({"positions": "alibi", "slope": 0.7}, ("alibi_bias", "biased_scores", "weights")),
}


@pytest.mark.parametrize(("changes", "names"), LARGEST.values(), ids=LARGEST)
def test_the_largest_scenarios(changes, names):
    trace = attend(replace(largest_lab(), **changes))
    for cell in cells(trace, names):
        if not check(trace, cell):
            check_edge(trace, cell)


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.key)
def test_every_number_of_every_preset_is_given(preset):
    trace = attend(preset.scenario)
    assert all(check(trace, cell) for cell in cells(trace))


@pytest.mark.parametrize("key", COURSES)
def test_every_number_of_every_course_is_given(key):
    trace = attend(COURSES[key])
    for head in {0, COURSES[key].h - 1}:
        assert all(check(trace, cell, head) for cell in cells(trace))


@pytest.mark.parametrize("key", [key for key in COURSES if "heads" in key])
def test_a_head_is_told_as_if_it_were_alone(key):
    trace = attend(COURSES[key])
    for head in range(min(3, COURSES[key].h)):
        alone = trace.head(head)
        for cell in cells(alone, [name for name in graph(alone.scenario) if name != "alibi_bias"]):
            assert calculate(trace, cell, head) == calculate(alone, cell)


def test_large_float32_numbers_of_places_end_as_well():
    rng = np.random.default_rng(3)
    shapes = {"X": (5, 7), "W_q": (7, 3), "W_k": (7, 3), "W_v": (7, 2)}
    arrays = {k: rng.normal(size=s).astype("f4") for k, s in shapes.items()}
    for options in ({"positions": "rope"}, {"positions": "sinusoidal"}):
        trace = attend(Scenario(tuple("abcde"), **arrays, **options))
        assert np.mean([check(trace, cell) for cell in cells(trace)]) > 0.99


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
        (("attn_mask", 1, 0), "M[suis, Je] is an input: you set it", "−∞"),
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


#: Three words with queries that are known: a pair and a column without a partner.
PLACES = made(n=3, d_k=3, positions="rope")
PLACES = replace(
    PLACES,
    X=np.eye(3, 7),
    W_q=np.vstack([[0.5, -2.0, 0.25], [0.3, 0.6, -1.0], np.ones((5, 3))]),
)


@pytest.mark.parametrize(
    ("scenario", "cell", "symbols", "numbers"),
    [
        (  # cos 1 = 0.5403, sin 1 = 0.8415: 0.16209 − 0.50488 = −0.34279
            PLACES,
            ("rotated_Q", 1, 0),
            "Q′[word1, q₁] = Q[word1, q₁] × cos Θ[word1, θ₁] − Q[word1, q₂] × sin Θ[word1, θ₁]",
            "0.30 × cos 1.00 − 0.60 × sin 1.00 = −0.343",
        ),
        (  # 0.25244 + 0.32418 = 0.57662
            PLACES,
            ("rotated_Q", 1, 1),
            "Q′[word1, q₂] = Q[word1, q₁] × sin Θ[word1, θ₁] + Q[word1, q₂] × cos Θ[word1, θ₁]",
            "0.30 × sin 1.00 + 0.60 × cos 1.00 = 0.577",
        ),
        (PLACES, ("rotated_Q", 1, 2), "Q′[word1, q₃] = Q[word1, q₃]", "−1.00 = −1.000"),
        (
            PLACES,
            ("rotated_Q", 0, 0),
            "Q′[word0, q₁] = Q[word0, q₁] × cos Θ[word0, θ₁] − Q[word0, q₂] × sin Θ[word0, θ₁]",
            "0.50 × cos 0.00 − (−2.00) × sin 0.00 = 0.500",
        ),
        (
            PLACES,
            ("rotary_angles", 2, 0),
            "Θ[word2, θ₁] = 2 / 10000^(0/3)",
            "2 / 10000^(0/3) = 2.000",
        ),
        (  # 2 / 10000^0.5 = 0.02
            COURSES["rope, even"],
            ("rotary_angles", 2, 1),
            "Θ[word2, θ₂] = 2 / 10000^(2/4)",
            "2 / 10000^(2/4) = 0.020",
        ),
        (
            replace(COURSES["rope, even"], frequencies=[1, 0.25]),
            ("rotary_angles", 2, 1),
            "Θ[word2, θ₂] = 2 × 0.25",
            "2 × 0.25 = 0.500",
        ),
        (
            replace(DEFAULT.scenario, positions="sinusoidal"),
            ("P", 1, 0),
            "P[suis, pronoun] = sin(1 / 10000^(0/4))",
            "sin(1 / 10000^(0/4)) = 0.841",
        ),
        (
            replace(DEFAULT.scenario, positions="sinusoidal"),
            ("P", 2, 3),
            "P[heureux, first person] = cos(2 / 10000^(2/4))",
            "cos(2 / 10000^(2/4)) = 1.000",
        ),
        (
            replace(DEFAULT.scenario, positions="sinusoidal"),
            ("X_pos", 1, 0),
            "X′[suis, pronoun] = X[suis, pronoun] + P[suis, pronoun]",
            "0.00 + 0.841 = 0.841",
        ),
        (
            replace(DEFAULT.scenario, positions="alibi", slope=0.5),
            ("alibi_bias", 0, 2),
            "B[Je, heureux] = −0.5 × |0 − 2|",
            "−0.5 × |0 − 2| = −1.000",
        ),
        (
            replace(DEFAULT.scenario, positions="alibi", slope=0.5),
            ("biased_scores", 2, 1),  # 0.18 / 2 − 0.5
            "biased[heureux, suis] = scores[heureux, suis] + B[heureux, suis]",
            "0.09 + (−0.50) = −0.410",
        ),
        (
            COURSES["cross, learned"],
            ("Z", 10, 1),
            "Z[key10, x2] is an input: you set it",
            number(COURSES["cross, learned"].Z[10, 1], 3),
        ),
        (
            COURSES["cross, learned"],
            ("P_context", 10, 1),
            "P_Z[key10, x2] is an input: you set it",
            number(COURSES["cross, learned"].P[10, 1], 3),
        ),
        (
            COURSES["heads"],
            ("W_o", 25, 6),
            "W_o[v₂ head 13, x7] is an input: you set it",
            number(COURSES["heads"].W_o[25, 6], 3),
        ),
    ],
)
def test_places_and_heads_by_hand(scenario, cell, symbols, numbers):
    told = calculate(attend(scenario), Cell(*cell))
    assert (told.symbols, told.numbers) == (symbols, numbers)


def test_the_slope_of_a_later_head_is_a_power():
    trace = attend(COURSES["heads, alibi"])
    told = calculate(trace, Cell("alibi_bias", 4, 1), head=2)  # 0.7³ = 0.343
    assert told.numbers == "−0.7^3 × |4 − 1| = −1.029"
    assert calculate(trace.head(2), told.cell).numbers == "−0.343 × |4 − 1| = −1.029"


def test_the_authors_slope_of_each_head_by_hand():
    s = COURSES["heads, authors' alibi"]
    trace = attend(s)
    for head, slope, result in (
        (0, "1/16", "−0.188"),
        (1, "1/256", "−0.012"),
        (2, "1/4", "−0.750"),
    ):
        told = calculate(trace, Cell("alibi_bias", 4, 1), head=head)
        assert told.numbers == f"−{slope} × |4 − 1| = {result}"
    many = replace(s, **{name: np.ones((16, 7, 2)) for name in ("W_q", "W_k", "W_v")}, heads=())
    told = calculate(attend(many), Cell("alibi_bias", 4, 1), head=2)  # 2^(−3/2) = 0.35355…
    assert told.numbers == "−0.353553390593 × |4 − 1| = −1.061"


def test_what_brings_most_is_named_first_whatever_its_sign():
    """A third of −3, of 2 and of 1."""
    s = Scenario(tuple("abc"), np.eye(3), np.zeros((3, 2)), np.zeros((3, 2)), [[1], [-3], [2]])
    told = calculate(attend(s), Cell("output", 0, 0))
    assert re.findall("V.(.), v₁", told.symbols) == ["b", "c", "a"]
    assert [term.label for term in told.terms] == ["b", "c", "a"]
    assert [abridged(list("abcd"[:n])) for n in (3, 4)] == [["a", "b", "c"], ["a", "b", "…", "d"]]


def test_heads_side_by_side_by_hand():
    eye, W_v = np.ones((2, 1, 1)), [[[2.0, 3.0]], [[5.0, 7.0]]]
    s = Scenario(
        ("Je",), X=[[1]], W_q=eye, W_k=eye, W_v=W_v, W_o=[[1], [2], [0], [-1]], heads=("a", "b")
    )
    trace = attend(s)
    copy = calculate(trace, Cell("concat_heads", 0, 2))
    assert copy.symbols == "heads[Je, v₁ b] = output[Je, v₁] of b"
    assert copy.numbers == "5.00 = 5.000"
    assert copy.operands[0].cell == Cell("output", 0, 0)
    sum_ = calculate(trace, Cell("projected", 0, 0))
    assert sum_.numbers == ("2.00 × 1.00 + 3.00 × 2.00 + 5.00 × 0.00 + 7.00 × (−1.00) = 1.000")
    assert [term.label for term in sum_.terms] == ["v₂ b", "v₂ a", "v₁ a", "v₁ b"]


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


def turned(Q, angles):
    """Pairs as complex numbers, times e^(iθ); a last column stays as it is."""
    made = Q.copy()
    for p in range(angles.shape[1]):
        z = (Q[:, 2 * p] + 1j * Q[:, 2 * p + 1]) * np.exp(1j * angles[:, p])
        made[:, 2 * p], made[:, 2 * p + 1] = z.real, z.imag
    return made


def softmax(x):
    e = np.exp(x)
    return e / e.sum(axis=1, keepdims=True)


#: Each course's steps from the arrays that they should be made of, in the order of reading.
STEP_BY_STEP = {
    "plain": {
        "similarity": lambda a: a["X"] @ a["X"].T,
        "Q": lambda a: a["X"] @ a["W_q"],
        "K": lambda a: a["X"] @ a["W_k"],
        "V": lambda a: a["X"] @ a["W_v"],
        "raw_scores": lambda a: a["Q"] @ a["K"].T,
        "scores": lambda a: a["Q"] @ a["K"].T / np.sqrt(3),
        "weights": lambda a: softmax(a["scores"]),
        "output": lambda a: a["weights"] @ a["V"],
    },
    "masked": {
        "masked_scores": lambda a: a["scores"] + a["attn_mask"],
        "logits": lambda a: a["masked_scores"] / 0.7,
        "weights": lambda a: softmax(a["logits"]),
    },
    "rope, odd": {
        "rotated_Q": lambda a: turned(a["Q"], a["rotary_angles"]),
        "rotated_K": lambda a: turned(a["K"], a["rotary_angles"]),
        "raw_scores": lambda a: a["rotated_Q"] @ a["rotated_K"].T,
        "scores": lambda a: a["rotated_Q"] @ a["rotated_K"].T / np.sqrt(3),
    },
    "rope, even": {
        "rotated_Q": lambda a: turned(a["Q"], a["rotary_angles"]),
        "rotated_K": lambda a: turned(a["K"], a["rotary_angles"]),
    },
    "alibi": {
        "biased_scores": lambda a: a["scores"] + a["alibi_bias"],
        "masked_scores": lambda a: a["biased_scores"] + a["attn_mask"],
        "weights": lambda a: softmax(a["biased_scores"]),
    },
    "cross, learned": {
        "X_pos": lambda a: a["X"] + a["P"],
        "Z_pos": lambda a: a["Z"] + a["P_context"],
        "Q": lambda a: a["X_pos"] @ a["W_q"],
        "K": lambda a: a["Z_pos"] @ a["W_k"],
        "V": lambda a: a["Z_pos"] @ a["W_v"],
        "output": lambda a: a["weights"] @ a["V"],
    },
    "sinusoidal": {
        "X_pos": lambda a: a["X"] + a["P"],
        "K": lambda a: a["X_pos"] @ a["W_k"],
    },
    "cross": {
        "Q": lambda a: a["X"] @ a["W_q"],
        "K": lambda a: a["Z"] @ a["W_k"],
        "V": lambda a: a["Z"] @ a["W_v"],
    },
    "W_o alone": {
        "concat_heads": lambda a: a["output"],
        "projected": lambda a: a["concat_heads"] @ a["W_o"],
    },
}


@pytest.mark.parametrize(
    ("key", "name"), [(key, name) for key, steps in STEP_BY_STEP.items() for name in steps]
)
def test_the_operands_are_what_changes_the_result(key, name):
    trace = attend(COURSES[key])
    arrays = {each: np.array(getattr(trace, each)) for each in graph(trace.scenario)}
    made = STEP_BY_STEP[key][name]
    np.testing.assert_allclose(made(arrays), arrays[name])
    # The same steps of numbers none of which is 0 or −∞, so that each one matters.
    rng = np.random.default_rng(3)
    arrays = {each: rng.uniform(0.5, 1, array.shape) for each, array in arrays.items()}
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
    in_order(trace, ("Q", "raw_scores", "scores", "output", "logits", "masked_scores"))
    in_order(attend(COURSES["rope, odd"]), ("rotated_Q", "rotated_K"))
    in_order(attend(COURSES["alibi"]), ("biased_scores",))
    in_order(attend(COURSES["cross, learned"]), ("X_pos", "Z_pos", "K"))
    in_order(attend(COURSES["W_o alone"]), ("concat_heads", "projected"))


def in_order(trace, names):
    for cell in cells(trace, names):
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


def test_a_head_that_is_not_there():
    trace = attend(COURSES["heads, rope"])
    for head in (-1, 2):
        with pytest.raises(ValueError, match=f"expected one of 2, got {head}"):
            calculate(trace, Cell("Q", 0, 0), head)


def test_the_result_is_what_hovering_shows():
    trace = attend(HAND)
    for cell in cells(trace):
        if cell.name == "attn_mask":
            continue
        made = calculate(trace, cell)
        assert made.result == number(value_of(trace, cell), limits.DECIMALS)
        assert made.value == value_of(trace, cell)
