"""A wrong scenario can't exist, and the message says what was expected and what came."""

import numpy as np
import pytest

from attn_core import Scenario, attend, limits

RIGHT = {
    "tokens": ("a", "b", "c"),
    "X": np.ones((3, 5)),
    "W_q": np.ones((5, 2)),
    "W_k": np.ones((5, 2)),
    "W_v": np.ones((5, 7)),
}
NAN, INF = np.full((3, 5), np.nan), np.full((3, 5), np.inf)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"tokens": "abc"}, "sequence of strings, got 'abc'"),
        ({"tokens": ()}, "expected 1 to 4096, got 0"),
        ({"tokens": ("a", "", "c")}, "non-empty strings, got ''"),
        ({"tokens": ("a", 2, "c")}, "non-empty strings, got 2"),
        ({"tokens": ("a", "\ud800", "c")}, "lone surrogate"),
        ({"tokens": ("a", "b")}, r"expected \(2, d_model\), got \(3, 5\)"),
        ({"X": np.ones(3)}, r"expected \(3, d_model\), got \(3,\)\.$"),
        ({"X": NAN}, r"finite numbers, got nan at \(0, 0\)"),
        ({"X": INF}, "finite numbers, got inf"),
        ({"X": [["1", "2"]]}, "real numbers"),
        ({"X": np.ones((3, 5), complex)}, "real numbers, got complex128"),
        ({"X": [[1, 2], [3]]}, "rectangular"),
        ({"X": None}, "X must be an array of numbers, got None"),
        ({"W_q": np.ones((4, 2))}, r"expected \(5, 2\), got \(4, 2\)\.$"),
        ({"W_v": np.ones((6, 7))}, r"W_v must have one row .* expected \(5, 7\), got \(6, 7\)"),
        ({"W_k": np.ones((5, 3))}, r"expected W_k \(5, 2\), got \(5, 3\)"),
        ({"W_k": np.ones((2, 5, 2))}, "the same heads"),
        ({"W_q": np.ones(5)}, r"got \(5,\)"),
        ({"W_o": np.ones((5, 7))}, r"expected \(7, 5\), got \(5, 7\)"),
        ({"mask": np.ones((3, 4))}, r"expected bool \(3, 3\), got bool \(3, 4\)\.$"),
        ({"mask": [[1, 0], [1]]}, "rows of one length"),
        ({"mask": np.ones((3, 5), bool)}, r"got bool \(3, 5\)"),
        ({"mask": np.eye(3, k=1, dtype=bool)}, r"the whole row 3 \(c\)"),
        ({"scale": 1}, "scale must be True or False, got 1"),
        ({"temperature": 0}, "above 0, got 0"),
        ({"temperature": -1.5}, "above 0, got -1.5"),
        ({"temperature": float("nan")}, "finite number above 0, got nan"),
        ({"temperature": "1"}, "got '1'"),
        ({"temperature": True}, "got True"),
        ({"frequencies": [1.0]}, "frequencies are RoPE's: expected None with none positions"),
        ({"positions": "rope", "frequencies": [1.0, 2.0]}, r"expected \(1,\), got \(2,\)"),
        ({"positions": "rope", "frequencies": [NAN[0][0]]}, "frequencies must hold finite numbers"),
        ({"features": ("x", "y")}, "5 different names"),
        ({"features": ("x", "x", "y", "z", "u")}, "5 different names"),
        ({"W_q": np.ones((5, 5000)), "W_k": np.ones((5, 5000))}, "every axis must be 1 to 4096"),
        ({"W_v": np.ones((5, 0))}, "every axis must be 1 to 4096"),
    ],
)
def test_wrong_is_refused(wrong, message):
    with pytest.raises(ValueError, match=message):
        Scenario(**(RIGHT | wrong))


TRANSPOSED = {
    "X": {"X": (5, 3)},
    "W_q": {"W_q": (2, 5)},
    "W_k": {"W_k": (2, 5)},
    "W_v": {"W_v": (7, 5)},
    "W_o": {"W_o": (5, 7)},
    "Z": {"context": ("d",) * 11, "Z": (5, 11)},
    "P": {"positions": "learned", "P": (5, 3)},
    "mask": {"context": ("d",) * 11, "Z": (11, 5), "mask": (11, 3)},
    "W_q of heads": {"W_q": (13, 2, 5), "W_k": (13, 5, 2), "W_v": (13, 5, 7)},
}


def test_what_is_transposed_is_asked_about():
    for case, shapes in TRANSPOSED.items():
        name = case.split()[0]
        right = tuple(reversed(shapes[name][-2:]))
        told = rf"got .*\. Is {name} transposed\? .* is .*{right[0]}, {right[1]}\), which fits\.$"
        with pytest.raises(ValueError, match=told):
            Scenario(**(RIGHT | {k: ones(v) for k, v in shapes.items()}))
        # One column more, and turning doesn't help.
        wrong = shapes | {name: (*shapes[name][:-2], right[1] + 1, right[0] + 1)}
        with pytest.raises(ValueError, match=r"got .*\d\)\.$"):
            Scenario(**(RIGHT | {k: ones(v) for k, v in wrong.items()}))


def ones(shape):
    """An array where a shape is given."""
    return np.ones(shape) if isinstance(shape[0], int) else shape


def test_an_axis_has_room_for_4096():
    column = np.ones((1, 1))
    s = Scenario(("a",) * 4096, np.ones((4096, 1)), W_q=column, W_k=column, W_v=column)
    assert s.n == 4096
    with pytest.raises(ValueError, match="expected 1 to 4096, got 4097"):
        Scenario(("a",) * 4097, np.ones((4097, 1)), W_q=column, W_k=column, W_v=column)


def test_a_slope_of_1_is_the_largest():
    assert Scenario(**RIGHT, positions="alibi", slope=1).slopes == (1,)
    for slope in (0, 1.001):
        with pytest.raises(ValueError, match="above 0 and at most 1"):
            Scenario(**RIGHT, positions="alibi", slope=slope)


def test_frequencies_of_rope():
    """Each place is turned by that many times the frequency of each pair; by hand."""
    rng = np.random.default_rng(11)
    X, W = rng.normal(size=(3, 5)), rng.normal(size=(2, 5, 4))
    own = {"tokens": ("a", "b", "c"), "X": X, "W_q": W[0], "W_k": W[1], "W_v": W[1]}
    s = Scenario(**own, positions="rope", frequencies=[0.3, 0.7])
    turned = []
    for rows in (X @ W[0], X @ W[1]):
        pairs = rows.reshape(3, 2, 2) @ [1, 1j]  # a complex number turns by e^(iθ)
        turned.append(pairs * np.exp(1j * np.outer(range(3), [0.3, 0.7])))
    scores = np.real(turned[0] @ np.conj(turned[1]).T)
    np.testing.assert_allclose(attend(s).raw_scores, scores, rtol=0, atol=1e-12)
    assert s != Scenario(**own, positions="rope")
    paper = Scenario(**own, positions="rope", frequencies=[1, 0.01])
    np.testing.assert_array_equal(
        attend(paper).raw_scores, attend(Scenario(**own, positions="rope")).raw_scores
    )
    with pytest.raises(ValueError, match="expected no frequencies"):
        limits.validate(s)


def test_arrays_are_copied_and_read_only():
    X = np.ones((3, 5))
    s = Scenario(**(RIGHT | {"X": X}))
    X[0, 0] = 9
    assert s.X[0, 0] == 1
    with pytest.raises(ValueError, match="read-only"):
        s.X[0, 0] = 9
    with pytest.raises(AttributeError):
        s.temperature = 2


def test_equal_by_value():
    assert Scenario(**RIGHT) == Scenario(**RIGHT)
    assert hash(Scenario(**RIGHT)) == hash(Scenario(**RIGHT))
    assert Scenario(**RIGHT) == Scenario(**(RIGHT | {"features": ("x1", "x2", "x3", "x4", "x5")}))
    zero = np.zeros((3, 5))
    assert Scenario(**(RIGHT | {"X": zero})) == Scenario(**(RIGHT | {"X": -zero}))


@pytest.mark.parametrize(
    "change",
    [
        {"tokens": ("a", "b", "d")},
        {"X": np.full((3, 5), 1.001)},
        {"scale": False},
        {"temperature": 1.001},
        {"mask": np.ones((3, 3), bool)},
        {"W_o": np.ones((7, 5))},
        {"features": ("a", "b", "c", "d", "e")},
    ],
)
def test_different_in_any_field(change):
    assert Scenario(**RIGHT) != Scenario(**(RIGHT | change))


@pytest.mark.parametrize(
    ("dtypes", "expected"),
    [
        ((np.float32, np.float32), np.float32),
        ((np.float16, np.float32), np.float32),
        ((np.float32, np.float64), np.float64),
        ((np.int64, np.int64), np.float64),
        ((np.longdouble, np.float64), np.float64),
    ],
)
def test_one_type_for_all_arrays(dtypes, expected):
    arrays = {"X": np.ones((3, 5), dtypes[0])}
    arrays |= {name: RIGHT[name].astype(dtypes[1]) for name in ("W_q", "W_k", "W_v")}
    s = Scenario(**(RIGHT | arrays))
    assert {s.X.dtype, s.W_q.dtype, s.W_v.dtype} == {np.dtype(expected)}


@pytest.mark.parametrize("heads", [(), (3,)])
@pytest.mark.parametrize("more", [{}, {"positions": "rope", "temperature": 0.5, "scale": False}])
def test_with_words_is_what_a_new_scenario_would_be(heads, more):
    rng = np.random.default_rng(1)
    W = [rng.normal(size=(*heads, 5, 2)) for _ in range(3)]
    s = Scenario(("a",), rng.normal(size=(1, 5)), *W, features=tuple("vwxyz"), **more)
    tokens, X = ["b", "c", "d"], rng.normal(size=(3, 5))
    other = s.with_words(tokens, X)
    assert other == Scenario(tokens, X, *W, features=tuple("vwxyz"), **more)
    assert other.W_q is s.W_q
    assert s.n == 1
    X[0] = 99
    assert other.X.max() < 99
    with pytest.raises(ValueError, match="read-only"):
        other.X[0] = 1


@pytest.mark.parametrize(
    ("tokens", "X", "message"),
    [
        (("a", "b"), np.ones((3, 5)), r"expected \(2, d_model\), got \(3, 5\)"),
        (("a", "b"), np.ones((2, 7)), r"expected \(7, 2\), got \(5, 2\)"),
        (("a", ""), np.ones((2, 5)), "non-empty strings"),
        (("a", "b"), NAN[:2], "finite numbers, got nan"),
        (("a", "b"), None, "X must hold real numbers, got object"),
    ],
)
def test_with_words_checks_words(tokens, X, message):
    with pytest.raises(ValueError, match=message):
        Scenario(**RIGHT).with_words(tokens, X)


@pytest.mark.parametrize(
    "more",
    [
        {"mask": np.eye(3, dtype=bool)},
        {"context": ("d", "e"), "Z": np.ones((2, 5))},
        {"positions": "learned", "P": np.ones((3, 5))},
    ],
)
def test_with_words_refuses_what_belongs_to_other_words(more):
    s = Scenario(**(RIGHT | more))
    with pytest.raises(ValueError, match="belongs to the words that are there"):
        s.with_words(s.tokens, s.X)


def test_with_words_loses_no_digits():
    float32 = {name: RIGHT[name].astype(np.float32) for name in ("X", "W_q", "W_k", "W_v")}
    s = Scenario(**(RIGHT | float32))
    with pytest.raises(ValueError, match="X must be float32, as the projections are; got float64"):
        s.with_words(("a",), np.ones((1, 5)))
    assert s.with_words(("a",), [[1, 2, 3, 4, 5]]).X.dtype == np.float32
