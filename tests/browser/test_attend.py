"""Attention in JavaScript: a second implementation, against the core's numbers."""

import json
from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from attn_core import AttentionTrace, Scenario, attend, document, masks, permalink
from attn_core.export.reopen import reopen
from attn_core.positions import KINDS as KINDS_OF_POSITIONS
from attn_core.presets import PRESETS
from tests.core.courses import COURSES
from tests.export.scenarios import random

ROOT = Path(__file__).parents[2]
MODULE = ROOT / "pages" / "ui" / "live" / "frontend" / "attend.js"
GOLDEN = ROOT / "tests" / "golden"
MATRICES = [field.name for field in fields(AttentionTrace) if field.name != "scenario"]
MATRICES += ["similarity", "attn_mask"]  # a trace computes them when they are read
#: Of the largest number in a matrix: both add up products, in orders of their own.
CLOSE = 1e-12
DRAWN = 500

#: A module needs an address; one that holds it needs no server.
IMPORT = """async (source) => {
  const address = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
  window.attend = (await import(address)).attend;
}"""
#: JSON has no −inf.
RUN = """(documents) => JSON.stringify(
  documents.map((text) => window.attend(JSON.parse(text))),
  (_, x) => (x === -Infinity ? "-inf" : x),
)"""


@pytest.fixture(scope="module")
def in_browser(browser):
    """Compute the matrices of scenarios in the browser."""
    page = browser.new_page()
    page.evaluate(IMPORT, MODULE.read_text())

    def compute(scenarios):
        documents = [document.to_json(s) for s in scenarios]
        return json.loads(page.evaluate(RUN, documents))

    yield compute
    page.close()


def read(name):
    return json.loads((GOLDEN / name).read_text())


def golden_scenarios():
    """Yield the scenario of every golden case that has one."""
    names = ("X", "W_q", "W_k", "W_v", "W_o", "scale", "temperature")
    for case in (*read("single_head.json"), *read("multi_head.json")):
        mask = case.get("allowed", masks.causal(case["n"]) if case.get("causal") else None)
        inputs = {name: case[name] for name in names if name in case}
        yield Scenario(tuple(f"word{i}" for i in range(case["n"])), mask=mask, **inputs)
    for case in read("first_links.json").values():
        yield in_double(permalink.decode(case["link"]))
    for file in sorted((GOLDEN / "former_names").glob("*.npz")):
        yield reopen(file.read_bytes())[0]


def in_double(scenario):
    """The same numbers in the only floating type that a browser has."""
    content = document.read(document.to_json(scenario))
    return document.from_content({name: content[name] for name in content.keys() - {"dtype"}})


@st.composite
def scenarios(draw):
    """Any scenario of some words, with every option of the mechanism."""
    n, n_k = draw(st.integers(1, 7)), draw(st.none() | st.integers(1, 7))
    kinds = [kind for kind in KINDS_OF_POSITIONS if not n_k or kind not in ("rope", "alibi")]
    options = {"positions": draw(st.sampled_from(kinds)), "W_o": draw(st.booleans())}
    options["h"] = draw(st.none() | st.integers(1, 9))
    if options["positions"] == "alibi":
        options["slope"] = draw(st.none() | st.floats(0.01, 1))
    if draw(st.booleans()):
        options["mask"] = draw(arrays(bool, (n, n_k or n)))
        options["mask"][:, draw(st.integers(0, (n_k or n) - 1))] = True  # each word sees one
    sizes = {name: draw(st.integers(1, 6)) for name in ("d_model", "d_k", "d_v")}
    sizes["d_k"] += options["positions"] == "rope"  # which turns pairs
    options |= {"scale": draw(st.booleans()), "temperature": draw(st.sampled_from([0.5, 1, 3.7]))}
    return random(draw(st.integers(0, 999)), n=n, n_k=n_k, **sizes, **options)


def drawn_scenarios():
    """Return many that Hypothesis draws, for the browser to compute in one call."""
    drawn = []

    @settings(max_examples=DRAWN, database=None, derandomize=True)
    @given(scenarios())
    def draw(scenario):
        drawn.append(scenario)

    draw()
    return drawn


def check(scenarios, computed):
    """Check that all matrices of all scenarios have the core's shapes and numbers."""
    assert len(scenarios) == len(computed) > 0
    wrong = [
        f"{name} of {document.to_json(s)}"
        for s, own in zip(scenarios, computed, strict=True)
        for name in MATRICES
        if not agrees(own[name], getattr(attend(s), name))
    ]
    assert not wrong, f"{len(wrong)}:\n" + "\n".join(wrong[:5])
    assert all(own.keys() == set(MATRICES) for own in computed)


def agrees(own, expected):
    if own is None or expected is None:
        return own is expected
    own = np.array(own, dtype=float).reshape(np.shape(own))
    largest = np.abs(expected[np.isfinite(expected)]).max(initial=0)
    return own.shape == expected.shape and np.allclose(own, expected, rtol=0, atol=CLOSE * largest)


def test_golden_cases(in_browser):
    check(list(golden_scenarios()), in_browser(golden_scenarios()))


def test_presets(in_browser):
    scenarios = [preset.scenario for preset in PRESETS]
    check(scenarios, in_browser(scenarios))


def test_each_course(in_browser):
    check(list(COURSES.values()), in_browser(COURSES.values()))


def test_any_scenario(in_browser):
    scenarios = drawn_scenarios()
    taken = {(s.positions, s.W_q.ndim, s.is_cross, s.slope is None) for s in scenarios}
    # Of two kinds of positions there is no second sentence, and one has a slope or has none.
    assert len(taken) == 2 * (3 * 2 + 1 + 2)
    check(scenarios, in_browser(scenarios))
