"""The overview holds every matrix of a head once, and says how each is made."""

import numpy as np
import pytest

from attn_core import attend
from attn_core.notation.cells import Cell
from attn_core.notation.equation import headline
from attn_core.notation.labels import number
from attn_core.notation.outline import highlight
from attn_core.notation.overview import END, overview
from attn_core.presets import BY_KEY
from tests.cases import for_each
from tests.core.courses import COURSES, of_head

SCENARIOS = COURSES | {key: preset.scenario for key, preset in BY_KEY.items()}


def expected(s):
    """The names of its matrices in reading order, from the scenario's own settings."""
    added, rope = s.positions in ("sinusoidal", "learned"), s.positions == "rope"
    last = "biased_scores" if s.positions == "alibi" else "scores"
    last = "masked_scores" if s.mask is not None else last
    last = "logits" if s.temperature != 1 else last
    return [
        *("X", *(["P", "X_pos"] if added else [])),
        *("W_q", "Q", *(["rotated_Q"] if rope else [])),
        *(["Z", *(["P_context", "Z_pos"] if added else [])] if s.context else []),
        *("W_k", "K", *(["rotated_K"] if rope else [])),
        *("W_v", "V", last, "weights", "output"),
    ]


@for_each(SCENARIOS)
def test_each_matrix_stands_once_with_its_numbers(key):
    s = SCENARIOS[key]
    trace, head = attend(s), s.h - 1
    blocks = overview(trace, head).blocks
    assert [block.step.name for block in blocks] == expected(s)
    for block in blocks:
        np.testing.assert_array_equal(block.values, of_head(trace, block.step.name, head))
        assert not block.transposed


#: Steps that a part is to have, and steps that it then lacks.
PARTS = [
    (["X"], ["W_q", "Q", "W_k", "K", "W_v", "V", "weights", "output"]),
    (["Q", "K", "V"], ["weights", "output"]),
    (["scores"], ["W_v", "V", "weights", "output"]),
    (["weights"], ["W_v", "V", "output"]),
    (["output"], []),
]


@for_each([(key, *part) for key in SCENARIOS for part in PARTS])
def test_a_part_has_what_its_steps_are_made_of_and_no_more(key, of, without):
    trace = attend(SCENARIOS[key])
    part = [block.step.name for block in overview(trace, of=of).blocks]
    whole = [block.step.name for block in overview(trace).blocks]
    rest = [name for name in whole if name not in part]
    assert {*without} <= {*rest}
    if of != ["X"]:
        scores = [] if "scores" in of or "weights" in of or "output" in of else [whole[-3]]
        assert {*rest} - {"Z", "P_context", "Z_pos"} == {*without, *scores}
    assert not str(overview(trace, of=of).terms[-1]).endswith(END)


@for_each(SCENARIOS)
def test_products_fit(key):
    """What stands before and behind a W, or the matrix that the sign names, gives the product."""
    blocks = overview(attend(SCENARIOS[key])).blocks
    seen = {block.symbol: block.values for block in blocks}
    terms = overview(attend(SCENARIOS[key])).terms
    products = [i for i, term in enumerate(terms) if getattr(term, "symbol", "")[:2] == "W_"]
    assert len(products) == 3
    for i in products:
        sign, W, equals, product = terms[i - 1 : i + 3]
        left = terms[i - 2].values if sign == "·" else seen[sign.removesuffix(" ·")]
        assert equals == "="
        np.testing.assert_allclose(left @ W.values, product.values)


@pytest.mark.parametrize(
    ("key", "formulas"),
    [
        ("plain", ("QKᵀ / √3", "softmax(scores)")),
        ("masked", ("(QKᵀ / √3 + M) / 0.7", "softmax(logits)")),
        ("unscaled", ("QKᵀ + M", "softmax(masked)")),
        ("rope, even", ("Q′K′ᵀ / 2 / 1.3", "softmax(logits)")),
        ("rope, a pair", ("Q′K′ᵀ", "softmax(scores)")),
        ("alibi, masked", ("(QKᵀ + B + M) / 2", "softmax(logits)")),
        ("heads, alibi", ("(QKᵀ / √3 + B) / 0.6", "softmax(logits)")),
    ],
)
def test_what_has_no_picture_is_written(key, formulas):
    whole = overview(attend(COURSES[key]))
    signs = [term.removesuffix(" =") for term in whole.terms if isinstance(term, str)]
    written = [sign for sign in signs if sign != END][-3:]
    assert written == [*formulas, "weights · V"]


def test_it_ends_as_the_headline_does():
    for s in SCENARIOS.values():
        trace = attend(s)
        scores, weights, _, output = headline(trace).blocks
        last = overview(trace).blocks[-3:]
        assert [block.appearance for block in last] == [
            block.appearance for block in (scores, weights, output)
        ]


def test_alt_tells_shapes_weights_and_output():
    trace = attend(BY_KEY["verb-subject"].scenario)
    alt = overview(trace).alt
    assert alt.startswith("X (3×4) · W_q (4×2) = Q (3×2); X · W_k (4×2) = K (3×2);")
    for name in ("weights", "output"):
        row = ", ".join(number(value) for value in getattr(trace, name)[2])
        assert f"heureux {row}" in alt.partition(f" {name}: ")[2].partition(". ")[0]


def test_a_number_is_outlined_with_what_it_is_made_of():
    s = BY_KEY["verb-subject"].scenario
    whole = overview(attend(s))
    for name, parts in {
        "Q": ["X", "W_q"],
        "V": ["X", "W_v"],
        "weights": ["scores"],
        "output": ["V", "weights"],
    }.items():
        marked = highlight(whole, s, Cell(name, 1, 0))
        outlined = [b.step.name for b in marked.blocks if b.outlines and b.step.name != name]
        assert outlined == parts, name
