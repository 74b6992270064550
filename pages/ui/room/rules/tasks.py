"""What can be done with a task for the room: it is given, worked on, shown of one, and ended."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import replace

from pages.ui.room.rules import log, slots, stage, task_round
from pages.ui.room.rules.stage import Stage
from pages.ui.room.rules.task_round import Reached, Standing, TaskRound
from pages.ui.room.store import ANYHOW, Held, Store


@slots.anew
def give_task(store: Store, code: str, secret: str, given: TaskRound) -> TaskRound:
    """Give the room a task, in place of the one before; return it with its id.

    Raises
    ------
    NotPresenterError
    ValueError
        When it is no task.
    """
    held = slots.read_as_presenter(store, code, secret)
    fresh = TaskRound(given.lesson, given.seed, given.is_each, given.document)
    fresh = replace(fresh, id=secrets.token_hex(4))
    task_round.read(written := fresh.to_json())
    settle(store, code, held)
    log.task(store, code, fresh)
    slots.write(store, code, {slots.TASK: written})
    return fresh


@slots.anew
def end_task(store: Store, code: str, secret: str, id: str) -> None:
    """End the task; its results are counted for the record, and deleted."""
    held = slots.read_as_presenter(store, code, secret)
    _task(held, id)
    settle(store, code, held)


@slots.anew
def report(store: Store, code: str, token: str, id: str, link: str) -> Reached:
    """Report where a participant is; it is measured here.

    Parameters
    ----------
    store : Store
    code : str
    token : str
    id : str
        Of the task.
    link : str
        The participant's scenario.

    Raises
    ------
    ValueError
        When the task has ended, or the link holds no scenario.
    """
    held = slots.read(store, code)
    reached = task_round.measure(_task(held, id).task(slots.checked(token)), link)
    seen = slots.as_in(held, slots.TASK)
    slots.cast(store, code, _results(id), token, reached.to_json(), seen)
    return reached


@slots.anew
def forget(store: Store, code: str, token: str) -> None:
    """Forget what a participant has reached; those who came later keep their labels."""
    held = slots.read(store, code)
    if (given := present(held)) is None:
        return
    ballot = _results(given.id)
    reported = [*store.ballot(code, ballot)]
    if token in reported[:-1]:
        slots.cast(store, code, ballot, token, task_round.NOTHING, slots.as_in(held, slots.TASK))
    else:
        store.drop(code, ballot, token)


def results(store: Store, code: str, given: TaskRound) -> dict[str, Reached]:
    """Return what each reached, by labels that tell nobody; without those dismissed."""
    found = task_round.reached(store.ballot(code, _results(given.id)))
    return {label: each for label, each in found.items() if label not in given.dismissed}


def standing(store: Store, code: str, given: TaskRound) -> Standing:
    """Count how far the room is; see `task_round.standing`."""
    found = task_round.reached(store.ballot(code, _results(given.id)))
    return task_round.standing(given, found.values())


@slots.anew
def show_few(store: Store, code: str, secret: str, id: str) -> None:
    """Show the results of a task even of fewer than `FEWEST_SHOWN`."""
    held = slots.read_as_presenter(store, code, secret)
    shown = replace(_task(held, id), even_few=True)
    slots.write(store, code, {slots.TASK: shown.to_json()}, slots.as_in(held, slots.TASK))


@slots.anew
def show_one(store: Store, code: str, secret: str, id: str, label: str) -> None:
    """Show the scenario of a participant; `back_to_stage` goes back.

    Raises
    ------
    NotPresenterError
    ValueError
        When the task has ended, or nobody has this label.
    """
    held = slots.read_as_presenter(store, code, secret)
    given = _task(held, id)
    before = held.slots[slots.STAGE]
    shown = Stage(stage.from_json(before).page, _result(store, code, given, label).link)
    others = {
        slots.KEPT: held.slots.get(slots.KEPT, before),
        slots.TASK: given.with_stage(label).to_json(),
    }
    slots.put_on_stage(store, code, held, shown, _whose(id, label), **others)


def _whose(id: str, label: str) -> str:
    """Tell a participant of this task from all others of the room."""
    return f"{id} {label}"


def _result(store: Store, code: str, given: TaskRound, label: str) -> Reached:
    found = results(store, code, given)
    if label not in found:
        raise ValueError(f"No result that is offered has the label {label!r:.20}.")
    return found[label]


@slots.anew
def back_to_stage(store: Store, code: str, secret: str) -> None:
    """Go back to what was shown before a participant's scenario; nothing where none is shown."""
    held = slots.read_as_presenter(store, code, secret)
    if slots.KEPT in held.slots and (given := present(held)):
        _go_back(store, code, held, given.with_stage(""))


@slots.anew
def dismiss(store: Store, code: str, secret: str, id: str, label: str) -> None:
    """Offer a participant's scenario no longer; it leaves stage and record."""
    held = slots.read_as_presenter(store, code, secret)
    given = _task(held, id)
    _result(store, code, given, label)
    fewer = given.without(label)
    log.forget(store, code, _whose(id, label))
    if given.on_stage == label:
        _go_back(store, code, held, fewer.with_stage(""))
    else:
        slots.write(store, code, {slots.TASK: fewer.to_json()}, slots.as_in(held, slots.TASK))


def _go_back(
    store: Store, code: str, held: Held, given: TaskRound | None, **others: str | None
) -> None:
    """Write a task, and with it the stage that a participant's scenario took the place of."""
    others |= {slots.KEPT: None, slots.TASK: given.to_json() if given else None}
    slots.put_on_stage(store, code, held, stage.from_json(held.slots[slots.KEPT]), "", **others)


def settle(store: Store, code: str, held: Held) -> None:
    """Take the task away, if there is one; then note its results, and delete whose they are.

    They are noted before, too; see `votes.settle`.
    """
    if (given := present(held)) is None:
        return
    seen, over = slots.as_in(held, slots.TASK), [_results(given.id)]
    _note(store, code, given, seen)
    if slots.KEPT in held.slots:
        _go_back(store, code, held, None, **slots.over(over))
    else:
        slots.write(store, code, {slots.TASK: None, **slots.over(over)}, seen)
    _note(store, code, given)
    slots.delete(store, code, over)


def _note(store: Store, code: str, task: TaskRound, given: Mapping[str, str] = ANYHOW) -> None:
    found = standing(store, code, task)
    if found.reported:
        log.task(store, code, task, found, given=given)


def present(held: Held) -> TaskRound | None:
    """Return the task that the room has now."""
    return task_round.read(held.slots[slots.TASK]) if slots.TASK in held.slots else None


def _task(held: Held, id: str) -> TaskRound:
    """Return the task that the room has now, if it is the one that is meant."""
    given = present(held)
    if given is None or given.id != id:
        raise ValueError("This task has ended.")
    return given


def _results(id: str) -> str:
    return f"t{id}"
