"""What a decoder writes next and what its parts are worth, against transformers with hooks."""

import json

import numpy as np
import pytest

from attn_core import attend, softmax
from attn_core.pretrained import Decoder, load
from attn_core.pretrained.decoder.ablation import ablated
from attn_core.pretrained.decoder.cache import LayerCache
from attn_core.pretrained.decoder.generate import Continuation
from attn_core.pretrained.decoder.residual_stream import logit_lens
from attn_core.pretrained.decoder.sampling import Sampling, draw, likeliest
from attn_core.pretrained.interpret.block import added_norms
from attn_core.pretrained.interpret.head_worth import layer_effects, probability
from attn_core.pretrained.parts.heads import layer_heads
from tests.pretrained import decoders
from tests.pretrained.test_decoder_files import VARIANTS

pytestmark = pytest.mark.usefixtures("model_packages")
PARTS = np.load(VARIANTS / "parts.npz")
TEXT = "cab bad, dab a ccc"
CLOSE = {"rtol": 0, "atol": 1e-5}
each_kind = pytest.mark.parametrize("kind", decoders.KINDS)
#: As in `make.py` beside the numbers.
OFF = {"one": {(1, 1)}, "two": {(0, 0), (1, 1)}}
SAMPLERS = [(0.7, None, 1.0), (1.0, 5, 1.0), (1.3, None, 0.6), (0.8, 7, 0.5), (1.0, 3, 0.01)]


@each_kind
def test_heads_switched_off(kind):
    encoded = load(decoders.HOME / kind).encode(TEXT)
    for name, off in (OFF | {"layer": layer_heads(1, encoded.model.heads)}).items():
        found = ablated(encoded, off)
        np.testing.assert_allclose(found.logits, PARTS[f"{kind} {name}"], rtol=0, atol=2e-5)
        assert np.abs(found.logits - encoded.logits).max() > 1e-3
        np.testing.assert_array_equal(found.states[0], encoded.states[0])
    assert ablated(found, ()).off == frozenset()
    np.testing.assert_allclose(ablated(found, ()).logits, encoded.logits, rtol=0, atol=1e-5)
    assert ablated(encoded, ()) is encoded


def test_a_head_that_is_not_there():
    encoded = load(decoders.HOME / "gpt2").encode("a")
    with pytest.raises(ValueError, match="head must be 0 to 2, got 3"):
        ablated(encoded, {(0, 3)})
    with pytest.raises(ValueError, match="layer must be 0 to 1, got 2"):
        ablated(encoded, {(2, 0)})


@each_kind
def test_effects_of_heads(kind):
    """The probability of the likeliest token with a head, less that without it."""
    encoded = load(decoders.HOME / kind).encode(TEXT)
    effects = layer_effects(probability(encoded), 1, encoded.model.heads)
    assert effects.shape == (encoded.model.heads,)
    with_all = softmax(encoded.logits[-1].astype(np.float64))
    without = softmax(PARTS[f"{kind} one"][-1].astype(np.float64))
    token = int(with_all.argmax())
    np.testing.assert_allclose(effects[1], with_all[token] - without[token], **CLOSE)
    assert abs(effects[1]) > 1e-4


@each_kind
def test_logit_lens(kind):
    encoded = load(decoders.HOME / kind).encode(TEXT)
    lens = logit_lens(encoded)
    np.testing.assert_allclose(lens, PARTS[f"{kind} lens"], rtol=0, atol=2e-5)
    np.testing.assert_allclose(lens[-1], encoded.next_logits, rtol=0, atol=1e-5)
    np.testing.assert_allclose(logit_lens(encoded, 2)[-1], encoded.logits[2], rtol=0, atol=2e-6)
    with pytest.raises(ValueError, match="token must be one of the text's 11, got 11"):
        logit_lens(encoded, 11)


@each_kind
def test_lengths_of_what_the_parts_add(kind):
    encoded = load(decoders.HOME / kind).encode(TEXT)
    norms = added_norms(encoded)
    np.testing.assert_allclose(norms.attention, PARTS[f"{kind} attention"], rtol=1e-5, atol=1e-5)
    np.testing.assert_allclose(norms.mlp, PARTS[f"{kind} mlp"], rtol=1e-5, atol=1e-5)
    expected = np.sqrt(np.square(encoded.states[:-1].astype(np.float64)).sum(axis=-1))
    np.testing.assert_allclose(norms.stream, expected, rtol=1e-6, atol=0)
    without = added_norms(ablated(encoded, layer_heads(0, encoded.model.heads)))
    bias = encoded.model.blocks[0].attention.o[1]
    rest = 0 if bias is None else np.linalg.norm(bias)
    np.testing.assert_allclose(without.attention[0], rest, **CLOSE)


@each_kind
def test_rows_by_the_cache_are_those_of_the_whole_computation(kind):
    """One token to begin with, and two; each of the others is one row more."""
    model = load(decoders.HOME / kind)
    whole = model.encode(TEXT)
    for text, begun in (("c", 1), ("cab", 2)):
        going = Continuation(model, text)
        assert (going.rows_computed, going.n) == (begun, begun)
        np.testing.assert_allclose(going.logits, whole.logits[begun - 1], **CLOSE)
        for i in range(begun, whole.n):
            row = going.add(whole.pieces.ids[i])
            assert (row.token, going.rows_computed) == (whole.tokens[i], i + 1)
            np.testing.assert_allclose(going.weights(), whole.weights[:, :, i, : i + 1], **CLOSE)
            np.testing.assert_allclose(going.logits, whole.logits[i], **CLOSE)
        assert going.text == TEXT


@each_kind
def test_the_likeliest_token_goes_on_as_transformers_says(kind):
    """`next` of the cases; and token by token what reading the whole text again gives."""
    model = load(decoders.HOME / kind)
    for case in decoders.expected(kind):
        assert Continuation(model, case["text"]).step(Sampling(0)).token == case["next"]
    going = Continuation(model, "ab ba")
    while not going.has_ended:
        again = model.encode(going.text)
        drawn = going.step(Sampling(temperature=0))
        if list(again.pieces.ids) == going.ids[:-1]:  # not all texts are cut as they were written
            assert drawn.id == again.next_logits.argmax()
    assert going.n == model.max_tokens or going.ids[-1] in model.ends


def test_going_back_and_on_again_writes_the_same():
    going = Continuation(load(decoders.HOME / "gpt2"), "ab", seed=7)
    first = [going.step() for _ in range(5)]
    weights, passes = going.weights(), going.passes
    for _ in range(3):
        going.back()
    assert (going.n, going.rows_computed) == (6 - 3, 6)
    again = [going.step() for _ in range(3)]
    assert [each.id for each in again] == [each.id for each in first[2:]]
    np.testing.assert_array_equal(going.weights(), weights)
    assert going.passes == passes == [0, 1, 2, 3, 4, 5]
    assert going.rows_computed == 6 + 3
    others = {
        tuple(other.step().id for _ in range(5))
        for seed in range(20)
        for other in [Continuation(going.model, "ab", seed)]
    }
    assert len(others) > 10


@each_kind
def test_weights_of_any_token_are_those_of_the_whole_computation(kind):
    """Of tokens of the text, of those that are written, and after a part was taken back."""
    model = load(decoders.HOME / kind)
    whole = model.encode(TEXT)
    going = Continuation(model, "cab")
    going.extend(whole.pieces.ids[2:])
    assert (going.first, going.passes) == (2, [0] * 2 + [1] * (whole.n - 2))
    assert (going.ids, going.text) == ([*whole.pieces.ids], TEXT)
    np.testing.assert_allclose(going.logits, whole.logits[-1], **CLOSE)
    for _ in range(2):
        for i in range(going.n):
            np.testing.assert_allclose(going.weights(i), whole.weights[:, :, i, : i + 1], **CLOSE)
        going.back()
    np.testing.assert_allclose(going.weights(), going.weights(going.n - 1), rtol=0, atol=0)
    assert going.rows_computed == whole.n
    with pytest.raises(ValueError, match="token must be one of the text's 9, got 9"):
        going.weights(9)


def test_a_fork_goes_its_own_way():
    model = load(decoders.HOME / "llama-gqa")
    going = Continuation(model, "ab", seed=5)
    for _ in range(7):
        going.step(Sampling(temperature=3))
    ids, logits = going.ids, going.logits
    other = going.fork(3)
    assert (other.n, other.rows_computed, len(other.written)) == (
        going.first + 3,
        going.first + 3,
        3,
    )
    assert other.kept * going.n == going.kept * other.n
    again = Continuation(model, "ab")
    again.extend(ids[1:4])
    for each in (other, again):
        each.extend([3, 5])
    np.testing.assert_allclose(other.logits, again.logits, **CLOSE)
    np.testing.assert_allclose(other.weights(), again.weights(), **CLOSE)
    assert (going.ids, other.ids) == (ids, [*ids[:4], 3, 5])
    np.testing.assert_array_equal(going.logits, logits)


@each_kind
def test_rows_are_counted(kind, monkeypatch):
    """Against what goes through the first block, with the cache and without."""
    model = load(decoders.HOME / kind)
    sizes, read = [], Decoder.embed

    def counted(self, ids, first=0):
        sizes.append(len(ids))
        return read(self, ids, first)

    monkeypatch.setattr(Decoder, "embed", counted)
    going = Continuation(model, "cab")
    logits = [going.logits]
    for _ in range(5):
        going.step(Sampling(temperature=9))
        logits.append(going.logits)
    assert (sizes, going.rows_computed) == ([2, *[1] * 5], 7)
    sizes.clear()
    for n, by_cache in enumerate(logits, 2):  # without it all that is known goes through again
        *_, last = model.forward(model.embed(going.ids[:n]))
        np.testing.assert_allclose(model.logits(last.output)[-1], by_cache, **CLOSE)
    assert going.rows_without_cache == sum(sizes) == 2 + 3 + 4 + 5 + 6 + 7


def test_bytes_of_keys_and_values():
    """Of each layer and each of its heads of keys, a key and a value of d_k numbers a token."""
    model = load(decoders.HOME / "llama-tied-two-kv")
    going = Continuation(model, "cab")
    assert going.kept == 2 * model.layers * model.kv_heads * model.d_k * 4 * going.n
    assert going.room > going.kept


def test_each_place_has_a_draw_of_its_own():
    """Where all tokens are as likely, one draw for all places would write one token."""
    going = Continuation(load(decoders.HOME / "gpt2"), "ab", seed=3)
    assert len({going.step(Sampling(temperature=1e6)).id for _ in range(12)}) > 4


def test_several_rows_upon_the_cache():
    """As of a text that is typed on; each sees the cache and the rows before it."""
    model = load(decoders.HOME / "llama-tied-two-kv")
    whole, past = model.encode(TEXT), [LayerCache() for _ in model.blocks]
    for begin, end in ((0, 4), (4, 9), (9, 11)):
        X = model.embed(whole.pieces.ids[begin:end], begin)
        for layer, trace in enumerate(model.forward(X, past)):
            expected = whole.weights[layer, :, begin:end, :end]
            np.testing.assert_allclose(trace.weights, expected, **CLOSE)
            np.testing.assert_allclose(trace.output, whole.states[layer + 1, begin:end], **CLOSE)


def test_a_cache_of_many_tokens():
    """It makes room several times, and keeps what it had."""
    K, V = np.random.default_rng(5).normal(size=(2, 3, 101, 7)).astype(np.float32)
    cache = LayerCache()
    for begin, end in ((0, 31), (31, 34), (34, 99), (99, 101)):
        found = cache.extended(K[:, begin:end], V[:, begin:end])
        np.testing.assert_array_equal(found[0], K[:, :end])
        np.testing.assert_array_equal(found[1], V[:, :end])
    cache.shorten(40)
    found = cache.extended(V[:, :1], K[:, :1])
    np.testing.assert_array_equal(found[0], np.concatenate([K[:, :40], V[:, :1]], axis=1))


def test_a_long_text_leaves_little_room_and_one_that_goes_on_doubles_it():
    K, rooms = np.ones((3, 101, 7), np.float32), set()
    cache = LayerCache()
    cache.extended(K, K)
    assert cache.room < 1.5 * cache.kept
    for _ in range(1000):
        cache.extended(K[:, :1], K[:, :1])
        rooms.add(cache.room)
    assert len(rooms) < 7


def test_a_continuation_ends():
    model = load(decoders.HOME / "llama-gqa")
    going = Continuation(model, "a")
    assert not going.has_ended
    going.add(0)
    assert going.has_ended and going.text == "a<|endoftext|>"
    going.back()
    with pytest.raises(ValueError, match="Nothing was written"):
        going.back()
    for _ in range(22):
        going.add(3)
    assert going.has_ended and going.n == 23
    with pytest.raises(ValueError, match="room for 23 tokens, and no place for one more"):
        going.step()
    with pytest.raises(ValueError, match="from 0 to 16, got 17"):
        going.add(17)
    with pytest.raises(ValueError, match="at least one word"):
        Continuation(model, "")


def test_draws_are_those_of_numpy():
    """By inverting the cumulated probabilities, as `Generator.choice` does."""
    likely = Sampling(top_k=5).probabilities(PARTS["logits"])
    for seed, place in np.ndindex(7, 11):
        rng = np.random.Generator(np.random.PCG64([seed, place]))
        assert draw(likely, seed, place) == rng.choice(len(likely), p=likely)


def test_what_samplers_leave():
    for settings, expected in zip(SAMPLERS, PARTS["sampled"], strict=True):
        found = Sampling(*settings).probabilities(PARTS["logits"])
        np.testing.assert_allclose(found, expected, rtol=0, atol=1e-7)
    whole = Sampling().probabilities(PARTS["logits"])
    assert whole.all()
    np.testing.assert_array_equal(Sampling(top_k=99).probabilities(PARTS["logits"]), whole)
    best = int(PARTS["logits"].argmax())
    assert Sampling(0).probabilities(PARTS["logits"])[best] == 1
    assert likeliest(whole, 3)[0] == (best, whole[best])
    assert [i for i, _ in likeliest(whole, 23)] == np.argsort(-whole).tolist()


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ({"temperature": -0.1}, "The temperature must be 0 or more, got -0.1"),
        ({"temperature": float("nan")}, "must be 0 or more, got nan"),
        ({"top_k": 0}, "top_k must be a whole number from 1 on, got 0"),
        ({"top_k": 2.0}, "got 2.0"),
        ({"top_p": 0}, "top_p must be above 0 and at most 1, got 0"),
        ({"top_p": 1.5}, "got 1.5"),
    ],
)
def test_samplers_that_cannot_be(said, message):
    with pytest.raises(ValueError, match=message):
        Sampling(**said)


def test_drawn_tokens_are_as_frequent_as_they_are_likely():
    """And each draw's probability is that of its token."""
    model = load(decoders.HOME / "gpt2")
    logits = model.encode("ab").next_logits
    sampling = Sampling(temperature=0.9, top_k=4)
    likely, counts = sampling.probabilities(logits), np.zeros(17)
    for seed in range(700):
        going = Continuation(model, "ab", seed)
        drawn = going.step(sampling)
        counts[drawn.id] += 1
        assert drawn.probability == likely[drawn.id]
    deviation = np.sqrt(likely * (1 - likely) / 700)
    assert (np.abs(counts / 700 - likely) <= 5 * deviation).all()
    assert (counts > 0).sum() > 2


def test_tokens_are_spelled_with_their_spaces():
    tokenizer = load(decoders.HOME / "gpt2").tokenizer
    spelled = [tokenizer.spelling(i) for i in (1, 9, 16, 8, 0)]
    assert spelled == ["a", " a", " ba", " ", "<|endoftext|>"]
    assert [tokenizer.name(i) for i in (9, 99)] == ["Ġa", "token 99"]
    assert tokenizer.joined([15, 16, 7]) == "ab ba,"


def test_what_an_ablated_text_attends_to():
    """Its weights and scenarios are those of the states that it has now."""
    encoded = load(decoders.HOME / "qwen3-qk-norm").encode(TEXT)
    found = ablated(encoded, {(0, 1)})
    assert np.abs(found.weights[1] - encoded.weights[1]).max() > 1e-3
    np.testing.assert_array_equal(found.weights[0], encoded.weights[0])
    weights = attend(found.model.scenario_of(found, 1, 2)).weights
    np.testing.assert_allclose(weights, found.weights[1, 2], rtol=0, atol=1e-6)
    assert json.dumps(sorted(found.off)) == "[[0, 1]]"
