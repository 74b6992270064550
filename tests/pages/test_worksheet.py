"""The worksheet on Course: of the variant on the page, and written once it is wanted."""

from contextlib import nullcontext

import pytest

from attn_core.tasks import LESSONS
from pages.ui.course import worksheet
from tests.pages.test_pages import fine, visit


@pytest.mark.parametrize("step", ["story", "seen"])
def test_it_is_of_the_variant_on_the_page(step, monkeypatch):
    written = []
    monkeypatch.setattr(worksheet, "expander", lambda *_: nullcontext(True))
    monkeypatch.setattr(worksheet.export, "worksheet", lambda *given: written.append(given) or "")
    at = fine(visit("0_Course.py", lesson="7", seed="k3f9", step=step))
    assert "Save the worksheet" in {button.label for button in at.get("download_button")}
    (page, about), *_ = written
    assert page is LESSONS["7"].page("k3f9")
    assert about == "Lesson 7, variant k3f9"


def test_nothing_is_written_before_it_is_wanted(monkeypatch):
    def write(*_):
        raise AssertionError

    monkeypatch.setattr(worksheet.export, "worksheet", write)
    fine(visit("0_Course.py", lesson="7"))
