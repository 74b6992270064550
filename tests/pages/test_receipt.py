"""Receipts of lessons, and links of solved tasks: what they show when a teacher opens them."""

from contextlib import nullcontext
from urllib.parse import parse_qsl, urlsplit

import pytest
import streamlit as st

from attn_core import edits, permalink
from attn_core.permalink import decode, encode
from attn_core.presets import BY_KEY
from attn_core.tasks import LESSONS, is_solved, model_heads
from attn_core.tasks.course.progress import Progress
from attn_core.tasks.course.receipt import Receipt, sign, verify
from attn_core.tasks.document import from_content, to_json
from pages.ui.course import receipt
from pages.ui.model.shared import shared_model
from pages.ui.serving import secret
from tests.pages.test_pages import fine, parameter, slider, visit

SEED = "k3f9"
SOLVED = LESSONS["7"].variant(SEED).solution
START = LESSONS["7"].variant(SEED).start
TASK = permalink.encode_text(
    to_json(
        from_content(
            {
                "self-attention-lab-task": 1,
                "title": "Half",
                "text": "Give half.",
                "start": "similarity",
                "move": ["W_q"],
                "goals": [{"goal": "weight", "query": "suis", "key": "Je", "above": 0.6}],
            }
        )
    )
)


@pytest.fixture(autouse=True)
def _open(monkeypatch):
    monkeypatch.setattr(receipt, "expander", lambda *_: nullcontext(True))


def course(**query):
    return fine(visit("0_Course.py", **query))


def solved(**query):
    return course(**({"lesson": "7", "seed": SEED, "s": encode(SOLVED)} | query))


def sent(at):
    """The query of the address to be sent."""
    (address,) = (each.value for each in at.code if each.value.startswith("Course?"))
    return dict(parse_qsl(urlsplit(address).query))


def signed(scenario, lesson="7", seed=SEED, *, shown=False):
    made = Receipt(lesson, seed, encode(scenario), with_solution=shown)
    return sign(made, st.get_option("server.cookieSecret"))


def told(at):
    shown = (*at.error, *at.warning, *at.info, *at.success)
    return " ".join(each.value for each in shown)


def test_a_solved_lesson_offers_a_receipt_that_is_genuine():
    at = solved()
    query = sent(at)
    assert {name: query[name] for name in ("lesson", "seed")} == {"lesson": "7", "seed": SEED}
    assert decode(query["s"]) == SOLVED
    read = verify(query["receipt"], "7", SEED, query["s"], secret.secret())
    assert not read.with_solution
    assert query.keys() == {"lesson", "seed", "s", "receipt"}  # nothing of the visitor
    teacher = course(**query)
    assert "The receipt is genuine" in teacher.success[0].value
    assert "Lesson 7, variant k3f9: solved, without the solution shown" in told(teacher)
    assert "can’t prove who" in told(teacher)
    assert "course" not in teacher.query_params  # a teacher hasn't solved it
    assert "course" in at.query_params


def test_nothing_is_signed_before_it_is_solved():
    at = solved(s=encode(START))
    assert not [each for each in at.code if "receipt" in each.value]


def test_a_receipt_says_that_the_solution_was_shown():
    shown = Progress().solution_shown("7").solved("7").to_text()
    query = sent(solved(course=shown))
    assert "after the solution was shown" in told(course(**query))
    hidden = query | {"receipt": query["receipt"][:1] + "0" + query["receipt"][2:]}
    assert "isn’t valid here" in told(course(**hidden))


def test_it_is_in_the_address_as_long_as_its_numbers_are_on_the_page():
    query = sent(solved())
    at = course(**query)
    assert parameter(at, "receipt") == query["receipt"]
    again = course(**{name: parameter(at, name) for name in at.query_params})
    assert "The receipt is genuine" in told(again)
    fine(slider(at, "W_q-0-0").set_value(-1.0).run())
    assert "receipt" not in at.query_params
    assert "genuine" not in told(at)


@pytest.mark.parametrize(
    "forgery",
    [
        {"lesson": "8"},
        {"seed": "k3f8"},
        {"s": encode(edits.with_cell(SOLVED, "W_q", 0, 0, 0.123))},
        {"s": encode(edits.with_cell(SOLVED, "X", 0, 0, 0.123))},
        {"receipt": "10AAAAAAAAAAAAAAAAAAAAAA"},
        {"receipt": "x"},
        {"receipt": signed(SOLVED, seed="k3f8")},
        {"receipt": signed(SOLVED).swapcase()},
        {"s": ""},
        {"s": encode(START)},
    ],
)
def test_forged_ones_are_refused_in_words(forgery):
    at = course(**(sent(solved()) | forgery))
    assert "This receipt isn’t valid here" in told(at)
    assert "genuine" not in told(at)


def test_one_of_another_server_is_refused(monkeypatch):
    query = sent(solved())
    monkeypatch.setattr(secret, "secret", lambda: "another")
    at = course(**query)
    assert "another server signed it" in told(at)
    monkeypatch.undo()
    assert "genuine" in told(course(**query))


def test_a_signature_alone_does_not_solve_a_lesson():
    locked = edits.with_cell(SOLVED, "X", 0, 0, 0.123)
    for scenario in (START, locked):
        at = solved(s=encode(scenario), receipt=signed(scenario))
        assert "don’t solve the lesson as it is on this server" in told(at)
        assert "genuine" not in told(at)


def test_what_a_restart_takes_is_said(monkeypatch):
    said = "draws its secret anew at each start"
    assert said in " ".join(each.value for each in solved().caption)
    monkeypatch.setattr(secret, "is_kept", lambda: True)
    assert said not in " ".join(each.value for each in solved().caption)
    assert said not in told(solved(receipt="x"))


def test_a_solved_task_of_a_teacher_proves_itself():
    start = BY_KEY["similarity"].scenario
    at = course(task=TASK)
    assert not at.code
    done = edits.with_cell(start, "W_q", 1, 0, 3)
    at = course(task=TASK, s=encode(done))
    query = sent(at)
    assert query == {"task": TASK, "s": encode(done)}
    teacher = course(**query)
    assert "Half" in " ".join(each.value for each in teacher.markdown)
    assert " now; it was " in " ".join(each.value for each in teacher.markdown)
    for other in (start, edits.with_cell(done, "X", 0, 0, 0.5)):
        unsolved = course(task=TASK, s=encode(other))
        assert " now; it was " not in " ".join(each.value for each in unsolved.markdown)


def test_a_receipt_is_not_of_a_task_that_was_set():
    query = sent(solved())
    at = course(**query, task=TASK)
    assert "A receipt is of a lesson of the course" in told(at)
    assert "genuine" not in told(at)


def test_every_lesson_has_one(lesson):
    task = lesson.variant("")
    at = course(lesson=lesson.key, s=encode(task.solution))
    assert is_solved(task, task.solution)
    assert "genuine" in told(course(**sent(at)))


def test_without_its_model_a_receipt_says_what_cannot_be_checked(encoder, monkeypatch):
    query = sent(course(lesson="13", s=encode(LESSONS["13"].variant("").solution)))
    monkeypatch.setattr(model_heads, "_held", [])
    monkeypatch.setattr(shared_model, "is_installed", lambda: False)
    said = told(course(**query))
    assert "needs the model" in said
    assert "genuine" not in said
    assert "isn’t valid here" in told(course(**query | {"receipt": query["receipt"][::-1]}))
