"""Foreign links, as the address of a first visit and as that of a rerun."""

import json
from urllib.parse import parse_qs

import pytest

from attn_core.document import to_json
from attn_core.permalink import MAX_LINK, encode
from attn_core.presets import BY_KEY, DEFAULT
from benchmarks.visitor import Visitor
from tests.core.links import bomb, packed
from tests.hostile import read
from tests.hostile.conftest import CLASSIC

GOOD = encode(DEFAULT.scenario)


def altered(**changes) -> str:
    """A link that is right in all but what it says."""
    return packed(json.dumps(json.loads(to_json(DEFAULT.scenario)) | changes).encode())


LINKS = {
    "cut": (GOOD[:-3], ""),
    "other letters": (GOOD[:30] + ("B" if GOOD[30] == "A" else "A") + GOOD[31:], "altered"),
    "another version": ("9" + GOOD[1:], "newer version"),
    "half a megabyte": ("1" + "A" * 500_000, f"at most {MAX_LINK} are read"),
    "a bomb that is short enough": (bomb(8_000_000), "unpacks to more than"),
    "a large bomb": (bomb(100_000_000), f"at most {MAX_LINK} are read"),
    "deep": (packed(b"[" * 100_000), "nested too deep"),
    "NaN": (altered(X=[[float("nan")] * 4] * 3), "finite, got NaN"),
    "wrong types": (altered(X={"a": 1}), "X must be a list of rows"),
    "too many digits": (altered(temperature=10**400), "finite number above 0"),
    "too many words": (altered(tokens=["a"] * 4000, X=[[0] * 4] * 4000), "this one has 4000"),
    "too wide": (altered(W_q=[[0] * 3000] * 4, W_k=[[0] * 3000] * 4), "d_k must be 1 to 8"),
    "markup": (altered(tokens=["<script>", "a", "\x07"]), "U+0007"),
}


@pytest.mark.parametrize("link", LINKS)
def test_a_foreign_link_says_why_and_leaves_the_default(port, link):
    address, reason = LINKS[link]
    with Visitor(port, query=f"s={address}") as visitor:
        visitor.load()
        assert "can't be opened" in read.complaints(visitor)
        assert reason in read.complaints(visitor)
        assert read.scenario(visitor) == DEFAULT.scenario
        assert not visitor.tab.exceptions


@pytest.mark.parametrize("link", LINKS)
def test_a_foreign_a_says_why_and_leaves_the_scenario(port, link):
    address, reason = LINKS[link]
    b = BY_KEY["verb-subject"].scenario
    with Visitor(port, "Compare", query=f"s={encode(b)}&a={address}") as visitor:
        visitor.load()
        assert "link of A in the address can't be opened" in read.complaints(visitor)
        assert reason in read.complaints(visitor)
        assert read.scenario(visitor) == b
        assert "a" not in parse_qs(visitor.tab.query)
        assert not visitor.tab.exceptions


@pytest.mark.parametrize("link", ["half a megabyte", "a bomb that is short enough", "deep"])
def test_a_foreign_link_on_the_way_changes_nothing(port, link):
    address, reason = LINKS[link]
    with Visitor(port, query=CLASSIC) as visitor:
        visitor.load()
        visitor.move("Je · pronoun", -2.0)
        before = read.scenario(visitor)
        visitor.tab.query = f"s={address}"
        visitor.load()
        assert reason in read.complaints(visitor)
        assert read.scenario(visitor) == before
        assert not visitor.tab.exceptions


def test_a_megabyte_of_address_is_not_even_read(port):
    with Visitor(port, query=f"s=1{'A' * 900_000}") as visitor:
        visitor.load()
        assert read.scenario(visitor) == DEFAULT.scenario
        assert not visitor.tab.exceptions
