"""What a reader of the screen is told of the last change."""

from __future__ import annotations

from dataclasses import dataclass

from attn_core import Scenario
from attn_core.analysis.announce import announce
from attn_core.analysis.compare import compare, same_head


@dataclass
class Announcement:
    """The weights that the last change moved most.

    Attributes
    ----------
    scenario : Scenario
        The last one that was followed.
    text : str
        Empty where no weight changed.
    number : int
        Of the change, so that the same text can be told twice.
    """

    scenario: Scenario
    text: str = ""
    number: int = 0

    def follow(self, scenario: Scenario, head: int) -> None:
        """Take note of what a change did to the weights of a head."""
        if scenario == self.scenario:
            return
        before = same_head(self.scenario, scenario, head)
        self.scenario = scenario
        self.say(announce(compare(before, scenario.head(head))) if before else "")

    def say(self, text: str) -> None:
        """Have something else told."""
        self.text, self.number = text, self.number + 1
