"""The course of a room as a file: what was shown, asked and given; no person."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from attn_core import strict_json
from attn_core.explain.wording import pluralize
from attn_core.notation.labels import number, short
from attn_core.text import escape
from pages.ui.room.rules.stage import WHOSE

FORMAT = "self-attention-lab-room"
VERSION = 1


@dataclass(frozen=True)
class Record:
    """What happened in a room.

    Attributes
    ----------
    participants : int
        How many were there in all.
    events : tuple of dict
        In their order; see `log`.
    """

    participants: int
    events: tuple[dict[str, Any], ...]

    def to_json(self) -> str:
        """Write it as JSON that a person can read."""
        content = {
            FORMAT: VERSION,
            "participants": self.participants,
            "events": [each | {"at": _time(each["at"])} for each in self.events],
        }
        return json.dumps(content, ensure_ascii=False, indent=1)

    def to_markdown(self, address: str) -> str:
        """Write it as Markdown.

        Parameters
        ----------
        address : str
            Of the home page, with which links to scenarios begin.
        """
        begin = f", {_time(self.events[0]['at'])}" if self.events else ""
        lines = [
            f"# The course of a room{begin}\n",
            f"{pluralize(self.participants, 'participant')}. Times are in UTC.\n",
        ]
        for event in self.events:
            lines += _KINDS[event["kind"]](event, address)
        return "\n".join(lines)


def read(ballot: Mapping[str, str], participants: int) -> Record:
    """Read the events of a room's ballot; whose a scenario is stays in the room."""
    events = map(strict_json.loads, ballot.values())
    return Record(participants, tuple(each | _whether_ones(each) for each in events))


def _whether_ones(event: Mapping[str, Any]) -> dict[str, bool]:
    return {WHOSE: bool(event[WHOSE])} if WHOSE in event else {}


def _time(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M UTC")


def _heading(event: Mapping[str, Any], what: str) -> str:
    clock = _time(event["at"]).split()[1]
    return f"## {clock} {what}\n"


def _stage(event: Mapping[str, Any], address: str) -> Iterator[str]:
    whose = "A participant’s scenario" if event[WHOSE] else "On the stage"
    yield _heading(event, whose)
    head = f", head {event['head'] + 1}" if event["head"] else ""
    asked = f", number {event['cell']}" if event["cell"] else ""
    yield f"Page {event['page']}{head}{asked}: <{address}?s={event['link']}>\n"


def _question(event: Mapping[str, Any], _: str) -> Iterator[str]:
    yield _heading(event, "Question")
    yield f"{event['text'].strip()}\n"
    options, answer = event["options"], event["answer"]
    yield from (f"- {option}{_right(i == answer)}" for i, option in enumerate(options))
    if not options:
        within = f" ± {short(event['within'])}" if event["within"] else ""
        yield f"Right: {number(answer, 3)}{within}"
    yield ""
    rounds = {f"Vote {i}": each for i, each in enumerate(event["rounds"], 1)}
    for name, each in rounds.items():
        votes = pluralize(each["votes"], "vote")
        told = f"{each['right']} right" if each["bars"] else "too few to be shown"
        yield f"{name}: {votes}, {told}.\n"
    yield from _table({name: each["bars"] for name, each in rounds.items() if each["bars"]})


def _task(event: Mapping[str, Any], _: str) -> Iterator[str]:
    each = ", a variant each" if event["each"] else ""
    yield _heading(event, f"Task: {escape.markdown(event['title'])}{each}")
    text = event["text"] if event["lesson"] else escape.markdown(event["text"])
    yield f"{text.strip()}\n"
    if results := event["results"]:
        yield f"Begun: {results['reported']}; solved: {results['solved']}.\n"
        yield from _table({"Part of the way": results["distances"]} if results["distances"] else {})
        yield from _table({"Number reached": results["numbers"]} if results["numbers"] else {})


def _table(columns: Mapping[str, list[dict[str, Any]]]) -> Iterator[str]:
    """Write histograms that share their bins beside each other."""
    if not columns:
        return
    yield f"| | {' | '.join(columns)} |"
    yield f"|---|{'---:|' * len(columns)}"
    for bars in zip(*columns.values(), strict=True):
        label = bars[0]["label"].replace("|", "\\|") + _right(bars[0]["is_right"])
        yield f"| {label} | {' | '.join(str(bar['count']) for bar in bars)} |"
    yield ""


def _right(is_right: bool) -> str:
    return " (right)" if is_right else ""


_KINDS = {"stage": _stage, "question": _question, "task": _task}
