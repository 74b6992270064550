"""The course: a lesson from its story to the next one, and all of it in the address."""

import html

import pytest

from attn_core import attend, edits
from attn_core.permalink import encode, encode_text
from attn_core.presets import BY_KEY, DEFAULT
from attn_core.tasks import LESSONS, check, is_solved
from attn_core.tasks.course.progress import Progress
from attn_core.tasks.document import to_json
from attn_core.tasks.fill import with_numbers
from tests.pages.test_pages import boxes, fine, parameter, scenario, slider, visit

KEY = "7"
PAGE = LESSONS[KEY].page("")
TASK = PAGE.task
DEBRIEF = with_numbers(TASK.debrief, TASK.start_trace, attend(TASK.solution))
OWN = edits.with_cell(BY_KEY["negation"].scenario, "X", 0, 0, 2.5)


def course(**query):
    return fine(visit("0_Course.py", **query))


def click(at, key):
    at.button(key=key).click().run()
    return fine(at)


def texts(at):
    return [each.value for each in (*at.markdown, *at.caption, *at.error, *at.warning, *at.info)]


def said(at, text):
    """Whether the page says a text, escaped or not."""
    shown = "\n".join(texts(at))
    text = text.strip()
    return text in shown or text in html.unescape(shown).replace("\\", "")


def query(at):
    """The address, as a reload sends it."""
    return {name: parameter(at, name) for name in at.query_params}


def progress(at):
    return Progress.from_text(parameter(at, "course"), LESSONS).of(KEY)


def step(at):
    return parameter(at, "step")


def answer(at, *, rightly):
    """Answer the prediction of the present step."""
    i = int(step(at).removeprefix("predict")) - 1
    asked = PAGE.predictions[i]
    if asked.options:
        right = int(asked.answer)
        return click(at, f"option-{right if rightly else 1 - min(right, 1)}")
    at.number_input[0].set_value(asked.answer + (0 if rightly else 100)).run()
    return click(at, "answer")


def test_a_lesson_is_a_story_predictions_a_task_and_what_was_seen():
    at = course(lesson=KEY)
    assert said(at, PAGE.story)
    assert scenario(at) == DEFAULT.scenario  # nothing has begun yet
    for i, asked in enumerate(PAGE.predictions, 1):
        click(at, "next")
        assert step(at) == f"predict{i}"
        assert said(at, asked.question)
        assert not said(at, asked.why)
    click(at, "next")
    assert step(at) == "task"
    assert said(at, TASK.text)
    assert scenario(at) == TASK.start
    click(at, "next")
    assert said(at, TASK.debriefed(TASK.solution))
    assert said(at, PAGE.misconception)
    assert said(at, "isn’t solved yet")
    click(at, "back")
    assert step(at) == "task"


@pytest.mark.parametrize("rightly", [True, False])
def test_a_prediction_is_covered_until_it_is_answered(rightly):
    at = course(lesson=KEY, step="predict1")
    before = [float(matrix[0, 0]) for matrix in boxes(at)]
    assert any(value != value for value in before)
    answer(at, rightly=rightly)
    assert all((matrix == matrix).all() for matrix in boxes(at))
    assert said(at, "Right:" if rightly else "Not quite.")
    assert said(at, PAGE.predictions[0].why)
    assert progress(at).predictions[0] is rightly
    assert not [each for each in at.button if each.key.startswith("option-")]
    again = course(**query(at))
    assert said(again, "Right:" if rightly else "Not quite.")


def test_who_would_rather_see_is_told_without_blame():
    at = click(course(lesson=KEY, step="predict1"), "rather-see")
    assert said(at, "**The answer:**")
    assert said(at, PAGE.predictions[0].why)
    assert "course" not in at.query_params


def test_hints_come_one_by_one_and_the_solution_behind_them():
    at = course(lesson=KEY, step="task")
    for i, hint in enumerate(TASK.hints):
        assert not said(at, hint)
        click(at, "hint-next")
        assert said(at, hint)
        assert len([each for each in TASK.hints if said(at, each)]) == i + 1
    click(at, "solution")
    assert scenario(at) == TASK.solution
    assert said(at, " now; it was ")
    assert progress(at).solved
    assert progress(at).with_solution
    at.button(key="undo").click().run()
    assert scenario(fine(at)) == TASK.start
    assert progress(at).solved  # it stays


def test_solved_by_hand_is_solved_without_the_solution():
    at = course(lesson=KEY, step="task")
    assert not is_solved(TASK, scenario(at))
    for name in TASK.movable.matrices:
        now, then = (getattr(s, name) for s in (TASK.start, TASK.solution))
        for i, j in zip(*(now != then).nonzero(), strict=True):
            slider(at, f"{name}-{i}-{j}").set_value(round(float(then[i, j]), 3)).run()
    assert is_solved(TASK, scenario(fine(at)))
    assert progress(at).solved
    assert not progress(at).with_solution
    click(at, "seen")
    assert said(at, TASK.debriefed(scenario(at)))
    assert not said(at, "isn’t solved yet")


def test_a_link_to_a_solved_scenario_proves_itself():
    at = course(lesson=KEY, s=encode(TASK.solution))
    assert step(at) == "task"
    assert said(at, " now; it was ")
    for result in check(TASK, TASK.solution):
        assert result.is_met


def test_a_task_leaves_what_was_made_by_hand_under_undo():
    at = course(lesson=KEY, step="story", s=encode(OWN))
    click(at, "test-me")
    assert scenario(at) == TASK.start
    assert said(at, "Undo brings yours back")
    at.button(key="undo").click().run()
    assert scenario(fine(at)) == OWN  # and it doesn't begin again by itself
    click(at, "start-again")
    assert scenario(at) == TASK.start


def test_a_task_of_an_address_begins_with_its_own_numbers():
    assert scenario(course(lesson=KEY, step="task")) == TASK.start


@pytest.mark.parametrize("at_step", ["story", "predict1", "task", "seen"])
def test_a_reload_loses_nothing(at_step):
    at = course(lesson=KEY, step="predict1", seed="k3f9")
    click(at, "rather-see")
    at = course(lesson=KEY, step=at_step, seed="k3f9", course=Progress().solved(KEY).to_text())
    again = course(**query(at))
    # What the last change did is told of a change, and a reload is none.
    now, before = ([each for each in texts(page) if "**Why" not in each] for page in (again, at))
    assert now == before
    assert query(again) == query(at)


def test_other_pages_keep_the_place_in_the_address():
    at = course(lesson=KEY, step="predict1")
    answer(at, rightly=True)
    known = {name: parameter(at, name) for name in ("lesson", "step", "course")}
    at.switch_page("pages/2_Projections.py").run()
    assert {name: parameter(at, name) for name in known} == known
    at.switch_page("pages/0_Course.py").run()
    assert said(fine(at), PAGE.predictions[0].why)


def test_who_has_not_begun_has_nothing_of_it_in_the_address():
    for page in ("0_Course.py", "dashboard.py"):
        assert not {"lesson", "seed", "step", "course", "task"} & {*visit(page).query_params}


def test_any_lesson_is_one_click_away_and_solved_ones_are_marked():
    at = course(course=Progress().solved(KEY).to_text())
    for key, lesson in LESSONS.items():
        assert lesson.title in at.button(key=f"lesson-{key}").label
        assert ("solved" in at.button(key=f"lesson-{key}").label) == (key == KEY)
    click(at, f"lesson-{KEY}")
    assert said(at, PAGE.story)


@pytest.mark.parametrize("key", ["9", "12"])
def test_the_page_that_a_debrief_speaks_of_is_one_click_away(key):
    lesson = LESSONS[key]
    assert f"**{lesson.leads_to}**" in lesson.page("").task.debrief
    links = course(lesson=key, step="seen").main.get("page_link")
    assert f"Open {lesson.leads_to}" in [link.proto.label for link in links]


def test_another_variant_has_a_seed_of_its_own():
    at = click(course(lesson=KEY, step="seen"), "vary")
    seed = parameter(at, "seed")
    assert step(at) == "story"
    assert said(at, LESSONS[KEY].page(seed).story)


def test_the_course_is_started_again_and_back_brings_the_marks_back():
    at = course(lesson=KEY, step="predict1")
    answer(at, rightly=False)
    for key in ("test-me", "hint-next", "next"):
        click(at, key)
    before = query(at)
    click(at, "start-course")
    assert said(at, LESSONS["1"].page("").story)
    assert not {"lesson", "seed", "step", "course"} & {*at.query_params}
    click(at, f"lesson-{KEY}")
    click(at, "next")
    assert not said(at, PAGE.predictions[0].why)
    click(at, "test-me")
    assert scenario(at) == TASK.start
    assert not said(at, TASK.hints[0])
    click(at, "next")
    assert "start-course" not in {each.key for each in at.button}  # there is nothing to forget
    for name, value in before.items():
        at.query_params[name] = value
    fine(at.run())  # as the browser's Back does
    assert parameter(at, "course") == before["course"]
    assert progress(at).predictions[0] is False


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"lesson": "99"}, "There is no lesson '99'"),
        ({"lesson": "<b>"}, "There is no lesson"),
        ({"lesson": KEY, "seed": "K 3"}, "The seed of this address can't be used"),
        ({"course": "1502f"}, "What was solved can't be read"),
        ({"task": "1nonsense"}, "The task of this address can't be read"),
        ({"task": encode_text("{}")}, "The task of this address can't be read"),
    ],
)
def test_an_address_that_makes_no_sense_is_said_in_words(wrong, message):
    at = course(**wrong)
    assert said(at, message)
    assert at.button(key="next")
    assert not {"seed", "course", "task"} & {*at.query_params}


def test_a_step_that_is_none_is_the_story():
    assert said(course(lesson=KEY, step="predict9"), PAGE.story)


def foreign(**texts):
    given = {"title": "Own", "text": "Do it.", "debrief": "", "hints": ()} | texts
    return encode_text(to_json(type(TASK)(**given, **_RULES)))


_RULES = {"start": TASK.start, "movable": TASK.movable, "goals": TASK.goals}


def test_a_task_of_a_teacher_is_shown_with_its_hints():
    link = foreign(hints=("Look here.",), debrief="Well done.")
    at = course(task=link)
    assert said(at, "## Own")
    assert said(at, "Do it.")
    assert scenario(at) == TASK.start
    assert said(click(at, "hint-next"), "Look here.")
    click(at, "solution")
    assert is_solved(TASK, scenario(at))
    assert said(at, "Well done.")
    again = course(**query(at))
    assert said(again, " now; it was ")
    assert "course" not in at.query_params
    click(at, "put-away")
    assert "task" not in at.query_params


def test_the_text_of_a_teacher_is_text():
    bad = "<b>x</b> [a](javascript:1) ![i](http://x) $x$ :red[r] **fat**"
    at = course(task=foreign(title=bad[:80], text=bad, hints=(bad,), debrief=bad))
    click(at, "hint-next")
    shown = [each for each in texts(at) if "javascript" in each]
    assert len(shown) == 3
    for each in shown:
        assert "[a]" not in each
        assert "**fat" not in each
        assert "$x$" not in each


def test_home_leads_who_is_new_to_the_course():
    assert [link for link in visit().main.get("page_link") if "New here" in link.proto.label]
    at = visit(lesson=KEY, step="task")
    assert not [link for link in at.main.get("page_link") if "New here" in link.proto.label]


def test_who_hears_the_page_is_told_the_step_and_the_answer():
    at = click(course(lesson=KEY), "next")
    told = at.session_state["session"].announcement
    assert "Step 2 of" in told.text
    before = told.number
    answer(at, rightly=False)
    assert told.text.startswith("Not quite. The answer:")
    assert told.number > before
