"""JSON and links: exact both ways, and nothing foreign gets in."""

import base64
import json
import tracemalloc
from dataclasses import fields, replace

import hypothesis.extra.numpy as hnp
import numpy as np
import pytest
from hypothesis import given, reject
from hypothesis import strategies as st

from attn_core import Scenario, document, edits, limits, positions
from attn_core.document import DocumentError, from_json, to_json
from attn_core.masks import causal
from attn_core.permalink import MAX_DOCUMENT, MAX_LINK, LinkError, decode, encode
from attn_core.presets import BY_KEY, DEFAULT, PRESETS
from attn_core.text.tokenize import split
from tests.core.links import bomb, packed

GRID = st.integers(-30_000, 30_000).map(lambda k: k / 1000)


@st.composite
def scenarios(draw, elements=GRID, heads=(0, 1, 2, 8)):
    """Any scenario: with heads, a second sentence, positions, masks, or without."""
    n, d_model = draw(st.integers(1, 12)), draw(st.integers(2, 8))
    d_k, d_v = draw(st.integers(1, 8)), draw(st.integers(1, 8))
    h = draw(st.sampled_from(heads))
    dtype = draw(st.sampled_from([np.float32, np.float64]))

    def array(*shape):
        return draw(hnp.arrays(np.float64, shape, elements=elements)).astype(dtype)

    lead = (h,) if h else ()
    word = st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=12)
    context = draw(st.just([]) | st.lists(word, min_size=1, max_size=12))
    n_k = len(context) or n
    kind = draw(st.sampled_from(kinds(is_cross=bool(context), d_k=d_k)))
    seen = np.arange(n)[:, None] % n_k == np.arange(n_k)  # each word sees one at least
    return Scenario(
        tokens=tuple(draw(st.lists(word, min_size=n, max_size=n))),
        context=context,
        Z=array(n_k, d_model) if context else None,
        positions=kind,
        P=array(max(n, n_k), d_model) if kind == "learned" else None,
        slope=draw(st.none() | st.floats(0.001, 1)) if kind == "alibi" else None,
        heads=draw(st.lists(word, min_size=h, max_size=h, unique=True)),
        X=array(n, d_model),
        W_q=array(*lead, d_model, d_k),
        W_k=array(*lead, d_model, d_k),
        W_v=array(*lead, d_model, d_v),
        W_o=array((h or 1) * d_v, d_model) if draw(st.booleans()) else None,
        mask=draw(st.none() | hnp.arrays(bool, (n, n_k)).map(lambda m: m | seen)),
        scale=draw(st.booleans()),
        temperature=draw(st.floats(0.001, 100)),
    )


def kinds(is_cross, d_k):
    """Which positions there can be."""
    turned = [] if is_cross or d_k == 1 else ["rope"]
    return ["none", "sinusoidal", "learned", *turned, *([] if is_cross else ["alibi"])]


def linked(s):
    """The link of a scenario; a few of the widest have none."""
    try:
        return encode(s)
    except LinkError as error:
        assert "too large for a link" in str(error)
        reject()


ANY_FLOAT = st.floats(-1e30, 1e30, allow_nan=False)


@given(scenarios() | scenarios(elements=ANY_FLOAT, heads=(0, 1, 2)))
def test_both_ways_exactly(s):
    for back in (decode(linked(s)), from_json(to_json(s)), from_json(to_json(s, indent=1))):
        assert back == s
        for field in fields(Scenario):  # whatever the scenario means by being equal
            old, new = getattr(s, field.name), getattr(back, field.name)
            assert type(new) is type(old)
            np.testing.assert_array_equal(new, old)
            assert getattr(new, "dtype", None) == getattr(old, "dtype", None)


def test_every_kind_of_positions_is_tried():
    assert {*kinds(is_cross=False, d_k=2)} == {*positions.KINDS}


@given(scenarios())
def test_link_needs_no_escaping(s):
    assert set(linked(s)) <= set(ALPHABET)


def test_link_is_short_enough():
    rng = np.random.default_rng(7)

    def grid(*shape):
        return rng.integers(-30_000, 30_000, shape) / 1000

    s = Scenario(
        split("heureusement nous sommes toujours très contents ici aujourd'hui"),
        grid(8, 6),
        *(grid(6, 4) for _ in range(3)),
        mask=causal(8),
        temperature=0.123,
        features=("pronoun", "first person", "adjective", "negation", "feminine", "animate"),
    )
    assert len(encode(s)) < 1500


def test_the_largest_scenario_of_the_lab_fits_in_a_link():
    rng = np.random.default_rng(7)

    def grid(*shape):
        return rng.integers(-30_000, 30_000, shape) / 1000

    s = Scenario(
        tuple(f"{i}-{'ш' * 30}" for i in range(12)),
        grid(12, 8),
        *(grid(8, 8, 8) for _ in range(3)),
        mask=rng.random((12, 12)) < 0.9,
        temperature=0.123,
        W_o=grid(64, 8),
        heads=tuple(f"{i}-{'ж' * 22}" for i in range(8)),
        context=tuple(f"{'ф' * 30}-{i}" for i in range(12)),
        Z=grid(12, 8),
        positions="learned",
        P=grid(12, 8),
    )
    assert decode(encode(limits.validate(s))) == s


GOOD = encode(DEFAULT.scenario)
#: Base64url, in the order of what the letters stand for (RFC 4648, section 5).
ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


@pytest.mark.parametrize(
    ("link", "message"),
    [
        ("", "expected it to start with 1, got ''"),
        ("2" + GOOD[1:], "newer version"),
        ("1", "cut"),
        ("hello", "isn't one of this lab"),
        ("1é", "characters out of place"),
        ("1" + GOOD[1:].replace(GOOD[20], "!", 1), "out of place"),
        (bomb(10_000_000), "more than 256000 bytes"),
        ("1" + "A" * 20_000, "at most 16000"),
        (packed(b"\xff\xfe"), "holds no scenario"),
        (packed(b"[]"), "got a list"),
        (packed(b'{"self-attention-lab":1}'), "missing"),
    ],
)
def test_bad_links_say_why(link, message):
    with pytest.raises(LinkError, match=message):
        decode(link)


def test_the_longest_link_is_looked_into_and_no_longer_one():
    for length, is_too_long in ((MAX_LINK, False), (MAX_LINK + 1, True)):
        with pytest.raises(LinkError) as refused:
            decode("1".ljust(length, "A"))
        assert ("at most 16000 are read" in str(refused.value)) == is_too_long


def test_what_follows_a_link_is_noticed():
    data = base64.urlsafe_b64decode(GOOD[1:] + "=" * (-len(GOOD[1:]) % 4))
    with pytest.raises(LinkError, match="cut"):
        decode("1" + base64.urlsafe_b64encode(data + b"x").decode().rstrip("="))


def test_every_cut_and_every_change_is_noticed():
    for end in range(len(GOOD)):
        with pytest.raises(LinkError):
            decode(GOOD[:end])
    for i in range(len(GOOD)):
        other = "B" if GOOD[i] == "A" else "A"
        with pytest.raises(LinkError):
            decode(GOOD[:i] + other + GOOD[i + 1 :])


@pytest.mark.parametrize(("key", "spare"), [("negation", 2), ("previous-word", 4)])
def test_a_link_has_one_spelling(key, spare):
    """Base64's last letter has bits to spare in these; with any of them set it is refused."""
    good = encode(BY_KEY[key].scenario)
    last = ALPHABET.index(good[-1])
    assert last % 2**spare == 0
    assert decode(good) == BY_KEY[key].scenario
    for bits in range(1, 2**spare):
        with pytest.raises(LinkError, match="last character is wrong"):
            decode(good[:-1] + ALPHABET[last + bits])
    for other in (good + "=", good + "=="):
        with pytest.raises(LinkError):
            decode(other)


@given(st.text() | st.text("ABCabc012-_").map("1".__add__))
def test_foreign_text_never_gets_through(text):
    with pytest.raises(LinkError):
        decode(text)


#: Pieces that foreign JSON is made of: whatever JSON can say, and the lab's own names.
NAMES = st.sampled_from(sorted(document._REQUIRED | document._OPTIONAL | {document.FORMAT}))
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES | st.text(), inner),
    max_leaves=20,
)


@given(st.text() | st.binary() | JSON.map(json.dumps))
def test_foreign_json_never_gets_through(text):
    with pytest.raises(DocumentError):
        from_json(text)


@given(st.dictionaries(NAMES.filter(lambda name: name != document.FORMAT), JSON, min_size=1))
def test_a_scenario_with_foreign_parts_is_read_or_refused(parts):
    text = json.dumps(json.loads(to_json(DEFAULT.scenario)) | parts)
    for read, given_, error in (
        (from_json, text, DocumentError),
        (decode, packed(text.encode()), LinkError),
    ):
        try:
            assert read(given_) == from_json(text)
        except error as refused:
            str(refused).encode()  # it goes to the page


@pytest.mark.parametrize("size", [10_000_000, 100_000_000])
def test_a_bomb_is_not_unpacked(size):
    link = bomb(size)
    tracemalloc.start()
    with pytest.raises(LinkError):
        decode(link)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 3 * MAX_DOCUMENT


def test_too_large_for_a_link_is_said():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(97, 61))
    s = Scenario(tuple(map(str, range(97))), X, *[rng.normal(size=(61, 61))] * 3)
    with pytest.raises(LinkError, match=r"takes \d{6} bytes as JSON, at most 256000 fit"):
        encode(s)
    rows = slice(0, 13)
    s = Scenario(s.tokens[rows], s.X[rows], *[rng.normal(size=(61, 13))] * 3)
    with pytest.raises(LinkError, match=r"takes \d{5} characters as a link, at most 16000 fit"):
        encode(s)
    assert from_json(to_json(s)) == s


def long(bytes_):
    """A scenario whose JSON has so many bytes, nearly all of them zeros, which pack well."""
    X = np.zeros((4000, 28))
    s = Scenario(("a",) * 4000, X, *[np.zeros((28, 1))] * 3)
    first = "a" * (1 + bytes_ - len(to_json(s)))
    return Scenario((first, *s.tokens[1:]), X, *[np.zeros((28, 1))] * 3)


def test_the_longest_document_is_written_and_read():
    s = long(MAX_DOCUMENT)
    assert len(to_json(s)) == MAX_DOCUMENT
    assert decode(encode(s)) == s


def test_a_document_longer_than_is_read_is_neither_written_nor_read():
    with pytest.raises(LinkError, match="more than 256000 bytes"):
        decode(packed(to_json(long(MAX_DOCUMENT + 1)).encode()))
    with pytest.raises(LinkError, match=f"takes {MAX_DOCUMENT + 1} bytes as JSON, at most 256000"):
        encode(long(MAX_DOCUMENT + 1))


def changed(**changes):
    content = json.loads(to_json(DEFAULT.scenario)) | changes
    return json.dumps({k: v for k, v in content.items() if v is not ...})


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "Not JSON"),
        ("{", "Not JSON"),
        ("null", "expected a JSON object"),
        ("[" * 100_000, "nested too deep"),
        ('{"X": NaN}', "finite, got NaN"),
        (to_json(DEFAULT.scenario)[:-1] + ',"X":[[1]]}', "key 'X' is there twice in one object"),
        ('{"a": [{"b": 1, "b": 1}]}', "key 'b' is there twice"),
        (changed(**{document.FORMAT: True}), 'expected "self-attention-lab": 1'),
        (changed(**{document.FORMAT: 2}), 'expected "self-attention-lab": 1'),
        (changed(**{document.FORMAT: ...}), 'expected "self-attention-lab": 1'),
        (changed(X=...), r"missing \['X'\]"),
        (changed(script="x"), r"unknown \['script'\]"),
        (changed(X="abc"), "X must be a list of rows"),
        (changed(X=[[1, 2], [3]]), "rows of one length"),
        (changed(X=[["a"]]), "numbers only"),
        (changed(X=[[{}]]), "numbers only"),
        (changed(X=[[True]]), "numbers only"),
        (changed(W_q=[[1, 2]]), r"expected \(4, 2\), got \(1, 2\)"),
        (changed(tokens="Je suis heureux"), "sequence of strings"),
        (changed(tokens=["Je", None, "x"]), "non-empty strings"),
        (changed(temperature=0), "above 0"),
        (changed(temperature=10**400), "temperature must be a finite number"),
        (changed(scale="yes"), "True or False"),
        (changed(mask=[[1]]), "bool"),
        (changed(dtype="object"), "float32 or float64"),
        (changed(X=[[10**400] * 4] * 3), "X"),
    ],
)
def test_bad_json_says_why(text, message):
    with pytest.raises(DocumentError, match=message):
        from_json(text)


@pytest.mark.parametrize(("may_attend", "blocked"), [(True, False), (1, 0), (0, -(10**9))])
def test_json_has_masks_as_libraries_write_them(may_attend, blocked):
    written = np.where(causal(3), may_attend, blocked).tolist()
    assert from_json(changed(mask=written)) == replace(DEFAULT.scenario, mask=causal(3))


def test_json_is_readable():
    content = json.loads(to_json(PRESETS[1].scenario, indent=1))
    assert content["tokens"] == ["Je", "suis", "heureux"]
    assert content["W_q"][1] == [3, 0]
    assert "mask" not in content  # what has its default is left out


@given(scenarios())
def test_the_lab_admits_what_is_on_its_grid_unchanged(s):
    s = replace(s, temperature=max(0.05, min(10.0, round(s.temperature, 3))))
    wide = replace(s, **{k: getattr(s, k).astype(float).round(3) for k in edits.editable(s)})
    assert limits.validate(wide) == wide
    assert decode(encode(limits.validate(wide))) == wide
