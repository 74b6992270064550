"""The lessons about a pretrained model: their claims, held for every variant by its own heads."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from attn_core import Scenario, attend, permalink, pretrained
from attn_core.edits import with_cell, with_sentence
from attn_core.limits import validate
from attn_core.presets import DEFAULT
from attn_core.scenario import Array
from attn_core.tasks import LESSONS, TaskError, check, is_solved, model_heads, read
from attn_core.tasks.course.lesson import LessonPage, draw
from attn_core.tasks.document import content, from_content, to_json
from attn_core.tasks.fill import with_numbers
from attn_core.tasks.model_heads import Choice
from attn_core.tasks.movable import Movable
from attn_core.tasks.moves import with_moves
from attn_core.tasks.solve import solve
from tests.cases import for_each

pytestmark = pytest.mark.usefixtures("encoder")

REAL = [key for key, lesson in LESSONS.items() if lesson.needs_model]
#: The head of the token before, and that of the animals; from 0.
BEFORE, ANIMALS = (0, 2), (5, 11)
CLS = "[CLS]"


def seeds(key: str) -> list[str]:
    """Return the first seed of each row of words."""
    found: dict[str, str] = {}
    for seed in ["", *(f"m{i}" for i in range(300))]:
        found.setdefault(draw(LESSONS[key], seed)["text"], seed)
    return [*found.values()]


SEEDS_13, SEEDS_14 = seeds("13"), seeds("14")
BOTH = [(key, seed) for key in REAL for seed in seeds(key)]


@cache
def page(key: str, seed: str) -> LessonPage:
    return LESSONS[key].page(seed)


@cache
def weights(text: str) -> tuple[Array, tuple[str, ...]]:
    """The weights of all heads as the whole model has them, and the tokens."""
    encoded = model_heads.model().encode(text)
    return encoded.weights, encoded.tokens


def cell(text: str, head: tuple[int, int], query: str, key: str) -> float:
    A, tokens = weights(text)
    return float(A[head][tokens.index(query), tokens.index(key)])


def before(A: Array) -> Array:
    """Each head's smallest weight on the token before."""
    queries = np.arange(1, A.shape[-1])
    return A[..., queries, queries - 1].min(axis=-1)


def test_every_row_of_words_is_drawn() -> None:
    assert REAL == ["13", "14"]
    for key, found in (("13", SEEDS_13), ("14", SEEDS_14)):
        assert len(found) == len(LESSONS[key].content["words"]["text"]) >= 4


# What is true of both


@for_each(BOTH)
def test_a_variant_is_solved_by_its_solution_alone(key: str, seed: str) -> None:
    task = page(key, seed).task
    assert not is_solved(task, task.start)
    assert is_solved(task, task.solution)
    assert [each.fraction for each in check(task, task.solution)] == [1, 1]
    heads = [choice for choice in task.movable.choices() if choice.text == task.movable.texts[0]]
    solved = [each for each in heads if is_solved(task, model_heads.scenario(each))]
    assert len(heads) == 72
    assert solved == [task.movable.choice(task.solution)]


@for_each(BOTH)
def test_a_small_head_has_the_weights_of_the_model(key: str, seed: str) -> None:
    task = page(key, seed).task
    for text in task.movable.texts:
        assert len(model_heads.model().split(text).tokens) <= 8
        for layer, head in ((0, 0), BEFORE, ANIMALS):
            small = attend(model_heads.scenario(Choice(text, layer, head))).weights
            assert np.abs(small - weights(text)[0][layer, head]).max() < 0.01


@for_each(BOTH)
def test_texts_are_whole_and_one_screen(key: str, seed: str) -> None:
    shown = page(key, seed)
    task = shown.task
    debrief = with_numbers(task.debrief, task.start_trace, attend(task.solution))
    asked = [text for each in shown.predictions for text in (each.question, each.why)]
    everything = [shown.story, shown.misconception, task.text, *task.hints, *asked, debrief]
    assert not re.search(r"\{\{|\}\}|nan", str(everything))
    assert 80 <= len(shown.story.split()) <= 160
    assert len(task.hints) == 3


@for_each(BOTH)
def test_a_link_to_a_head_proves_itself(key: str, seed: str) -> None:
    task = read(to_json(page(key, seed).task))
    assert is_solved(task, permalink.decode(permalink.encode(task.solution)))
    assert content(task)["texts"] == [*task.movable.texts]


def test_another_machine_may_turn_the_axes() -> None:
    """The products stay, and so it is the same head; its numbers are others."""
    task = page("14", "").task
    s, dice = task.solution, np.random.default_rng(7)
    U, Q, V = (np.linalg.qr(dice.normal(size=(s.d_model, s.d_model)))[0] for _ in range(3))
    turned = {"W_q": U.T @ s.W_q @ Q, "W_k": U.T @ s.W_k @ Q, "W_v": U.T @ s.W_v @ V}
    other = validate(replace(s, X=s.X @ U, **turned))
    assert other != s
    assert is_solved(task, other)


def near(s: Scenario) -> list[Scenario]:
    """Scenarios that are nearly one of the model's heads."""
    return [
        with_cell(s, "W_v", 2, 3, float(s.W_v[2, 3]) + 0.5),
        with_cell(s, "X", 1, 0, float(s.X[1, 0]) + 0.3),
        with_cell(s, "W_q", 0, 1, float(s.W_q[0, 1]) - 0.5),
        replace(s, temperature=1.1),
        replace(s, scale=False),
        replace(s, mask=np.tri(s.n, dtype=bool)),
        replace(s, tokens=(*s.tokens[:-1], "end")),
        replace(s, features=tuple(f"f{i}" for i in range(s.d_model))),
    ]


@for_each(range(8))
def test_what_is_no_head_of_the_model_solves_nothing(i: int) -> None:
    task = page("13", "").task
    forged = near(task.solution)[i]
    assert not is_solved(task, forged)
    said = task.movable.refusal(task.start, forged)
    assert said == (
        "What the model has learned is locked in this task. "
        "Only the text, the layer and the head may move."
    )
    assert check(task, forged)[-1].fraction == 0


def test_an_own_scenario_with_the_right_weights_is_no_head() -> None:
    """A hand can make the pattern; that isn't what the model has learned."""
    task = page("13", "").task
    n = task.start.n
    X, ahead = np.eye(n), 30.0 * np.eye(n, k=-1)
    own = replace(task.start, X=X, W_q=ahead, W_k=np.eye(n), W_v=np.eye(n), features=())
    assert check(task, own)[0].fraction == 1
    assert not is_solved(task, own)
    assert not is_solved(task, DEFAULT.scenario)
    assert not is_solved(task, with_sentence(DEFAULT.scenario, "Tu es content"))


def test_what_may_not_be_chosen_is_named() -> None:
    texts = ("Tu es content", "I am happy today")
    start = model_heads.scenario(Choice(texts[0], 0, 3))
    layers = Movable(start, ("layer",), texts)
    moved = [Choice(texts[0], 2, 3), Choice(texts[0], 0, 4), Choice(texts[1], 0, 3)]
    said = [layers.locked_change(start, model_heads.scenario(each)) for each in moved]
    assert said == ["", "The head", "The text"]
    assert [(each.text, each.head) for each in layers.choices()] == [(texts[0], 3)] * 6
    assert layers.describe() == "Only the layer may move."


def test_a_search_through_all_heads_finds_the_solution() -> None:
    task = replace(page("13", "").task, given=None)
    assert task.movable.choice(solve(task)) == Choice("I am happy today", *BEFORE)


def test_a_head_is_put_in_place_by_a_move() -> None:
    s = with_moves(DEFAULT.scenario, ["model = layer 4, head 2: Birds sing because they are happy"])
    A = weights("Birds sing because they are happy")[0]
    assert np.abs(attend(s).weights - A[3, 1]).max() < 0.01
    for move in ("model = 4, 2: a", "model = layer 7, head 1: a", "model = layer 1, head 0: a"):
        with pytest.raises(ValueError, match=r"expected|must be"):
            with_moves(s, [move])
    with pytest.raises(TaskError, match="has 9 tokens for the model; a task has room for 8"):
        with_moves(s, ["model = layer 1, head 1: The cat slept because it was tired"])


@for_each(
    [
        ({"texts": ["Tu es content"]}, "no head of the model for one of the texts"),
        ({"texts": []}, "Expected a matrix"),
        ({"move": ["W_q"]}, "expected some of text, layer, head"),
        ({"texts": ["a"] * 9}, "at most 8 texts"),
        ({"texts": [""]}, "“”"),
    ]
)
def test_a_task_file_with_a_wrong_choice_is_refused(change, message) -> None:
    with pytest.raises(TaskError, match=message):
        from_content(content(page("14", "").task) | change)


def test_without_the_model_a_lesson_says_what_it_needs(monkeypatch) -> None:
    monkeypatch.setattr(pretrained, "is_at_hand", lambda name: False)
    monkeypatch.setattr(model_heads, "_held", [])
    model_heads.encoded.cache_clear()
    model_heads.scenario.cache_clear()
    for key in REAL:
        with pytest.raises(ValueError, match=r"needs the pretrained model .* `make models`"):
            LESSONS[key].variant("none")


# 13. A real head


@for_each(SEEDS_13)
def test_one_head_of_72_attends_to_the_token_before_in_every_text(seed: str) -> None:
    for text in page("13", seed).task.movable.texts:
        found = before(weights(text)[0])
        assert found.shape == (6, 12)
        assert found[BEFORE] > 0.95
        assert (found > 0.5).sum() == 1


@for_each(SEEDS_13)
def test_in_reverse_the_verb_s_weight_goes_to_what_stands_before_it(seed: str) -> None:
    drawn = draw(LESSONS["13"], seed)
    text, turned, verb = drawn["text"], drawn["turned"], drawn["is"]
    assert turned.split() == text.split()[::-1]
    assert cell(text, BEFORE, verb, drawn["who"]) > 0.95
    assert cell(turned, BEFORE, verb, drawn["next"]) > 0.95
    assert cell(turned, BEFORE, verb, drawn["who"]) < 0.01


@for_each(SEEDS_13)
def test_the_head_of_the_first_question_gives_most_to_cls(seed: str) -> None:
    """In every row; and many heads of the model do so in most rows."""
    A = weights(draw(LESSONS["13"], seed)["text"])[0][..., 0]
    assert A[2, 7].min() > 0.5
    assert (np.median(A, axis=-1) > 0.5).sum() >= 20


def test_the_model_has_the_size_that_the_story_says() -> None:
    model = model_heads.model()
    assert (model.layers, model.heads) == (6, 12)
    assert model.split("Je suis heureux").tokens[2:4] == ("sui", "##s")


# 14. A real sentence


@for_each(SEEDS_14)
def test_the_head_of_the_animals_finds_what_it_means(seed: str) -> None:
    """Alone of all; and it sends others to the animal, too."""
    drawn = draw(LESSONS["14"], seed)
    A, tokens = weights(drawn["text"])
    it, animal = tokens.index("it"), tokens.index(drawn["animal"])
    assert (it, animal) == (4, 2)
    assert [*zip(*np.nonzero(A[:, :, it, animal] > drawn["above"]), strict=True)] == [ANIMALS]
    assert cell(drawn["text"], ANIMALS, "the", drawn["animal"]) > 0.5


@for_each(SEEDS_14)
def test_it_finds_the_animal_in_the_weather(seed: str) -> None:
    drawn = draw(LESSONS["14"], seed)
    A, tokens = weights(drawn["weather"])
    column = A[ANIMALS][:, tokens.index(drawn["animal"])]
    assert column[tokens.index("it")] > 0.6
    assert column[tokens.index("the")] > 0.6
    assert column.min() > 0.2


@for_each(SEEDS_14)
def test_it_finds_no_person_and_hardly_a_robot(seed: str) -> None:
    drawn = draw(LESSONS["14"], seed)
    person, pronoun = drawn["person"], drawn["pronoun"]
    assert cell(person, ANIMALS, pronoun, drawn["who"]) < 0.2
    assert cell(person, ANIMALS, pronoun, CLS) > 0.5
    assert cell(drawn["robot"], ANIMALS, "it", "robot") < 0.5


@for_each(SEEDS_14)
def test_the_texts_differ_in_what_the_lesson_changes(seed: str) -> None:
    drawn = draw(LESSONS["14"], seed)
    text = drawn["text"].split()
    assert text == ["The", drawn["animal"], text[2], "it", "is", drawn["how"]]
    assert drawn["weather"].split() == [*text[:5], "raining"]
    assert drawn["person"].split() == [
        *("The", drawn["who"], text[2]), drawn["pronoun"], *text[4:]
    ]  # fmt: skip
    assert drawn["robot"].split() == ["The", "robot", *text[2:]]


def test_the_hint_s_example_is_true() -> None:
    text = "Birds sing because they are happy"
    A, tokens = weights(text)
    assert A[3, 1][tokens.index("they")].argmax() == tokens.index("birds") == 1
    assert tokens.index("they") == 4
    assert A[3, 1][4, 1] > 0.9
