"""The saved page is one file that asks for nothing, and holds every number."""

import json
import re
from html.parser import HTMLParser

import numpy as np
import pytest
from hypothesis import given, settings

from attn_core import attend
from attn_core.document import from_json
from attn_core.explain.describe import describe_step
from attn_core.export import equations
from attn_core.figures import html_page
from attn_core.notation.labels import number
from tests.export.scenarios import KINDS, scenarios

LINK = "https://lab.example/?preset=a&s=1"
OURS = {
    *(
        "html",
        "head",
        "meta",
        "link",
        "title",
        "style",
        "body",
        "main",
        "h1",
        "h2",
        "p",
        "a",
        "sub",
    ),
    *("section", "figure", "div", "script", "details", "summary", "table", "caption", "thead"),
    *("tbody", "tr", "th", "td", "data"),
}
VOID = {"meta", "link"}


class Reader(HTMLParser):
    """What Python's own parser finds: elements, their text, and whether they nest."""

    def __init__(self, html):
        super().__init__(convert_charrefs=True)
        self.found, self.open, self.pieces = [], [], []
        self.feed(html)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.found.append(element := {"tag": tag, **dict(attrs)})
        if tag not in VOID:
            self.open.append((element, len(self.pieces)))

    def handle_endtag(self, tag):
        element, first = self.open.pop()
        assert element["tag"] == tag
        element["text"] = "".join(self.pieces[first:])

    def handle_data(self, data):
        self.pieces.append(data)

    def handle_comment(self, data):
        raise AssertionError(data)

    def all(self, tag):
        return [element for element in self.found if element["tag"] == tag]


def assert_tame(reader):
    """Nothing but our own elements; nothing that runs or loads but our script."""
    for element in reader.found:
        assert element["tag"] in OURS
        assert not [name for name in element if name.startswith("on")]
        assert "src" not in element
        if "href" in element:
            assert element["href"] == (LINK if element["tag"] == "a" else "data:,")
    running = [script for script in reader.all("script") if "type" not in script]
    assert len(running) == 1
    assert not re.search("https?:", running[0]["text"])
    (style,) = reader.all("style")
    assert "url(" not in style["text"] and "@import" not in style["text"]
    (policy,) = (m["content"] for m in reader.all("meta") if "http-equiv" in m)
    assert policy.startswith("default-src 'none';")


@pytest.fixture(scope="module", params=KINDS.values(), ids=KINDS)
def page(request):
    """A trace, its page, and what Python's parser reads of it; the page takes seconds to make."""
    trace = attend(request.param)
    html = html_page(trace, part(trace), LINK)
    return trace, html, Reader(html)


def part(trace):
    """All of it, but of a scenario with many words."""
    return "Q" if trace.scenario.n > 20 else None


def test_it_is_one_tame_file(page):
    trace, html, reader = page
    assert 1e6 < len(html.encode()) < 6e6
    assert_tame(reader)
    (saved,) = [script for script in reader.all("script") if script.get("id") == "scenario"]
    assert from_json(saved["text"]) == trace.scenario


def test_tables_hold_every_number(page):
    trace, _, reader = page
    blocks = [block for _, _, written in equations(trace, part(trace)) for block in written.blocks]
    values = iter(reader.all("data"))
    headers = iter(reader.all("th"))
    for block in blocks:
        assert [next(headers)["scope"] for _ in block.columns] == ["col"] * len(block.columns)
        assert [next(headers)["scope"] for _ in block.rows] == ["row"] * len(block.rows)
        cells = [next(values) for _ in range(block.values.size)]
        np.testing.assert_array_equal([float(c["value"]) for c in cells], block.values.ravel())
        assert [c["text"] for c in cells] == [number(v, 3) for v in block.values.ravel()]
    assert next(values, None) is next(headers, None) is None


def test_pictures_and_sentences(page):
    trace, _, reader = page
    assert_titled(trace, reader)
    alts = [element["aria-label"] for element in reader.all("figure")]
    assert alts == [written.alt for _, _, written in equations(trace, part(trace))]
    figures = [s for s in reader.all("script") if s.get("id", "").startswith("figure-")]
    for script, (_, _, written) in zip(figures, equations(trace, part(trace)), strict=True):
        data = json.loads(script["text"], parse_constant=pytest.fail)["data"]
        names = [drawn["name"] for drawn in data if drawn["type"] == "heatmap"]
        assert names == [block.symbol for block in written.blocks]


def assert_titled(trace, reader):
    """Sentences stand first; each step, and each head of it by its name, tells its numbers."""
    s = trace.scenario
    kind = "Cross-attention" if s.context else "Self-attention"
    assert [h["text"] for h in reader.all("h1")] == [kind]
    (title,) = reader.all("title")
    assert title["text"].startswith(f"{kind}: ")
    told = [p["text"] for p in reader.all("p")]
    for sentence in (s.tokens, s.context):
        assert not sentence or " ".join(sentence) in told
    titles = []
    for step, head, _ in equations(trace, part(trace)):
        titles.append(step.title if head is None else f"{step.title}, {s.heads[head]}")
        assert describe_step(trace, step.name, head=head or 0) in told
    assert [h["text"] for h in reader.all("h2")] == titles


@settings(max_examples=20)
@given(scenarios())
def test_no_word_breaks_out(scenario):
    reader = Reader(html_page(attend(scenario), "Q", LINK))
    assert_tame(reader)
    X = [script for script in reader.all("script") if script.get("id") == "scenario"]
    assert from_json(X[0]["text"]) == scenario


@pytest.mark.parametrize("link", ["javascript:alert(1)", "//x", "data:text/html,x"])
def test_only_a_link_of_the_web(link):
    with pytest.raises(ValueError, match="must begin with http"):
        html_page(attend(KINDS["plain"]), "Q", link)
