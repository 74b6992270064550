"""What was saved opens again with the same numbers; what is foreign says what is missing."""

import codecs
import io
import json
import struct
import tracemalloc
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from attn_core import attend, limits
from attn_core.document import to_json
from attn_core.export import csv_zip, json_text, matrices, npz, reopen
from attn_core.export.archive import MAX_UNPACKED
from attn_core.export.reopen import MAX_FILE
from attn_core.figures import html_page
from attn_core.masks import causal
from attn_core.presets import DEFAULT
from tests.export.scenarios import KINDS, PRIMES, random

FORMER = Path(__file__).parent.parent / "golden" / "former_names"
SAVED = {
    "scenario": lambda trace: to_json(trace.scenario, indent=1).encode(),
    "numbers": lambda trace: json_text(trace).encode(),
    "npz": npz,
    "csv": csv_zip,
}


def admitted():
    """Each kind of scenario that the lab has, within its limits."""
    for name, scenario in KINDS.items():
        small = {"d_k": min(scenario.d_k, 8), "d_v": min(scenario.d_v, 8)}
        if scenario.n > limits.MAX_TOKENS or small != {"d_k": scenario.d_k, "d_v": scenario.d_v}:
            continue
        if scenario.temperature >= limits.TEMPERATURE[0] and "hostile" not in name:
            yield name, limits.validate(scenario)


def test_all_kinds_are_there():
    kinds = dict(admitted())
    assert len(kinds) > 30
    positions = {s.positions for s in kinds.values()}
    assert positions == {"none", "sinusoidal", "learned", "rope", "alibi"}
    assert {s.is_cross for s in kinds.values()} == {s.W_q.ndim == 3 for s in kinds.values()}


@pytest.mark.parametrize("kind", SAVED)
def test_what_is_saved_opens_with_the_saved_numbers(kind):
    for name, scenario in admitted():
        trace = attend(scenario)
        opened, told = reopen(SAVED[kind](trace))
        assert (name, told) == (name, "")
        assert opened == scenario, name
        again = attend(opened)
        for each in matrices(trace):
            np.testing.assert_array_equal(getattr(again, each.name), getattr(trace, each.name))


@pytest.mark.parametrize("kind", ["RoPE", "masked", "negation", "four-views"])
def test_the_saved_page_opens(kind):
    scenario = limits.validate(KINDS[kind])
    for only in (None, "weights"):
        page = html_page(attend(scenario), only).encode()
        assert reopen(page) == reopen(codecs.BOM_UTF8 + page) == (scenario, "")


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.text("aé漢'=-NaN1e5,\"#<", min_size=1, max_size=6), min_size=3, max_size=3),
    st.sampled_from([random(n=3, h=2, W_o=True, masked=True), random(n=3), random(n=3, n_k=3)]),
)
def test_any_words_open_again(words, scenario):
    s = limits.validate(replace(scenario, tokens=words, context=words if scenario.is_cross else ()))
    for kind, save in SAVED.items():
        assert reopen(save(attend(s))) == (s, ""), kind


@pytest.mark.parametrize("name", ["cross-learned", "heads-alibi", "heads-rope"])
def test_a_file_opens_whose_matrices_have_their_former_names(name):
    """As saved before `placed` was called X_pos; every matrix of it is recognised."""
    saved = {path.suffix: path.read_bytes() for path in FORMER.glob(f"{name}.*")}
    assert saved.keys() == {".npz", ".zip", ".json"}
    opened = [reopen(content) for content in saved.values()]
    assert [told for _, told in opened] == ["", "", ""]
    assert opened[0][0] == opened[1][0] == opened[2][0]
    assert name.split("-")[-1] == opened[0][0].positions


def test_a_matrix_under_its_former_and_its_present_name_is_there_twice():
    arrays = dict(np.load(FORMER / "heads-rope.npz"))
    for twice in ({"rotary_angles": 7 * arrays["angles"], **arrays}, arrays | {"attn_mask": 1}):
        with pytest.raises(ValueError, match=r"'(angles|attn_mask)' is there twice"):
            reopen(saved(**twice))


def test_a_changed_sheet_under_a_former_name_is_told():
    files = unpacked((FORMER / "heads-alibi.zip").read_bytes())
    files["bias-head-2.csv"] = files["bias-head-2.csv"].replace(b"-0.00390625", b"-0.5")
    assert "'bias-head-2.csv' in it isn't what its scenario gives" in reopen(packed(files))[1]


def test_the_largest_of_the_lab_opens():
    """With all that takes room: heads, words of emoji, a second sentence."""
    rng = np.random.default_rng(7)
    s = random(n=12, n_k=12, d_model=8, d_k=8, d_v=8, h=8, W_o=True, positions="learned")
    grown = {name: rng.integers(-30_000, 30_000, getattr(s, name).shape) / 1000 for name in ARRAYS}
    names = {name: tuple(chr(0x1F600 + i) * 24 for i in range(8)) for name in ("heads", "features")}
    words = tuple(chr(0x1F680 + i) * 40 for i in range(12))
    s = replace(s, **grown, **names, tokens=words, context=words, temperature=0.123)
    for kind, save in SAVED.items():
        content = save(attend(limits.validate(s)))
        assert reopen(content) == (s, ""), kind
        assert len(content) < 0.9 * MAX_FILE
        if content[:2] == b"PK":
            infos = zipfile.ZipFile(io.BytesIO(content)).infolist()
            assert sum(info.file_size for info in infos) < 0.6 * MAX_UNPACKED


ARRAYS = ("X", "W_q", "W_k", "W_v", "W_o", "Z", "P")


def test_float32_stays_what_it_was():
    s = random(n=3, dtype=np.float32, masked=True)
    for kind in ("numbers", "npz", "scenario"):
        opened, told = reopen(SAVED[kind](attend(s)))
        assert (opened, told) == (s, ""), kind
        assert opened.X.dtype == np.float32


def test_a_text_opens_in_the_writing_of_any_editor():
    text = to_json(DEFAULT.scenario)
    for content in (
        codecs.BOM_UTF8 + text.encode(),
        text.encode("utf-16"),
        codecs.BOM_UTF16_BE + text.encode("utf-16-be"),
        b"\r\n  " + text.encode() + b"\r\n",
    ):
        assert reopen(content) == (DEFAULT.scenario, "")


def packed(files, **options):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", **options) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return stream.getvalue()


def unpacked(content):
    archive = zipfile.ZipFile(io.BytesIO(content))
    return {name: archive.read(name) for name in archive.namelist()}


def test_an_archive_packed_again_opens():
    """Phones and Macs unpack a zip, and pack the folder."""
    for save in (npz, csv_zip):
        files = unpacked(save(attend(DEFAULT.scenario)))
        folder = {f"attention/{name}": content for name, content in files.items()}
        folder |= {"attention/": b"", "__MACOSX/attention/._X.npy": b"?"}
        assert reopen(packed(folder)) == (DEFAULT.scenario, "")
    assert reopen(files["scenario.json"]) == (DEFAULT.scenario, "")


def test_what_was_changed_is_told():
    trace = attend(DEFAULT.scenario)
    numbers = json.loads(json_text(trace))
    by_name = {each["name"]: each for each in numbers["matrices"]}
    by_name["weights"]["values"][2][1] += 1e-6
    opened, told = reopen(json.dumps(numbers).encode())
    assert opened == DEFAULT.scenario
    assert told.startswith("The file is open, but 'weights' in it isn't what its scenario gives")
    by_name["W_v"]["values"][0][0] += 1  # an input counts, and what it makes is old
    opened, told = reopen(json.dumps(numbers).encode())
    assert opened.W_v[0, 0] == DEFAULT.scenario.W_v[0, 0] + 1
    assert "'V', 'weights', 'output'" in told
    for wrong in ([["?"]], [[1]], {}, None, [[10**400] * 3] * 3):
        by_name["scores"]["values"] = wrong
        assert "'scores'" in reopen(json.dumps(numbers).encode())[1]

    arrays = dict(np.load(io.BytesIO(npz(trace))))
    arrays["attn_mask"] = arrays["attn_mask"] - 1
    arrays["P"] = arrays["X"]  # there are no positions
    assert "'attn_mask', 'P' in it isn't" in reopen(saved(**arrays))[1]

    files = unpacked(csv_zip(trace))
    X = files["X.csv"].decode("utf-8-sig")
    for changed in (
        X.replace("1.0", "2.0", 1),
        X.replace("suis", "sois"),
        X + "a\r\n",
        "",
        "\0",
        X[:-9],
    ):
        assert changed != X
        opened, told = reopen(packed(files | {"X.csv": changed, "mine.csv": "1,2"}))
        assert opened == DEFAULT.scenario
        assert "but 'X.csv', 'mine.csv' in it isn't" in told
    nearly = X.replace("1.0", "1.0000000000000002", 1)  # another processor's last bit
    assert reopen(packed(files | {"X.csv": nearly}))[1] == ""


def saved(**arrays):
    stream = io.BytesIO()
    np.savez(stream, **arrays)
    return stream.getvalue()


#: As somebody would save it from a notebook of their own.
OWN = {
    "tokens": np.array(["a", "b", "c"]),
    "X": np.eye(3, 5),
    "W_q": np.eye(5, 2),
    "W_k": np.eye(5, 2),
    "W_v": np.eye(5, 7),
}


def test_arrays_of_ones_own_open():
    for mask in (causal(3), causal(3).astype(int), np.where(causal(3), 0, -1e9)):
        opened, told = reopen(saved(**OWN, mask=mask))
        assert told == ""
        np.testing.assert_array_equal(opened.mask, causal(3))
        np.testing.assert_array_equal(opened.W_v, OWN["W_v"])


class Danger:
    def __reduce__(self):
        return (pytest.fail, ("a pickle was run",))


def crafted(header, body=b"", name="X.npy"):
    """An array whose header says what no NumPy wrote."""
    text = header.encode() + b"\n"
    head = b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text
    return packed({name: head + body}, compression=zipfile.ZIP_DEFLATED)


def shape(text, descr="'<f8'"):
    return f"{{'descr': {descr}, 'fortran_order': False, 'shape': {text}, }}"


def twice():
    """An archive with two arrays of one name, made by renaming one of them."""
    return packed({"X.npy": b"1", "Y.npy": b"2"}).replace(b"Y.npy", b"X.npy")


def far():
    """An archive whose file begins where no file can (zip64)."""
    name, extra = b"X.npy", struct.pack("<HHQ", 1, 8, 2**63)
    sizes = (1, 1, len(name), len(extra), 0, 0, 0, 0, 2**32 - 1)
    entry = b"PK\x01\x02" + struct.pack("<4B4H3L5H2L", 45, 3, 45, 0, 0, 0, 0, 33, 0, *sizes)
    entry += name + extra
    return (
        b"PK\x03\x04" + entry + struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 1, 1, len(entry), 4, 0)
    )


def numbers(**changes):
    content = json.loads(json_text(attend(DEFAULT.scenario))) | changes
    return json.dumps(content).encode()


def test_what_is_foreign_says_why():
    trace = attend(DEFAULT.scenario)
    page = html_page(trace, "Q").encode()
    X = json.loads(json_text(trace))["matrices"][0]
    one = npz(trace, "weights")
    cases = [
        (one, r"expected tokens, X, W_q, W_k and W_v.*Missing: 'X', 'W_q'"),
        (one, r"got 'tokens', .*'weights'.* It has one step; save the whole"),
        (json_text(trace, "scores").encode(), "Missing: 'X', 'W_q', 'W_k', 'W_v'"),
        (csv_zip(trace, "weights"), "expected scenario.json, or the arrays .*got 'README.txt', '"),
        (saved(a=np.ones(3), b=np.ones(2)), r"got 'a', 'b'\. Missing: .* Unknown: 'a', 'b'"),
        (saved(**OWN, bias_k=np.ones(2)), r"Missing: nothing\. Unknown: 'bias_k'"),
        (saved(**OWN | {"W_q": np.ones((2, 5))}), r"Is W_q transposed\? .* \(5, 2\), which fits"),
        (saved(**OWN | {"X": np.array([Danger()])}), r"'X' must hold numbers.*pickle"),
        (saved(**OWN | {"X": np.ones(3, complex)}), "'X' must hold numbers, .*got complex128"),
        (saved(**OWN | {"X": np.ones(3, [("a", float)])}), "'X' must hold numbers"),
        (saved(**OWN | {"tokens": np.ones(3)}), "tokens must be non-empty strings, got 1.0"),
        (saved(**OWN | {"X": np.full((3, 5), np.nan)}), "finite numbers, got nan"),
        (saved(**OWN | {"X": np.full((3, 5), 31.0)}), "X takes numbers from −30 to 30"),
        (saved(**OWN | {"X": np.ones((13, 5)), "tokens": ["a"] * 13}), "this one has 13"),
        (saved(**OWN, temperature=np.array(0.0)), "finite number above 0"),
        (twice(), "has 'X.npy' twice"),
        (packed({"a/X.npy": b"", "b/X.npy": b""}), "has 'X.npy' twice"),
        (packed({"X.npy": b"abc"}), "'X' isn't an array of NumPy that can be read"),
        (packed({"word/document.xml": b"x"}), "expected scenario.json.*; got 'document.xml'"),
        (packed({}), "got nothing"),
        (packed({"X.npy": b"1"}, compression=zipfile.ZIP_BZIP2), "packed in a way that isn't read"),
        (packed({"X.npy": b"1"}, compression=zipfile.ZIP_LZMA), "packed in a way that isn't read"),
        (crafted(shape("(10000000000,)")), "must have 80000000000 bytes for its .*, got 0"),
        (crafted(shape("(-1,)")), "must have -8 bytes"),
        (crafted(shape("(-1, -2)"), bytes(16)), "isn't an array of NumPy that can be read"),
        (crafted(shape("(10000000000,)", "'<U0'")), "must hold numbers"),
        (crafted(shape("(1,)", "'<U1'"), b"\xff" * 4), "must hold text, got the letter number"),
        (crafted("-" * 9000 + "1"), "isn't an array of NumPy that can be read"),
        (crafted("[" * 9000), "isn't an array of NumPy that can be read"),
        (crafted(shape("(10000000, 0)")), r"must have 1 to 30000 numbers .*, got \(10000000, 0\)"),
        (crafted(shape(f"(0, {10**30})")), "must have 1 to 30000 numbers .*got .0, 1000"),
        (crafted(shape("(2, 1, 1, 1)"), bytes(16)), "on at most 3 axes, got .2, 1, 1, 1."),
        (crafted(shape("(30001,)", "'|b1'"), bytes(30_001)), "must have 1 to 30000 numbers"),
        (far(), "zip archive can't be unpacked"),
        (b"\x93NUMPY\x01\x00", "One array of NumPy is no scenario"),
        (b"PK\x03\x04", "zip archive can't be unpacked"),
        (npz(trace)[:-40], "zip archive can't be unpacked"),
        (b"\xff\xd8\xff\xe0 JFIF", "isn't a text file in UTF-8, nor a zip"),
        (b"import numpy as np\n", "Not JSON: Expecting value.* The lab opens the JSON, NPZ, CSV"),
        (b"", "Not JSON"),
        (page.replace(b'id="scenario"', b'id="other"'), "The page holds no scenario"),
        (page[: page.index(b'id="scenario"') + 30], "The page holds no scenario"),
        (b"<" + b" " * 10 + b"<script" * 400_000, "The page holds no scenario"),
        (page.replace(b'"scenario">', b'"scenario">' + b"[" * MAX_FILE), "letters; 500000 are"),
        (b"[" * (MAX_FILE + 1), f"at most {MAX_FILE} are read"),
        (b"[" * MAX_FILE, "nested too deep"),
        (numbers(matrices=[X, X]), "The matrix 'X' is there twice"),
        (numbers(matrices={"X": 1}), "matrices must each have a name and values"),
        (numbers(matrices=[1]), "matrices must each have a name and values, got 1"),
        (numbers(matrices=[]), "Missing: 'X'"),
        (numbers(extra=1), "Unknown: 'extra'"),
        (numbers(mask=[[0, 0, 0]] * 3), "say what 0 means"),
        (numbers(positions="learned"), "P must be a list of rows, got None"),
        (numbers()[:-1] + b',"tokens": []}', "The key 'tokens' is there twice"),
    ]  # fmt: skip
    for content, message in cases:
        with pytest.raises(ValueError, match=message):
            reopen(content)


def test_a_bomb_is_not_unpacked():
    """Neither where the archive says how large it is, nor where it lies."""
    honest = packed({f"{i}.npy": bytes(MAX_UNPACKED // 3) for i in range(400)}, compression=8)
    lying = bytearray(packed({"X.npy": bytes(100 * MAX_UNPACKED)}, compression=8))
    for mark, place in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):  # the size, unpacked
        at = lying.index(mark) + place
        lying[at : at + 4] = (64).to_bytes(4, "little")
    for bomb in (honest, bytes(lying)):
        assert len(bomb) < MAX_FILE
        tracemalloc.start()
        with pytest.raises(ValueError, match=r"unpacks to more|can't be unpacked"):
            reopen(bomb)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert peak < 6 * MAX_UNPACKED


def test_words_without_end_are_not_computed():
    """A file of few bytes, whose weights would take hundreds of megabytes."""
    n = 4000
    own = OWN | {"X": np.ones((n, 5)), "tokens": np.array(["a"] * n)}
    tracemalloc.start()
    with pytest.raises(ValueError, match="this one has 4000"):
        reopen(saved(**own))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 20_000_000


@settings(max_examples=300, deadline=None)
@given(st.sampled_from([npz, csv_zip]), st.randoms(use_true_random=False))
def test_a_damaged_archive_is_refused_or_told(save, draw):
    content = bytearray(WHOLE[save])
    for _ in range(draw.randint(1, 4)):
        content[draw.randrange(len(content))] = draw.randrange(256)
    try:
        opened, _ = reopen(bytes(content))
    except ValueError as error:
        str(error).encode()  # it goes to the page
    else:
        limits.validate(opened)


WHOLE = {save: save(attend(DEFAULT.scenario)) for save in (npz, csv_zip)}


def test_primes_go_both_ways():
    """Sizes that are all different, so that no axis is taken for another."""
    s = limits.validate(
        random(**PRIMES | {"d_k": 5, "d_v": 2}, positions="learned", W_o=True, masked=True)
    )
    for kind, save in SAVED.items():
        assert reopen(save(attend(s))) == (s, ""), kind
