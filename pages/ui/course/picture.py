"""The picture beside a story or a prediction."""

from __future__ import annotations

from collections.abc import Collection

from attn_core import Scenario
from pages.ui.course import real_head
from pages.ui.session.state import session
from pages.ui.show import covered


def some(
    scenario: Scenario,
    names: Collection[str],
    key: str,
    *,
    is_covered: bool,
    of: Collection[str] = (),
) -> None:
    """Show steps, covered or not; see `covered.some`. Of a model's head it is its map."""
    if session().course.lesson.needs_model:
        _head(scenario, key, is_covered=is_covered)
    else:
        covered.some(scenario, names, key, is_covered=is_covered, of=of)


def one(scenario: Scenario, name: str, key: str, *, is_covered: bool, share: float) -> None:
    """Show a step in a share of the page's width; see `some`."""
    if session().course.lesson.needs_model:
        _head(scenario, key, is_covered=is_covered, share=share)
    else:
        covered.one(scenario, name, key, is_covered=is_covered, share=share)


def _head(scenario: Scenario, key: str, *, is_covered: bool, share: float = 1) -> None:
    if is_covered:
        covered.alone(scenario, "weights", key, share)
    else:
        real_head.heatmap(scenario, key, share)
