"""A text coloured by weights, as data: its letters, its colours, and its HTML."""

import html
import json
import re

import numpy as np
import pytest

from attn_core.figures import TextRow, describe_coloured_text
from attn_core.figures.boxes.colours import PALETTES
from attn_core.pretrained.interpret import InText
from tests.figures.test_colours import contrast, rgb

PLACED = (
    InText("", "[CLS]", is_name=True),
    InText("  ", "ab<b>"),
    InText("", "&"),
    InText(" \n", "שלום"),
)
NAMES = ("[CLS]", "ab<b>", "&", "שלום")
WEIGHTS = np.array([0.0, 0.001, 0.2190, 0.78])


def described(theme="light", weights=WEIGHTS, query=2):
    return describe_coloured_text(TextRow(PLACED, "…", NAMES, weights, query), theme)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_colours_are_those_of_the_map(theme):
    """Even over the cube root: of the scale's five colours the fourth stands at 27/64."""
    stops = [colour for _, colour in PALETTES[theme].weight]
    shown = described(theme, np.array([0, 1 / 64, 27 / 64, 1.0]))
    assert [each.fill for each in shown.tokens] == [stops[0], stops[1], stops[3], stops[4]]
    assert [each.paper for each in shown.tokens][3] == PALETTES["light"].weight[-1][1]
    assert shown.highlight == PALETTES[theme].highlight


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_letters_are_read_on_every_colour(theme):
    hardly = []
    for weight in np.linspace(0, 1, 401):
        token = described(theme, np.full(4, weight)).tokens[0]
        pairs = (token.ink, token.fill), (token.paper_ink, token.paper)
        hardly += [weight for ink, fill in pairs if contrast(rgb(ink), rgb(fill)) < 4.5]
    assert hardly == []


def test_weights_are_told():
    shown = described()
    assert [each.said for each in shown.tokens] == [
        "& → [CLS]: 0.00",
        "& → ab<b>: 0.00",
        "& → &: 0.22",
        "& → \u2068שלום\u2069: 0.78",
    ]
    assert json.loads(json.dumps(shown.plain()))["tokens"][1]["before"] == "  "


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_what_the_mask_blocks_has_no_colour(theme):
    mask = np.array([True, True, True, False])
    *seen, last = describe_coloured_text(TextRow(PLACED, "", NAMES, WEIGHTS, 2, mask), theme).tokens
    assert (last.fill, last.ink) == ("transparent", PALETTES[theme].ink)
    assert last.said.endswith(": masked")
    assert seen == list(described(theme).tokens[:3])


def test_html_without_a_script():
    written = described().html()
    assert re.findall("<[^>]*>", written)[1:-1] == re.findall("</?span[^>]*>", written)
    text = html.unescape(re.sub("<[^>]*>", "", written))
    assert text == "[CLS]  ab<b>& \nשלום…"
    assert written.count("outline") == 1
    assert 'title="&amp; → ab&lt;b&gt;: 0.00"' in written
