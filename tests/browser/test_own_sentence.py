"""A newcomer's own sentence."""

from playwright.sync_api import expect

from attn_core import permalink
from attn_core.notation.labels import unique
from tests.browser.conftest import idle
from tests.browser.test_journey import V, choose_matrix, numbers, thumb, type_sentence
from tests.browser.test_live import parameter


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
