"""Grammar and the two views, learned from some words and tried on others."""

import numpy as np
import pytest

from attn_core import Scenario, attend
from attn_core.gradients import attention_loss
from attn_core.learning import corpus, grammar, linear_probe
from attn_core.learning.corpus import FEATURES
from attn_core.learning.grammar import Batch
from attn_core.learning.optimizer import Optimizer
from attn_core.learning.trainer import Trainer
from attn_core.limits import validate

SENTENCES = corpus.sentences()


def learned(task, steps=300):
    trainer = Trainer(task, Optimizer(learning_rate=0.05), steps)
    trainer.advance(steps)
    assert trainer.stop_reason == "finished"
    return trainer


def drawn(seed, d_k):
    rng = np.random.default_rng(seed)
    return {name: rng.normal(size=(len(FEATURES), d_k)) for name in ("W_q", "W_k")}


def test_a_batch_is_all_its_sentences_one_by_one():
    some, params = SENTENCES[::7], drawn(3, d_k=3)
    assert len({len(each.tokens) for each in some}) > 2  # shorter ones are filled up
    loss, gradient = Batch.of(some).loss(params)
    each = [attention_loss(grammar.scenario(one, params), one.target) for one in some]
    marks = [len(one.looks) for one in some]
    assert loss == pytest.approx(np.average([L for L, _ in each], weights=marks), rel=1e-12)
    for name in params:
        mean = np.average([g[name] for _, g in each], weights=marks, axis=0)
        np.testing.assert_allclose(gradient[name], mean, atol=1e-13)


def test_a_batch_has_the_weights_of_its_sentences():
    params = drawn(5, d_k=2)
    logits = Batch.of(SENTENCES).logits(**params)
    for one, found in zip(SENTENCES, logits, strict=True):
        n = len(one.tokens)
        expected = attend(grammar.scenario(one, params)).logits
        np.testing.assert_allclose(found[:n, :n], expected, atol=1e-12)
        assert (found[:, n:] == -np.inf).all()


def test_accuracy_is_the_part_of_verdicts_that_are_right():
    params = drawn(7, d_k=5)
    batch = Batch.of(SENTENCES)
    found = grammar.verdicts(SENTENCES, params)
    assert len(found) == sum(len(one.looks) for one in SENTENCES)
    right = np.mean([each.is_right for each in found])
    assert grammar.accuracy(batch, batch.logits(**params)) == pytest.approx(right)
    assert 0 < right < 1
    assert all(each.is_right == (each.found == each.target) for each in found)


def test_a_verdict_by_hand():
    """Under the identity each word looks most at itself."""
    (one,) = corpus.read("[French]\nMarie dort>Marie .")
    eye = {name: np.eye(len(FEATURES)) for name in ("W_q", "W_k")}
    (found,) = grammar.verdicts([one], eye)
    weights = attend(grammar.scenario(one, eye)).weights
    assert (found.sentence, found.word) == ("Marie dort.", "dort")
    assert (found.target, found.found, found.is_right) == ("Marie", "dort", False)
    assert found.weight == weights[1, 0] < weights[1, 1]


def test_chance_is_one_of_as_many_words_as_there_are():
    batch = Batch.of(SENTENCES)
    chances = [1 / len(one.tokens) for one in SENTENCES for _ in one.looks]
    assert grammar.baselines(batch, d_k=4)["uniform"] == pytest.approx(np.mean(chances))


@pytest.mark.parametrize("d_k", [1, 4])
def test_likeness_is_of_as_many_features_as_there_are_columns(d_k):
    """With one column words are alike in being pronouns, or in nothing."""
    by_hand = []
    for one in SENTENCES:
        likeness = one.X[:, :d_k] @ one.X[:, :d_k].T
        for query, key in one.looks:
            most = np.flatnonzero(np.isclose(likeness[query], likeness[query].max()))
            by_hand.append((key in most) / len(most))
    found = grammar.baselines(Batch.of(SENTENCES), d_k)["identity"]
    assert found == pytest.approx(np.mean(by_hand))


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_grammar_is_learned_from_likeness(seed):
    training, held_out = corpus.split(seed)
    trainer = learned(grammar.task(training, held_out, d_k=4, kind="identity", seed=seed))
    first, baselines = trainer.checkpoints[0], grammar.baselines(Batch.of(held_out), d_k=4)
    assert first.accuracy == baselines["identity"] < 0.4
    assert baselines["uniform"] < 0.4
    assert trainer.best.accuracy >= 0.95


def test_accuracy_is_told_of_what_is_held_out():
    training, held_out = corpus.split(1)
    wrong = [
        corpus.Marked(one.tokens, tuple((q, (k + 1) % len(one.tokens)) for q, k in one.looks), "")
        for one in held_out
    ]
    task = grammar.task(training, wrong, d_k=4)
    assert learned(task).best.accuracy < 0.3  # what it has learned is right, not this


def test_sentences_are_alike_by_their_features_alone():
    cat, dog = (
        corpus.read(f"[English]\nThe {animal} sleeps>{animal} .")[0] for animal in ("cat", "dog")
    )
    cats = corpus.read("[English]\nThe cats sleep>cats .")[0]
    assert grammar.unlike([dog, cats], [cat]) == [cats]
    training, held_out = corpus.split(1)
    assert 20 < len(grammar.unlike(held_out, training)) < len(held_out)


def test_a_learned_sentence_can_go_to_the_lab():
    one, params = SENTENCES[0], drawn(2, d_k=7)
    s = validate(grammar.scenario(one, params))
    assert (s.tokens, s.features, s.d_k) == (one.tokens, FEATURES, 7)
    np.testing.assert_allclose(s.W_q, params["W_q"], atol=5e-4)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_two_views_are_learned(seed):
    training, held_out = linear_probe.split(linear_probe.Words.of(SENTENCES), seed)
    trainer = learned(linear_probe.task(training, held_out, seed))
    for head in linear_probe.CLASSES:
        assert linear_probe.accuracy(held_out, trainer.best.params, head) >= 0.95
    assert linear_probe.baseline(held_out) < 0.8


def test_words_are_parted_whole():
    words = linear_probe.Words.of(SENTENCES)
    assert len(set(words.tokens)) == len(words.tokens) > 100
    training, held_out = linear_probe.split(words, seed=4)
    assert not set(training.tokens) & set(held_out.tokens)
    together = linear_probe.together(training, held_out)
    assert sorted(together.tokens) == sorted(words.tokens)
    for head, names in linear_probe.CLASSES.items():
        told = dict(zip(words.tokens, words.classes(head), strict=True))
        assert told == dict(zip(together.tokens, together.classes(head), strict=True))
        assert set(told.values()) == set(range(len(names)))
    assert linear_probe.CLASSES["name or not"][told["Marie"]] == "name"


def test_two_views_are_learned_from_the_training_and_tried_on_the_rest():
    training, held_out = linear_probe.split(linear_probe.Words.of(SENTENCES), seed=1)
    task, params = linear_probe.task(training, held_out, seed=1), linear_probe.start(seed=2)
    assert task.loss(params)[0] == linear_probe.loss(training, params)[0]
    right = [linear_probe.accuracy(held_out, params, head) for head in linear_probe.CLASSES]
    assert task.accuracy(params) == pytest.approx(np.mean(right))


def test_the_most_frequent_classes_by_hand():
    """Of Marie, dort and the full stop one is a name, and one is each part of speech."""
    words = linear_probe.Words.of(corpus.read("[French]\nMarie dort>Marie ."))
    assert linear_probe.baseline(words) == pytest.approx((1 / 3 + 2 / 3) / 2)


def test_the_linear_probe_of_both_heads_has_the_gradient_of_finite_differences():
    words = linear_probe.Words.of(SENTENCES[:5])
    params = linear_probe.start(seed=6)
    _, gradient = linear_probe.loss(words, params)
    assert gradient.keys() == params.keys()
    step = 1e-6
    for name, value in params.items():
        for index in np.ndindex(value.shape):
            up, down = ({**params, name: value.copy()} for _ in range(2))
            up[name][index] += step
            down[name][index] -= step
            slope = (linear_probe.loss(words, up)[0] - linear_probe.loss(words, down)[0]) / (
                2 * step
            )
            assert gradient[name][index] == pytest.approx(slope, abs=1e-8)


def test_two_views_go_to_the_lab_as_two_heads():
    params = linear_probe.start(seed=1)
    s = validate(linear_probe.scenario(("Marie", "dort"), params))
    assert isinstance(s, Scenario)
    assert (s.heads, s.d_v) == (tuple(linear_probe.CLASSES), linear_probe.D_V)
    np.testing.assert_allclose(s.W_v[1], params["W_v name or not"], atol=5e-4)
