"""What is told of success: the goals' numbers at the start and now, and what did it."""

import pytest

from attn_core import attend
from attn_core.tasks import LESSONS, check
from attn_core.tasks.moves import with_moves
from attn_core.tasks.outcome import describe_outcome

KEYS = [key for key, lesson in LESSONS.items() if not lesson.needs_model]


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("seed", ["", "k3f9"])
def test_each_number_is_told_as_the_bar_has_it_before_and_after(key, seed):
    task = LESSONS[key].variant(seed)
    told = describe_outcome(task, task.solution)
    pairs = list(zip(check(task, task.start), check(task, task.solution), strict=True))[:-1]
    changed = [(a, b) for a, b in pairs if a.value != b.value]
    assert changed
    for before, after in changed:
        assert f"{after.before}{after.value} now; it was {before.value}." in told
    for before, after in pairs:
        if before.is_met and before.sentence == after.sentence:
            assert before.before not in told  # what stayed
    assert "Solved" not in told


def test_a_weight_is_told_with_the_product_that_moved_it_and_a_cosine_with_the_boxes():
    seven = LESSONS["7"].variant("")
    now = with_moves(seven.start, ["W_q[verb, q₁] = 3", "W_q[verb, q₂] = -2.5"])
    assert "meets k₁ of Je, 1.00" in describe_outcome(seven, now)
    one = LESSONS["1"].variant("")
    now = with_moves(one.start, ["X[suis, feeling] = 2.5"])
    told = describe_outcome(one, now)
    assert told.endswith("X suis · feeling 0.00 → 2.50 did it.")
    assert "weight" not in told
    three = LESSONS["3"].variant("")
    now = with_moves(three.start, ["sentence = Je ne suis pas"])
    assert attend(now).scores.shape == (4, 4)
    assert describe_outcome(three, now).startswith("The shape of scores is 4×4 now; it was 3×3.")


def test_words_of_a_task_are_escaped():
    task = LESSONS["1"].variant("")
    told = describe_outcome(task, task.solution, lambda text: f"<{text}>")
    assert "The cosine of <suis> and <heureux> is" in told
    assert "X <suis · feeling>" in told
