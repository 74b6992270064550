"""What a page says of its pictures' matrices is what the inspector outlines in them."""

from unittest.mock import patch

import pytest

from attn_core.notation import outline
from attn_core.presets import PRESETS
from pages.ui.show import lit as lit_pictures
from tests.notation.test_outline import highlighted, lit
from tests.pages.test_pages import NAMES, PAGES, fine, visit

#: Pages without matrices of a scenario that stand in equations.
WITHOUT = {"6_Learn", "8_Long_text", "9_Real_model", "11_Room"}


class Trace:
    """What of a trace the test needs."""

    def __init__(self, scenario):
        self.scenario = scenario


@pytest.mark.parametrize(
    "page", [page for page, name in zip(PAGES, NAMES, strict=True) if name not in WITHOUT]
)
def test_every_picture_of_every_preset(page):
    drawn, wrong = [], []

    def noted(equations, scenario):
        drawn.append((equations, scenario))
        return outline.dependencies(equations, scenario)

    with patch.object(lit_pictures, "dependencies", noted):
        for preset in PRESETS:
            fine(visit(page.name, preset=preset.key))
    assert len(drawn) >= len(PRESETS)
    for equations, scenario in drawn:
        trace = Trace(scenario)
        for k, shown, i, j, outlines in lit(trace, equations):
            if not shown.title and outlines != highlighted(trace, equations, shown, i, j):
                wrong.append((k, shown.symbol, i, j, outlines))
    assert not wrong, wrong[:3]
