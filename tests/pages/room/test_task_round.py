"""A task for the room: who has which variant, how near each came, and what is shown of one."""

import json
from dataclasses import asdict, replace

import pytest

from attn_core import attend, document, edits, permalink
from attn_core.presets import BY_KEY
from attn_core.tasks import LESSONS, check
from pages.ui.room.rules import rooms, task_round, tasks
from pages.ui.room.rules.limits import FEWEST_SHOWN, MAX_TASK
from pages.ui.room.rules.stage import staged
from pages.ui.room.rules.task_round import Reached, TaskRound
from tests.pages.room.conftest import SIMILARITY, token

LESSON = TaskRound("7")
TASK = LESSONS["7"].variant("")
TEACHERS = TaskRound(
    document=json.dumps(
        {
            "self-attention-lab-task": 1,
            "title": "Find the verb",
            "text": "Raise it.",
            "start": "similarity",
            "move": ["W_q"],
            "goals": [{"goal": "weight", "query": "suis", "key": "Je", "above": 0.9}],
        }
    )
)


def moved(value):
    """The start of the task with one box moved: a way to the goal."""
    return edits.with_cell(TASK.start, "W_q", 1, 0, value)


def link(scenario):
    return permalink.encode(scenario)


@pytest.fixture
def give(store, room):
    return lambda given: tasks.give_task(store, room.code, room.secret, given)


@pytest.fixture
def report(store, room, look):
    """Report a scenario for a participant, by number."""

    def report(i, scenario):
        given = look().task
        return tasks.report(store, room.code, token(i), given.id, link(scenario))

    return report


@pytest.fixture
def do(store, room, look):
    """A presenter's verb on the present task."""
    return lambda verb, *how: verb(store, room.code, room.secret, look().task.id, *how)


def test_all_have_the_same_task_or_each_a_variant():
    same = TaskRound("7", seed="k3f9", id="a")
    assert same.task(token(1)) is same.task(token(2)) is LESSONS["7"].variant("k3f9")
    each = TaskRound("7", is_each=True, id="a")
    seeds = {each.seed_of(token(i)) for i in range(97)}
    assert len(seeds) == 97 and len({each.task(token(i)).start.tokens for i in range(97)}) > 3
    assert each.seed_of(token(1)) == each.seed_of(token(1))
    assert each.seed_of(token(1)) != TaskRound("7", is_each=True, id="b").seed_of(token(1))
    assert not any(seed in token(i) for i, seed in enumerate(seeds))


def test_a_room_of_variants_draws_each_once():
    each = TaskRound("7", is_each=True, id="a")
    drawn = [each.task(token(i)) for i in range(97)]
    assert all(each.task(token(i)) is task for i, task in enumerate(drawn))


@pytest.mark.parametrize("given", [LESSON, TEACHERS, TaskRound("12", "k3f9")])
def test_a_task_comes_back_from_the_room(give, look, given):
    fresh = give(given)
    assert look().task == fresh and fresh.id
    assert fresh.task(token(1)).title == given.task("").title


FINE = asdict(LESSON)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"lesson": "99"}, "no lesson '99'"),
        ({"lesson": ""}, "either the task of a lesson or one as a file"),
        ({"document": TEACHERS.document}, "either the task of a lesson or one as a file"),
        ({"lesson": "", "document": "{}"}, "Not a task of this lab"),
        ({"lesson": "", "document": TEACHERS.document, "is_each": True}, "no variants"),
        ({"seed": "No!"}, "A seed is 1 to 12"),
        ({"seed": 7}, "“seed” can’t be 7"),
        ({"is_each": 1}, "“is_each” can’t be 1"),
        ({"dismissed": ["a", 1]}, "“dismissed” can’t be"),
        ({"token": "x"}, "Not a task for the room"),
    ],
)
def test_what_is_no_task_is_refused_in_words(change, said):
    assert task_round.read(json.dumps(FINE)) == LESSON
    with pytest.raises(ValueError, match=said):
        task_round.read(json.dumps(FINE | change))


def test_a_result_is_what_the_scenario_reaches(give, report, store, room, look):
    give(LESSON)
    for i, value in enumerate((0.0, 0.7, 3.0)):
        found = report(i, moved(value))
        weight = attend(moved(value)).weights[1, 0]
        assert found.number == weight
        assert found.fraction == min(each.fraction for each in check(TASK, moved(value)))
    assert report(3, TASK.solution).is_solved
    found = tasks.results(store, room.code, look().task)
    assert list(found) == ["1", "2", "3", "4"]
    assert [each.is_solved for each in found.values()] == [False, False, False, True]


def test_a_room_is_given_no_task_that_is_none(give, look):
    for given, said in ((TaskRound("99"), "no lesson '99'"), (TaskRound(), "either the task")):
        with pytest.raises(ValueError, match=said):
            give(given)
    with pytest.raises(ValueError, match="A task has room for"):
        give(TaskRound(document=" " * MAX_TASK + TEACHERS.document))
    assert look().task is None


def test_a_result_is_of_the_task_that_is_meant(give, store, room):
    first, second = give(LESSON), give(LESSON)
    with pytest.raises(ValueError, match="This task has ended"):
        tasks.report(store, room.code, token(1), first.id, link(TASK.solution))
    with pytest.raises(ValueError, match="This task has ended"):
        tasks.end_task(store, room.code, room.secret, first.id)
    assert tasks.report(store, room.code, token(1), second.id, link(TASK.solution)).is_solved


def test_nobody_is_believed_but_the_scenario(give, report, store, room, look):
    """What is locked may not move, and another scenario's weight isn't an answer."""
    given = give(LESSON)
    cheat = edits.with_cell(TASK.solution, "W_k", 0, 0, 2.0)
    assert attend(cheat).weights[1, 0] > 0.9
    assert report(1, cheat).fraction == 0
    verb = BY_KEY["verb-subject"].scenario
    assert report(2, verb).fraction == 0
    wide = replace(TASK.solution, X=TASK.solution.X * 1e6)
    for forged in "", "1forged", json.dumps({"fraction": 1}), link(TASK.solution)[:-1], link(wide):
        with pytest.raises(ValueError, match=r"link|X takes numbers"):
            tasks.report(store, room.code, token(3), given.id, forged)
    assert len(tasks.results(store, room.code, look().task)) == 2


def test_a_variants_result_is_measured_by_its_own_task(give, store, room):
    given = give(TaskRound("7", is_each=True))
    own, other = given.task(token(1)), given.task(token(2))
    assert own.start != other.start
    assert tasks.report(store, room.code, token(1), given.id, link(own.solution)).is_solved
    wrong = tasks.report(store, room.code, token(2), given.id, link(own.solution))
    assert not wrong.is_solved


def test_numbers_that_are_not_there_are_none(give, report):
    give(LESSON)
    found = report(1, edits.with_sentence(TASK.start, "Je"))
    assert found.number is None and found.fraction == 0


def test_the_room_sees_how_many_have_it_and_from_five_on_how_far_all_are(
    give, report, store, room, look, do
):
    give(LESSON)
    for i in range(FEWEST_SHOWN - 1):
        report(i, TASK.solution)
    few = tasks.standing(store, room.code, look().task)
    assert (few.reported, few.solved) == (4, 4) and few.distances == few.numbers == ()
    report(9, TASK.start)
    five = tasks.standing(store, room.code, look().task)
    assert (five.reported, five.solved) == (5, 4)
    assert [bar.count for bar in five.distances] == [1, *[0] * 9, 4]
    assert sum(bar.count for bar in five.numbers) == 5


def test_few_results_are_shown_where_the_presenter_says_so(give, report, store, room, look, do):
    give(LESSON)
    report(1, TASK.solution)
    do(tasks.show_few)
    assert [bar.count for bar in tasks.standing(store, room.code, look().task).distances][-1] == 1


def test_weights_of_different_tasks_are_not_compared(give, report, store, room, look):
    give(TaskRound("7", is_each=True))
    for i in range(7):
        report(i, look().task.task(token(i)).start)
    found = tasks.standing(store, room.code, look().task)
    assert found.numbers == () and found.distances[0].count == 7


def test_one_is_shown_and_then_the_stage_is_back(give, report, store, room, look, do):
    before = look().stage
    give(LESSON)
    for i in 5, 3, 8:
        report(i, moved(i / 10))
    do(tasks.show_one, "2")
    assert look().stage == staged("Lab", moved(0.3)) and look().task.on_stage == "2"
    do(tasks.show_one, "3")
    assert look().stage == staged("Lab", moved(0.8))
    tasks.back_to_stage(store, room.code, room.secret)
    assert look().stage == before and look().task.on_stage == ""
    version = look().version
    tasks.back_to_stage(store, room.code, room.secret)
    assert look().version == version


def test_one_that_is_dismissed_leaves_stage_and_list_for_good(give, report, store, room, look, do):
    before = look().stage
    give(LESSON)
    for i in range(3):
        report(i, moved(i / 10))
    do(tasks.show_one, "2")
    do(tasks.dismiss, "2")
    assert look().stage == before and look().task.on_stage == ""
    report(1, moved(0.9))
    assert list(tasks.results(store, room.code, look().task)) == ["1", "3"]
    for verb in tasks.show_one, tasks.dismiss:
        with pytest.raises(ValueError, match="No result that is offered has the label '2'"):
            do(verb, "2")
    do(tasks.show_one, "3")
    do(tasks.dismiss, "1")
    assert look().stage == staged("Lab", moved(0.2)) and look().task.on_stage == "3"


def test_labels_stay_and_tell_nobody(give, report, store, room, look):
    given = give(LESSON)
    for i in 9, 4, 7, 9, 4:
        report(i, moved(i / 10))
    found = tasks.results(store, room.code, given)
    assert [each.link for each in found.values()] == [link(moved(i / 10)) for i in (9, 4, 7)]
    assert not any(token(i) in repr(found) for i in (9, 4, 7))


def test_who_goes_on_as_another_moves_nobodys_label(give, report, store, room, look, do):
    given = give(LESSON)
    for i in range(5):
        report(i, moved(i / 10))
    do(tasks.dismiss, "4")
    rooms.take_over(store, room.code, token(9), token(1))
    offered = tasks.results(store, room.code, look().task)
    assert {label: each.link for label, each in offered.items()} == {
        label: link(moved(i / 10)) for label, i in (("1", 0), ("3", 2), ("5", 4))
    }
    assert tasks.standing(store, room.code, given).reported == 4
    rooms.take_over(store, room.code, token(8), token(4))
    assert len(store.ballot(room.code, f"t{given.id}")) == 4  # the last leaves no place


def test_an_ended_task_takes_no_results_and_brings_the_stage_back(
    give, report, store, room, look, do
):
    before = look().stage
    given = give(LESSON)
    report(1, moved(0.1))
    do(tasks.show_one, "1")
    do(tasks.end_task)
    assert look().stage == before and look().task is None
    assert store.ballot(room.code, f"t{given.id}") == {}
    with pytest.raises(ValueError, match="This task has ended"):
        tasks.report(store, room.code, token(1), given.id, link(moved(0.1)))


def test_a_result_that_comes_as_the_task_ends_is_refused(give, store, room, meanwhile):
    given = give(LESSON)
    meanwhile(lambda: tasks.end_task(store, room.code, room.secret, given.id))
    with pytest.raises(ValueError, match="This task has ended"):
        tasks.report(store, room.code, token(1), given.id, link(moved(0.1)))
    assert store.ballot(room.code, f"t{given.id}") == {}


def test_a_result_that_comes_as_one_is_shown_is_counted(give, report, store, room, look, meanwhile):
    given = give(LESSON)
    report(1, moved(0.1))
    meanwhile(lambda: tasks.show_one(store, room.code, room.secret, given.id, "1"))
    tasks.report(store, room.code, token(2), given.id, link(moved(0.2)))
    assert len(tasks.results(store, room.code, look().task)) == 2


@pytest.mark.parametrize("verb", [tasks.show_few, lambda *key: tasks.show_one(*key, "1")])
def test_two_presenters_take_nothing_from_each_other(
    verb, give, report, store, room, look, meanwhile
):
    given = give(LESSON)
    for i in range(3):
        report(i, moved(i / 10))
    meanwhile(lambda: tasks.dismiss(store, room.code, room.secret, given.id, "2"))
    verb(store, room.code, room.secret, given.id)
    assert look().task.dismissed == ("2",)
    assert look().task.even_few or look().task.on_stage == "1"


def test_a_task_takes_the_place_of_the_one_before(give, report, store, room, look):
    first = give(LESSON)
    report(1, moved(0.1))
    second = give(TEACHERS)
    assert look().task == second != first
    assert tasks.results(store, room.code, second) == {}


def test_what_a_result_says_is_json_that_has_no_nan():
    written = Reached(0.0, None, "1").to_json()
    assert json.loads(written) == {"fraction": 0.0, "number": None, "link": "1"}
    assert document.to_json(SIMILARITY)  # the start that a teacher's task names
