"""What is true of every lesson, whatever words and numbers a seed draws."""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
import sys
from collections import Counter
from dataclasses import fields
from functools import cache

import numpy as np
import pytest

from attn_core.tasks import Task, check, is_solved
from attn_core.tasks.course.lesson import LESSONS, LessonPage, draw
from attn_core.tasks.document import to_json
from attn_core.tasks.solve import solve

#: The lessons that need no model; the others bring words of their own.
OWN = [key for key, lesson in LESSONS.items() if not lesson.needs_model]
SEEDS = ["", *(f"s{i}" for i in range(1, 1000))]
FRENCH = {"Je", "Tu", "Il", "Elle", "Nous", "Ils", "Le", "La", "Un", "le", "la"}
ENGLISH = {"I", "You", "He", "She", "They", "We", "The", "the"}
#: What a story has, in words: one screen.
STORY = range(80, 161)


@cache
def variants(key: str) -> dict[str, LessonPage]:
    """Return a page of each variant that 1,000 seeds draw, by the first seed of each."""
    seeds: dict[str, str] = {}
    for seed in SEEDS:
        seeds.setdefault(repr(draw(LESSONS[key], seed)), seed)
    return {seed: LESSONS[key].page(seed) for seed in seeds.values()}


def texts(page: LessonPage) -> list[str]:
    """Return all that a visitor reads, with the numbers filled in."""
    task = page.task
    asked = [text for each in page.predictions for text in (each.question, each.why, *each.options)]
    own = [task.text, *task.hints, task.debriefed(task.solution)]
    return [page.story, page.misconception, *asked, *own]


def test_lessons_are_in_order() -> None:
    numbers = [int(key) for key in LESSONS]
    assert numbers == list(range(1, len(numbers) + 1))
    assert len(OWN) == 12
    assert len({lesson.title for lesson in LESSONS.values()}) == len(LESSONS)


@pytest.mark.parametrize("key", OWN)
def test_every_variant_is_to_be_solved(key: str) -> None:
    """None is solved at the start, and each is by its solution, which moves only what may move."""
    broken = [
        seed
        for seed, page in variants(key).items()
        if is_solved(page.task, page.task.start) or not is_solved(page.task, page.task.solution)
    ]
    assert not broken, broken
    assert len(variants(key)) >= 30


@pytest.mark.parametrize("key", OWN)
def test_the_lab_solves_every_variant_by_itself(key: str) -> None:
    """Without the solution of the file: by search, and by its own gradient descent."""
    different = {problem(page.task): seed for seed, page in variants(key).items()}
    tasks = {seed: variants(key)[seed].task for seed in different.values()}
    broken = [seed for seed, task in tasks.items() if not is_solved(task, solve(task))]
    assert not broken, broken


def problem(task: Task) -> str:
    """Return what a search sees of a task; words count only where they may be moved."""
    start, movable = task.start, task.movable
    words = start.tokens if "sentence" in movable.settings else len(start.tokens)
    numbers = [
        getattr(start, field.name)
        for field in fields(start)
        if field.name not in ("tokens", "features", "heads", "context")
    ]
    places = [getattr(movable, field.name) for field in fields(movable) if field.name != "start"]
    return repr([words, numbers, places, task.goals])


@pytest.mark.parametrize("key", OWN)
def test_nothing_that_is_locked_moves_in_a_solution(key: str) -> None:
    """Read from the scenarios, not from what the task says of them."""
    for seed, page in variants(key).items():
        start, end, free = page.task.start, page.task.solution, page.task.movable
        if free.settings & {"sentence", "sizes", "heads"}:
            continue
        for name in ("X", "W_q", "W_k", "W_v"):
            if not any(place.name == name for place in free.places):
                assert np.array_equal(getattr(start, name), getattr(end, name)), (seed, name)


@pytest.mark.parametrize("key", OWN)
def test_a_solution_is_within_a_hand_s_reach(key: str) -> None:
    """Six boxes at most, none farther than a slider reaches or the start has it."""
    for seed, page in variants(key).items():
        start, end = page.task.start, page.task.solution
        for name in page.task.movable.matrices:
            before, after = getattr(start, name), getattr(end, name)
            moved = before != after
            assert moved.sum() <= 6, (seed, name)
            assert np.all(np.abs(after[moved]) <= 3), (seed, name)


@pytest.mark.parametrize("key", OWN)
def test_no_word_is_a_row_of_zeros(key: str) -> None:
    dead = [s for s, page in variants(key).items() if not page.task.start.X.any(axis=1).all()]
    assert not dead


@pytest.mark.parametrize("key", OWN)
def test_texts_are_whole(key: str) -> None:
    """No place is left open, and the story is one screen."""
    pages = list(variants(key).items())[:60]
    open_places = [seed for seed, page in pages if re.search(r"\{\{|\}\}|nan", str(texts(page)))]
    assert not open_places
    long = {len(re.findall(r"\S*\w\S*", page.story)) for _, page in pages} - {*STORY}
    assert not long
    assert all(0 < len(page.task.hints) <= 3 for _, page in pages)
    assert all(page.predictions and page.task.debrief.strip() for _, page in pages)


@pytest.mark.parametrize("key", OWN)
def test_words_are_french_and_english(key: str) -> None:
    words = [{*page.task.start.tokens} for page in variants(key).values()]
    assert len({page.task.start.tokens for page in variants(key).values()}) >= 5
    assert any(w & FRENCH for w in words)
    assert any(w & ENGLISH for w in words)


def test_the_right_option_has_no_place_of_its_own() -> None:
    places = Counter(
        each.answer for key in OWN for each in LESSONS[key].page("").predictions if each.options
    )
    assert max(places.values()) <= 0.6 * sum(places.values()), places
    assert {0, 1, 2} <= {*places}


def test_answers_are_right_or_wrong() -> None:
    for key in OWN:
        for each in LESSONS[key].page("a1").predictions:
            assert each.right(each.answer)
            assert not each.right(each.answer + (1 if each.options else 2 * each.within + 0.01))


def fingerprints() -> dict[str, str]:
    """Return a hash of all texts and scenarios of some variants."""
    found = {}
    for key in OWN:
        for seed in ("", "k3f9", "0", "zzzzzzzzzzzz"):
            page = LESSONS[key].page(seed)
            whole = [
                page.story,
                page.misconception,
                to_json(page.task),
                repr(page.predictions[0].why),
            ]
            found[f"{key}/{seed}"] = hashlib.sha256("\n".join(whole).encode()).hexdigest()
    return found


def test_the_same_seed_is_the_same_variant_in_another_process() -> None:
    code = (
        "import json; from tests.tasks.test_lessons import fingerprints; "
        "print(json.dumps(fingerprints()))"
    )
    for hash_seed in ("1", "2"):
        env = os.environ | {"PYTHONHASHSEED": hash_seed}
        run = subprocess.run(
            [sys.executable, "-c", code], env=env, capture_output=True, text=True, check=True
        )
        assert json.loads(run.stdout) == fingerprints()


def test_seeds_draw_different_variants() -> None:
    for key in OWN:
        drawn = {repr(draw(LESSONS[key], f"x{i}")) for i in range(30)}
        assert len(drawn) > 10, key


@pytest.mark.parametrize("seed", ["K3F9", "a b", "é", "a" * 13, "../7", "٣"])
def test_what_is_no_seed_is_refused(seed: str) -> None:
    with pytest.raises(ValueError, match="A seed is 1 to 12"):
        LESSONS["7"].variant(seed)


def test_every_goal_moves_with_what_is_done() -> None:
    """At the start something is lacking, and each goal that lacks is met in the end."""
    for key in OWN:
        task = LESSONS[key].variant("k3f9")
        begin, end = check(task, task.start), check(task, task.solution)
        assert min(each.fraction for each in begin) < 1 == min(each.fraction for each in end)
        assert all(each.sentence for each in (*begin, *end))
