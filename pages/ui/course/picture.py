"""The picture beside a story or a prediction."""

from __future__ import annotations

from collections.abc import Collection

from attn_core import Scenario
from pages.ui.course import real_head
from pages.ui.session.state import session
from pages.ui.show import covered


def some(
    scenario: Scenario, names: Collection[str], key: str, *, is_covered: bool, share: float = 1
) -> None:
    """Show steps, covered or not; see `covered.some`. Of a model's head it is its map."""
    if not session().course.lesson.needs_model:
        covered.some(scenario, names, key, is_covered=is_covered, share=share)
    elif is_covered:
        covered.alone(scenario, "weights", key, share)
    else:
        real_head.heatmap(scenario, key, share)
