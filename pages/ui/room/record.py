"""The course of a room as a file: what was shown, asked and given; no person."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from attn_core import strict_json
from attn_core.notation.labels import short
from attn_core.text import escape

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
        lines = [f"# The course of a room\n\nParticipants: {self.participants}\n"]
        for event in self.events:
            lines += [f"## {_time(event['at'])}\n", *_KINDS[event["kind"]](event, address), ""]
        return "\n".join(lines)


def read(ballot: Mapping[str, str], participants: int) -> Record:
    """Read the events of a room's ballot."""
    return Record(participants, tuple(map(strict_json.loads, ballot.values())))


def _time(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


def _stage(event: Mapping[str, Any], address: str) -> Iterator[str]:
    whose = "A participant’s scenario" if event["from the room"] else "Shown"
    asked = f", asked about: {event['cell']}" if event["cell"] else ""
    yield f"{whose}: page {event['page']}, head {event['head'] + 1}{asked}."
    yield f"\n<{address}?s={event['link']}>"


def _question(event: Mapping[str, Any], _: str) -> Iterator[str]:
    yield f"Question: {event['text'].strip()}\n"
    options = event["options"]
    for i, option in enumerate(options):
        yield f"- {option}{' (right)' if i == event['answer'] else ''}"
    if not options:
        within = f" ± {short(event['within'])}" if event["within"] else ""
        yield f"Right: {short(event['answer'])}{within}"
    for i, each in enumerate(event["rounds"], 1):
        yield f"\nVote {i}: {each['votes']} votes{_right(each)}.\n"
        yield from _bars(each["bars"])


def _right(tally: Mapping[str, Any]) -> str:
    return "" if tally["right"] is None else f", {tally['right']} right"


def _task(event: Mapping[str, Any], _: str) -> Iterator[str]:
    each = ", a variant each" if event["each"] else ""
    yield f"Task: {escape.markdown(event['title'])}{each}\n\n{event['text'].strip()}\n"
    if results := event["results"]:
        yield f"Begun: {results['reported']}; solved: {results['solved']}.\n"
        yield from _bars(results["distances"])
        yield ""
        yield from _bars(results["numbers"])


def _bars(bars: list[dict[str, Any]]) -> Iterator[str]:
    for bar in bars:
        yield f"- {bar['label']}: {bar['count']}{' (right)' if bar['is_right'] else ''}"


_KINDS = {"stage": _stage, "question": _question, "task": _task}
