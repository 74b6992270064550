"""Every page runs alone; every control changes the one scenario, and nothing is lost."""

import base64
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from attn_core import attend, edits
from attn_core.notation.labels import number
from attn_core.permalink import decode, encode
from attn_core.presets import BY_KEY, DEFAULT, PRESETS
from attn_core.pretrained.sources.locate import installed

ROOT = Path(__file__).parents[2]
PAGES = [
    ROOT / "dashboard.py",
    *sorted((ROOT / "pages").glob("*.py"), key=lambda page: int(page.name.partition("_")[0])),
]
NAMES = [page.stem for page in PAGES]


def visit(page="dashboard.py", **query):
    """Open a page on a fresh server, as a deep link does.

    With Streamlit's own sliders and charts: AppTest has no browser for the others.
    """
    at = AppTest.from_file(ROOT / "dashboard.py", default_timeout=30)
    for name, value in {"classic": "1", **query}.items():
        at.query_params[name] = value
    if page != "dashboard.py":
        at.switch_page(f"pages/{page}")
    return at.run()


def fine(at):
    assert not at.exception, at.exception
    return at


def parameter(at, name):
    """A query parameter; AppTest has a list for what it set and a string for what the app did."""
    value = at.query_params[name]
    return value[0] if isinstance(value, list) else value


def scenario(at):
    return decode(parameter(at, "s"))


def slider(at, cell):
    """The slider of a cell, such as W_q-0-1; its key goes on with its revision."""
    return next(each for each in at.slider if each.key.startswith(f"{cell}-"))


def boxes(at, chart=0):
    """The matrices of a chart, as they go to the browser."""
    spec = json.loads(at.get("plotly_chart")[chart].proto.spec)
    return [array(t["z"]) for t in spec["data"] if t["type"] == "heatmap"]


def array(z):
    if isinstance(z, list):
        return np.array(z, float)
    shape = [int(size) for size in z["shape"].split(",")]
    return np.frombuffer(base64.b64decode(z["bdata"]), z["dtype"]).reshape(shape)


#: No room is open, nothing is pasted yet, and a model may not be installed.
_WITHOUT_PICTURE = ("11_Room.py", "8_Long_text.py", *([] if installed() else ["9_Real_model.py"]))


@pytest.mark.parametrize("page", PAGES, ids=NAMES)
@pytest.mark.parametrize("preset", ["similarity", "previous-word", "sharp"])
def test_every_page_runs_alone(page, preset):
    at = fine(visit(page.name, preset=preset))
    assert scenario(at) == BY_KEY[preset].scenario
    assert at.get("plotly_chart") or page.name in _WITHOUT_PICTURE
    for chart in at.get("plotly_chart"):
        assert chart.proto.alt


@pytest.mark.parametrize("page", PAGES[1:], ids=NAMES[1:])
def test_every_page_runs_as_its_own_script(page):
    fine(AppTest.from_file(page, default_timeout=30).run())


@pytest.mark.parametrize("page", PAGES, ids=NAMES)
@pytest.mark.parametrize("n", [1, 12])
def test_every_page_at_the_limits(page, n):
    s = edits.with_sentence(DEFAULT.scenario, "Je " * n)
    s = edits.with_size(s, d_model=8 if n == 12 else 2, d_k=8 if n == 12 else 1, d_v=1)
    at = fine(visit(page.name, s=encode(s)))
    assert scenario(at) == s
    assert len([slider for slider in at.slider if "-" in slider.key]) <= 17


def test_home_shows_the_trace():
    at = fine(visit(preset="verb-subject"))
    trace = attend(BY_KEY["verb-subject"].scenario)
    names = ("X", "W_q", "Q", "W_k", "K", "W_v", "V", "scores", "weights", "output")
    for drawn, name in zip(boxes(at), names, strict=True):
        np.testing.assert_array_equal(drawn, getattr(trace, name))


@pytest.mark.parametrize("name", ["X", *edits.PROJECTIONS])
def test_every_number_has_its_slider(name):
    at = fine(visit())
    at.radio(key="matrix").set_value(name).run()
    rows, columns = getattr(DEFAULT.scenario, name).shape
    for i in range(rows):
        for j in range(columns):
            shown = slider(at, f"{name}-{i}-{j}")
            assert (shown.min, shown.max, shown.step) == (-3, 3, 0.05)
            assert shown.value == getattr(DEFAULT.scenario, name)[i, j]
    slider(at, f"{name}-1-0").set_value(-2.35).run()
    assert getattr(scenario(fine(at)), name)[1, 0] == -2.35


def test_slider_labels():
    at = fine(visit())
    assert slider(at, "X-1-1").label == "suis · verb"
    at.radio(key="matrix").set_value("W_q").run()
    assert slider(at, "W_q-1-1").label == "verb → q₂"


def test_rows_are_grouped_when_they_are_many():
    s = edits.with_sentence(DEFAULT.scenario, "Je ne suis pas heureux")
    at = fine(visit(s=encode(edits.with_size(s, d_model=6))))
    assert len([x for x in at.slider if x.key.startswith("X-")]) == 12
    (groups,) = [radio for radio in at.radio if radio.label == "Rows"]
    assert groups.options == ["Je … ne", "suis … pas", "heureux"]
    groups.set_value(2).run()
    assert [x.key[:5] for x in fine(at).slider if x.key.startswith("X-")] == [
        f"X-4-{j}" for j in range(6)
    ]


def test_sentence():
    at = fine(visit())
    at.text_input(key="sentence").set_value("J'aime l'été").run()
    assert scenario(fine(at)).tokens == ("J'", "aime", "l'", "été")
    assert at.text_input(key="sentence").value == "J'aime l'été"
    at.text_input(key="sentence").set_value("Un ornithorynque dort").run()
    assert any("Not in the vocabulary: ornithorynque" in c.value for c in fine(at).caption)


@pytest.mark.parametrize(
    ("sentence", "message"),
    [
        ("", "it is empty"),
        ("a b c d e f g h i j k l m", "this one has 13"),
        ("x" * 200, "has 200"),
        ("a\x07b", "U+0007"),
    ],
)
def test_a_refused_sentence_changes_nothing(sentence, message):
    at = fine(visit())
    at.text_input(key="sentence").set_value(sentence).run()
    assert message in fine(at).error[0].value.replace("\\", "")
    assert scenario(at) == DEFAULT.scenario
    assert at.text_input(key="sentence").value == sentence
    slider(at, "X-0-0").set_value(0.5).run()
    assert not fine(at).error
    assert at.text_input(key="sentence").value == "Je suis heureux"


def press(at, label):
    next(button for button in at.button if button.label == label).click().run()


def test_undo_and_redo_over_sixty_changes():
    at = fine(visit())
    values = [round(-1.5 + 0.05 * i, 3) for i in range(60)]
    for value in values:
        slider(at, "X-0-0").set_value(value).run()
    for value in reversed(values[:-1]):
        press(at, "Undo")
        assert scenario(at).X[0, 0] == value
    press(at, "Undo")
    assert scenario(fine(at)) == DEFAULT.scenario
    assert next(b for b in at.button if b.label == "Undo").disabled
    for value in values:
        press(at, "Redo")
        assert scenario(at).X[0, 0] == value


def test_everything_is_one_undo():
    at = fine(visit())
    at.selectbox(key="preset").set_value("negation").run()
    at.toggle(key="scale").set_value(False).run()
    at.slider(key="temperature").set_value(0.5).run()
    at.radio(key="mask").set_value("causal").run()
    s = scenario(fine(at))
    assert (s.scale, s.temperature, s.mask[0, 1]) == (False, 0.5, False)
    for _ in range(4):
        press(at, "Undo")
    assert scenario(fine(at)) == DEFAULT.scenario
    assert at.selectbox(key="preset").value == DEFAULT.key


@pytest.mark.parametrize("name", ["X", *edits.PROJECTIONS])
def test_fillings(name):
    at = fine(visit(preset="verb-subject"))
    start = BY_KEY["verb-subject"].scenario
    at.radio(key="matrix").set_value(name).run()
    back = "vocabulary" if name == "X" else "preset"
    at.number_input(key=f"seed-{name}").set_value(7).run()
    for label, expected in (
        ("zeros", edits.zeros(start, name)),
        ("identity", edits.identity(start, name)),
        ("random", edits.random(start, name, 7)),
        (back, getattr(start, name)),
    ):
        at.button(key=f"{label}-{name}").click().run()
        np.testing.assert_array_equal(getattr(scenario(fine(at)), name), expected)


def test_sizes_and_features():
    at = fine(visit("2_Projections.py"))
    at.number_input(key="d_k").set_value(2).run()
    at.number_input(key="d_v").set_value(7).run()
    at.number_input(key="d_model").set_value(5).run()
    s = scenario(fine(at))
    assert (s.d_model, s.d_k, s.d_v) == (5, 2, 7)
    at.switch_page("pages/1_Embeddings.py").run()
    at.multiselect(key="features").set_value(["verb", "noun"]).run()
    assert scenario(fine(at)).features == ("verb", "noun")
    at.multiselect(key="features").set_value(["verb"]).run()
    assert "d_model must be 2 to 8" in at.error[0].value.replace("\\", "")
    assert scenario(at).features == ("verb", "noun")


def test_the_shape_rule():
    at = fine(visit("2_Projections.py"))
    assert "expected (4, 4), got (5, 4)" in at.warning[0].value.replace("\\", "")
    at.slider(key="rows-of-W").set_value(4).run()
    assert not fine(at).warning
    assert at.success
    assert scenario(at) == DEFAULT.scenario  # only an experiment


def test_the_scenario_follows_from_page_to_page():
    at = fine(visit())
    at.radio(key="matrix").set_value("W_q").run()
    slider(at, "W_q-1-0").set_value(3.0).run()
    changed = scenario(at)
    for page in PAGES[1:]:
        at.switch_page(f"pages/{page.name}").run()
        assert scenario(fine(at)) == changed
    at.switch_page("dashboard.py").run()
    assert fine(at).radio(key="matrix").value == "W_q"
    assert slider(at, "W_q-1-0").value == 3.0


def test_attention_tells_each_step():
    at = fine(visit("3_Attention.py", preset="verb-subject"))
    trace = attend(BY_KEY["verb-subject"].scenario)
    told = " ".join(m.value for m in at.markdown).replace("\\", "")
    assert f"suis looks mostly at Je, {number(trace.weights[1, 0])}" in told
    assert len(at.get("plotly_chart")) == 5
    np.testing.assert_array_equal(boxes(at, 3)[-1], trace.weights)
    at.slider(key="temperature").set_value(0.5).run()
    assert len(fine(at).get("plotly_chart")) == 6
    np.testing.assert_array_equal(
        boxes(at, 3)[-1], attend(replace(trace.scenario, temperature=0.5)).logits
    )


BAD_LINKS = ["x", "1", "1AAAA", "2" + encode(DEFAULT.scenario)[1:], encode(DEFAULT.scenario)[:-3]]


@pytest.mark.parametrize("page", PAGES, ids=NAMES)
def test_a_bad_link_opens_the_default_and_says_so(page):
    bad = []
    for link in BAD_LINKS:
        at = fine(visit(page.name, s=link))
        said = [each.value.replace("\\", "") for each in at.error]
        if "can't be opened" not in "".join(said[:1]) or scenario(at) != DEFAULT.scenario:
            bad.append((link, said))
    assert not bad


def test_a_link_beyond_the_lab_is_refused():
    wide = replace(DEFAULT.scenario, W_q=np.ones((4, 9)), W_k=np.ones((4, 9)))
    at = fine(visit(s=encode(wide)))
    assert "d_k must be 1 to 8" in at.error[0].value.replace("\\", "")
    assert scenario(at) == DEFAULT.scenario


def test_an_unknown_preset_is_said():
    at = fine(visit(preset="<b>nothing</b>"))
    assert "There is no preset" in at.error[0].value
    assert scenario(at) == DEFAULT.scenario


def test_values_beyond_the_sliders_stay():
    s = edits.with_cell(DEFAULT.scenario, "X", 0, 0, 29.123)
    at = fine(visit(s=encode(s)))
    assert slider(at, "X-0-0").value == 29.123
    slider(at, "X-0-1").set_value(1.0).run()
    assert scenario(fine(at)).X[0, 0] == 29.123


def test_forged_values_are_checked():
    at = fine(visit())
    slider(at, "X-0-0").set_value(1e9).run()
    assert not at.exception
    assert abs(scenario(at).X).max() <= 30


def test_tables_are_sent_only_when_open():
    assert not fine(visit()).dataframe


def test_custom_mask_opens_its_table():
    at = fine(visit())
    at.radio(key="mask").set_value("causal").run()
    at.radio(key="mask").set_value("custom").run()
    assert at.radio(key="mask").value == "custom"
    np.testing.assert_array_equal(scenario(fine(at)).mask, np.tril(np.ones((3, 3), bool)))
    at.radio(key="mask").set_value("none").run()
    assert scenario(fine(at)).mask is None


def test_share_gives_the_link():
    at = fine(visit("10_Share.py", preset="verb-subject"))
    (code,) = at.code
    assert code.value.endswith(f"?preset=verb-subject&s={encode(BY_KEY['verb-subject'].scenario)}")


@pytest.mark.parametrize("preset", PRESETS, ids=lambda p: p.key)
def test_a_preset_shows_its_claim(preset):
    at = fine(visit(preset=preset.key))
    assert preset.claim in {c.value.replace("\\", "") for c in at.caption}
    at.slider(key="temperature").set_value(3.0).run()
    assert preset.claim not in {c.value.replace("\\", "") for c in fine(at).caption}


def test_projector():
    at = fine(visit("3_Attention.py"))
    small = json.loads(at.get("plotly_chart")[0].proto.spec)["layout"]["font"]["size"]
    at.toggle(key="projector").set_value(True).run()
    large = json.loads(fine(at).get("plotly_chart")[0].proto.spec)["layout"]["font"]["size"]
    assert large > 1.5 * small
    assert parameter(at, "projector") == "1"


def test_an_older_url_does_not_win_over_a_widget():
    """A browser under quick moves still sends the URL from before the last one."""
    at = fine(visit())
    before = parameter(at, "s")
    slider(at, "X-0-0").set_value(0.5).run()
    at.query_params["s"] = before
    slider(at, "X-0-1").set_value(0.25).run()
    assert list(scenario(fine(at)).X[0, :2]) == [0.5, 0.25]


def test_going_back_is_a_change_that_can_be_undone():
    at = fine(visit())
    before = parameter(at, "s")
    slider(at, "X-0-0").set_value(0.5).run()
    at.query_params["s"] = before
    at.run()
    assert scenario(fine(at)) == DEFAULT.scenario
    press(at, "Undo")
    assert scenario(fine(at)).X[0, 0] == 0.5


def test_a_bad_link_on_the_way_changes_nothing():
    at = fine(visit())
    slider(at, "X-0-0").set_value(0.5).run()
    at.query_params["s"] = "nonsense"
    at.run()
    assert "can't be opened" in fine(at).error[0].value.replace("\\", "")
    assert scenario(at).X[0, 0] == 0.5


WITH_TABLES = ["dashboard.py", "1_Embeddings.py", "2_Projections.py"]


@pytest.mark.parametrize("page", WITH_TABLES)
def test_names_that_mean_something_to_a_table(page):
    s = replace(DEFAULT.scenario, features=("_index", "0", "<b>", "$x$"))
    at = fine(visit(page, s=encode(s)))
    next(radio for radio in at.radio if radio.key.startswith("view-")).set_value("Table").run()
    assert scenario(fine(at)) == s


def test_clearing_all_features_says_the_limit():
    at = fine(visit("1_Embeddings.py"))
    at.multiselect(key="features").set_value([]).run()
    assert "d_model must be 2 to 8 here, got 0" in fine(at).error[0].value.replace("\\", "")
    assert scenario(at) == DEFAULT.scenario


def test_a_preset_closes_the_custom_mask():
    at = fine(visit())
    at.radio(key="mask").set_value("custom").run()
    at.selectbox(key="preset").set_value("previous-word").run()
    assert fine(at).radio(key="mask").value == "causal"
    press(at, "Undo")
    assert fine(at).radio(key="mask").value == "custom"


def test_a_complaint_stays_on_its_page_unless_nobody_can_have_read_it():
    at = fine(visit())
    at.text_input(key="sentence").set_value("").run()
    (said,) = (error.value for error in fine(at).error)
    at.switch_page("pages/3_Attention.py").run()  # at once, as who leaves the field by the menu
    assert [error.value for error in fine(at).error] == [said]
    at.session_state["session"].begun -= 10  # seconds
    at.switch_page("pages/2_Projections.py").run()
    assert not fine(at).error
