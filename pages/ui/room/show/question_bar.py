"""The question to the room, on every page: to answer it, and to see what came of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import streamlit as st

from attn_core.explain.wording import pluralize
from attn_core.figures import (
    choices_alt,
    describe_choices,
    describe_histogram,
    histogram_alt,
)
from attn_core.notation import cells, labels
from pages.ui.live.chart import chart, look
from pages.ui.room import follow
from pages.ui.room.member import Member
from pages.ui.room.rules import rooms, votes
from pages.ui.room.rules.limits import FEWEST_SHOWN
from pages.ui.room.rules.question import Question, Tally
from pages.ui.room.show import verbs
from pages.ui.room.store import store
from pages.ui.session import widget_state, widgets
from pages.ui.session.state import session
from pages.ui.show import covered

#: What a round of votes is called, by how many there are.
_ROUNDS = (("answers",), ("before", "after the discussion"))
#: Pixels of the window's height that the question needs beside its picture, more than home.
_AROUND = 130
_NUMBER = "room-number"
#: In the session's views: what who hears the page was told last.
_TOLD = "room-question-told"
_CSS = """<style>
.st-key-room-question { gap: 0.6rem; }
.st-key-room-question h2 { font-size: 1.4rem; padding: 0.2rem 0 0.9rem; }
.st-key-room-question h2 p { font-size: inherit; }
.st-key-room-question ul { display: flex; flex-wrap: wrap; gap: 0.2rem 2.4rem; }
.st-key-room-options { gap: 0.5rem; }
@media (max-width: 700px) {
  .st-key-room-question h2 { font-size: 1.15rem; }
  /* A thumb's choices stand below each other, over the whole width. */
  .st-key-room-options { flex-direction: column; align-items: stretch; }
  .st-key-room-options > *, .st-key-room-options button { width: 100% !important; }
  .st-key-room-options > * { flex-basis: auto !important; }
  .st-key-room-options button { min-height: 3rem; }
}
</style>"""


def question_bar() -> None:
    """Show the question that the room was asked last, if there is one.

    While its answer is hidden, the page isn't shown to who would see the answer there.
    """
    member = session().member
    if member is None or (asked := member.question) is None:
        return
    st.html(_CSS)
    with st.container(key="room-question"):
        st.markdown(f"## {asked.text}")
        if member.presents:
            _presenter(member, asked)
        else:
            _participant(member, asked)
        _picture(member, asked)


def announce() -> None:
    """Tell who hears the page of the question, and not of numbers that would tell the answer."""
    member = session().member
    if member is None or (asked := member.question) is None:
        return
    told = session().announcement
    if hides_page():
        told.scenario = session().scenario
    news = f"{asked.id} {asked.phase} {asked.round}"
    if not member.presents and session().views.get(_TOLD) != news:
        session().views[_TOLD] = news
        told.say(_aloud(asked).replace("*", ""))


def _aloud(asked: Question) -> str:
    if asked.phase == "open":
        return f"The room is asked: {asked.text}"
    if asked.phase == "closed":
        return "The vote is closed. Discuss it with somebody beside you."
    return f"The answer: {_written(asked, asked.answer)}"


def hides_page() -> bool:
    """Whether the page would tell the answer to who is to find it."""
    member = session().member
    if member is None or (asked := member.question) is None:
        return False
    is_own = member.mode == "own" and not member.presents
    return asked.phase != "shown" and not is_own and session().page != follow.BACKSTAGE


def _picture(member: Member, asked: Question) -> None:
    """Show what the question is about, without what would tell the answer."""
    if not asked.shows or asked.phase == "shown" or member.room is None:
        return
    session().around = _AROUND
    stage, box = member.room.stage, cells.from_text(asked.cell)
    covered.with_box(stage.scenario.head(stage.head), asked.shows, box, "room-question")


def _participant(member: Member, asked: Question) -> None:
    mine = verbs.tried(lambda: votes.vote_of(store(), member.code, member.token, asked), None)
    if asked.phase == "open":
        _answers(asked, mine)
        _say_what_is_known(asked, mine)
    elif asked.phase == "closed":
        said = f" You said: {_written(asked, mine)}." if mine is not None else ""
        _options(asked)
        st.markdown(f"**Discuss it with somebody beside you.** There will be a second vote.{said}")
    else:
        _outcome(member, asked, mine)


def _options(asked: Question) -> None:
    """List what there is to choose from."""
    if asked.options:
        st.markdown("\n".join(f"- {option}" for option in asked.options))


def _answers(asked: Question, mine: float | None) -> None:
    """Offer the answers; the one that was given is marked."""
    with st.container(key="room-options", horizontal=True, vertical_alignment="bottom"):
        for i, option in enumerate(asked.options):
            widgets.button(
                f"{'✓ ' * (i == mine)}{option}",
                key=f"room-option-{i}",
                type="primary" if i == mine else "secondary",
                on_click=verbs.vote,
                args=(i,),
            )
        if not asked.options:
            _number(mine)


def _number(mine: float | None) -> None:
    widgets.number_input("Your number", value=mine, key=_NUMBER, step=0.1, format="%.2f", width=160)
    label = "That is my answer" if mine is None else "Change my answer"
    widgets.button(label, key="room-answer", type="primary", on_click=_vote_number)


def _vote_number() -> None:
    number = widget_state.read(_NUMBER, float, None)
    if number is None:
        session().complain("Type a number first.")
    else:
        verbs.vote(float(number))


def _say_what_is_known(asked: Question, mine: float | None) -> None:
    """Say what others see of an answer, and until when it can be changed."""
    again = "Second vote, after the discussion. " if asked.round == 2 else ""
    if mine is None:
        st.caption(f"{again}Nobody sees who answers what.")
    else:
        st.caption(
            f"{again}You said: {_written(asked, mine)}. You can change it until the vote is "
            "closed. What all said is hidden until the presenter shows it."
        )


def _written(asked: Question, vote: float) -> str:
    return asked.options[int(vote)] if asked.options else labels.number(vote)


def _outcome(member: Member, asked: Question, mine: float | None = None) -> None:
    """Show the right answer with its why, and beside each other what both votes brought."""
    st.markdown(f"The answer: **{_written(asked, asked.answer)}.** {asked.why}")
    if mine is not None:
        st.caption(f"You said: {_written(asked, mine)}{' ✓' * asked.is_right(mine)}")
    found = verbs.tried(lambda: votes.tallies(store(), member.code, asked), ())
    _histograms(asked, found)


def _histograms(asked: Question, found: Sequence[Tally]) -> None:
    if not found:
        return  # the store is away, of which the line of the room tells
    held = [each for each in found if each.votes]
    seen = {
        f"{name} ({each.votes})": [bar.count for bar in each.bars]
        for name, each in zip(_ROUNDS[len(held) > 1], held, strict=False)
        if each.bars
    }
    if not held:
        st.caption("Nobody has answered.")
    elif len(seen) < len(held):
        st.caption(
            f"A vote of fewer than {FEWEST_SHOWN} isn’t shown: one could tell who said what."
        )
    if not seen:
        return
    bars = next(each.bars for each in held if each.bars)
    names = [bar.label.replace("*", "") for bar in bars]
    right = next((i for i, bar in enumerate(bars) if bar.is_right), None)
    describe, alt = (
        (describe_choices, choices_alt) if asked.options else (describe_histogram, histogram_alt)
    )
    chart(describe(names, seen, right, look=look()), "figure-votes", lambda: alt(names, seen))


def _presenter(member: Member, asked: Question) -> None:
    if asked.phase == "shown":
        _outcome(member, asked)
    else:
        _options(asked)
        st.fragment(_turnout, key="room-turnout", run_every=timedelta(seconds=1))(member, asked)
    with st.container(key="room-question-verbs", horizontal=True):
        _verbs(member, asked)


def _turnout(member: Member, asked: Question) -> None:
    """Say how many have answered, each second."""
    count = verbs.tried(lambda: votes.tallies(store(), member.code, asked)[-1].votes, None)
    here = verbs.tried(lambda: rooms.members(store(), member.code), None)
    if count is None or here is None:
        return
    what = {"open": "answered", "closed": "answered; the vote is closed"}[asked.phase]
    st.markdown(f"**{count}** of {pluralize(here, 'participant')} {what}")


def _verbs(member: Member, asked: Question) -> None:
    """Offer what comes next."""
    if asked.phase == "shown":
        widgets.button("Done", key="room-done", type="primary", on_click=verbs.end_question)
        if not asked.even_few:
            _few(member, asked)
        return
    if asked.phase == "open" and asked.round == 1:
        widgets.button("Close the vote, to discuss", key="room-close", on_click=verbs.close_vote)
    if asked.phase == "closed":
        widgets.button("Vote again", key="room-again", on_click=verbs.ask_again)
    widgets.button("Show the answers", key="room-show", type="primary", on_click=verbs.reveal)
    widgets.button("Drop it", key="room-drop", type="tertiary", on_click=verbs.end_question)


def _few(member: Member, asked: Question) -> None:
    """Let the presenter show even few votes."""
    found = verbs.tried(lambda: votes.tallies(store(), member.code, asked), ())
    if any(each.votes and not each.bars for each in found):
        widgets.button(
            "Show even so few",
            key="room-few",
            on_click=verbs.reveal,
            kwargs={"even_few": True},
            help="In a small group one may guess who said what.",
        )
