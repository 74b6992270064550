"""The Share page: what it offers, and that it is cheap until somebody takes something."""

import io
from contextlib import nullcontext
from dataclasses import replace

import pytest
import segno
import zxingcpp
from PIL import Image

from attn_core import edits
from attn_core.permalink import encode
from attn_core.presets import BY_KEY, PRESETS
from pages.ui.share import downloads, qr_code
from tests.export.scenarios import random
from tests.pages.test_pages import fine, visit


@pytest.mark.parametrize("only", ["", "weights"])
@pytest.mark.parametrize("kind", downloads.KINDS, ids=lambda kind: kind.label)
def test_each_kind_of_file(kind, only):
    at = fine(visit("10_Share.py"))
    at.selectbox(key="take").set_value(only).run()
    at.get("button_group")[0].set_value(kind.ending).run()
    name = f"attention{only and '-'}{only}{kind.ending}"
    assert f"Save {name}" in {button.label for button in fine(at).get("download_button")}


def test_nothing_is_written_before_it_is_wanted(monkeypatch):
    def written(*_):
        raise AssertionError

    kinds = tuple(replace(kind, write=written) for kind in downloads.KINDS)
    monkeypatch.setattr(downloads, "KINDS", kinds)
    at = fine(visit("10_Share.py"))
    fine(at.selectbox(key="take").set_value("weights").run())
    at.get("button_group")[0].set_value(".npz").run()
    assert at.exception


def test_files_hold_all_heads_and_the_picture_one(monkeypatch):
    seen = {}

    def note(trace, only):
        seen[only] = trace.scenario
        return b""

    kinds = tuple(replace(kind, write=note) for kind in downloads.KINDS)
    monkeypatch.setattr(downloads, "KINDS", kinds)
    monkeypatch.setattr(downloads, "expander", lambda *_: nullcontext(True))
    scenario = BY_KEY["four-views"].scenario
    at = fine(visit("10_Share.py", preset="four-views", head="2"))
    fine(at.get("button_group")[-1].set_value(".npz").run())
    for step in ("weights", "concat_heads"):
        fine(at.selectbox(key="take").set_value(step).run())
    assert seen == {None: scenario, "weights": scenario, "concat_heads": scenario}


def read_code(link):
    """What a reader that isn't ours sees in the code, drawn large."""
    assert qr_code.svg(link)
    buffer = io.BytesIO()
    segno.make_qr(link, error="l").save(buffer, kind="png", border=4, scale=6)
    (found,) = zxingcpp.read_barcodes(Image.open(buffer))
    return found.text


@pytest.mark.parametrize("preset", PRESETS, ids=lambda p: p.key)
def test_a_code_is_read_back(preset):
    short = f"https://lab.example/?preset={preset.key}"
    assert read_code(short) == short
    if preset.scenario.h == 1:  # several heads have more numbers than a phone reads
        link = f"{short}&s={encode(preset.scenario)}"
        assert read_code(link) == link


def test_too_long_a_link_has_no_code():
    s = random(n=12, d_model=8, d_k=8, d_v=7)
    assert qr_code.svg(f"https://lab.example/?s={encode(s)}") is None
    assert qr_code.svg("https://lab.example/?s=" + 9000 * "x") is None


def test_a_link_too_long_is_explained(monkeypatch):
    monkeypatch.setattr(qr_code, "expander", lambda *_: nullcontext(True))
    s = random(n=12, d_model=8, d_k=8, d_v=7)
    at = fine(visit("10_Share.py", s=encode(s)))
    (told,) = at.info
    assert "characters" in told.value and "JSON" in told.value
    assert not at.get("imgs")


def test_a_preset_has_a_short_code(monkeypatch):
    drawn = []
    monkeypatch.setattr(qr_code, "expander", lambda *_: nullcontext(True))
    monkeypatch.setattr(qr_code, "draw", drawn.append)
    at = fine(visit("10_Share.py", preset="negation"))
    moved = edits.with_cell(BY_KEY["negation"].scenario, "X", 0, 0, 2.5)
    fine(visit("10_Share.py", preset="negation", s=encode(moved)))
    fine(visit("10_Share.py", preset="negation", a=encode(moved)))
    short, long, with_a = drawn
    assert short.endswith("?preset=negation")
    assert long.endswith(f"?preset=negation&s={encode(moved)}")
    assert with_a.endswith(f"&a={encode(moved)}")
    assert at.code[0].value.endswith(encode(BY_KEY["negation"].scenario))


def test_bound_of_the_code():
    longest = 520
    assert qr_code.svg(longest * "x")
    assert qr_code.svg((longest + 1) * "x") is None
