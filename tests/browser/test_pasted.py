"""Cells of a spreadsheet on a box and in a table, and numbers that are typed into one."""

import numpy as np
from playwright.sync_api import expect

from tests.browser.conftest import idle, open_chosen, settle, type_into_chosen
from tests.browser.test_journey import go, numbers, open_table, thumb, value

#: A box of the table in which the keyboard is, as its paste finds it.
CHOSEN = """document.activeElement.closest("[data-testid=stDataFrame]")
    ?.querySelector("td[aria-selected=true]")"""
#: The numbers of V in the picture, and which of its matrices that is.
V = 6
NUMBERS = """document.querySelector(".js-plotly-plot").calcdata.map(([first]) => first)
    .filter(({ trace }) => trace.type === "heatmap")[6].z.map(row => Array.from(row))"""
SHOWN = f"expected => JSON.stringify({NUMBERS}) === JSON.stringify(expected)"
#: Presses a last digit and Enter in an open box, with no moment between for a clock.
DIGIT_AND_ENTER = """hears => {
    const box = document.querySelector("#portal textarea");
    const press = (key, where) =>
        where.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
    press("5", hears ? box : box.closest(".gdg-clip-region"));
    document.execCommand("insertText", false, "5");
    press("Enter", box);
}"""
#: Leaves a field, which hands over what is in it, and clicks links of the menu at once.
LEAVE = """async names => {
    document.activeElement.blur();
    await new Promise(done => setTimeout(done));
    const links = [...document.querySelectorAll(".st-key-menu a")];
    for (const name of names) links.find(link => link.textContent.includes(name)).click();
}"""


def copy(page, text):
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.evaluate("text => navigator.clipboard.writeText(text)", text)


def undo(page):
    page.get_by_role("button", name="Undo").click()
    idle(page)


def alert(page):
    return page.get_by_test_id("stAlert")


def test_cells_are_pasted_on_a_box(visit):
    page = visit()
    before = np.array(numbers(page)[V])
    box = thumb(page, "X-1-1")
    copy(page, "0,5\t−1,25\r\n2\t-3\r\n")
    box.press("Control+V")
    idle(page)
    expected = before.copy()
    expected[1:, 1:3] = [[0.5, -1.25], [2, -3]]
    np.testing.assert_array_equal(numbers(page)[V], expected)
    expect(alert(page)).to_have_count(0)
    undo(page)
    np.testing.assert_array_equal(numbers(page)[V], before)

    # More than fits: what is left out is said, and one step of undo brings all back.
    copy(page, "1\t2\t3\t4\n5\t6\t7\t8\n9\t9\t9\t9")
    thumb(page, "X-2-2").press("Control+V")
    idle(page)
    expect(alert(page)).to_contain_text(
        "The pasted block is 3×4, and from the chosen box on there is room for 1×2: the other 10 "
        "numbers were left out."
    )
    expected = before.copy()
    expected[2, 2:] = [1, 2]
    np.testing.assert_array_equal(numbers(page)[V], expected)
    undo(page)
    expect(alert(page)).to_have_count(0)
    np.testing.assert_array_equal(numbers(page)[V], before)

    # Into a box that is open, and what isn't a number: refused in words, nothing lost.
    box.press("Enter")
    copy(page, "1\t1.000,5")
    page.keyboard.press("Control+V")
    idle(page)
    expect(alert(page)).to_contain_text(
        "X, row suis, column feeling: expected a number such as 1.5, got “1.000,5”."
    )
    np.testing.assert_array_equal(numbers(page)[V], before)
    copy(page, "2,5\n")
    box.press("Control+V")
    idle(page)
    expect(alert(page)).to_have_count(0)
    assert value(page, "X-1-1") == 2.5


def test_a_table_keeps_what_is_typed_and_says_what_does_not_fit(visit):
    page = visit()
    before = np.array(numbers(page)[V])
    open_table(page)
    grid = page.get_by_test_id("stDataFrame").first
    grid.click(position={"x": 150, "y": 55})
    type_into_chosen(page, "2,345")
    type_into_chosen(page, "0.5")  # while the first is on its way
    page.wait_for_function(f"{NUMBERS}[0].includes(2.345)")
    first = numbers(page)[V][0].index(2.345)
    expected = before.copy()
    expected[:2, first] = [2.345, 0.5]
    page.wait_for_function(SHOWN, arg=expected.tolist())
    idle(page)
    type_into_chosen(page, "-1")  # the keyboard is in the table still
    idle(page)
    expected[2, first] = -1
    page.wait_for_function(SHOWN, arg=expected.tolist())
    idle(page)
    go(page, "Projections")  # nobody pressed anything
    page.locator(".st-key-menu").get_by_text("Lab", exact=True).click()
    page.wait_for_url("**/?*")
    idle(page)
    open_table(page)
    np.testing.assert_array_equal(numbers(page)[V], expected)
    grid.click(position={"x": 150, "y": 55})
    page.wait_for_function(CHOSEN)
    copy(
        page, "\n".join(["7\t8\t9\t7\t8", "9\t7\t8\t9\t7", "1\t1,23456\t1\t1\t1", "5\t5\t5\t5\t5"])
    )
    page.keyboard.press("Control+V")
    expect(alert(page)).to_contain_text(f"room for 3×{4 - first}")
    expect(alert(page)).to_contain_text("1.23456 was rounded to 1.235")
    idle(page)
    assert numbers(page)[V][0][first] == 7
    undo(page)
    np.testing.assert_array_equal(numbers(page)[V], expected)


def test_a_number_is_entered_at_once_after_its_last_digit(visit):
    page = visit()
    before = np.array(numbers(page)[V])
    open_table(page)
    page.get_by_test_id("stDataFrame").first.click(position={"x": 150, "y": 55})
    # As the table has it: the clock of the digit drops what Enter enters. Once a box may hear all
    # keys (False) without a loss, the mending in `table_input.py` can go.
    for hears, entered in ((False, "7"), (True, "2.34")):
        open_chosen(page)
        page.keyboard.press("Control+A")
        page.keyboard.type(entered)
        page.evaluate(DIGIT_AND_ENTER, hears)
        page.wait_for_function("!document.activeElement.closest('#portal')")
        idle(page)
    changed = np.array(numbers(page)[V]) - before
    assert np.count_nonzero(changed) == 1
    assert 2.345 in numbers(page)[V][1]


def test_a_number_that_is_typed_and_not_entered_is_there_on_the_next_page(visit):
    page = visit()
    box = thumb(page, "X-0-1")
    box.press("Enter")
    page.keyboard.type("2.5")
    go(page, "Projections")
    assert numbers(page)[0][0][1] == 2.5


def test_a_sentence_that_is_typed_and_not_entered_is_there_on_the_page_chosen_last(visit):
    page = visit()
    for words, names in (
        ("Je suis", ["Projections"]),
        ("Je suis heureux ici", ["Views", "Positions"]),
    ):
        page.get_by_label("Sentence", exact=True).fill(words)
        page.evaluate(LEAVE, names)
        page.wait_for_url(f"**/{names[-1]}?*")
        settle(page)
        page.locator(".st-key-menu").get_by_text("Lab", exact=True).click()
        page.wait_for_url("**/?*")
        settle(page)
        expect(page.get_by_label("Sentence", exact=True)).to_have_value(words)
        assert len(numbers(page)[V]) == len(words.split())
    page.get_by_label("Sentence", exact=True).fill("Je\u202e")
    page.evaluate(LEAVE, ["Attention"])
    page.wait_for_url("**/Attention?*")
    expect(alert(page).first).to_contain_text("U+202E")
