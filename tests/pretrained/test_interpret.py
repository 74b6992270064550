"""What is seen of a model, and what is said of it, against plain NumPy on the tiny models."""

import math
from dataclasses import replace

import numpy as np
import pytest

from attn_core.explain.calculation import calculate
from attn_core.notation.cells import Cell
from attn_core.pretrained import in_lab, interpret, load
from attn_core.pretrained.interpret.reading import pooled
from attn_core.pretrained.rollout import rollout
from tests.pretrained import decoders
from tests.pretrained.tiny import HEADS, HOME, LAYERS, expected, in_bytes

TEXTS = [case["text"] for case in expected("bert")]


@pytest.fixture(scope="module")
def tiny(model_packages):
    return load(str(HOME / "bert"))


@pytest.fixture(scope="module")
def encoded(tiny):
    return tiny.encode(TEXTS[1])


@pytest.fixture
def reading(tiny, encoded):
    def read(**focus):
        given = {"layer": 1, "head": 2, "query": 3, "key": 2} | focus
        return interpret.Reading(tiny, encoded, interpret.Focus(**given))

    return read


def test_one_head(reading, encoded):
    seen = reading().seen
    assert seen.title == "Layer 2, head 3"
    np.testing.assert_allclose(seen.weights, encoded.weights[1, 2], atol=1e-6)
    assert len(seen.tokens) == encoded.n
    np.testing.assert_allclose(
        reading().scores, reading().trace.Q @ reading().trace.K.T / np.sqrt(5), rtol=1e-5
    )


def test_the_mean_of_a_layer(reading, encoded):
    seen = reading(view="average", layer=0).seen
    assert seen.title == f"Layer 1, mean of its {HEADS} heads"
    np.testing.assert_allclose(seen.weights, sum(encoded.weights[0]) / HEADS, rtol=1e-6)


@pytest.mark.parametrize("layer", range(LAYERS))
def test_rollout_to_a_layer(reading, encoded, layer):
    seen = reading(view="rollout", layer=layer).seen
    np.testing.assert_allclose(seen.weights, rollout(encoded.weights)[layer], rtol=1e-6)
    assert seen.title == ("Rollout through 1 layer", "Rollout through 2 layers")[layer]


def test_only_words(reading, encoded):
    without = reading(only_words=True)
    assert without.left_out == (encoded.tokens[0], encoded.tokens[-1])
    assert without.places == tuple(range(1, encoded.n - 1))
    np.testing.assert_allclose(without.seen.weights, reading().seen.weights[1:-1, 1:-1])
    np.testing.assert_array_equal(without.scores, reading().scores[1:-1, 1:-1])
    assert without.tokens == reading().tokens[1:-1]
    assert without.names[without.focus.query] == without.tokens[without.query]


@pytest.mark.parametrize(
    ("asked", "has"),
    [
        ({"layer": 99}, {"layer": LAYERS - 1}),
        ({"head": 99}, {"head": HEADS - 1}),
        ({"query": 999}, {"query": -1}),
        ({"query": 0, "key": 999, "only_words": True}, {"query": 1, "key": -2}),
    ],
)
def test_what_a_model_or_a_text_lacks(reading, encoded, asked, has):
    focus = reading(**asked).focus
    for name, value in has.items():
        has = reading(**asked).key if name == "key" else getattr(focus, name)
        assert has == (value if value >= 0 else encoded.n + value)


def test_a_key_that_is_not_chosen_is_the_word_that_is_looked_at_most(reading, encoded):
    for query in range(encoded.n):
        own = reading(query=query, key=None)
        row = own.trace.weights[query].copy()
        row[[0, -1, query]] = -1  # neither what the model put there, nor itself
        assert own.key == row.argmax()


def test_the_only_word_looks_at_itself(tiny):
    assert interpret.Reading(tiny, tiny.encode("a"), interpret.Focus(0, 0, 1)).key == 1


def test_repeated_words_are_told_apart(tiny):
    encoded = tiny.encode(f"{TEXTS[0]} {TEXTS[0].split()[0]}")
    tokens = interpret.Reading(tiny, encoded, interpret.Focus(0, 0, 1, 1)).tokens
    assert len(set(tokens)) == len(tokens)


def test_thumbnails(reading, encoded):
    np.testing.assert_array_equal(reading().thumbnails(99)[0], encoded.weights)
    without = reading(only_words=True)
    np.testing.assert_array_equal(without.thumbnails(99)[0], encoded.weights[..., 1:-1, 1:-1])
    assert without.thumbnails(3)[0].shape == (LAYERS, HEADS, 3, 3)
    np.testing.assert_array_equal(
        without.thumbnails(1)[0][..., 0, 0], encoded.weights[..., 1:-1, 1:-1].max(axis=(-1, -2))
    )


@pytest.mark.parametrize(("n", "side"), [(7, 3), (13, 5), (5, 4), (512, 40)])
def test_pooled_is_the_largest_of_each_patch(n, side):
    matrix = np.random.default_rng(n).random((2, n, n))
    edges = [n * k // side for k in range(side + 1)]
    small = pooled(matrix, side)
    for i in range(side):
        for j in range(side):
            patch = matrix[:, edges[i] : edges[i + 1], edges[j] : edges[j + 1]]
            np.testing.assert_array_equal(small[:, i, j], patch.max(axis=(1, 2)))


def test_contributions_add_up_to_the_scores(reading):
    trace = reading().trace
    shown = interpret.contributions(trace, 3, 2)
    np.testing.assert_allclose(shown.products.sum(axis=1), shown.scores, rtol=1e-4, atol=1e-6)
    np.testing.assert_allclose(shown.scores, trace.scores[3, list(shown.places)])
    assert shown.features == ("1", "2", "3", "4", "5")
    assert shown.keys[shown.asked] == reading().names[2]
    weights = trace.weights[3, list(shown.places)]
    assert (np.diff(weights) <= 0).all()


def test_the_key_that_is_asked_about_is_always_there():
    """Of 17 keys 12 are shown; the one with the least weight takes the place of the last."""
    from attn_core import Scenario, attend

    X = np.linspace(-2, 2, 17)[:, None]
    words = tuple("abcdefghijklmnopq")
    t = attend(Scenario(words, X, [[1]], [[1]], [[1]]))
    shown = interpret.contributions(t, 16, 0)
    assert shown.keys == (*reversed("ghijklmnopq"), "a")
    assert shown.asked == 11
    assert interpret.contributions(t, 16, 15).asked == 1
    assert interpret.describe_largest_contributions(shown) == (
        "The score of q for a is −4.00, the sum of 1 product. Most is taken by feature 1 (−4.00). "
        "After the softmax it is a weight of 0.000."
    )
    shown = interpret.contributions(t, 16, 16)
    weight = (1 - math.exp(-0.5)) / (1 - math.exp(-8.5))  # the scores are half steps from −4 to 4
    assert interpret.describe_largest_contributions(shown).endswith(
        f" it is a weight of {weight:.3f}."
    )


def test_describe_seen(reading, encoded):
    told = interpret.describe_seen(reading())
    weights = encoded.weights[1, 2]
    i, j = np.unravel_index(weights.argmax(), weights.shape)
    names = reading().names
    to = "itself" if i == j else names[j]
    assert f"{weights.max():.3f}, from {names[i]} to {to}." in told
    top = int(weights.mean(axis=0).argmax())
    assert f"most goes to {names[top]} ({100 * weights.mean(axis=0)[top]:.0f} %)" in told
    assert "not shown" not in told
    told = interpret.describe_seen(reading(only_words=True))
    rest = weights[1:-1, [0, -1]].sum(axis=1).mean()
    assert f"{100 * rest:.0f} % of all goes to [CLS] and [SEP], which are not shown." in told


def test_told_of_a_token(reading, encoded):
    told = interpret.describe_token(reading())
    names, row, column = reading().names, encoded.weights[1, 2][3], encoded.weights[1, 2][:, 3]
    looks, looked_at = told.split(" It is looked at most by ")
    for part, values in ((looks, row), (looked_at, column)):
        best = int(values.argmax())
        assert f"{'itself' if best == 3 else names[best]} ({values[best]:.3f})" in part


def test_a_weight_of_nothing_is_not_named(tiny, encoded):
    reading = interpret.Reading(
        tiny, encoded, interpret.Focus(1, 2, query=3, key=3, view="average")
    )
    weights = np.zeros_like(reading.seen.weights)
    weights[:, 2] = 1
    reading.seen = replace(reading.seen, weights=weights)
    third, fourth = reading.names[2:4]
    assert interpret.describe_token(reading) == (
        f"{fourth} looks most at {third} (1.000). It is looked at most by [CLS] (0.000)."
    )


def test_two_texts(tiny):
    a, b = (tiny.encode(text) for text in TEXTS[:2])
    both = interpret.shared(a, b)
    expected_tokens = [t for t in dict.fromkeys(a.tokens[1:-1]) if t in b.tokens]
    assert both.tokens == tuple(expected_tokens)
    assert both.cosines.shape == (len(expected_tokens), LAYERS + 1)
    means = a.hidden.mean(axis=0), b.hidden.mean(axis=0)
    lengths = [np.sqrt((mean**2).sum()) for mean in means]
    assert both.texts == pytest.approx(means[0] @ means[1] / lengths[0] / lengths[1], abs=1e-6)
    for row, token in zip(both.cosines, both.tokens, strict=True):
        x, y = (each.states[:, each.tokens.index(token)].astype(float) for each in (a, b))
        for k in range(LAYERS + 1):
            angle = x[k] @ y[k] / np.sqrt((x[k] @ x[k]) * (y[k] @ y[k]))
            assert row[k] == pytest.approx(angle, abs=1e-5)
    same = interpret.shared(a, a)
    np.testing.assert_allclose(same.cosines, 1, atol=1e-6)
    assert same.texts == pytest.approx(1)


def test_texts_without_a_common_token(tiny):
    both = interpret.shared(tiny.encode("b"), tiny.encode("d"))
    assert both.tokens == ()
    assert both.cosines.shape == (0, LAYERS + 1)
    assert "no token in common" in interpret.describe_shared(both)


def test_describe_text(tiny):
    told = interpret.describe_text(tiny.encode("ab, dab 😀 ab A"))
    assert told == (
        "The model reads 11 tokens. It reads A as a; cuts ab (a, ##b) and dab (da, ##b); puts "
        "[UNK] in place of 😀. A token such as ##b goes on with what stands before it."
    )
    assert interpret.describe_text(tiny.encode("a b")) == "The model reads 4 tokens."


def test_a_text_beside_itself(tiny):
    encoded = tiny.encode(TEXTS[1])
    told = interpret.describe_shared(interpret.shared(encoded, encoded))
    assert told.endswith("The model makes the same of each in both.")


def test_what_is_said_where_tokens_are_left_out(reading, encoded):
    told = interpret.describe_token(reading(only_words=True))
    rest = encoded.weights[1, 2][3, [0, -1]].sum()
    assert told.startswith("Of the tokens that are shown, ")
    assert told.endswith(f"{100 * rest:.0f} % of its weight goes to [CLS] and [SEP].")
    told = interpret.describe_seen(reading(only_words=True))
    assert told.startswith("The largest weight that is shown is ")
    assert "Of the tokens that are shown most weight goes to " in told


def test_keys_are_among_those_that_are_shown(reading):
    own = reading(only_words=True)
    shown = interpret.contributions(own.trace, own.focus.query, own.key, own.places)
    assert set(shown.places) <= set(own.places)
    assert not {"[CLS]", "[SEP]"} & set(shown.keys)


def test_byte_level_tokens_are_shown_as_they_are_written(model_packages):
    roberta = load(str(HOME / "roberta"))
    encoded = roberta.encode("ab ba")
    assert "Ġba" in encoded.tokens
    names = interpret.Reading(roberta, encoded, interpret.Focus(0, 0, 1)).names
    assert names == ("<s>", "a", "b", "ba", "</s>")


def test_every_name_of_a_token_is_the_shown_one(model_packages, tmp_path):
    """In pictures, sentences and in what is taken to the lab; 😁 is two tokens."""
    model = load(in_bytes(tmp_path))
    encoded = model.encode("é 😀 😁")
    assert {"Ã©", "ðŁĺĢ", "ðŁĺ", "ģ", "Ġ"} <= set(encoded.tokens)
    reading = interpret.Reading(model, encoded, interpret.Focus(0, 0, 2, 4))
    contributions = interpret.contributions(reading.trace, 2, 4, reading.places)
    both = interpret.shared(encoded, model.encode("b é 😀 😁"))
    rollout = interpret.Reading(
        model, encoded, interpret.Focus(1, 0, 2, 4, "rollout", only_words=True)
    )
    small = in_lab(reading.trace.scenario)
    calculated = calculate(reading.trace, Cell("scores", 2, 4))
    said = [
        *reading.names,
        *contributions.keys,
        contributions.query,
        *both.tokens,
        *small.tokens,
        *reading.thumbnails(99)[1],
        *reading.thumbnails(3)[1],
        *rollout.left_out,
        *rollout.seen.tokens,
        interpret.describe_text(encoded),
        interpret.describe_seen(rollout),
        interpret.describe_token(rollout),
        interpret.describe_largest_contributions(contributions),
        interpret.describe_shared(both),
        calculated.symbols,
    ]
    assert not [each for each in said if set(each) & set("ÃðŁĠģ")]
    assert {"é", "😀", "😁 (1/2)", "😁 (2/2)"} <= {name.rstrip("₁₂₃") for name in reading.names}
    assert set(both.tokens) >= {"é", "😀", "😁 (1/2)", "😁 (2/2)"}
    assert small.tokens == encoded.pieces.shown


def test_shared_tokens_of_one_look_are_told_apart(model_packages):
    """With a space before it and without it, a token is another."""
    roberta = load(HOME / "roberta")
    a, b = roberta.encode("ab b"), roberta.encode("b ab")
    assert {"b", "Ġb"} <= set(a.tokens) & set(b.tokens)
    both = interpret.shared(a, b)
    assert len(set(both.tokens)) == len(both.tokens)
    assert {"b₁", "b₂"} <= set(both.tokens)


@pytest.mark.parametrize("folder", [HOME / "bert", decoders.HOME / "llama-gqa"])
def test_a_rollout_computes_the_weights_of_a_text_once(folder, model_packages, monkeypatch):
    model = load(folder)
    encoded, whole = model.encode("ab ba"), model.encode("ab ba").weights
    asked, own = [], type(encoded).layer_weights

    def counted(encoded, layer):
        asked.append(layer)
        return own(encoded, layer)

    monkeypatch.setattr(type(encoded), "layer_weights", counted)
    for layer in (1, 0, 1):
        focus = interpret.Focus(layer, 0, 1, view="rollout")
        seen = interpret.Reading(model, encoded, focus).seen
        np.testing.assert_allclose(seen.weights, rollout(whole)[layer], atol=1e-6)
    assert asked == [0, 1]
