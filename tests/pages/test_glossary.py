"""Each term of the glossary is explained on a page, and each page's terms once."""

import re

from attn_core.explain.glossary import BY_NAME
from tests.pages.test_pages import PAGES, fine, visit


def introduced(page):
    """The terms of a page, from its buttons and from what they open."""
    html = "".join(each.proto.body for each in fine(visit(page.name)).get("html"))
    words = re.findall(r'<button type="button" popovertarget="(.+?)" title=".+?">(.+?)<', html)
    assert [target for target, _ in words] == re.findall(r'popover id="(.+?)"', html)
    return [name for _, name in words]


def test_terms_are_in_the_glossary_and_all_of_it_is_on_a_page():
    on_pages = {page.stem: introduced(page) for page in PAGES}
    assert on_pages["dashboard"] and on_pages["3_Attention"]
    for page, names in on_pages.items():
        assert len(names) == len(set(names)), page
    assert {name for names in on_pages.values() for name in names} == set(BY_NAME)
