"""Where does a number come from? Asked by a click, by keys, by a link; followed back and played."""

import re
import subprocess
import sys

import pytest
from playwright.sync_api import Locator, Page, expect

from attn_core import permalink
from attn_core.presets import BY_KEY
from tests.browser.conftest import idle, settle
from tests.browser.test_journey import OUTPUT, SCORES, WEIGHTS, go, numbers, thumb
from tests.browser.test_live import centre, parameter, picture, place
from tests.browser.test_share import take


def click(page: Page, matrix: int, row: int, column: int) -> None:
    page.mouse.click(*place(page, matrix, row, column))
    idle(page)


def answer(page: Page) -> Locator:
    """The lines of the calculation."""
    return page.get_by_test_id("stCode")


def follow(page: Page, name: str) -> None:
    page.get_by_test_id("stButtonGroup").filter(has_text="Follow it back to").get_by_text(
        name, exact=True
    ).click()
    idle(page)


def way(page: Page) -> list[str]:
    buttons = page.get_by_test_id("stButtonGroup").filter(has_text="The way here")
    return buttons.get_by_role("radio").all_text_contents()


def outlines(page: Page) -> list[dict]:
    """Those of a picture's lines that are neither arrows nor its legend."""
    return page.evaluate(
        """(document.querySelector('.js-plotly-plot').layout.shapes ?? []).filter(
            (shape) => shape.type !== "path" && !shape.fillcolor)"""
    )


def test_a_clicked_number_is_explained_and_outlined(visit):
    page = visit("/?preset=verb-subject")
    click(page, OUTPUT, 1, 0)
    expect(answer(page)).to_contain_text("output[suis, v₁] =")
    expect(answer(page)).to_contain_text(f"= {numbers(page)[OUTPUT][1][0]:.3f}")
    assert len(outlines(page)) == 3
    page.get_by_role("button", name="Close the answer").click()
    idle(page)
    expect(answer(page)).to_have_count(0)
    assert outlines(page) == []


def test_it_follows_the_numbers(visit):
    page = visit()
    click(page, WEIGHTS, 0, 1)
    before = numbers(page)[WEIGHTS][0][1]
    expect(answer(page)).to_contain_text(f"= {before:.3f}")
    thumb(page, "X-0-0").press("End")
    idle(page)
    after = numbers(page)[WEIGHTS][0][1]
    assert after != before
    expect(answer(page)).to_contain_text(f"= {after:.3f}")


def test_from_an_output_back_to_an_embedding(visit):
    page = visit("/?preset=verb-subject")
    click(page, OUTPUT, 1, 0)
    for name in ("weights[suis, Je]", "scores[suis, Je]", "Q[suis, q₁]", "X[suis, verb]"):
        follow(page, name)
        expect(answer(page)).to_contain_text(f"{name} =")
    assert [re.match(r"\w+", name)[0] for name in way(page)] == [
        *("output", "weights", "scores", "Q", "X")
    ]
    page.get_by_test_id("stButtonGroup").get_by_text("weights[suis, Je]", exact=True).click()
    idle(page)
    expect(answer(page)).to_contain_text("weights[suis, Je] =")
    assert len(way(page)) == 2


def test_a_click_on_what_made_it_follows_and_any_other_begins_anew(visit):
    page = visit("/?preset=verb-subject")
    click(page, OUTPUT, 1, 0)
    click(page, WEIGHTS, 1, 2)
    assert way(page) == ["output[suis, v₁]", "weights[suis, heureux]"]
    click(page, OUTPUT, 0, 0)
    assert way(page) == []
    expect(answer(page)).to_contain_text("output[Je, v₁] =")


def test_a_click_in_the_picture_of_the_answer_follows(visit):
    page = visit("/?preset=verb-subject&cell=scores.2.1")
    expect(answer(page)).to_contain_text("scores[suis, Je] =")
    page.mouse.click(*place(page, 0, 1, 0, figure=2))  # Q, a query row that is outlined
    idle(page)
    assert way(page) == ["scores[suis, Je]", "Q[suis, q₁]"]


def test_by_keys_alone(visit):
    page = visit("/?preset=verb-subject")
    page.get_by_role("button", name="Where does a number come from?").press("Enter")
    idle(page)
    expect(answer(page)).to_contain_text("weights[Je, Je] =")  # the largest of the first word
    matrix = page.get_by_role("combobox", name=re.compile("Matrix"))
    matrix.press("ArrowDown")
    page.keyboard.type("raw")
    page.keyboard.press("Enter")
    idle(page)
    expect(answer(page)).to_contain_text("QKᵀ[Je, Je] =")
    row = page.get_by_role("combobox", name=re.compile("Row"))
    row.focus()
    idle(page)  # the answer scrolls to it, and a list that is open would close
    row.press("ArrowDown")
    page.keyboard.press("Enter")
    idle(page)
    expect(answer(page)).to_contain_text("QKᵀ[suis, Je] =")


def test_it_stays_through_reload_link_and_pages(visit):
    page = visit("/?preset=verb-subject")
    click(page, WEIGHTS, 1, 0)
    assert parameter(page, "cell") == "weights.2.1"
    page.reload()
    settle(page)
    expect(answer(page)).to_contain_text("weights[suis, Je] =")
    other = visit(page.url)
    expect(answer(other)).to_contain_text("weights[suis, Je] =")
    go(page, "Attention")
    expect(answer(page)).to_contain_text("weights[suis, Je] =")
    go(page, "Embeddings")  # which has no weights
    expect(answer(page)).to_have_count(0)
    go(page, "Attention")
    expect(answer(page)).to_contain_text("weights[suis, Je] =")


def test_back_button(visit):
    page = visit("/?preset=verb-subject")
    click(page, WEIGHTS, 1, 0)
    click(page, SCORES, 1, 1)
    page.go_back()
    idle(page)
    expect(answer(page)).to_contain_text("weights[suis, Je] =")
    page.go_back()
    idle(page)
    expect(answer(page)).to_have_count(0)


def test_play(visit):
    page = visit("/?preset=verb-subject&cell=output.2.1")
    page.get_by_text("Play how the matrix is filled").click()
    idle(page)
    told = page.locator(".lab-player output")
    expect(told).to_have_text(re.compile("heureux · v₃ = "))
    last = picture(page, "play")
    whole = numbers(page, last)[2]

    def filled() -> int:
        return sum(number is not None for row in numbers(page, last)[2] for number in row)

    assert filled() == 9
    page.get_by_role("slider", name="Number that was filled in last").fill("2")
    expect(told).to_have_text(f"Je · v₂ = {whole[0][1]:.2f}")
    assert filled() == 2
    button = page.locator(".lab-player button")
    button.click()
    expect(told).to_have_text(re.compile("suis · v₁"))
    button.click()
    stopped = filled()
    assert 4 <= stopped < 9
    page.wait_for_timeout(1000)
    assert filled() == stopped
    button.click()
    expect(button).to_have_text("Play")  # it stops at the end
    assert numbers(page, last)[2] == whole


def test_from_a_slider_to_the_same_number_in_a_script(visit, tmp_path):
    page = visit()
    before = numbers(page)[WEIGHTS][1][0]
    thumb(page, "X-1-0").press("End")  # suis gets more of what Je has
    idle(page)
    weight = numbers(page)[WEIGHTS][1][0]
    assert weight != before
    click(page, WEIGHTS, 1, 0)
    result = answer(page).inner_text().rpartition("= ")[2].strip()
    assert result == f"{weight:.3f}"
    assert page.locator("table tr").count() == 1 + 3  # the whole row, a line a key
    for name in ("scores[suis, Je]", "Q[suis, q₁]", "X[suis, pronoun]"):
        follow(page, name)
    expect(answer(page)).to_contain_text("X[suis, pronoun] = 3.000")
    go(page, "Share")
    script = tmp_path / "attention.py"
    script.write_bytes(take(page, "NumPy script", "attention-numpy.py"))
    run = f"import runpy; print(repr(float(runpy.run_path({str(script)!r})['weights'][1, 0])))"
    printed = subprocess.run(
        [sys.executable, "-I", "-c", run], capture_output=True, text=True, check=True
    ).stdout.splitlines()
    assert float(printed[-1]) == pytest.approx(weight, abs=1e-12)
    assert f"{float(printed[-1]):.3f}" == result


def test_in_a_comparison_b_is_asked_about_and_a_is_not(visit):
    pinned = permalink.encode(BY_KEY["similarity"].scenario)
    page = visit(f"/Compare?preset=verb-subject&a={pinned}")
    # B, A, B − A; softmax of A, weights of A; softmax of B, weights of B
    click(page, 4, 1, 0)
    expect(answer(page)).to_have_count(0)
    click(page, 6, 1, 0)
    expect(answer(page)).to_contain_text("weights[suis, Je] =")
    expect(answer(page)).to_contain_text(f"= {numbers(page)[6][1][0]:.3f}")
    page.get_by_test_id("stButtonGroup").get_by_text("without scaling").click()
    idle(page)
    expect(answer(page)).to_have_count(0)  # B is what would be, and isn't the visitor's
    page.get_by_test_id("stButtonGroup").get_by_text("without scaling").click()
    idle(page)
    expect(answer(page)).to_contain_text("weights[suis, Je] =")


def test_play_follows_a_hand(visit):
    page = visit("/?preset=verb-subject&cell=output.2.1")
    page.get_by_text("Play how the matrix is filled").click()
    idle(page)
    page.get_by_role("slider", name="Number that was filled in last").fill("2")
    told = page.locator(".lab-player output")
    before = told.inner_text()
    box = thumb(page, "X-0-0")
    box.scroll_into_view_if_needed()
    x, y = centre(box)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 200, y, steps=5)
    expect(told).to_have_text("")  # while it moves, the whole result is there
    page.mouse.up()
    idle(page)
    expect(told).to_have_text(re.compile("heureux · v₃ = "))
    page.get_by_role("slider", name="Number that was filled in last").fill("2")
    last = picture(page, "play")
    expect(told).to_have_text(f"Je · v₂ = {numbers(page, last)[2][0][1]:.2f}")
    assert before.startswith("Je · v₂ = ")
