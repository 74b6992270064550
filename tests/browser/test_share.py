"""What is saved from the Share page and from pictures, as a browser saves it."""

import io
import itertools
import json
import re
import xml.etree.ElementTree as ET
import zipfile

import zxingcpp
from PIL import Image
from playwright.sync_api import Page, expect

from attn_core import attend
from attn_core.export import matrices
from attn_core.permalink import encode
from attn_core.presets import BY_KEY, DEFAULT
from benchmarks.visitor import Visitor
from tests.browser.conftest import idle
from tests.browser.test_looks import resize
from tests.export.scenarios import random


def saved(page: Page, name: str, press=lambda button: button.click()) -> tuple[str, bytes]:
    """Press a button, and take the file that it saves."""
    with page.expect_download() as download:
        press(page.get_by_role("button", name=name, exact=True).first)
    return download.value.suggested_filename, download.value.path().read_bytes()


def choose(page: Page, title: str) -> None:
    page.get_by_role("combobox", name="What to take").click()
    page.get_by_role("option", name=title).click()
    idle(page)


def take(page: Page, kind: str, name: str) -> bytes:
    """Choose a kind of file, and save it."""
    page.get_by_role("radio", name=kind).or_(page.get_by_role("button", name=kind)).first.click()
    idle(page)
    suggested, content = saved(page, f"Save {name}")
    assert suggested == name
    return content


def test_files_are_saved(visit):
    page = visit("/Share?preset=negation")
    trace = attend(BY_KEY["negation"].scenario)
    content = take(page, "CSV (zip)", "attention.csv.zip")
    sheets = {f"{each.name}.csv" for each in matrices(trace)}
    assert set(zipfile.ZipFile(io.BytesIO(content)).namelist()) == sheets | {
        "README.txt",
        "scenario.json",
    }
    choose(page, "Attention weights")
    content = take(page, "JSON of the numbers", "attention-weights.numbers.json")
    assert json.loads(content)["matrices"][-1]["values"] == trace.weights.tolist()
    content = take(page, "NumPy script", "attention-weights-numpy.py")
    assert b"output" not in content
    content = take(page, "Page to read", "attention-weights.html")
    assert b"Open it in the lab" in content
    assert b"?preset=negation" in content


def test_a_changed_scenario_is_what_is_saved(visit):
    s = random(n=3, masked=True)
    page = visit(f"/Share?s={encode(s)}")
    X = json.loads(take(page, "JSON of the numbers", "attention.numbers.json"))["matrices"][0]
    assert X["values"] == [[round(v, 3) for v in row] for row in s.X.tolist()]


def test_files_are_saved_while_others_work(visit, address):
    """Streamlit forgets files that no session holds when two runs have ended."""
    page = visit("/Share")
    with Visitor(int(address.rpartition(":")[2]), "Share") as other:
        other.load()
        page.get_by_text("Page to read").click()
        idle(page)
        for _ in range(3):
            with page.expect_download() as download:
                page.get_by_role("button", name="Save attention.html").click(no_wait_after=True)
                for _ in range(20):
                    other.send()
            assert download.value.failure() is None


def words(svg: bytes) -> list[str]:
    root = ET.fromstring(svg)
    return ["".join(text.itertext()) for text in root.iter("{http://www.w3.org/2000/svg}text")]


def test_a_picture_is_saved_for_print(visit):
    page = visit("/Attention", color_scheme="dark")  # paper is white all the same
    name, svg = saved(page, "Save as SVG")
    assert re.fullmatch(r"attention-\S+\.svg", name)
    assert {"suis", "heureux"} <= set(words(svg))
    assert any(re.fullmatch(r"−?\d\.\d\d", text) for text in words(svg))
    assert b"#e6e9ee" not in svg and b"230, 233, 238" not in svg  # the dark theme's ink
    name, png = saved(page, "Save as PNG for print")
    assert name.endswith(".png")
    picture = Image.open(io.BytesIO(png)).convert("RGBA")
    assert picture.width >= 2007
    assert picture.getpixel((0, 0)) == picture.getpixel((picture.width - 1, 0)) == (255,) * 4


def test_the_buttons_are_reached_by_the_keyboard(visit):
    page = visit("/Attention")
    button = page.get_by_role("button", name="Save as SVG").first
    button.focus()
    expect(button).to_be_focused()
    page.wait_for_function(
        "getComputedStyle(document.activeElement.closest('.modebar-group')).opacity === '1'"
    )
    assert saved(page, "Save as SVG", lambda button: button.press("Enter"))[1]
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.ariaLabel") == "Save as PNG for print"


def test_all_steps_are_one_picture(visit):
    page = visit("/Share")
    page.get_by_text("Picture, to save as SVG").click()
    idle(page)
    page.locator(".js-plotly-plot").nth(1).wait_for()
    name, svg = saved(page, "Save as SVG")
    assert name == "attention-trace.svg"
    text = " ".join(words(svg))
    assert all(symbol in text for symbol in ("Kᵀ", "masked", "logits", "weights", "output"))
    name, png = saved(page, "Save as PNG for print")
    assert Image.open(io.BytesIO(png)).width >= 2007


def test_classic_charts_save_for_print(visit):
    page = visit("/Attention?classic=1")
    name, png = saved(page, "Download plot as a PNG")
    assert name.startswith("attention-")
    assert Image.open(io.BytesIO(png)).width >= 2007


def test_the_code_on_the_screen_is_the_link(visit):
    page = visit("/Share")
    page.get_by_text("QR code").click()
    code = page.get_by_alt_text("QR code of the link")
    expect(code).to_be_visible()
    expect(page.get_by_text("phones can't open it")).to_be_visible()
    for scheme, width in itertools.product(("light", "dark"), (390, 1280)):
        page.emulate_media(color_scheme=scheme)
        resize(page, width)
        box = code.bounding_box()
        assert box["width"] >= 0.6 * width
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        (found,) = zxingcpp.read_barcodes(Image.open(io.BytesIO(code.screenshot())))
        assert found.text.endswith(f"/?preset={DEFAULT.key}")
        assert found.text in code.get_attribute("alt")
