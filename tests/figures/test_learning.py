"""Pictures of a run: the curves hold its numbers, a frame holds those of its checkpoint."""

import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from attn_core import Scenario, attend
from attn_core.analysis.projection_2d import Projection2D
from attn_core.figures import (
    LabelledPoints,
    Look,
    Progress,
    Space,
    describe,
    describe_learning,
    describe_learning_spaces,
    learning_alt,
    learning_spaces_alt,
)
from attn_core.figures.boxes.text import text_width
from attn_core.figures.words.word_labels import place_labels
from attn_core.notation.equation import Equation, block, equation
from tests.figures.test_description import array

WORDS = ("the", "<b>dog</b>", "saw", "a", "cat")
STEPS = [0, 10, 20, 30, 40, 50, 20]  # the best checkpoint stands at the end
LOSSES = [2.0, 0.75, 0.5, 1.25, 1.5, 1.75, 0.5]
ACCURACIES = [0.25, 0.5, 0.875, 0.75, 0.625, 0.5, 0.875]
NAMES = [f"checkpoint {i}: step {step}" for i, step in enumerate(STEPS)]
RUN = Progress(STEPS, LOSSES, ACCURACIES, 90, 0.25, {"uniform": 0.2, "identity": 0.0625})


def scenario(seed, size=1.0):
    rng = np.random.default_rng(seed)
    return Scenario(
        WORDS,
        X=rng.normal(size=(5, 3)),
        W_q=size * rng.normal(size=(3, 2)),
        W_k=rng.normal(size=(3, 2)),
        W_v=np.ones((3, 7)),
    )


def shown(seed, size=1.0):
    trace = attend(scenario(seed, size))
    weights = block(trace, "weights")
    target = replace(weights, values=np.eye(5), title="wanted")
    return [Equation((weights, target)), equation(trace, "Q")]


MOMENTS = [shown(seed) for seed in range(7)]


def named(described, name):
    """Places of the traces of a name."""
    return [k for k, trace in enumerate(described.traces) if trace["name"] == name]


def one(described, name):
    (k,) = named(described, name)
    return described.traces[k] | described.numbers[k]


def one_marker(described):
    return described.traces[named(described, "shown")[0]]


def running(count):
    """The picture while a run has come so far."""
    run = replace(RUN, steps=STEPS[:count], losses=LOSSES[:count], accuracies=ACCURACIES[:count])
    return run, MOMENTS[count - 1 : count], NAMES[count - 1 : count]


def test_heatmaps_come_first_and_hold_the_last_checkpoint():
    described = describe_learning(RUN, MOMENTS, NAMES)
    blocks = [block for equation in MOMENTS[-1] for block in equation.blocks]
    kinds = [trace["type"] for trace in described.traces]
    assert kinds == ["heatmap"] * len(blocks) + ["scatter"] * (len(kinds) - len(blocks))
    for own, expected in zip(described.numbers, blocks, strict=False):
        np.testing.assert_array_equal(own["z"], expected.values)
    # What shows numbers comes before all that doesn't.
    own = [{"z", "x", "y"} & own.keys() for own in described.numbers]
    assert all(own)
    assert all(trace["name"] == "text" for trace in described.traces[len(own) :])


def test_the_equations_are_drawn_as_alone():
    alone = describe(*MOMENTS[-1], look=Look(960))
    described = describe_learning(RUN, MOMENTS, NAMES)
    assert [one for one in described.traces if one in alone.traces] == alone.traces
    layout = described.layout
    for axis, size in (("xaxis", "width"), ("yaxis", "height")):
        start, end = layout[axis]["domain"]
        pixels = (end - start) * layout[size]
        assert start == 0
        assert pixels == pytest.approx(np.ptp(layout[axis]["range"]), abs=0.01)
        assert pixels == pytest.approx(alone.layout[size], abs=0.01)


def test_curves_go_through_the_steps_in_their_order():
    described = describe_learning(RUN, MOMENTS, NAMES)
    loss, accuracy = one(described, "loss"), one(described, "held-out accuracy")
    assert loss["x"].tolist() == accuracy["x"].tolist() == [0, 10, 20, 20, 30, 40, 50]
    assert loss["y"].tolist() == [2.0, 0.75, 0.5, 0.5, 1.25, 1.5, 1.75]
    assert accuracy["y"].tolist() == [25, 50, 87.5, 87.5, 75, 62.5, 50]
    places = [
        (own["x"], own["y"]) for own in (described.numbers[k] for k in named(described, "shown"))
    ]
    assert places == [([20.0], [0.5]), ([20.0], [87.5])]


def test_axes():
    described = describe_learning(RUN, MOMENTS, NAMES)
    layout = described.layout
    assert [one(described, name)["yaxis"] for name in ("loss", "held-out accuracy")] == ["y2", "y3"]
    assert layout["xaxis2"]["range"] == layout["xaxis3"]["range"] == [0, 90]
    assert layout["yaxis2"]["rangemode"] == "tozero"
    room = one(described, "room of the loss")  # for the marker, wherever it is
    assert (room["y"], room["opacity"]) == ([2.0], 0)
    assert room["marker"]["size"] == one_marker(described)["marker"]["size"]
    assert layout["yaxis3"]["range"] == [0, 100]
    assert layout["xaxis2"]["title"]["text"] == layout["xaxis3"]["title"]["text"] == "step"
    headings = [each["text"] for each in layout["annotations"] if each.get("xref") == "paper"]
    assert headings == ["<b>loss</b>", "<b>held-out accuracy</b>"]


def test_lines_to_compare_with():
    described = describe_learning(RUN, MOMENTS, NAMES)
    lowest, lines = one(described, "lowest possible"), one(described, "baselines")
    assert (lowest["x"], lowest["y"], lowest["line"]["dash"]) == ([0, 90], [0.25, 0.25], "dot")
    assert lowest["text"][1].split() == ["lowest<br>", "possible<br>", "0.250"]
    np.testing.assert_array_equal(lines["x"], [0, 90, np.nan] * 2)
    np.testing.assert_array_equal(lines["y"], [20, 20, np.nan, 6.25, 6.25, np.nan])
    texts = [text.strip() for text in one(described, "names of baselines")["text"]]
    assert texts == ["uniform 20 %", "identity 6 %"]


@pytest.mark.parametrize("parts", [[0, 0, 0], [1, 0.99, 1, 0.2], [0.5, 0.52, 0.48], [0.1]])
def test_names_of_baselines_stand_apart_near_their_lines(parts):
    baselines = {f"way {i}": part for i, part in enumerate(parts)}
    run = replace(RUN, baselines=baselines)
    described = describe_learning(run, MOMENTS, NAMES)
    texts = one(described, "names of baselines")
    bottom, top = described.layout["yaxis3"]["domain"]
    line = 1.25 * texts["textfont"]["size"]
    pixels = np.array(texts["y"]) / 100 * (top - bottom) * described.layout["height"]
    assert (np.diff(np.sort(pixels)) >= line - 0.01).all()
    assert pixels.min() >= line / 2 - 0.01  # below are the numbers of the axis
    assert max(texts["y"]) <= 100
    order = np.lexsort((texts["y"], parts))
    assert (np.diff(np.array(texts["y"])[order]) > 0).all()
    expected = 100 * np.array(parts)
    assert (abs(texts["y"] - expected) <= 40).all()


@pytest.mark.parametrize(
    ("losses", "lowest", "place"),
    [([2.0, 0.5], 0.25, "top right"), ([0.0, 0.0], 0.0, "top right"), ([2.0, 1.5], 1, "middle")],
)
def test_the_lowest_loss_is_named_above_the_axis_numbers(losses, lowest, place):
    run = Progress([0, 10], losses, None, 90, lowest)
    described = describe_learning(run, [shown(1)], ["step 10"])
    assert one(described, "lowest possible")["textposition"].startswith(place)


def test_without_accuracies_a_lowest_loss_and_baselines():
    run = Progress([0, 10], [2.0, 1.0], None, 40)
    described = describe_learning(run, MOMENTS[:2], NAMES[:2])
    assert [trace["name"] for trace in described.traces if trace["name"] != "text"][-3:] == [
        "loss",
        "shown",
        "room of the loss",
    ]
    assert "xaxis3" not in described.layout
    run = replace(run, accuracies=[0.5, 0.75])
    assert not named(describe_learning(run, MOMENTS[:2], NAMES[:2]), "baselines")


def test_frames_hold_the_numbers_of_their_checkpoints():
    described = describe_learning(RUN, MOMENTS, NAMES)
    assert [frame["name"] for frame in described.frames] == NAMES
    markers = named(described, "shown")
    for i, frame in enumerate(described.frames):
        data = dict(zip(frame["traces"], frame["data"], strict=True))
        (weights, wanted), Q = MOMENTS[i][0].blocks, MOMENTS[i][1].blocks[-1]
        np.testing.assert_array_equal(data[0]["z"], weights.values)
        np.testing.assert_array_equal(data[4]["z"], Q.values)
        # The wanted weights are the same at all checkpoints.
        assert described.traces[1]["hovertext"] == describe(MOMENTS[0][0]).traces[1]["hovertext"]
        assert 1 not in data and np.array_equal(wanted.values, described.numbers[1]["z"])
        assert [data[k]["x"] for k in markers] == [[STEPS[i]]] * 2
        assert [data[k]["y"] for k in markers] == [[LOSSES[i]], [100 * ACCURACIES[i]]]
        assert {*frame["traces"]} == {0, 2, 3, 4, *markers}


def test_frames_bring_the_size_only_where_it_changes():
    checkpoints = [shown(1), shown(1, size=5e4), shown(1)]
    run = Progress([0, 1, 2], [1.0, 2.0, 1.5], None, 2)
    described = describe_learning(run, checkpoints, NAMES[:3])
    for frame, checkpoint in zip(described.frames, checkpoints, strict=True):
        data = dict(zip(frame["traces"], frame["data"], strict=True))
        expected = describe(*checkpoint).numbers
        W_q, Q = 3, 4
        for k in (W_q, Q):
            assert data[k]["text"] == expected[k]["text"]
            assert data[k]["textfont"] == expected[k]["textfont"]
        assert "textfont" not in data[0]
    assert (
        described.frames[0]["data"][-2]["textfont"] != described.frames[1]["data"][-2]["textfont"]
    )


def test_while_it_runs_only_numbers_change():
    first, *others = (describe_learning(*running(count)) for count in range(1, 7))
    for described in others:
        assert described.base == first.base
        assert (described.frames, described.controls, described.pace) == ([], {}, 0)
    assert describe_learning(RUN, MOMENTS, NAMES).base == first.base
    assert describe_learning(replace(RUN, total=91), MOMENTS, NAMES).base != first.base


def test_frames_are_played_in_seconds_with_plotlys_own_controls_too():
    described = describe_learning(RUN, MOMENTS, NAMES)
    assert 1 < 80 * described.pace / 1000 < 15
    assert described.played == "Step of the run"
    figure = described.figure()
    assert [frame.name for frame in figure.frames] == NAMES
    (slider,) = figure.layout.sliders
    assert [step.args[0][0] for step in slider.steps] == NAMES
    assert [step.label for step in slider.steps] == NAMES
    assert slider.active == len(NAMES) - 1


@pytest.mark.parametrize("width", [350, 390, 700, 960])
@pytest.mark.parametrize("projector", [False, True])
def test_it_fits_and_plotly_takes_it(width, projector):
    described = describe_learning(RUN, MOMENTS, NAMES, look=Look(width, "dark", projector))
    layout = described.figure().layout
    assert layout.width <= width
    areas = [(*layout[f"xaxis{k}"].domain, *layout[f"yaxis{k}"].domain) for k in ("", 2, 3)]
    assert all(0 <= left < right <= 1 and 0 <= low < high <= 1 for left, right, low, high in areas)
    below, loss, accuracy = areas
    is_beside = width == 960 and not projector
    if is_beside:
        assert below[1] < min(loss[0], accuracy[0])
    else:
        assert below[3] < min(loss[2], accuracy[2])
    if not is_beside and width >= (945 if projector and width >= 600 else 585):
        assert loss[2:] == accuracy[2:] and loss[1] < accuracy[0]
    else:
        assert loss[0] == accuracy[0] and loss[2] > accuracy[3]
    for left, right, *_ in (loss, accuracy):
        assert (right - left) * layout.width > 0.3 * min(width, 480)
    for name in ("names of baselines", "lowest possible"):
        trace = one(described, name)
        end = layout[trace["xaxis"].replace("x", "xaxis")].domain[1] * layout.width
        lines = [line for text in trace["text"] for line in text.split("<br>")]
        wide = max(text_width(line, trace["textfont"]["size"]) for line in lines)
        assert end + wide <= layout.width + 1


def test_in_a_low_window_boxes_are_small_and_the_loss_stands_beside_them():
    run = Progress(RUN.steps, RUN.losses, None, total=RUN.total)
    high, low = (
        describe_learning(run, MOMENTS, NAMES, look=Look(1020, height=height)).layout
        for height in (900, 560)
    )
    assert low["height"] < high["height"]
    boxes, loss = low["xaxis"]["domain"], low["xaxis2"]["domain"]
    top = low["yaxis2"]["domain"][1]
    assert boxes[0] == 0 and loss[0] > 0.3 and top > 0.9


def test_names_of_baselines_are_harmless_and_shortened():
    run = replace(RUN, baselines={"<b>" + "very " * 20: 0.5})
    (text,) = one(describe_learning(run, MOMENTS, NAMES), "names of baselines")["text"]
    assert "<" not in text and text.endswith("… 50 %")


def test_81_checkpoints_are_small():
    rng = np.random.default_rng(5)
    tokens = tuple("abcdef")
    checkpoints = []
    for _ in range(81):
        X, W_q, W_k = (rng.normal(size=size) for size in ((6, 8), (8, 4), (8, 4)))
        trace = attend(Scenario(tokens, X=X, W_q=W_q, W_k=W_k, W_v=np.ones((8, 1))))
        made = block(trace, "W_q")
        meeting = replace(made, values=W_q @ W_k.T, columns=made.rows)
        weights = block(trace, "weights")
        product = Equation((made, "·", block(trace, "W_k", transposed=True), "=", meeting))
        wanted = replace(weights, values=rng.dirichlet(np.ones(6), 6))
        checkpoints.append([Equation((weights, wanted)), product])
    run = Progress(range(81), rng.random(81), rng.random(81), 80, 0.1, {"uniform": 0.2})
    names = [f"step {i}: loss 0.812, 71 % right" for i in range(81)]
    described = describe_learning(run, checkpoints, names)
    assert len(json.dumps(described.plain_frames())) < 400_000
    plain = described.plain_frames()[7]["data"]
    np.testing.assert_array_equal(array(plain[4]["z"]), checkpoints[7][1].result.values)


def test_what_does_not_fit_together_is_refused():
    with pytest.raises(
        ValueError, match="each of 7 checkpoints, or one for the last; got 6 pictures, 6"
    ):
        describe_learning(RUN, MOMENTS[:6], NAMES[:6])
    with pytest.raises(ValueError, match="got 7 pictures, 6 names"):
        describe_learning(RUN, MOMENTS, NAMES[:6])
    other = [Equation(MOMENTS[2][0].blocks[:1]), MOMENTS[2][1]]
    with pytest.raises(ValueError, match="same matrices and labels; checkpoint 2 has"):
        describe_learning(RUN, [*MOMENTS[:2], other, *MOMENTS[3:]], NAMES)
    with pytest.raises(ValueError, match="got 2 steps, 2 losses, 1 accuracies"):
        Progress([0, 1], [1.0, 2.0], [0.5], 9)
    with pytest.raises(ValueError, match="got 0 steps, 0 losses"):
        Progress([], [], None, 9)
    with pytest.raises(ValueError, match="An accuracy is 0 to 1, got 21"):
        Progress([0], [1.0], [0.5], 9, baselines={"uniform": 21})


def test_alt_tells_the_numbers():
    told = learning_alt(RUN, MOMENTS[-1])
    assert told.startswith(
        "Loss: 2.000 at step 0, 0.500 at step 20 of 90, after which it went on to 1.750 at "
        "step 50; the lowest possible is 0.250. Held-out accuracy: 25 % at step 0, 88 % at "
        "step 20; uniform has 20 %; identity has 6 %. "
    )
    assert told.endswith(" ".join(equation.alt for equation in MOMENTS[-1]))
    assert learning_alt(Progress([0, 4], [1.0, 0.5], None, 4)) == (
        "Loss: 1.000 at step 0, 0.500 at step 4 of 4."
    )


# Words as points.

GROUPS = [(0, 1, 2, 0, 1), (1, 0, 1, 1, 1)]
LEGEND = [("determiner", "noun", "<i>verb</i>"), ("name", "not a name")]
LARGE = (False, True, True, False, True)
LABELLED = LabelledPoints(WORDS, GROUPS, LEGEND, LARGE)
POINTS = [np.random.default_rng(seed).normal(size=(2, 5, 2)) for seed in range(7)]
SPACES = [
    [Space(f"V_{k + 1}", Projection2D(points, None)) for k, points in enumerate(each)]
    for each in POINTS
]


def spaces(run=RUN, checkpoints=SPACES, names=NAMES, **look):
    return describe_learning_spaces(run, checkpoints, LABELLED, names, look=Look(**look))


def test_points_are_small_or_labelled_and_have_the_colour_of_their_class():
    described = spaces()
    for k in range(2):
        for (trace, own), chosen in zip(
            zip(described.traces[2 * k :], described.numbers[2 * k :], strict=False),
            ([0, 3], [1, 2, 4]),
            strict=False,
        ):
            points = POINTS[-1][k][chosen].astype(np.float32)
            np.testing.assert_array_equal(np.stack([own["x"], own["y"]]).T, points)
            colours = dict(
                zip(trace["marker"]["color"], (GROUPS[k][i] for i in chosen), strict=True)
            )
            assert len({*colours.values()}) == len(colours)
            assert [text.split(" (")[0] for text in trace["hovertext"]] == [
                WORDS[i].replace("<", "&lt;").replace(">", "&gt;") for i in chosen
            ]
        small, large = described.traces[2 * k : 2 * k + 2]
        assert small["mode"] == "markers" and large["mode"] == "markers+text"
        assert small["marker"]["size"] < large["marker"]["size"]
    assert described.traces[0]["hovertext"] == ["the (determiner)", "a (determiner)"]


def test_a_legend_names_each_class_in_its_colour():
    described = spaces()
    texts = [each["text"] for each in described.layout["annotations"]][:2]
    assert texts[0].startswith("<b>V<sub>1</sub></b><br>")
    for k, names in enumerate(LEGEND):
        for group, name in enumerate(names):
            colour = texts[k].split(name.replace("<", "&lt;").replace(">", "&gt;"))[0]
            colour = colour.rsplit("color:", 1)[1][:7]
            (has,) = {
                trace["marker"]["color"][j]
                for trace, chosen in zip(
                    described.traces[2 * k : 2 * k + 2], ([0, 3], [1, 2, 4]), strict=True
                )
                for j, i in enumerate(chosen)
                if GROUPS[k][i] == group
            }
            assert has == colour


def test_all_spaces_have_room_for_every_checkpoint():
    described = spaces()
    largest = np.abs(np.concatenate([*np.concatenate(POINTS)])).max(axis=0)
    for k in named(described, "room"):
        own = described.numbers[k]
        for along, most in zip("xy", largest, strict=True):
            low, high = own[along].tolist()
            assert -low == high and most < high < 1.25 * most
    assert len(named(described, "room")) == 2
    running = spaces(replace(RUN, steps=[0], losses=[2.0], accuracies=[0.5]), SPACES[:1], NAMES[:1])
    (own, _) = (running.numbers[k] for k in named(running, "room"))
    assert own["x"][1] == pytest.approx(1.1 * np.abs(POINTS[0][..., 0]).max())


def test_frames_move_the_points():
    described = spaces()
    markers = named(described, "shown")
    for i, frame in enumerate(described.frames):
        data = dict(zip(frame["traces"], frame["data"], strict=True))
        assert {*data} == {0, 1, 2, 3, *markers}  # not the room around them
        for k, chosen in ((0, [0, 3]), (1, [1, 2, 4])):
            np.testing.assert_array_equal(
                np.stack([data[2 + k]["x"], data[2 + k]["y"]]).T,
                POINTS[i][1][chosen].astype(np.float32),
            )
        assert data[markers[0]]["y"] == [LOSSES[i]]


def labels_of(points):
    """Sides of the words that have room, in the first space at each of some checkpoints."""
    checkpoints = [[Space("V", Projection2D(np.array(each), None))] * 2 for each in points]
    run = Progress(range(len(checkpoints)), [1.0] * len(checkpoints), None, 9)
    described = spaces(run, checkpoints, NAMES[: len(checkpoints)], width=1280)
    if len(checkpoints) == 1:
        return [described.numbers[1]["textposition"]], [described.numbers[1]["text"]]
    frames = [dict(zip(f["traces"], f["data"], strict=True)) for f in described.frames]
    shown = [described.numbers[1] | frame[1] for frame in frames]
    return [each["textposition"] for each in shown], [each["text"] for each in shown]


@pytest.mark.parametrize("size", [1e-3, 1, 1e3])
def test_words_far_from_each_other_all_have_room_whatever_the_numbers(size):
    corners = size * np.array([[0, 0], [0.8, 0.8], [-0.8, 0.8], [0, 0], [0.8, -0.8]])
    (sides,), (texts,) = labels_of([corners])
    assert texts == ["&lt;b&gt;dog&lt;/b&gt;", "saw", "cat"]
    assert sides == ["top center"] * 3


def test_a_word_stays_on_its_side_from_checkpoint_to_checkpoint():
    """The dog's place above is taken by another point, until that goes away."""
    close = [[1, 1], [0, 0], [0, 0.15], [-1, -1], [0.9, -0.9]]
    apart = [[1, 1], [0, 0], [-0.8, -0.7], [-1, -1], [0.9, -0.9]]
    (first, then), _ = labels_of([close, apart])
    assert first[0] == then[0] == "bottom center"
    assert labels_of([apart])[0][0][0] == "top center"


def test_while_it_runs_only_numbers_of_points_change():
    def tick(count):
        run, _, names = running(count)
        return spaces(run, SPACES[count - 1 : count], names)

    assert len({tick(count).base for count in range(1, 7)} | {spaces().base}) == 1
    assert tick(3).frames == []


@pytest.mark.parametrize("width", [350, 700, 960])
@pytest.mark.parametrize("projector", [False, True])
def test_points_fit_and_plotly_takes_them(width, projector):
    layout = spaces(width=width, projector=projector).figure().layout
    assert layout.width <= width
    places = [layout[f"yaxis{k}"].domain for k in ("", 2, 3, 4)]
    assert all(0 <= low < high <= 1 for low, high in places)
    across = [layout[f"xaxis{k}"].domain for k in ("", 2, 3, 4)]
    if width == 960 and not projector:  # curves stand beside the points
        assert max(right for _, right in across[:2]) < min(left for left, _ in across[2:])
    else:
        assert max(high for _, high in places[:2]) < min(low for low, _ in places[2:])


def test_150_words_and_81_checkpoints_are_not_much():
    rng = np.random.default_rng(3)
    words = [f"word{i}" for i in range(150)]
    groups = [rng.integers(0, 5, 150).tolist(), rng.integers(0, 2, 150).tolist()]
    legend = [("a", "b", "c", "d", "e"), ("f", "g")]
    checkpoints = [
        [Space(name, Projection2D(rng.normal(size=(150, 2)), None)) for name in "VW"]
        for _ in range(81)
    ]
    run = Progress(range(81), rng.random(81), rng.random(81), 80)
    names = [f"step {i}" for i in range(81)]
    large = [i % 5 == 0 for i in range(150)]
    described = describe_learning_spaces(
        run, checkpoints, LabelledPoints(words, groups, legend, large), names
    )
    assert len(json.dumps(described.plain_frames())) < 600_000


def test_alt_tells_where_each_class_is():
    told = learning_spaces_alt(RUN, SPACES[0], LABELLED)
    x, y = (POINTS[0][1][[0, 2, 3, 4]].mean(axis=0)).tolist()
    assert f"not a name (4 words) ({x:.2f}, {y:.2f})".replace("-", "−") in told
    assert "the middle of each class: name (1 word)" in told
    assert told.startswith("Loss: 2.000 at step 0")


@given(st.floats(-120, 120), st.floats(-70, 70), st.floats(3, 9))
def test_a_word_has_room_beside_its_own_point(x, y, radius):
    """They touch, and rounding must not make that an overlap."""
    (side,) = place_labels(np.array([[x, y]]), ["dog"], font=13, radius=radius, area=(310, 190))
    assert side == "top center"


@given(
    st.lists(
        st.tuples(
            st.floats(-150, 150), st.floats(-90, 90), st.text("aÄ漢", min_size=1, max_size=9)
        ),
        max_size=17,
    )
)
def test_words_beside_points_never_overlap(placed):
    points = np.array([(x, y) for x, y, _ in placed]).reshape(-1, 2)
    words = [word for *_, word in placed]
    sides = place_labels(points, words, font=13, radius=5, area=(310, 190))
    boxes = []
    for (x, y), word, side in zip(points, words, sides, strict=True):
        across, high = text_width(word, 13), 16
        dx = {"middle right": 5 + across / 2, "middle left": -5 - across / 2}.get(side, 0)
        dy = {"top center": 5 + high / 2, "bottom center": -5 - high / 2}.get(side, 0)
        if side:
            boxes.append(
                (x + dx - across / 2, x + dx + across / 2, y + dy - high / 2, y + dy + high / 2)
            )
    for i, (left, right, low, high) in enumerate(boxes):
        assert -155 <= left <= right <= 155 and -95 <= low <= high <= 95
        for left2, right2, low2, high2 in boxes[:i]:
            overlap = min(right, right2) - max(left, left2), min(high, high2) - max(low, low2)
            assert min(overlap) <= 0.5  # the boxes here are a little lower
