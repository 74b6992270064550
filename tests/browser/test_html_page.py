"""The page that is saved works from a file, with the network off."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from attn_core import attend
from attn_core.export import equations
from attn_core.figures import html_page
from tests.export.scenarios import HOSTILE, KINDS, hostile

SCENARIOS = {"masked": KINDS["masked"], "hostile": hostile(HOSTILE[:30]), "heads": KINDS["heads"]}


@pytest.mark.parametrize("kind", SCENARIOS)
def test_pictures_are_drawn_offline(browser: Browser, tmp_path: Path, kind: str):
    trace = attend(SCENARIOS[kind])
    only = "Q" if kind == "hostile" else None
    file = tmp_path / "attention.html"
    file.write_text(html_page(trace, only, "https://lab.example/?preset=a&s=1"), newline="")
    context = browser.new_context(offline=True, viewport={"width": 1000, "height": 800})
    page, wrong, asked = context.new_page(), [], []
    page.on("console", lambda m: wrong.append(m.text) if m.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("dialog", lambda dialog: wrong.append(dialog.message))
    page.on("request", lambda request: asked.append(request.url))
    page.goto(file.as_uri())
    drawn = list(equations(trace, only))
    page.wait_for_function(
        "n => document.querySelectorAll('.heatmaplayer').length === n", arg=len(drawn)
    )
    blocks = sum(len(written.blocks) for _, _, written in drawn)
    expect(page.locator(".heatmaplayer image")).to_have_count(blocks)
    assert wrong == []
    assert [url for url in asked if not url.startswith(("data:", "blob:"))] == [file.as_uri()]
    assert page.locator("#plain").is_hidden()
    assert page.title() == f"Self-attention: {' '.join(' '.join(trace.scenario.tokens).split())}"
    context.close()
