"""The lessons about a pretrained model, with the model and without it."""

import pytest

from attn_core import edits, pretrained
from attn_core.permalink import encode, encode_text
from attn_core.presets import DEFAULT
from attn_core.tasks import LESSONS, is_solved, model_heads
from attn_core.tasks.course.progress import Progress
from attn_core.tasks.document import to_json
from pages.ui.model.shared import shared_model
from tests.pages.test_course import click, course, parameter, query, said, scenario, step
from tests.pages.test_pages import fine

REAL = [key for key, lesson in LESSONS.items() if lesson.needs_model]
each_real = pytest.mark.parametrize("key", REAL)


def choose(at, name, value):
    at.selectbox(key=f"real-{name}").set_value(value).run()
    return fine(at)


def choice(at):
    return [at.selectbox(key=f"real-{name}").value for name in model_heads.CHOICES]


@pytest.fixture
def without(monkeypatch):
    """A server without the model."""
    monkeypatch.setattr(shared_model, "is_installed", lambda: False)
    monkeypatch.setattr(pretrained, "is_at_hand", lambda name: False)
    monkeypatch.setattr(model_heads, "_held", [])


@each_real
def test_the_model_is_loaded_when_its_lesson_is_opened(encoder, monkeypatch, key):
    monkeypatch.setattr(model_heads, "_held", [])
    at = course(lesson=key)
    assert model_heads.is_loaded()
    assert said(at, LESSONS[key].page("").story)


@each_real
def test_it_goes_from_its_story_to_what_was_seen(encoder, key):
    page = LESSONS[key].page("m1")
    at = course(lesson=key, seed="m1")
    assert said(at, page.story)
    for asked in page.predictions:
        click(at, "next")
        assert said(at, asked.question)
        assert not said(at, asked.why)
        click(at, f"option-{int(asked.answer)}")
        assert said(at, "**Right:**")
        assert said(at, asked.why)
    click(at, "next")
    assert scenario(at) == page.task.start
    assert choice(at) == [page.task.movable.texts[0], 0, 0]
    wanted = page.task.movable.choice(page.task.solution)
    choose(at, "layer", wanted.layer)
    assert not said(at, "You chose")
    choose(at, "head", wanted.head)
    assert said(at, "You chose layer")
    assert scenario(at) == page.task.solution
    assert Progress.from_text(parameter(at, "course"), LESSONS).of(key).solved
    again = course(**query(at))
    assert said(again, "You chose layer")
    assert choice(again) == [wanted.text, wanted.layer, wanted.head]
    click(at, "seen")
    assert said(at, page.misconception)
    assert said(at, page.task.debriefed(page.task.solution))


def test_the_other_texts_keep_the_head(encoder):
    task = LESSONS["13"].variant("")
    at = course(lesson="13", s=encode(task.solution))
    for text in task.movable.texts[1:]:
        choose(at, "text", text)
        assert choice(at) == [text, 0, 2]
        assert said(at, "You chose layer 1, head 3 in place of layer 1, head 1.")
        assert scenario(at) == model_heads.scenario(model_heads.Choice(text, 0, 2))
    at.button(key="undo").click().run()
    assert choice(fine(at)) == [task.movable.texts[-2], 0, 2]


def test_what_changed_most_is_said(encoder):
    task = LESSONS["14"].variant("")
    at = course(lesson="14", s=encode(task.solution))
    assert said(at, "in place of layer 1, head 1. What changed most: cat → cat: 0.05 to 0.94; ")


def test_other_numbers_are_no_head_and_one_is_chosen_all_the_same(encoder):
    at = course(lesson="13", step="task", s=encode(DEFAULT.scenario))
    assert choice(at)[1:] == [0, 0]
    assert not said(at, "You chose")
    assert not is_solved(LESSONS["13"].variant(""), scenario(at))
    choose(at, "head", 2)
    assert said(at, "You chose")


@each_real
def test_a_head_has_a_worksheet_too(encoder, key):
    assert "Worksheet, to print" in [each.label for each in course(lesson=key).expander]


@each_real
@pytest.mark.parametrize("at_step", ["story", "predict1", "predict2", "task", "seen"])
def test_without_the_model_every_step_says_what_is_missing(without, key, at_step):
    progress = Progress().solved("7").solved(key).to_text()
    at = course(lesson=key, step=at_step, seed="k3f9", course=progress)
    assert step(at) == at_step
    assert said(at, "make models")
    assert scenario(at) == DEFAULT.scenario
    assert parameter(at, "course") == progress
    assert query(course(**query(at))) == query(at)
    if at_step != "seen":
        click(at, "next")
        assert said(at, "make models")
    click(at, "lesson-7")
    assert not said(at, "make models")
    click(at, "test-me")
    assert scenario(at) == LESSONS["7"].variant("k3f9").start


def test_without_the_model_a_link_keeps_its_numbers(without):
    own = edits.with_cell(DEFAULT.scenario, "X", 0, 0, 2.5)
    at = course(lesson="13", s=encode(own))
    assert scenario(at) == own
    assert step(at) == "task"
    assert said(at, "make models")
    click(at, "lesson-7")
    click(at, "test-me")  # whether they are an attempt can't be told here
    assert scenario(at) == LESSONS["7"].variant("").start
    assert said(at, "Undo brings yours back")


def test_a_task_about_the_model_is_refused_in_words_without_it(encoder, monkeypatch):
    link = encode_text(to_json(LESSONS["13"].variant("")))
    at = course(task=link)
    assert choice(at)[1:] == [0, 0]
    choose(at, "head", 2)
    assert said(at, "You chose")
    monkeypatch.setattr(pretrained, "is_at_hand", lambda name: False)
    monkeypatch.setattr(model_heads, "_held", [])
    for cache in (model_heads.encoded, model_heads.scenario):
        cache.cache_clear()
    at = course(task=link)
    assert said(at, "The task of this address can't be read. “move”: This needs the")
    assert said(at, "`make models` installs it.")


def test_an_address_of_twelve_lessons_is_read():
    progress = Progress().solved("1").solved("12").to_text()
    at = course(course=progress)
    marked = [key for key in LESSONS if "solved" in at.button(key=f"lesson-{key}").label]
    assert marked == ["1", "12"]
