"""What can be done with a question: it is asked, voted on, shown, and ended."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Mapping
from dataclasses import replace

from pages.ui.room.rules import log, question, slots
from pages.ui.room.rules.question import Question, Tally
from pages.ui.room.store import ANYHOW, Held, Store


@slots.anew
def ask(store: Store, code: str, secret: str, asked: Question) -> Question:
    """Ask the room, in place of the question before; return it with its id.

    Raises
    ------
    NotPresenterError
    ValueError
        When it is no question.
    """
    held = slots.read_as_presenter(store, code, secret)
    fresh = replace(asked, id=secrets.token_hex(4), phase="open", round=1, even_few=False)
    question.read(written := fresh.to_json())
    settle(store, code, held)
    log.question(store, code, fresh)
    slots.write(store, code, {slots.QUESTION: written})
    return fresh


@slots.anew
def vote(store: Store, code: str, token: str, asked: Question, answer: float) -> None:
    """Vote, in place of the participant's vote before.

    What comes while the presenter closes the vote is counted and shown, or refused.

    Parameters
    ----------
    store : Store
    code : str
    token : str
    asked : Question
        As the participant saw it.
    answer : float
        The index of an option, or a number.

    Raises
    ------
    ValueError
        When the vote isn't open, or the answer is none.
    """
    held = slots.read(store, code)
    now = _question(held, asked.id)
    if now.phase != "open" or now.round != asked.round:
        raise ValueError("This vote is closed.")
    now.check_vote(answer)
    ballot, seen = _votes(asked.id, asked.round), slots.as_in(held, slots.QUESTION)
    slots.cast(store, code, ballot, slots.checked(token), json.dumps(answer), seen)


@slots.anew
def take_over(store: Store, code: str, token: str, before: str) -> None:
    """Count what another token has said as this one's, unless it has said something itself."""
    held = slots.read(store, code)
    for ballot in ballots(held):
        said = store.value(code, ballot, before)
        if said is not None and store.value(code, ballot, token) is None:
            seen = slots.as_in(held, slots.QUESTION)
            slots.cast(store, code, ballot, token, said, seen)
        store.drop(code, ballot, before)


def vote_of(store: Store, code: str, token: str, asked: Question) -> float | None:
    """Return a participant's vote of this round; None where there is none."""
    own = store.value(code, _votes(asked.id, asked.round), token)
    return None if own is None else float(own)


def tallies(store: Store, code: str, asked: Question) -> tuple[Tally, ...]:
    """Count the votes of each round that has begun; see `question.tallies`."""
    ballots = [store.ballot(code, _votes(asked.id, i)) for i in range(1, asked.round + 1)]
    return question.tallies(asked, map(question.votes_of, ballots))


def close_vote(store: Store, code: str, secret: str, id: str) -> None:
    """Close the vote, for the discussion."""
    _change(store, code, secret, id, Question.closed)


def ask_again(store: Store, code: str, secret: str, id: str) -> None:
    """Open the vote once more, after the discussion."""
    _change(store, code, secret, id, Question.again)


def reveal(store: Store, code: str, secret: str, id: str, *, even_few: bool = False) -> None:
    """Show votes and answer; fewer than `FEWEST_SHOWN` where the presenter says so."""
    _change(store, code, secret, id, lambda asked: asked.shown(even_few=even_few))


@slots.anew
def _change(
    store: Store, code: str, secret: str, id: str, change: Callable[[Question], Question]
) -> None:
    held = slots.read_as_presenter(store, code, secret)
    changed = change(_question(held, id))
    slots.write(store, code, {slots.QUESTION: changed.to_json()}, slots.as_in(held, slots.QUESTION))


@slots.anew
def end_question(store: Store, code: str, secret: str, id: str) -> None:
    """Take a question away; its votes are counted for the record, and deleted."""
    held = slots.read_as_presenter(store, code, secret)
    _question(held, id)
    settle(store, code, held)


def settle(store: Store, code: str, held: Held) -> None:
    """Take the question away, if there is one; then note its votes, and delete who cast them.

    They are noted before, too: a store that goes away in the middle has what came until then. What
    it has kept is deleted by a later verb of the presenter; see `slots.read_as_presenter`.
    """
    if (asked := present(held)) is None:
        return
    seen, over = slots.as_in(held, slots.QUESTION), ballots(held)
    _note(store, code, asked, seen)
    slots.write(store, code, {slots.QUESTION: None, **slots.over(over)}, seen)
    _note(store, code, asked)
    slots.delete(store, code, over)


def _note(store: Store, code: str, asked: Question, given: Mapping[str, str] = ANYHOW) -> None:
    shown = asked.shown()
    found = tallies(store, code, shown)
    if any(each.votes for each in found):
        log.question(store, code, shown, found, given=given)


def present(held: Held) -> Question | None:
    """Return the question that is asked now."""
    return question.read(held.slots[slots.QUESTION]) if slots.QUESTION in held.slots else None


def ballots(held: Held) -> list[str]:
    """Name the ballots of the question that is asked now."""
    asked = present(held)
    return [_votes(asked.id, i) for i in question.ROUNDS] if asked else []


def _question(held: Held, id: str) -> Question:
    """Return the question that is asked now, if it is the one that is meant."""
    asked = present(held)
    if asked is None or asked.id != id:
        raise ValueError("This question isn’t asked any more.")
    return asked


def _votes(id: str, round: int) -> str:
    return f"q{id}.{round}"
