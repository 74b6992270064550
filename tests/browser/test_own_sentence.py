"""A newcomer's own sentence."""

import re

from playwright.sync_api import expect

from attn_core import attend, permalink
from attn_core.notation.labels import unique
from tests.browser.conftest import idle
from tests.browser.test_journey import V, choose_matrix, numbers, press, thumb, type_sentence
from tests.browser.test_live import centre, parameter

OWN = "Nous ne sommes pas encore arrivés à la maison"


def test_an_own_sentence_has_no_row_of_zeros(visit):
    page = visit()
    type_sentence(page, "Le chat noir dort sur le grand tapis rouge")
    s = permalink.decode(parameter(page, "s"))
    assert s.n == 9 and s.X.any(axis=1).all()
    # All projections still are the identity, so the values that are drawn are X.
    assert numbers(page)[V] == s.X.tolist()
    names = f"{', '.join(s.features[:-1])} and {s.features[-1]}"
    expect(page.get_by_test_id("stAlert")).to_contain_text(f"X now shows {names}")
    choose_matrix(page, "X")
    first = thumb(page, "X-0-0").get_attribute("aria-label")
    assert first == f"{unique(s.tokens)[0]} · {s.features[0]}"
    page.get_by_role("button", name="Undo").click()
    idle(page)
    expect(page.get_by_label("Sentence", exact=True)).to_have_value("Je suis heureux")
    expect(page.get_by_test_id("stAlert")).to_have_count(0)


def why(page):
    return page.locator(".st-key-why").inner_text()


def test_nine_words_of_ones_own_and_why_one_looks_at_another(visit):
    page = visit()
    assert why(page).startswith("Why: Je attends mostly to itself, 0.52")
    type_sentence(page, OWN)
    start = permalink.decode(parameter(page, "s"))
    assert start.tokens == tuple(OWN.split()) and start.X.any(axis=1).all()
    expect(page.get_by_test_id("stAlert")).to_contain_text("X now shows pronoun, verb, noun")
    assert why(page).startswith("Why: A sentence of 9 words: ")

    # The verb asks for a pronoun, by the keyboard.
    i, j, verb = 2, 0, start.features.index("verb")
    choose_matrix(page, "W_q")
    press(page, f"W_q-{verb}-0", "End")
    before, after = (
        float(attend(s).weights[i, j]) for s in (start, permalink.decode(parameter(page, "s")))
    )
    assert why(page) == (
        "Why: W_q verb → q₁ 0.00 → 3.00: q₁ of sommes, now 3.00, meets k₁ of Nous, 1.00 (from "
        f"W_k pronoun → k₁), and the weight sommes → Nous rises from {before:.2f} to {after:.2f}."
    )

    # And the pronoun answers, by a drag: the sentence follows while the hand is down.
    choose_matrix(page, "W_k")
    x, y = centre(thumb(page, f"W_k-{start.features.index('pronoun')}-0"))
    page.mouse.move(x, y)
    page.mouse.down()
    for k in range(1, 9):
        page.mouse.move(x + 10 * k, y)
    expect(page.locator(".st-key-why")).to_contain_text("W_k pronoun → k₁ 1.00 → ")
    page.mouse.move(x + 90, y)
    page.mouse.up()
    idle(page)
    told = why(page)
    held = permalink.decode(parameter(page, "s"))
    weights = attend(held).weights
    to = held.W_k[start.features.index("pronoun"), 0]
    assert to > 1.5 and f"W_k pronoun → k₁ 1.00 → {to:.2f}: q₁ of sommes, 3.00" in told
    assert f"sommes → Nous rises from {after:.2f} to {weights[i, j]:.2f}." in told
    page.get_by_role("button", name="Undo").click()
    idle(page)
    assert re.match(rf"Undone: W_k pronoun → k₁ {to:.2f} → 1.00: .* sommes → Nous falls", why(page))
