"""What an address says is what was written into it, and nothing else says anything."""

import doctest
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from attn_core.notation.cells import Cell
from attn_core.notation.steps import INPUTS, STEPS
from attn_core.permalink import decode, encode
from attn_core.presets import BY_KEY, DEFAULT
from pages.ui.session import address as module
from pages.ui.session.address import Address, CourseAddress, RoomAddress, home

ROOT = Path(__file__).parents[2]
NAMES = (
    *("preset", "s", "head", "cell", "a", "projector", "classic"),
    *("text", "read", "other", "pair", "learn", "paint", "look", "model", "off", "next", "topic"),
    "order",
    *("lesson", "seed", "step", "course", "task"),
    *("room", "present", "own"),
)

PLACES = st.integers(0, 9998)
CELLS = st.builds(Cell, st.sampled_from([each.name for each in (*INPUTS, *STEPS)]), PLACES, PLACES)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]))
ADDRESSES = st.builds(
    Address,
    *(TEXTS, TEXTS, TEXTS, st.none() | CELLS, st.booleans(), st.booleans()),
    head=st.integers(0, 98),
    texts=st.tuples(TEXTS, TEXTS, TEXTS, TEXTS),
    lesson=TEXTS,
    painted=TEXTS,
    look=TEXTS,
    model=TEXTS,
    off=TEXTS,
    next=TEXTS,
    topic=TEXTS,
    order=TEXTS,
    course=st.builds(CourseAddress, TEXTS, TEXTS, TEXTS, TEXTS, TEXTS),
    room=st.builds(RoomAddress, TEXTS, TEXTS, TEXTS, TEXTS),
)
QUERIES = st.dictionaries(
    st.sampled_from(NAMES) | TEXTS, st.sampled_from(["", "0", "1", "7"]) | TEXTS
)


def test_all_that_an_address_may_say():
    said = {
        "preset": "negation",
        "s": "1abc",
        "a": "1de_-",
        "cell": "weights.3.2",
        "projector": "1",
        "classic": "1",
        "head": "3",
        "text": "1x",
        "read": "1y",
        "other": "~",
        "pair": "1p",
        "learn": "grammar",
        "paint": "1-0",
        "look": "4.2.6.3.head",
        "model": "glass",
        "off": "4.2-5.1",
        "next": "7-0.8-40-0.9-5",
        "topic": "worth",
        "order": "entropy",
        "lesson": "7",
        "seed": "k3f9",
        "step": "predict1",
        "course": "1502e",
        "task": "1z",
        "room": "KXQRT",
        "present": "s3cret",
        "own": "1",
        "kept": "Learn=learn%3Dviews",
    }
    address = Address(
        *("negation", "1abc", "1de_-", Cell("weights", 2, 1), True, True, 2),
        texts=("1x", "1y", "~", "1p"),
        lesson="grammar",
        painted="1-0",
        look="4.2.6.3.head",
        model="glass",
        off="4.2-5.1",
        next="7-0.8-40-0.9-5",
        topic="worth",
        order="entropy",
        course=CourseAddress("7", "k3f9", "predict1", "1502e", "1z"),
        room=RoomAddress("KXQRT", "s3cret", "1", "Learn=learn%3Dviews"),
    )
    assert Address.read(said) == address
    assert address.query() == said


@given(ADDRESSES)
def test_there_and_back(address):
    assert Address.read(address.query()) == address


@given(ADDRESSES)
def test_a_browser_reads_what_was_written(address):
    url = urlsplit(address.at("https://lab.example/app/"))
    assert (url.netloc, url.path, url.fragment) == ("lab.example", "/app/", "")
    assert parse_qs(url.query) == {name: [value] for name, value in address.query().items()}


@pytest.mark.parametrize("field", Address.__dataclass_fields__)
def test_what_is_default_is_left_out(field):
    assert Address().query() == {}
    other = {"cell": Cell("Q", 0, 1), "projector": True, "classic": True, "head": 2}
    other |= {"texts": ("", "x", "", ""), "course": CourseAddress(step="x")}
    other["room"] = RoomAddress("x")
    value = other.get(field, "x")
    assert len(Address(**{field: value}).query()) == 1


@given(QUERIES)
def test_whatever_an_address_says_is_ours_or_passed_over(query):
    address = Address.read(query)
    written = address.query()
    assert Address.read(written) == address
    # Nothing is made up: what is written again was there, letter by letter, under its name.
    assert written.items() <= query.items()
    assert set(written) <= set(NAMES)
    assert all(written.values())
    ours = {name: value for name, value in query.items() if name in NAMES}
    assert Address.read(ours) == address


@pytest.mark.parametrize("value", ["", "0", "true", "on", " 1", "1 ", "11", "01", "١"])
def test_only_one_value_switches_on(value):
    assert Address.read({"projector": value, "classic": value}) == Address()


@pytest.mark.parametrize(
    "cell",
    ["", "weights", "weights.0.1", "weights.01.1", "weights.1", "nothing.1.1", "Weights.1.1"],
)
def test_a_number_that_is_none_is_not_asked_about(cell):
    assert Address.read({"cell": cell}) == Address()


def test_names_of_presets_and_links_are_read_as_they_are():
    foreign = {"preset": "<img src=x>", "s": "nonsense", "a": "%00"}
    assert Address.read(foreign) == Address("<img src=x>", "nonsense", "%00")
    assert Address.read({"Preset": "negation", "S": "1", "lang": "fr"}) == Address()


def test_links_and_keys_stand_in_an_address_unescaped():
    link = encode(DEFAULT.scenario)
    for key in BY_KEY:
        assert Address(key, link, link).at("/") == f"/?preset={key}&s={link}&a={link}"
    assert decode(Address.read({"s": link}).link) == DEFAULT.scenario


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        ("https://lab.example/", "https://lab.example/"),
        ("https://lab.example/Share", "https://lab.example/"),
        ("http://127.0.0.1:8501/a/b/Compare", "http://127.0.0.1:8501/a/b/"),
        ("http://127.0.0.1:8501/a/b/", "http://127.0.0.1:8501/a/b/"),
        ("", ""),
    ],
)
def test_the_home_of_every_page(page, expected):
    assert home(page) == expected


def test_its_examples():
    result = doctest.testmod(module)
    assert result.attempted and not result.failed


def test_it_needs_no_page():
    script = "import sys, pages.ui.session.address; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split()
    assert not {"streamlit", "plotly", "pandas"} & set(loaded)


def test_what_is_painted_gives_way_before_the_scenario_and_after_a():
    page = "https://lab.example/Learn"
    full = Address(link="s" * 3000, pinned="a" * 3000, painted="1-0_" * 1500)
    assert full.fitting(page) == replace(full, pinned="", painted="")
    some = replace(full, painted="1-0_0-1")
    assert some.fitting(page) == some
    assert replace(some, link="s" * 7000).fitting(page) == replace(some, link="s" * 7000, pinned="")
    assert replace(some, link="s" * 9000).fitting(page) == Address()
