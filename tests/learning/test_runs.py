"""Optimizers against PyTorch's, runs and why they end, what can be learned and what can't."""

import json
import math
import re
from dataclasses import replace
from pathlib import Path

import hypothesis.extra.numpy as hnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from attn_core import Scenario, attend, masks, softmax
from attn_core.gradients import attention_loss, cross_entropy
from attn_core.learning import fit_target, qk_circuit
from attn_core.learning.describe_result import describe_result
from attn_core.learning.describe_run import describe_run
from attn_core.learning.diagnostics import REACHED, entropy_floor, required_rank
from attn_core.learning.hyperparameters import Hyperparameters
from attn_core.learning.initial import STARTS, start
from attn_core.learning.optimizer import Optimizer
from attn_core.learning.raw_target import (
    PATTERNS,
    blocked,
    entered,
    from_text,
    remap,
    to_allowed_target,
    to_target,
    to_text,
    toggled,
)
from attn_core.learning.trainer import MAX_CHECKPOINTS, MAX_STEPS, Checkpoint, Task, Trainer
from attn_core.limits import MAX_ABS
from attn_core.presets import BY_KEY, DEFAULT
from tests.core.courses import COURSES, D_MODEL, made

#: Made with torch 2.13.0 in float64: the loss is ½ Σ x·(H x) − Σ c·x, plus
#: torch.nn.functional.cross_entropy(X @ W, y); "gradient descent" is torch.optim.SGD(lr,
#: momentum), "Adam" is torch.optim.Adam(lr, betas=(momentum, 0.999), eps=1e-8). Ten steps
#: each: the gradient before the step, x and W after it.
GOLDEN = json.loads((Path(__file__).parents[1] / "golden" / "descent.json").read_text())
RUNS = GOLDEN["runs"]

ONE_HOT = ("itself", "the word before", "the next word", "the first word")


def arrays(named):
    return {name: np.array(value) for name, value in named.items()}


def run_id(run):
    return f"{run['method']}-{run['learning_rate']}-{run['momentum']}"


@pytest.mark.parametrize("run", RUNS, ids=run_id)
def test_each_step_is_torchs(run):
    optimizer = Optimizer(run["method"], run["learning_rate"], run["momentum"])
    params = arrays(GOLDEN["start"])
    state = optimizer.init(params)
    for count, step in enumerate(run["steps"], 1):
        params, state = optimizer.step(params, arrays(step["gradient"]), state)
        assert state.count == count
        for name, expected in step["params"].items():
            np.testing.assert_allclose(params[name], expected, rtol=1e-12, err_msg=name)


def both_losses(params):
    H, c, X, y = (np.array(GOLDEN[name]) for name in ("H", "c", "X", "y"))
    x, W = params["x"], params["W"]
    quadratic, (L, dY) = (
        0.5 * (x * (H @ x)).sum() - (c * x).sum(),
        cross_entropy(X @ W, np.eye(5)[y]),
    )
    return float(quadratic) + L, {"x": H @ x - c, "W": X.T @ dY}


@pytest.mark.parametrize("run", RUNS, ids=run_id)
def test_a_run_of_ten_steps_is_torchs(run):
    """With our own gradients, so that a fault of either would grow."""
    optimizer = Optimizer(run["method"], run["learning_rate"], run["momentum"])
    trainer = Trainer(Task(arrays(GOLDEN["start"]), both_losses), optimizer, steps=10)
    trainer.advance(10)
    assert trainer.stop_reason == "finished"
    for name, expected in run["steps"][-1]["params"].items():
        np.testing.assert_allclose(trainer.last.params[name], expected, rtol=1e-12, err_msg=name)


@pytest.mark.parametrize("method", ["Adam", "gradient descent"])
def test_a_step_leaves_what_it_was_given(method):
    optimizer = Optimizer(method)
    params, gradient = {"W": np.ones((2, 3))}, {"W": np.full((2, 3), 0.5)}
    state = optimizer.init(params)
    optimizer.step(params, gradient, state)
    assert (params["W"] == 1).all() and (gradient["W"] == 0.5).all()
    assert state.count == 0 and (state.mean["W"] == 0).all() and (state.square["W"] == 0).all()


NAN = float("nan")


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"method": "Newton"}, r"method must be one of .*'Adam'.*, got 'Newton'"),
        ({"method": None}, r"method must be one of .*, got None"),
        ({"learning_rate": 0.0009}, r"learning rate must be 0.001 to 100, got 0.0009"),
        ({"learning_rate": 100.1}, r"learning rate must be 0.001 to 100, got 100.1"),
        ({"learning_rate": NAN}, r"learning rate must be 0.001 to 100, got nan"),
        ({"learning_rate": "1"}, r"learning rate must be 0.001 to 100, got '1'"),
        ({"momentum": -0.01}, r"momentum must be 0 to 0.99, got -0.01"),
        ({"momentum": 1.0}, r"momentum must be 0 to 0.99, got 1.0"),
        ({"momentum": NAN}, r"momentum must be 0 to 0.99, got nan"),
        ({"momentum": None}, r"momentum must be 0 to 0.99, got None"),
    ],
)
def test_settings_beyond_their_limits_are_refused(settings, message):
    with pytest.raises(ValueError, match=message):
        Optimizer(**settings)


def test_the_limits_themselves_are_admitted():
    assert Optimizer(learning_rate=0.001, momentum=0).learning_rate == 0.001
    assert Optimizer("gradient descent", 100, 0.99).momentum == 0.99


@pytest.mark.parametrize("steps", [0, -1, MAX_STEPS + 1])
def test_too_few_or_too_many_steps_are_refused(steps):
    with pytest.raises(ValueError, match=f"1 to {MAX_STEPS} steps, got {steps}"):
        Trainer(Task({"x": np.ones(2)}, square), Optimizer(), steps)


def square(params):
    x = params["x"]
    return float((x * x).sum()), {"x": 2 * x}


def squares(steps=MAX_STEPS, start=(1.0, -2.0), **settings):
    optimizer = Optimizer(
        **({"method": "gradient descent", "learning_rate": 0.001, "momentum": 0} | settings)
    )
    return Trainer(Task({"x": np.array(start)}, square), optimizer, steps)


def painted(pattern="the next word", d_k=3, kind="random", seed=1, steps=300, **settings):
    s = DEFAULT.scenario
    target = to_target(PATTERNS[pattern](s.n, s.n_k))
    return Trainer(fit_target.task(s, target, d_k, kind, seed), Optimizer(**settings), steps)


@given(st.lists(st.integers(0, 50), max_size=400))
def test_checkpoints_are_few_in_order_and_have_start_and_last(advances):
    trainer, most = squares(), 0
    for steps in advances:
        trainer.advance(steps)
        most = max(most, len(trainer.checkpoints))
    at = [each.step for each in trainer.checkpoints]
    assert at[0] == 0 and at[-1] == trainer.step == min(sum(advances), MAX_STEPS)
    assert at == sorted(set(at))
    assert most <= MAX_CHECKPOINTS
    assert trainer.checkpoints[-1].loss == trainer.last.loss
    for each in trainer.checkpoints:  # by hand: each step leaves 1 − 2 · 0.001 of x
        expected = np.array([1, -2]) * 0.998**each.step
        np.testing.assert_allclose(each.params["x"], expected, rtol=1e-9)
        assert each.loss == pytest.approx((expected**2).sum(), rel=1e-9)


def test_many_checkpoints_are_thinned_out_evenly():
    trainer = squares()
    for _ in range(1000):
        trainer.advance(1)
    at = [each.step for each in trainer.checkpoints]
    assert MAX_CHECKPOINTS / 2 <= len(at) <= MAX_CHECKPOINTS
    gaps = np.diff(at)
    assert gaps.max() <= 2 * 1000 / MAX_CHECKPOINTS  # early ones are looked back at as well
    assert (at[0], at[-1]) == (0, 1000)


def test_a_run_finishes_and_stays_so():
    trainer = squares(steps=7)
    trainer.advance(5)
    assert trainer.stop_reason is None and trainer.step == 5
    assert describe_run(trainer).startswith("Step 5 of 7: loss ")
    trainer.advance(5)
    assert trainer.stop_reason == "finished" and trainer.step == 7
    last = trainer.last
    trainer.advance(5)
    trainer.stop()
    assert trainer.stop_reason == "finished"
    assert trainer.last.step == last.step and trainer.last.loss == last.loss
    assert [each.step for each in trainer.checkpoints] == [0, 5, 7]
    assert describe_run(trainer).startswith("Learned after 7 steps: the loss went from 5.000 to ")


def test_a_run_is_stopped():
    trainer = squares()
    trainer.advance(3)
    trainer.stop()
    trainer.advance(3)
    assert trainer.stop_reason == "stopped" and trainer.step == 3
    assert describe_run(trainer).startswith("Stopped after 3 steps: the loss went from 5.000 to ")


def test_a_run_that_gets_no_better_says_so():
    trainer = squares(steps=1, start=(0.0, 0.0))
    trainer.advance(1)
    assert describe_run(trainer) == (
        "Learned after 1 step: the loss never fell below its first value, 0.000."
    )


def all_finite(trainer):
    return all(
        math.isfinite(each.loss) and all(np.isfinite(W).all() for W in each.params.values())
        for each in (*trainer.history, trainer.best, trainer.last)
    )


@pytest.mark.parametrize("pattern", ["the word before", "the next word"])
@pytest.mark.parametrize("kind", STARTS)
@pytest.mark.parametrize("momentum", [0.0, 0.9])
def test_too_large_a_learning_rate_diverges_and_says_so(pattern, kind, momentum):
    trainer = painted(
        pattern, kind=kind, method="gradient descent", learning_rate=100.0, momentum=momentum
    )
    trainer.advance(300)
    assert trainer.stop_reason == "diverged"
    assert trainer.step < 300
    assert describe_run(trainer).startswith("It diverges: the loss went from ")
    assert "A learning rate of 100 is too large here." in describe_run(trainer)
    assert all_finite(trainer)
    assert trainer.best.loss <= min(each.loss for each in trainer.checkpoints)
    assert trainer.history[-1].step == trainer.best.step
    np.testing.assert_allclose(
        trainer.task.loss(trainer.best.params)[0], trainer.best.loss, rtol=1e-12
    )


def test_a_loss_that_has_risen_far_ends_a_run_within_the_bound():
    """Each step takes x to −2x: ½, 1, 2, 4; the loss of 16 is more than five times 1."""
    trainer = squares(start=(0.5,), learning_rate=1.5)
    trainer.advance(10)
    assert (trainer.stop_reason, trainer.step) == ("diverged", 3)
    assert describe_run(trainer) == (
        "It diverges: the loss went from 0.250 to 16.000 at step 3. A learning rate of 1.5 is too "
        "large here. Kept are the numbers of step 0, with the lowest loss, 0.250."
    )


def test_the_best_is_kept_though_the_last_is_worse():
    """Of 30 and no momentum, the second step rises after the first fell."""
    trainer = painted(
        "the word before", method="gradient descent", learning_rate=30.0, momentum=0.0
    )
    trainer.advance(300)
    assert trainer.stop_reason == "diverged"
    assert trainer.best.step == 1 < trainer.last.step
    assert trainer.best.loss < trainer.checkpoints[0].loss < trainer.last.loss
    assert f"Kept are the numbers of step {trainer.best.step}" in describe_run(trainer)


def downhill(params):
    """A plane: the loss falls for ever."""
    x = params["x"]
    return float(100 - x.sum()), {"x": -np.ones_like(x)}


def test_numbers_beyond_the_bound_end_a_run_before_they_are_taken():
    task = Task({"x": np.zeros(2)}, downhill)
    trainer = Trainer(task, Optimizer("gradient descent", 0.7, 0.0), steps=100)
    trainer.advance(100)
    assert trainer.stop_reason == "too large"
    assert trainer.step == 42  # 42 · 0.7 = 29.4, and one more is 30.1
    assert all(np.abs(each.params["x"]).max() <= MAX_ABS for each in trainer.history)
    assert "Stopped after step 42: the next one needs numbers beyond ±30" in describe_run(trainer)
    assert [each.step for each in trainer.checkpoints] == [0, 42]
    assert "too large here" not in describe_run(trainer)  # it came near by small steps


def test_a_first_step_beyond_the_bound_leaves_the_start():
    task = Task({"x": np.zeros(2)}, downhill)
    trainer = Trainer(task, Optimizer("gradient descent", 100.0, 0.0), steps=5)
    trainer.advance(5)
    assert (trainer.stop_reason, trainer.step, len(trainer.checkpoints)) == ("too large", 0, 1)
    assert trainer.best.step == 0
    assert "A learning rate of 100 is too large here." in describe_run(trainer)


def test_bound_is_reached_exactly_without_an_end():
    task = Task({"x": np.zeros(2)}, downhill)
    trainer = Trainer(task, Optimizer("gradient descent", 15.0, 0.0), steps=2)
    trainer.advance(2)
    assert trainer.stop_reason == "finished"
    np.testing.assert_array_equal(trainer.last.params["x"], [MAX_ABS, MAX_ABS])


def assert_same(one, other):
    assert (one.step, one.loss, one.accuracy) == (other.step, other.loss, other.accuracy)
    for name, W in one.params.items():
        np.testing.assert_array_equal(W, other.params[name])


@pytest.mark.parametrize("method", ["Adam", "gradient descent"])
def test_same_seed_same_run_bit_by_bit(method):
    one, other, third = (painted(seed=seed, method=method) for seed in (7, 7, 8))
    for trainer in (one, other, third):
        trainer.advance(50)
    assert_same(one.last, other.last)
    assert one.last.loss != third.last.loss


@pytest.mark.parametrize("method", ["Adam", "gradient descent"])
def test_single_steps_come_to_the_same_as_many(method):
    one, many = (painted(steps=97, method=method, learning_rate=0.3) for _ in range(2))
    for _ in range(97):
        one.advance(1)
    many.advance(97)
    assert one.stop_reason == many.stop_reason == "finished"
    assert_same(one.last, many.last)
    assert_same(one.best, many.best)


def test_what_is_held_out_is_told_of_each_checkpoint():
    task = Task({"x": np.array([1.0])}, square, accuracy=lambda params: float(params["x"][0]))
    trainer = Trainer(task, Optimizer("gradient descent", 0.25, 0.0), steps=2)
    trainer.advance(1)
    trainer.advance(1)
    assert [each.accuracy for each in trainer.checkpoints] == [1, 0.5, 0.25]


def test_other_settings_are_followed_from_the_next_step_on():
    """Half of x goes, then a quarter of the rest; another method forgets the momentum."""
    trainer = squares(start=(16.0,), learning_rate=0.25, momentum=0.0)
    trainer.advance(1)
    trainer.follow(Optimizer("gradient descent", 0.125, 0.0))
    trainer.advance(1)
    assert [each.params["x"].tolist() for each in trainer.checkpoints] == [[16], [8], [6]]
    trainer.follow(Optimizer("Adam", 0.5))
    trainer.advance(1)
    # Adam's first step is as long as its learning rate, whatever the gradient.
    assert trainer.last.params["x"] == pytest.approx(5.5, abs=1e-6)


def test_a_run_that_is_over_keeps_the_settings_that_it_had():
    """A rate that is chosen afterwards isn't to blame."""
    trainer = squares(start=(0.5,), learning_rate=1.5)
    trainer.advance(10)
    told = describe_run(trainer)
    trainer.follow(Optimizer("Adam", 0.001))
    assert describe_run(trainer) == told
    assert "A learning rate of 1.5 is too large here" in told


def test_the_same_method_keeps_its_momentum():
    """v = 2 · 16, then 0.5 · 32 + 2 · 8 = 32: x goes from 16 to 12 to 8."""
    trainer = squares(start=(16.0,), learning_rate=0.125, momentum=0.5)
    trainer.advance(1)
    trainer.follow(Optimizer("gradient descent", 0.1, 0.5))
    trainer.advance(1)
    # v = 0.5 · 32 + 2 · 12 = 40.
    assert [each.params["x"].tolist() for each in trainer.checkpoints] == [[16], [12], [8]]


# What is painted.


PAINTED = hnp.arrays(np.float64, (3, 5), elements=st.floats(0, 30))


@given(PAINTED)
def test_rows_of_what_is_wanted_sum_to_1_or_are_empty(drawn):
    drawn[drawn < 1e-3] = 0
    if not drawn.any():
        with pytest.raises(ValueError, match="Nothing is painted yet"):
            to_target(drawn)
        return
    T = to_target(drawn)
    for row, before in zip(T, drawn, strict=True):
        if before.any():
            np.testing.assert_allclose(row * before.sum(), before, rtol=1e-12)
        else:
            assert (row == 0).all()


@pytest.mark.parametrize(
    ("number", "written"), [(-1, "−1"), (NAN, "nan"), (31, "31"), (-0.5, "−0.5")]
)
def test_what_cant_be_painted_is_named(number, written):
    drawn = np.ones((2, 3))
    drawn[1, 2] = number
    with pytest.raises(ValueError, match=f"from 0 to 30: row 2, column 3 is {written}"):
        to_target(drawn)


def test_what_a_mask_blocks_isnt_called_nothing():
    s = made(n=3, mask=masks.causal(3))
    with pytest.raises(ValueError, match="The mask blocks all that is painted"):
        to_allowed_target(PATTERNS["the next word"](3, 3), s)
    with pytest.raises(ValueError, match="Nothing is painted yet"):
        to_allowed_target(np.zeros((3, 3)), s)
    expected = [[1, 0, 0], [0.5, 0.5, 0], [1 / 3, 1 / 3, 1 / 3]]
    np.testing.assert_allclose(to_allowed_target(np.ones((3, 3)), s), expected)


def test_patterns_by_hand():
    assert PATTERNS["itself"](2, 3).tolist() == [[1, 0, 0], [0, 1, 0]]
    assert PATTERNS["the word before"](3, 3).tolist() == [[0, 0, 0], [1, 0, 0], [0, 1, 0]]
    assert PATTERNS["the next word"](3, 3).tolist() == [[0, 1, 0], [0, 0, 1], [0, 0, 0]]
    assert PATTERNS["the first word"](3, 2).tolist() == [[1, 0], [1, 0], [1, 0]]
    assert to_target(PATTERNS["all alike"](2, 5)).tolist() == [[0.2] * 5] * 2


GRID = st.integers(0, 30_000).map(lambda thousandths: thousandths / 1000)


@given(hnp.arrays(np.float64, hnp.array_shapes(min_dims=2, max_dims=2), elements=GRID))
def test_an_address_says_what_is_painted(drawn):
    np.testing.assert_array_equal(from_text(to_text(drawn)), drawn)


def test_what_the_mask_blocks_of_a_painting_is_counted():
    s = replace(DEFAULT.scenario, mask=masks.causal(3))
    assert blocked(np.array([[0.0, 1, 0.5], [1, 1, 0], [1, 1, 1]]), s) == 2
    assert blocked(np.ones((3, 3)), DEFAULT.scenario) == 0


def test_a_box_is_painted_and_wiped():
    s, drawn = (
        replace(DEFAULT.scenario, mask=masks.causal(3)),
        np.array([[0.5, 0, 0], *[[0] * 3] * 2]),
    )
    assert toggled(drawn, s, 2, 1).tolist() == [[0.5, 0, 0], [0, 0, 0], [0, 1, 0]]
    assert not toggled(drawn, s, 0, 0).any()
    assert drawn[0, 0] == 0.5
    for row, column in ((3, 0), (0, 3), (-1, 0), (0, -1)):
        with pytest.raises(
            ValueError, match=f"3×3 boxes; there is none at {row + 1}, {column + 1}"
        ):
            toggled(drawn, s, row, column)
    with pytest.raises(ValueError, match="The mask blocks row 1, column 3"):
        toggled(drawn, s, 0, 2)


@given(PAINTED)
def test_whatever_is_typed_fits_into_an_address(drawn):
    held = entered(drawn)
    np.testing.assert_allclose(held, drawn, atol=0.0005 + 1e-12)
    np.testing.assert_array_equal(from_text(to_text(held)), held)


@pytest.mark.parametrize(
    "text",
    ["", "1-", "-1", "1--1", "1_", "1-0_1", "nan", "1e3", "31", "100", "1.2345", "١", "1-0\n"],
)
def test_an_address_that_says_something_else_is_nothing_painted(text):
    assert from_text(text) is None


def test_words_that_stay_keep_their_boxes():
    """Of a b c, b goes and x comes: a still looks at c with 3, and x at nothing."""
    s = made(n=3)
    before = replace(s, tokens=("a", "b", "c"))
    drawn = np.array([[1, 2, 3], [4, 5, 6], [7, 8, 9]])
    after = replace(s, tokens=("a", "c", "x"))
    fitted = remap(drawn, (before.tokens, before.tokens), after)
    assert fitted.tolist() == [[1, 3, 0], [7, 9, 0], [0, 0, 0]]


def test_words_of_a_second_sentence_keep_their_boxes():
    """The word that goes is looked at, and a new one asks."""
    s = replace(made(n=2, context=3), tokens=("a", "x"), context=("f", "d", "g"))
    drawn = np.array([[1, 2, 3], [4, 5, 6]])
    fitted = remap(drawn, (("a", "b"), ("d", "e", "g")), s)
    assert fitted.tolist() == [[0, 1, 3], [0, 0, 0]]


# What can be learned.


@pytest.mark.parametrize("pattern", PATTERNS)
@pytest.mark.parametrize(
    ("key", "kind"),
    [
        *(("similarity", kind) for kind in STARTS),
        *(("verb-subject", kind) for kind in STARTS),
        *((key, STARTS[0]) for key in ("sharp", "soft", "word-order")),
    ],
)
def test_three_words_learn_every_pattern(pattern, key, kind):
    s = BY_KEY[key].scenario
    target = to_target(PATTERNS[pattern](s.n, s.n_k))
    trainer = Trainer(fit_target.task(s, target, 3, kind), Optimizer(), steps=500)
    trainer.advance(500)
    assert trainer.best.loss - entropy_floor(target) <= REACHED
    assert describe_result(s, target, trainer.best).startswith("Reached: the loss is ")
    # Not only the loss: the weights themselves are what is painted.
    asked = target.any(axis=1)
    weights = attend(fit_target.learned(s, trainer.best.params)).weights
    np.testing.assert_allclose(weights[asked], target[asked], atol=0.2)
    if pattern in ONE_HOT:
        assert (weights[asked].argmax(axis=1) == target[asked].argmax(axis=1)).all()


@pytest.mark.parametrize("key", ["sinusoidal", "learned", "rope, odd", "alibi", "cross, learned"])
def test_a_run_goes_through_positions_masks_and_a_second_sentence(key):
    s = COURSES[key]
    target = np.zeros((s.n, s.n_k))
    target[:, 0] = 1
    trainer = Trainer(fit_target.task(s, target, 3), Optimizer(), steps=500)
    trainer.advance(500)
    assert trainer.best.loss < REACHED


def alone(n, X=None, **options):
    """Words that have nothing in common, unless X says otherwise."""
    X = np.eye(n) if X is None else np.array(X, dtype=float)
    W = np.eye(X.shape[1])
    return Scenario(tuple(f"w{i}" for i in range(n)), X, W, W, W, **options)


def test_a_permutation_comes_nearer_with_each_column():
    s, target = alone(5), np.eye(5)[[3, 0, 4, 2, 1]]
    losses = [
        each.loss for each in fit_target.by_d_k(s, target, range(1, 6), Hyperparameters(steps=300))
    ]
    assert (np.diff(losses) < 0).all()
    assert losses[0] > 0.3 > REACHED > losses[-1]
    shapes = {
        each.params["W_q"].shape
        for each in fit_target.by_d_k(s, target, range(1, 6), Hyperparameters(steps=1))
    }
    assert shapes == {(5, d_k) for d_k in range(1, 6)}


def test_of_each_number_of_columns_the_best_step_counts_and_not_the_last():
    s, target = alone(5), np.eye(5)[[3, 0, 4, 2, 1]]
    far = Optimizer("gradient descent", learning_rate=30.0, momentum=0.9)
    for d_k, found in zip(
        (1, 2), fit_target.by_d_k(s, target, range(1, 3), Hyperparameters(far, 40)), strict=True
    ):
        trainer = Trainer(fit_target.task(s, target, d_k), far, 40)
        losses = [trainer.last.loss]
        while trainer.stop_reason is None:
            trainer.advance(1)
            losses.append(trainer.last.loss)
        assert found.loss == min(losses) < losses[-1]
        assert found.step == int(np.argmin(losses))


def test_rope_has_no_single_column():
    s = COURSES["rope, odd"]
    target = to_target(PATTERNS["the word before"](s.n, s.n_k))
    runs = fit_target.by_d_k(s, target, range(1, 4), Hyperparameters(steps=2))
    assert runs[0] is None
    assert [each.params["W_q"].shape[1] for each in runs[1:]] == [2, 3]


def test_a_run_refuses_what_the_mask_blocks_before_it_begins():
    s = replace(DEFAULT.scenario, mask=masks.causal(3))
    blocked_task = fit_target.task(s, to_target(PATTERNS["the next word"](3, 3)), d_k=2)
    with pytest.raises(ValueError, match="word 1 can't look at word 2"):
        Trainer(blocked_task, Optimizer(), steps=1)


def test_random_starts_are_spread_and_seeded():
    drawn = start("random", 101, 89, seed=3)
    assert drawn["W_q"].std() == pytest.approx(0.3, rel=0.05)
    assert abs(drawn["W_k"].mean()) < 0.02
    assert not np.array_equal(drawn["W_q"], drawn["W_k"])
    np.testing.assert_array_equal(drawn["W_q"], start("random", 101, 89, seed=3)["W_q"])
    assert start("identity", 2, 3, seed=1)["W_k"].tolist() == [[1, 0, 0], [0, 1, 0]]


def test_what_was_learned_goes_into_one_head_on_the_grid():
    s = COURSES["heads, rope"]
    params = {"W_q": np.full((D_MODEL, 2), 1.23456), "W_k": np.full((D_MODEL, 2), -0.98765)}
    sent = fit_target.sent(s, params, head=1)
    assert sent.d_k == 2
    assert (sent.W_q[1] == 1.235).all() and (sent.W_k[1] == -0.988).all()
    np.testing.assert_array_equal(sent.W_q[0], s.W_q[0][:, :2])
    np.testing.assert_array_equal(sent.W_v, s.W_v)


# How near it can come, and why not nearer.


def test_lowest_by_hand():
    assert entropy_floor(np.eye(3)) == 0
    assert entropy_floor(np.full((2, 5), 0.2)) == pytest.approx(math.log(5))
    mixed = np.array([[0.5, 0.25, 0.25], [0, 0, 0], [0, 1, 0]])
    assert entropy_floor(mixed) == pytest.approx(1.5 * math.log(2) / 2)


@given(st.integers(0, 2**32 - 1))
def test_no_weights_have_a_loss_below_the_lowest(seed):
    rng = np.random.default_rng(seed)
    s = made(seed % 1000)
    target = rng.dirichlet(np.full(5, 0.5), 5)
    target[rng.integers(0, 5)] = 0
    assert attention_loss(s, target)[0] >= entropy_floor(target) - 1e-12
    logs = np.log(np.where(target > 0, target, 1))
    with_zeros = replace(alone(5), W_q=np.eye(5), W_k=logs.T, scale=False)
    assert attention_loss(with_zeros, target)[0] == pytest.approx(entropy_floor(target), abs=1e-9)


def test_needed_rank_by_hand():
    assert required_rank(np.eye(2)) == 1
    assert required_rank(np.eye(5)) == 4
    assert required_rank(np.full((2, 3), 1 / 3)) == 0
    assert required_rank(np.array([[1.0, 0, 0], [0, 0, 0], [1, 0, 0]])) == 1
    assert required_rank(np.array([[0.5, 0.25, 0.25], [0.25, 0.5, 0.25], [0.4, 0.4, 0.2]])) == 2
    # The third row's logarithms are the first's, twice: (2, 1, 1) and (4, 1, 1).
    assert required_rank(np.array([[2, 1, 1], [2, 1, 1], [4, 1, 1]]) / [[4], [4], [6]]) == 1


def made_by(rank, seed=0, n=5, n_k=7):
    """Weights of scores of a known rank, none near to 0."""
    rng = np.random.default_rng(seed)
    Q, K = rng.uniform(-0.7, 0.7, (n, rank)), rng.uniform(-0.7, 0.7, (n_k, rank))
    return softmax(Q @ K.T)


@given(st.integers(1, 3), st.integers(0, 2**32 - 1))
def test_weights_of_so_many_columns_need_no_more(rank, seed):
    assert required_rank(made_by(rank, seed)) <= rank


@pytest.mark.parametrize("rank", [1, 2, 3])
def test_as_many_columns_as_are_needed_are_enough_and_one_less_is_not(rank):
    s, target = alone(5), made_by(rank, n_k=5)
    assert required_rank(target) == rank
    trainer = Trainer(fit_target.task(s, target, rank), Optimizer(), steps=3000)
    trainer.advance(3000)
    assert trainer.best.loss - entropy_floor(target) < 1e-8
    if rank > 1:
        fewer = Trainer(fit_target.task(s, target, rank - 1), Optimizer(), steps=3000)
        fewer.advance(3000)
        assert fewer.best.loss - entropy_floor(target) > 1e-5


def best_of(s, target, d_k, steps=500, seed=1):
    trainer = Trainer(fit_target.task(s, target, d_k, seed=seed), Optimizer(), steps)
    trainer.advance(steps)
    return trainer.best


def standing(s, target, W_q, W_k, step=0):
    params = {"W_q": np.array(W_q, dtype=float), "W_k": np.array(W_k, dtype=float)}
    return Checkpoint(step, attention_loss(fit_target.learned(s, params), target)[0], params, None)


#: No zeros, and of rank 2 after the mean of each row's logarithms is taken off.
SOFT = np.array([[8, 1, 1], [1, 8, 1], [1, 1, 8]]) / 10


def test_too_few_columns_are_told():
    told = describe_result(alone(3), SOFT, best_of(alone(3), SOFT, 1))
    assert "With d_k = 1 the scores Q Kᵀ have rank 1" in told
    assert told.endswith("and to be exactly the painted weights they need rank 2.")


def test_a_run_that_came_to_rest_for_lack_of_columns_blames_them():
    best = best_of(alone(3), SOFT, 1, steps=5000)
    _, gradient = attention_loss(fit_target.learned(alone(3), best.params), SOFT)
    assert max(abs(pull).max() for pull in gradient.values()) < 1e-6
    assert "With d_k = 1" in describe_result(alone(3), SOFT, best)


def test_a_stand_in_for_0_is_told_and_that_larger_numbers_may_do():
    """Five words look each at itself with two columns, if the numbers are large enough."""
    s, target = alone(5), np.eye(5)
    early, late = (best_of(s, target, 2, steps) for steps in (50, 500))
    told = describe_result(s, target, early)
    assert (
        "(with 0.01 for 0) they need rank 4. More steps, to larger numbers, may come nearer" in told
    )
    assert describe_result(s, target, late).startswith("Reached")
    assert describe_result(s, target, best_of(s, target, 1)).endswith(
        "(with 0.01 for 0) they need rank 4."
    )


def test_too_low_a_rank_of_the_embeddings_is_told():
    s = alone(3, X=[[1, 0], [2, 0], [-1, 0]])
    told = describe_result(s, SOFT, best_of(s, SOFT, 2))
    assert "The rank of the embeddings is 1, so that of the scores can't be more" in told
    assert told.endswith("they need rank 2.")


def test_the_lower_of_two_ranks_is_told():
    """With words on a line more columns change nothing; with one column no words do."""
    line = alone(5, X=[[1, 0], [2, 0], [-1, 0], [3, 0], [-2, 0]])
    target = (4 * np.eye(5) + 0.25) / 5.25
    assert required_rank(target) == 4
    for s, d_k, told in (
        (line, 3, "The rank of the embeddings is 1,"),
        (line, 1, "With d_k = 1 the scores Q Kᵀ have rank 1 at most,"),
        (alone(5), 3, "With d_k = 3 the scores Q Kᵀ have rank 3 at most,"),
    ):
        W_q, W_k = np.random.default_rng(1).normal(size=(2, s.d_model, d_k))
        on_its_way = standing(s, target, W_q, W_k, step=9)
        assert told in describe_result(s, target, on_its_way)
        # And truly, the scores have that rank.
        scores = attend(fit_target.learned(s, on_its_way.params)).scores
        assert np.linalg.matrix_rank(scores) == min(d_k, np.linalg.matrix_rank(s.X))


def test_two_ends_of_a_line_need_no_second_column():
    s, target = alone(3), np.array([[1.0, 0, 0], [0, 0, 1], [1, 0, 0]])
    early, late = (best_of(s, target, 1, steps) for steps in (20, 500))
    assert "they need rank 2. More steps, to larger numbers, may come nearer" in describe_result(
        s, target, early
    )
    assert describe_result(s, target, late).startswith("Reached")


def test_a_row_of_which_nothing_is_wanted_gives_no_advice():
    """Of the two ends of a line each is looked at by one word; the third word is free."""
    s = alone(3)
    ends = np.array([[1.0, 0, 0], [0, 0, 0], [0, 0, 1]])
    W_q, W_k = np.random.default_rng(3).normal(size=(2, 3, 1))
    told = describe_result(s, ends, standing(s, ends, W_q, W_k, step=9))
    assert told.endswith(
        "(with 0.01 for 0) they need rank 2. More steps, to larger numbers, may come nearer."
    )
    soft = SOFT * [[1], [0], [1]]
    told = describe_result(s, soft, standing(s, soft, W_q, W_k, step=9))
    assert told.endswith("and to be exactly the painted weights they need rank 2.")


def test_a_second_sentence_of_low_rank_is_told():
    """The lower rank counts, be it the context's or the sentence's own."""
    line = np.array([[1, 0, 0], [2, 0, 0], [-1, 0, 0]])
    for X, Z in ((np.eye(3), line), (line, np.eye(3))):
        s = alone(3, X=X, context=("a", "b", "c"), Z=Z)
        assert "The rank of the embeddings is 1" in describe_result(s, SOFT, best_of(s, SOFT, 2))


@pytest.mark.parametrize(
    "options",
    [
        {"mask": masks.causal(3)},
        {"positions": "alibi", "slope": 0.5},
        {"positions": "rope"},
    ],
)
def test_no_rank_is_blamed_where_it_proves_nothing(options):
    """Blocked boxes fit any rank, ALiBi adds to the scores, RoPE turns equal rows apart."""
    s = alone(3, X=[[1, 0], [2, 0], [-1, 0]], **options)
    target = to_target(SOFT * s.allowed)
    told = describe_result(
        s, target, standing(s, target, np.ones((2, 2)), [[2, 1], [1, -3]], step=9)
    )
    assert told.startswith("Not reached")
    assert "rank" not in told
    assert told.endswith("another learning rate or seed may come nearer.")


def test_numbers_at_the_bound_have_no_room_to_grow():
    s, target = alone(5), np.eye(5)
    W = np.random.default_rng(3).normal(size=(2, 5, 2))
    free = describe_result(s, target, standing(s, target, *W, step=9))
    assert "More steps, to larger numbers, may come nearer" in free
    W[0, 0, 0] = 29.9
    at_bound = describe_result(s, target, standing(s, target, *W, step=9))
    assert "they need rank 4." in at_bound
    assert "More steps" not in at_bound
    masked = alone(3, mask=masks.causal(3))
    target = to_target(SOFT * masked.allowed)
    told = describe_result(
        masked, target, standing(masked, target, 29.9 * np.eye(3), -np.eye(3), step=9)
    )
    assert told.endswith("The numbers have come near ±30, as far as the lab goes.")


def test_an_all_zero_start_pulls_at_nothing():
    s = alone(3)
    zeros = np.zeros((3, 2))
    told = describe_result(s, SOFT, standing(s, SOFT, zeros, zeros))
    assert "Nothing pulls at the numbers here: the gradient is 0." in told
    # So it is where the rank is too small as well, for nothing was tried.
    told = describe_result(s, SOFT, standing(s, SOFT, zeros[:, :1], zeros[:, :1]))
    assert "Nothing pulls" in told


TWINS = [[1, 0, 0], [0, 1, 0], [1, 0, 0], [0, 0, 1]]


def twins(**options):
    return replace(alone(4, X=TWINS, **options), tokens=("the", "cat", "the", "dog"))


def quoted(word):
    return f"<{word}>"


def test_equal_words_that_are_to_look_elsewhere_are_named():
    s = twins()
    target = to_target(PATTERNS["the next word"](4, 4))
    target[2] = [0, 0, 0, 1]
    told = describe_result(s, target, best_of(s, target, 3), quoted)
    assert "have the same embedding, hence the same query and one row of weights" in told
    assert told.count("<") == 2 and "cat" not in told and "dog" not in told
    # And truly, the rows are the same whatever was learned.
    weights = attend(fit_target.learned(s, best_of(s, target, 3).params)).weights
    np.testing.assert_array_equal(weights[0], weights[2])


def test_equal_words_of_which_one_is_to_be_looked_at_are_named():
    """All look at the first word; the third is the same word, so each gets half."""
    s, target = twins(), to_target(PATTERNS["the first word"](4, 4))
    best = best_of(s, target, 3, steps=1000)
    assert best.loss == pytest.approx(math.log(2), abs=0.001)
    told = describe_result(s, target, best, quoted)
    assert "have the same embedding, hence the same key and equal weights in every row" in told
    assert told.count("<") == 2 and "cat" not in told


def test_equal_words_of_a_second_sentence_are_named():
    s = alone(3, context=("he", "is", "he"), Z=[[1, 0, 0], [0, 1, 0], [1, 0, 0]])
    target = np.tile([1.0, 0, 0], (3, 1))
    told = describe_result(s, target, best_of(s, target, 3), quoted)
    assert re.findall("<(he)[^>]*>", told) == ["he", "he"] and "the same key" in told


def test_equal_words_that_are_to_do_alike_are_no_reason():
    """Both of them look at both of them, or one is free: that can be."""
    s = twins()
    both = np.array([[1, 0, 1, 0], [0, 1, 0, 0], [0, 0, 0, 0], [0, 0, 0, 1]])
    assert describe_result(s, to_target(both), best_of(s, to_target(both), 3)).startswith("Reached")


def test_no_reason_is_given_that_isnt_one():
    """A free row contradicts nothing; a place gives zeros a number; a line stays a line."""
    s = twins()
    free = np.array([[1, 0, 1, 0], [0, 1, 0, 0], [0, 0, 0, 0], [0, 0, 0, 1]])
    W = standing(s, to_target(free), np.ones((3, 2)), -np.ones((3, 2)))
    assert "same embedding" not in describe_result(s, to_target(free), W)
    zeros = alone(3, X=[[1, 0], [0, 0], [0, 1]], positions="sinusoidal")
    told = describe_result(zeros, SOFT, standing(zeros, SOFT, np.ones((2, 2)), -np.eye(2), step=9))
    assert told.startswith("Not reached") and "of zeros" not in told
    line = alone(5, X=[[1, 0], [2, 0], [-1, 0], [3, 0], [-2, 0]])
    W_q, W_k = np.random.default_rng(1).normal(size=(2, 2, 3))
    told = describe_result(line, np.eye(5), standing(line, np.eye(5), W_q, W_k, step=9))
    assert "The rank of the embeddings is 1" in told
    assert told.endswith("they need rank 4.")


@pytest.mark.parametrize(
    "options",
    [{"positions": "sinusoidal"}, {"positions": "rope"}, {"positions": "alibi", "slope": 0.5}],
)
def test_places_tell_equal_words_apart(options):
    s, target = twins(**options), to_target(PATTERNS["the next word"](4, 4))
    told = describe_result(s, target, standing(s, target, np.ones((3, 2)), np.ones((3, 2))))
    assert "same embedding" not in told


def test_a_mask_tells_equal_words_apart():
    """The first may look at itself alone, the third at three words: no contradiction."""
    s, target = twins(mask=masks.causal(4)), np.zeros((4, 4))
    target[0, 0] = target[2, 1] = 1
    best = best_of(s, target, 3)
    assert describe_result(s, target, best).startswith("Reached")
    early = standing(s, target, np.ones((3, 2)), -np.ones((3, 2)))
    assert "same embedding" not in describe_result(s, target, early)
    # But of the two that the fourth may look at, it can't prefer one.
    target[3, 2] = 1
    told = describe_result(s, target, best_of(s, target, 3))
    assert "the same key and equal weights in every row where the mask lets both be" in told


@pytest.mark.parametrize("options", [{}, {"positions": "alibi", "slope": 0.5}])
def test_words_without_a_number_are_named(options):
    """Whatever is learned, the query is 0, and so are all its scores."""
    s = alone(4, X=[[1, 0, 0], [0, 0, 0], [0, 1, 0], [0, 0, 0]], **options)
    s = replace(s, tokens=("he", "the", "cat", "a"))
    target = to_target(PATTERNS["the next word"](4, 4))
    best = best_of(s, target, 3)
    untouched = attend(fit_target.learned(s, standing(s, target, *np.ones((2, 3, 3))).params))
    np.testing.assert_allclose(
        attend(fit_target.learned(s, best.params)).weights[1::2], untouched.weights[1::2]
    )
    told = describe_result(s, target, best, quoted)
    assert "<the> has an embedding of zeros, hence a query of zeros" in told  # a's row is free
    target[3, 0] = 1
    assert "<the> and <a> have an embedding of zeros" in describe_result(s, target, best, quoted)


def test_a_word_without_a_number_that_is_to_do_what_it_does_is_no_reason():
    s = alone(2, X=[[0, 0], [1, 0]])
    target = np.array([[0.5, 0.5], [0, 1]])
    early = standing(s, target, np.zeros((2, 2)), np.zeros((2, 2)))
    assert "of zeros" not in describe_result(s, target, early)


# What was learned, in words.


@given(st.integers(0, 2**32 - 1))
def test_a_meeting_is_what_two_features_add_to_the_raw_score(seed):
    """Two words that have 1 of one feature each, and nothing else."""
    W_q, W_k = np.random.default_rng(seed).normal(size=(2, 7, 3))
    s = Scenario(tuple("abcdefg"), np.eye(7), W_q, W_k, np.eye(7))
    np.testing.assert_allclose(qk_circuit.matrix(s), attend(s).raw_scores, atol=1e-12)
    s = made(seed % 1000)
    X, M = s.X, qk_circuit.matrix(s)
    np.testing.assert_allclose(X @ M @ X.T, attend(s).raw_scores, atol=1e-10)
    # One more of feature i in word 2 and of feature j in word 4 adds M[i, j], and the cross terms.
    i, j = seed % D_MODEL, seed // 7 % D_MODEL
    more = X.copy()
    more[1, i] += 1
    more[3, j] += 1
    added = attend(replace(s, X=more)).raw_scores[1, 3] - attend(s).raw_scores[1, 3]
    assert added == pytest.approx(M[i, j] + M[i] @ X[3] + X[1] @ M[:, j], abs=1e-9)


def test_meetings_in_their_order():
    """W_k is the identity, so that W_q is the meeting itself."""
    M = np.array([[5, 0, -2], [1, 9, 0], [0, -8, 4.0]])
    s = Scenario(("a",), [[1, 1, 1]], M, np.eye(3), np.eye(3), features=("p", "v", "n"))
    np.testing.assert_array_equal(qk_circuit.matrix(s), M)
    found = [(each.query, each.key, each.value) for each in qk_circuit.strongest(s)]
    assert found == [("v", "v", 9), ("p", "p", 5), ("n", "n", 4)]
    assert [each.value for each in qk_circuit.strongest(s, count=2)] == [9, 5]
    assert [(m.query, m.key, m.value) for m in qk_circuit.repelling(s)] == [("n", "v", -8)]
    zero = replace(s, W_q=np.zeros((3, 3)))
    assert qk_circuit.strongest(zero) == qk_circuit.repelling(zero) == []


def test_a_meeting_is_told_with_its_names_made_harmless():
    told = qk_circuit.describe(qk_circuit.FeaturePair("p", "v", -1.5), quoted)
    assert "“<p>” looks away from “<v>”" in told
    assert told.endswith("= −1.50")


def test_the_meeting_is_drawn_as_a_product():
    equation = qk_circuit.equation(attend(COURSES["plain"]))
    W_q, dot, W_k, sign, M = equation.terms
    assert (dot, sign) == ("·", "=")
    np.testing.assert_allclose(W_q.values @ W_k.values, M.values)
    assert W_k.values.shape == (3, D_MODEL)
    assert tuple(M.rows) == tuple(M.columns) == COURSES["plain"].features
