"""The files read back, by readers that aren't ours, as the trace to the last bit."""

import contextlib
import csv
import io
import json
import re
import textwrap
import zipfile
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas._libs.parsers import STR_NA_VALUES

from attn_core import attend
from attn_core.document import from_json
from attn_core.export import csv_zip, json_text, matrices, npz
from attn_core.export.numbers import BLOCKED
from attn_core.notation import labels
from attn_core.text import escape
from tests.export.scenarios import HOSTILE, KINDS, hostile, scenarios, words

kinds = pytest.mark.parametrize("scenario", KINDS.values(), ids=KINDS)


def sheets(trace, only=None):
    """The CSV files; beside them there are a README and, with all of them, the scenario."""
    archive = zipfile.ZipFile(io.BytesIO(csv_zip(trace, only)))
    assert archive.testzip() is None
    found = {name: archive.read(name).decode("utf-8-sig") for name in archive.namelist()}
    assert "README.txt" in found
    assert only or from_json(found["scenario.json"]) == trace.scenario
    return {name: text for name, text in found.items() if name.endswith(".csv")}


def values(trace, name):
    """A matrix as a list of heads."""
    found = getattr(trace, name)
    return found if found.ndim == 3 else found[None]


@kinds
def test_csv_holds_every_matrix(scenario):
    trace, read = attend(scenario), {}
    for name, text in sheets(trace).items():
        frame = pd.read_csv(io.StringIO(text, newline=""), index_col=0, header=0)
        step, _, head = name.removesuffix(".csv").partition("-head-")
        of_head = f", {scenario.heads[int(head.split('-')[0]) - 1]}" if head else ""
        assert next(csv.reader(io.StringIO(text, newline="")))[0] == f"{step}{of_head}"
        read.setdefault(step, []).append(frame)
    assert set(read) == {each.name for each in matrices(trace)}
    for name, frames in read.items():
        np.testing.assert_array_equal(np.array(frames, float), values(trace, name), err_msg=name)


@kinds
def test_npz_holds_every_matrix(scenario):
    trace = attend(scenario)
    loaded = np.load(io.BytesIO(npz(trace)), allow_pickle=False)
    for each in matrices(trace):
        np.testing.assert_array_equal(loaded[each.name], getattr(trace, each.name))
        assert loaded[each.name].dtype == getattr(trace, each.name).dtype
    assert tuple(loaded["tokens"]) == scenario.tokens
    assert tuple(loaded["features"]) == scenario.features
    np.testing.assert_array_equal(loaded["mask"], scenario.allowed)
    assert (loaded["scale"], loaded["temperature"]) == (scenario.scale, scenario.temperature)
    assert loaded["positions"] == scenario.positions
    for name in ("heads", "context"):
        assert tuple(loaded.get(name, ())) == getattr(scenario, name)
    assert loaded.get("slope") == scenario.slope


@kinds
def test_json_holds_every_matrix(scenario):
    trace = attend(scenario)
    read = json.loads(json_text(trace), parse_constant=pytest.fail)
    assert BLOCKED in read["about"]
    for name in ("tokens", "context", "features", "heads"):
        assert tuple(read.get(name, ())) == getattr(scenario, name)
    assert (read["positions"], read.get("slope")) == (scenario.positions, scenario.slope)
    assert read["mask"] == scenario.allowed.tolist()
    for which, entry in zip(matrices(trace), read["matrices"], strict=True):
        expected = getattr(trace, which.name)
        np.testing.assert_array_equal(np.array(entry["values"], float), expected)
        assert tuple(entry["shape"]) == expected.shape
        assert (len(entry["rows"]), len(entry["columns"])) == expected.shape[-2:]


def test_a_step_is_its_equation():
    trace = attend(KINDS["masked"])
    only = {"masked_scores", "scores", "attn_mask"}
    assert set(sheets(trace, "masked_scores")) == {f"{n}.csv" for n in only}
    loaded = np.load(io.BytesIO(npz(trace, "masked_scores")))
    assert set(loaded) == only | {"tokens", "features", "mask", "scale", "temperature", "positions"}
    read = json.loads(json_text(trace, "masked_scores"))
    assert {entry["name"] for entry in read["matrices"]} == only


@pytest.mark.parametrize("export", [csv_zip, npz, json_text])
def test_a_step_that_is_not_there(export):
    with pytest.raises(ValueError, match="no step 'projected'; it has similarity, Q"):
        export(attend(KINDS["plain"]), "projected")


@kinds
def test_names_of_files_are_safe(scenario, tmp_path):
    archive = zipfile.ZipFile(io.BytesIO(csv_zip(attend(scenario), "weights")))
    archive.extractall(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(archive.namelist())
    for name in archive.namelist():
        assert not set(name) & set("<>:\"/\\|?* \r\n\t'&$`;%=@#{}\u202e")
        assert name == "README.txt" or name.startswith(("masked_scores", "logits", "weights"))


def test_a_head_is_named_in_its_file():
    s = KINDS["heads and W_o"]
    names = set(sheets(attend(replace(s, heads=("head 1", "syntax", "../été?"))), "weights"))
    assert {f"weights-head-{name}.csv" for name in ("1", "2-syntax", "3-été")} < names


def test_the_same_trace_gives_the_same_archive():
    trace = attend(KINDS["masked"])
    assert csv_zip(trace) == csv_zip(trace)


def assert_labels(scenario):
    """Rows and columns are the words, and none is a formula to a spreadsheet."""
    trace = attend(scenario)
    rows = list(csv.reader(io.StringIO(sheets(trace, "similarity")["X.csv"], newline="")))
    names = (labels.unique(scenario.tokens), scenario.features)
    shown = ([row[0] for row in rows[1:]], rows[0][1:])
    for written, expected in zip(shown, names, strict=True):
        for cell, label in zip(written, expected, strict=True):
            assert cell in (label, f"'{label}")
            assert len(cell) == 1 or cell[0] not in "=+-@\t\r＝＋－＠"
    read = {entry["name"]: entry for entry in json.loads(json_text(trace))["matrices"]}
    assert (tuple(read["X"]["rows"]), tuple(read["X"]["columns"])) == names
    assert tuple(read["weights"]["columns"]) == labels.unique(scenario.context or scenario.tokens)


#: Words that pandas or a spreadsheet takes for something else.
MISREAD = (
    *sorted(STR_NA_VALUES - {""}),
    *("NAN", "none", "true", "True", "FALSE", "inf", "-inf", "Infinity", "1e5", "00", "0"),
    *("007", "1,5", ".5", "-3", "1_000", "0x1F", "12:30", "1/2", "2024-01-01", "(5)", "$5", "٣"),
    *("=1+1", "+1", "-1", "@SUM(A1)", "#REF!", "'", "''", "'tis", "'NaN", '"', '""', '"a', "a,b"),
    *("a\nb", "a\r\nb", ",", ";", "\u3164", "\u2800", "X", "Q", "weights", "Unnamed: 0", "X.1"),
)


#: What only a spreadsheet takes for a number, a date or an error.
IN_SPREADSHEETS = ("1/2", "12:30", "2024-01-01", "(5)", "$5", "($5)", "1 000", "#REF!", "50%", "٣")


def as_told(folder, name):
    """A file as the archive's README says how to read it."""
    readme = (folder / "README.txt").read_text("utf-8")
    code = textwrap.dedent("\n".join(re.findall(r"^    .*", readme, flags=re.M)))
    scope = {}
    with contextlib.chdir(folder):
        exec(code.replace("weights.csv", f"{name}.csv"), scope)
    return scope["weights"]


def assert_words_come_back(scenario, folder):
    trace = attend(scenario)
    zipfile.ZipFile(io.BytesIO(csv_zip(trace))).extractall(folder)
    words = labels.unique(scenario.tokens)
    for name, columns in (("X", scenario.features), ("weights", words)):
        frame = as_told(folder, name)
        assert (tuple(frame.index), tuple(frame.columns)) == (words, columns)
        np.testing.assert_array_equal(frame.to_numpy(float), getattr(trace, name))
        # Without the README words have an apostrophe, but each is still there, as text.
        frame = pd.read_csv(folder / f"{name}.csv", index_col=0)
        for found, meant in zip((*frame.index, *frame.columns), (*words, *columns), strict=True):
            assert found in (meant, f"'{meant}")


def test_no_word_is_taken_for_something_else(tmp_path):
    assert_words_come_back(hostile(MISREAD), tmp_path)
    for word in IN_SPREADSHEETS:
        assert escape.csv_label(word) == f"'{word}"
    for word in MISREAD:  # alone, so that a whole column could be numbers
        s = hostile((word,))
        frame = pd.read_csv(io.StringIO(sheets(attend(s))["X.csv"], newline=""), index_col=0)
        assert frame.index[0] in (word, f"'{word}")


@settings(max_examples=25, deadline=None)
@given(words=st.lists(words.filter(lambda w: "\0" not in w), min_size=1, max_size=5, unique=True))
def test_any_words_come_back(words, tmp_path_factory):
    assert_words_come_back(hostile(tuple(words)), tmp_path_factory.mktemp("csv"))


def test_hostile_labels():
    assert_labels(hostile())
    rows = sheets(attend(hostile()), "Q")["X.csv"]
    assert "'=1+1" in rows and "'@SUM(A1)" in rows and "',1" not in rows


@settings(max_examples=40)
@given(scenarios())
def test_any_labels(scenario):
    assert_labels(scenario)


def test_the_list_is_hostile():
    assert len(set(HOSTILE)) == len(HOSTILE) > 60
