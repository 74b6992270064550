"""The page Learn: painted, learned, paused, reset, and sent to the lab."""

import json

import numpy as np
import pytest

from attn_core import attend, edits
from attn_core.learning import corpus, fit_target, grammar
from attn_core.learning.fit_target import learned
from attn_core.learning.grammar import Batch
from attn_core.learning.initial import start
from attn_core.learning.linear_probe import CLASSES
from attn_core.learning.optimizer import Optimizer
from attn_core.learning.raw_target import to_target
from attn_core.learning.trainer import Trainer
from attn_core.permalink import decode, encode
from attn_core.presets import BY_KEY, DEFAULT
from tests.pages.test_pages import boxes, fine, parameter, scenario, visit

PAGE = "6_Learn.py"
VIEWS = BY_KEY["four-views"].scenario
S = BY_KEY["verb-subject"].scenario
#: Matrices of the picture.
WEIGHTS, WANTED, W_Q, W_K, MEETING = range(5)


def press(at, key):
    return fine(at.button(key=key).click().run())


def named(at, kind, key):
    return next(each for each in at.get(kind) if each.key == key)


def choose(at, key, value):
    return fine(named(at, "button_group", key).set_value(value).run())


def learn(at, steps=None):
    """Go through a run by single pictures; AppTest has no browser that asks for them."""
    at = press(at, "learn-run")
    for _ in range(1000):
        if "Pause" not in [button.label for button in at.button]:
            return at
        at = fine(at.run())
    raise AssertionError("the run never ended")


def lesson(kind, **query):
    return choose(fine(visit(PAGE, learn=kind, **query)), "learn-speed", 100)


def progress(at):
    """How far a run is, and what is said of it."""
    proto = at.get("progress")[0].proto
    return proto.value, proto.text.replace("\\", "")


def spec(at):
    return json.loads(at.get("plotly_chart")[0].proto.spec)


def said(at):
    return "\n".join(each.value for each in at.markdown)


def test_a_pattern_is_learned_and_sent_to_the_lab():
    at = lesson("paint", preset="verb-subject")
    at = press(at, "paint-itself")
    np.testing.assert_array_equal(boxes(at)[WANTED], np.eye(3))
    np.testing.assert_array_equal(boxes(at)[W_Q].shape, (4, S.d_k))
    at = learn(at)
    assert "Learned after 150 steps" in progress(at)[1]
    shown = boxes(at)
    assert (shown[WEIGHTS].argmax(axis=1) == [0, 1, 2]).all()
    np.testing.assert_allclose(shown[MEETING], shown[W_Q] @ shown[W_K])
    assert "Reached: the loss is" in said(at).replace("\\", "")
    at = press(at, "learn-send")
    sent = scenario(at)
    np.testing.assert_allclose(sent.W_q, shown[W_Q], atol=5e-4)
    np.testing.assert_array_equal(attend(sent).weights.argmax(axis=1), [0, 1, 2])
    assert (sent.tokens, sent.W_v.tolist()) == (S.tokens, S.W_v.tolist())
    assert "Sent: every page shows what was learned." in said(at)
    at = fine(next(b for b in at.button if b.label == "Undo").click().run())
    assert scenario(at) == S
    assert "Sent:" not in said(at)
    np.testing.assert_array_equal(boxes(at)[W_Q], shown[W_Q])  # the run is still there


def test_a_picture_shows_what_it_says():
    at = press(lesson("paint", preset="verb-subject"), "learn-step")
    shown = boxes(at)
    s = learned(S, {"W_q": shown[W_Q], "W_k": shown[W_K].T})
    np.testing.assert_allclose(shown[WEIGHTS], attend(s).weights)
    assert progress(at)[1].startswith("Step 1 of 150")
    assert progress(at)[0] == int(100 / 150)


def test_a_pause_keeps_all_and_goes_on():
    at = choose(lesson("grammar"), "learn-speed", 5)
    at = press(at, "learn-run")
    at = fine(at.run())
    at = press(at, "learn-run")
    paused = progress(at)[1]
    assert paused.startswith("Step 10 of 300")
    assert at.button(key="learn-run").label == "Go on"
    assert len(spec(at)["layout"]["sliders"][0]["steps"]) > 1  # there is a past to look back at
    at = fine(at.run())
    assert progress(at)[1] == paused
    at = learn(at)
    assert "Learned after 300 steps" in progress(at)[1]


def test_a_fast_run_has_a_curve_and_checkpoints_too():
    at = learn(lesson("grammar"))  # a hundred steps a picture
    assert len(spec(at)["frames"]) == 61  # one in five, and the start


def test_stopping_leaves_what_was_learned():
    at = press(lesson("grammar"), "learn-run")
    before = boxes(at)[W_Q]
    at = press(at, "learn-stop")
    assert "Stopped after 100 steps" in progress(at)[1]
    np.testing.assert_array_equal(boxes(at)[W_Q], before)
    assert at.button(key="learn-step").disabled
    assert at.button(key="learn-run").label == "Learn again"


def test_a_reset_starts_from_the_same_numbers():
    at = lesson("paint")
    first = boxes(at)[W_Q]
    after = boxes(press(at, "learn-step"))[W_Q]
    assert (first != after).any()
    at = press(at, "learn-reset")
    np.testing.assert_array_equal(boxes(at)[W_Q], first)
    np.testing.assert_array_equal(boxes(press(at, "learn-step"))[W_Q], after)


def test_a_learning_rate_that_diverges_says_so_and_stops():
    at = lesson("grammar")
    at = choose(open_settings(at, "grammar"), "learn-grammar-method", "gradient descent")
    rate = next(each for each in at.select_slider if each.key == "learn-grammar-rate")
    at = learn(fine(rate.set_value(100.0).run()))
    told = at.warning[0].value.replace("\\", "")
    assert "It diverges: the loss went from" in told
    assert "A learning rate of 100 is too large here" in told
    for shown in boxes(at):
        assert np.isfinite(shown).all()
    assert "nan" not in said(at).lower()


def open_settings(at, kind):
    at.session_state[f"settings-{kind}"] = True
    return fine(at.run())


def test_the_settings_are_those_of_the_run():
    at = open_settings(press(lesson("paint", preset="verb-subject"), "paint-itself"), "paint")
    drawn = start("random", 4, S.d_k, seed=1)
    np.testing.assert_array_equal(boxes(at)[W_Q], drawn["W_q"])
    at = fine(at.number_input(key="learn-paint-seed").set_value(7).run())
    drawn = start("random", 4, S.d_k, seed=7)
    np.testing.assert_array_equal(boxes(at)[W_Q], drawn["W_q"])
    at = choose(at, "learn-paint-start", "identity")
    np.testing.assert_array_equal(boxes(at)[W_K].T, np.eye(4, S.d_k))
    at = choose(at, "learn-paint-method", "gradient descent")
    at = fine(at.slider(key="learn-paint-momentum").set_value(0.25).run())
    for _ in range(3):
        at = press(at, "learn-step")
    task = fit_target.task(S, np.eye(3), S.d_k, "identity")
    trainer = Trainer(task, Optimizer("gradient descent", 0.03, 0.25), 150)
    trainer.advance(3)
    np.testing.assert_allclose(boxes(at)[W_Q], trainer.last.params["W_q"], rtol=1e-12)
    assert spec(at)["layout"]["xaxis2"]["range"] == [0, 150]
    assert "gradient descent, learning rate 0.03, momentum 0.25, 150 steps" in captions(at)


def captions(at):
    return "\n".join(each.value for each in at.caption)


def test_the_best_is_sent_though_a_run_went_on_to_worse():
    at = press(lesson("paint", preset="verb-subject"), "paint-itself")
    at = choose(open_settings(at, "paint"), "learn-paint-method", "gradient descent")
    rate = next(each for each in at.select_slider if each.key == "learn-paint-rate")
    at = learn(fine(rate.set_value(100.0).run()))
    task = fit_target.task(S, np.eye(3), S.d_k)
    trainer = Trainer(task, Optimizer("gradient descent", 100.0), 150)
    trainer.advance(150)
    best, last = trainer.best.params["W_q"], trainer.last.params["W_q"]
    assert trainer.stop_reason == "diverged" and (best != last).any()
    sent = scenario(press(at, "learn-send"))
    np.testing.assert_allclose(sent.W_q, best, atol=5e-4)


@pytest.mark.parametrize(("kind", "equation"), [("paint", "dW_q"), ("views", "dW_r")])
def test_a_lesson_has_its_own_equations(kind, equation):
    (table,) = (each.value for each in at_rest(kind).markdown if "| forward |" in each.value)
    assert equation in table
    assert ("W_r" in table) == (kind == "views")


def at_rest(kind):
    return fine(visit(PAGE, learn=kind))


def test_two_views_have_no_identity_to_start_from():
    groups = open_settings(at_rest("views"), "views").get("button_group")
    keys = [each.key for each in groups]
    assert "learn-views-steps" in keys and "learn-views-start" not in keys


def test_the_first_sentence_of_grammar_is_one_with_many_marks():
    at = at_rest("grammar")
    _, held_out = corpus.split(1)
    most = max(len(each.looks) for each in held_out)
    assert boxes(at)[WANTED].sum() == most > 1


def test_what_is_unlike_all_that_was_learned_from_is_counted():
    at = at_rest("grammar")
    training, held_out = corpus.split(1)
    new = len(grammar.unlike(held_out, training))
    assert f"{new} of the {len(held_out)} held-out sentences are like none" in captions(at)


def test_grammar_is_learned_and_its_baselines_stand_beside_it():
    at = lesson("grammar")
    assert "before learning" in said(at)
    at = learn(at)
    _, held_out = corpus.split(1)
    baselines = grammar.baselines(Batch.of(held_out), d_k=4)
    identity, uniform = (round(100 * baselines[name]) for name in ("identity", "uniform"))
    result = next(each.value for each in at.markdown if "so many of the marked words" in each.value)
    assert f"{identity} % by likeness (the identity), {uniform} % by chance" in result
    right = int(result.split("**")[3].removesuffix(" %"))
    assert right >= 95
    assert f"{right} % right" in spec(at)["frames"][-1]["name"]
    assert "row verb of W\\_q · row pronoun of W\\_k" in said(at)


def test_a_sentence_of_the_corpus_goes_to_the_lab():
    at = learn(lesson("grammar"))
    shown = boxes(at)
    at = press(at, "learn-send")
    sent = scenario(at)
    _, held_out = corpus.split(1)
    assert sent.tokens in [each.tokens for each in held_out]
    assert sent.features == corpus.FEATURES
    np.testing.assert_allclose(sent.W_k.T, shown[W_K], atol=5e-4)


def test_the_labs_own_sentence_is_seen_through_what_is_learned():
    at = learn(lesson("grammar", preset="another-view"))
    select = next(each for each in at.selectbox if each.key == "grammar-sentence")
    own = next(title for title in select.options if title.startswith("the lab's"))
    at = fine(select.set_value(own).run())
    shown = boxes(at)
    assert len(shown) == 4  # nothing is wanted of these words
    noun = list(BY_KEY["another-view"].scenario.tokens).index("chat")
    assert shown[WEIGHTS][-1].argmax() == noun  # dort looks at chat
    assert scenario(press(at, "learn-send")).tokens == BY_KEY["another-view"].scenario.tokens


def test_every_held_out_word_is_told():
    at = learn(lesson("grammar"))
    at.session_state["held-out-words"] = True
    at = fine(at.run())
    told = at.dataframe[-1].value
    _, held_out = corpus.split(1)
    assert len(told) == sum(len(each.looks) for each in held_out)
    assert (told["right"] == (told["looks at"] == told["is to look at"])).all()


def test_two_views_are_learned_and_sent_as_two_heads():
    at = learn(lesson("views"))
    result = next(each.value for each in at.markdown if "the heads tell" in each.value)
    assert "“part of speech” for **" in result and "“name or not” for **" in result
    sent = scenario(press(at, "learn-send"))
    points = [trace for trace in spec(at)["data"] if trace["name"] not in ("loss", "shown")]
    small, large = points[:2]
    assert small["mode"] == "markers" and large["mode"] == "markers+text"
    held_out = int(result.split("Of the ")[1].split()[0])
    assert len(large["text"]) == held_out < len(small["hovertext"])
    assert sent.heads == tuple(CLASSES)
    assert sent.tokens == DEFAULT.scenario.tokens


def test_more_columns_come_nearer():
    at = press(lesson("paint", preset="verb-subject"), "paint-itself")
    key = "learn-paint-d_k"
    losses = []
    for d_k in (1, 2):
        slider = next(each for each in at.slider if each.key == key)
        at = learn(fine(slider.set_value(d_k).run()))
        losses.append(float(progress(at)[1].rpartition(" ")[2].rstrip(".")))
    assert losses[0] > losses[1] + 0.1
    by_d_k = [float(x) for x in boxes(at, 1)[0][0]]
    assert by_d_k[0] > by_d_k[1] + 0.1
    at = learn(fine(next(each for each in at.slider if each.key == key).set_value(1).run()))
    assert "With d_k = 1 the scores Q Kᵀ have rank 1" in said(at).replace("\\", "")


def set_d_k(at, kind, d_k):
    slider = next(each for each in at.slider if each.key == f"learn-{kind}-d_k")
    return fine(slider.set_value(d_k).run())


@pytest.mark.parametrize("kind", ["paint", "grammar"])
def test_another_d_k_is_learned_at_once_where_a_run_is_over_and_only_there(kind):
    at = press(lesson(kind), "learn-step")
    assert progress(set_d_k(at, kind, 2))[1].startswith("Step 0 of")
    at = set_d_k(learn(at), kind, 3)
    assert progress(at)[1].startswith("Learned after")
    assert boxes(at)[W_Q].shape[1] == 3
    assert len(spec(at)["frames"]) > 10  # with checkpoints to look back at
    assert progress(press(at, "learn-reset"))[1].startswith("Step 0 of")


def test_runs_with_each_d_k_are_not_longer_than_they_need_be():
    at = open_settings(lesson("paint"), "paint")
    at = learn(choose(at, "learn-paint-steps", 1000))
    assert "Learned after 1000 steps" in progress(at)[1]
    assert "The same with each d\\_k, 500 steps each" in said(at)


def test_one_head_of_several_is_painted():
    at = lesson("paint", preset="four-views", s=encode(VIEWS), head="3")
    at = learn(press(at, "paint-the first word"))
    sent = scenario(press(at, "learn-send"))
    assert sent.heads == VIEWS.heads
    for k in range(4):
        same = (sent.W_q[k] == VIEWS.W_q[k]).all()
        assert same == (k != 2)
    assert (attend(sent).weights[2].argmax(axis=1) == 0).all()


def test_what_is_painted_is_in_the_address_and_follows_the_words():
    at = press(lesson("paint", preset="verb-subject"), "paint-the next word")
    text = parameter(at, "paint")
    again = fine(visit(PAGE, preset="verb-subject", s=encode(S), paint=text))
    np.testing.assert_array_equal(boxes(again)[WANTED], np.eye(3, k=1))
    longer = encode(edits.with_sentence(S, "Je suis très heureux"))
    assert decode(longer).n == 4
    words = again.text_input(key="sentence").set_value("Je suis très heureux")
    follows = np.array([[0, 1, 0, 0], [0, 0, 0, 1], [0] * 4, [0] * 4])  # très looks at nothing yet
    np.testing.assert_array_equal(boxes(fine(words.run()))[WANTED], follows)
    other = fine(visit(PAGE, preset="verb-subject", s=longer, paint=text))
    assert boxes(other)[WANTED].shape == (4, 4)  # three rows make no sense of four words


@pytest.mark.parametrize("text", ["", "x", "1-0_0", "9" * 5000, "-1", "1-0-0_0-1-0_0-0-nan"])
def test_what_makes_no_sense_in_an_address_is_passed_over(text):
    at = fine(visit(PAGE, preset="verb-subject", paint=text))
    assert not at.error
    assert boxes(at)[WANTED].shape == (3, 3)


def test_with_nothing_painted_there_is_nothing_to_learn():
    at = press(lesson("paint"), "paint-nothing")
    assert "Nothing is painted yet" in at.info[0].value
    assert "learn-run" not in [button.key for button in at.button]
    at = press(at, "paint-itself")
    assert "learn-run" in [button.key for button in at.button]


def test_the_mask_leaves_painted_boxes_out():
    at = lesson("paint", preset="verb-subject", s=encode(edits.with_mask_kind(S, "causal")))
    at = press(at, "paint-all alike")
    expected = to_target(np.tril(np.ones((3, 3))))
    np.testing.assert_allclose(boxes(at)[WANTED], expected)
    assert any("The mask blocks 3 of the painted boxes" in each.value for each in at.caption)
    learn(at)


@pytest.mark.parametrize("kind", ["paint", "grammar"])
def test_the_gradient_is_shown_in_boxes(kind):
    at = press(lesson(kind), "learn-step")
    at.session_state[f"gradient-{kind}"] = True
    at = fine(at.run())
    weights, target, dS, X, dQ, dW_q, Z, dK, dW_k = boxes(at, 1)
    rows = target.any(axis=1, keepdims=True)
    np.testing.assert_allclose(dS, (weights * rows - target) / rows.sum(), atol=1e-12)
    np.testing.assert_allclose(X @ dQ, dW_q)
    np.testing.assert_allclose(Z @ dK, dW_k)


def test_the_run_stays_while_pages_change():
    at = choose(lesson("grammar"), "learn-speed", 5)
    at = press(at, "learn-step")
    before = progress(at)[1]
    at.switch_page("pages/3_Attention.py").run()
    at.switch_page("pages/6_Learn.py").run()
    assert progress(fine(at))[1] == before


@pytest.mark.parametrize("kind", ["grammar", "views"])
def test_a_corpus_that_was_edited_badly_says_where(kind, tmp_path, monkeypatch):
    bad = tmp_path / "corpus.txt"
    bad.write_text("[English]\nThe cat sleeps>dog .\n", encoding="utf-8")
    monkeypatch.setattr(corpus, "_PATH", bad)
    corpus.sentences.cache_clear()
    try:
        at = fine(visit(PAGE, learn=kind))
        assert "can't be read. Line 2: sleeps must look at a word of its sentence" in at.error[
            0
        ].value.replace("\\", "")
        assert "learn-run" not in [button.key for button in at.button]
    finally:
        monkeypatch.undo()
        corpus.sentences.cache_clear()


def test_what_the_lab_refuses_is_not_told_to_be_sent(monkeypatch):
    def refused(*_):
        raise ValueError("This can't go to the lab.")

    at = press(lesson("paint"), "learn-step")
    monkeypatch.setattr("attn_core.learning.fit_target.sent", refused)
    at = press(at, "learn-send")
    assert "This can't go to the lab" in at.error[0].value.replace("\\", "")
    assert "Sent:" not in said(at)


def test_a_mask_that_blocks_all_that_is_painted_is_named():
    at = press(lesson("paint", preset="previous-word"), "paint-the next word")
    assert "The mask blocks all that is painted" in at.info[0].value


@pytest.mark.parametrize(("d_k", "told"), [(2, "cuts off columns"), (5, "adds zeros")])
def test_another_d_k_says_what_it_does_to_the_other_heads(d_k, told):
    at = lesson("paint", preset="four-views", s=encode(VIEWS))
    slider = next(each for each in at.slider if each.key == "learn-paint-d_k")
    at = fine(slider.set_value(d_k).run())
    assert any(f"sending {d_k} {told}" in each.value for each in at.caption)


def test_the_gradient_is_that_of_the_numbers_that_are_shown():
    """A run that rose after its best step shows that one, and its gradient."""
    at = open_settings(lesson("paint", preset="verb-subject"), "paint")
    at = choose(at, "learn-paint-method", "gradient descent")
    rate = next(each for each in at.select_slider if each.key == "learn-paint-rate")
    at = learn(fine(rate.set_value(100.0).run()))
    assert at.warning
    at.session_state["gradient-paint"] = True
    at = fine(at.run())
    np.testing.assert_allclose(boxes(at, 1)[0], boxes(at)[WEIGHTS])


def test_the_gradient_of_one_sentence_isnt_taken_for_that_of_the_corpus():
    at = lesson("grammar")
    at.session_state["gradient-grammar"] = True
    at = fine(at.run())
    assert any("of this sentence alone" in each.value for each in at.caption)
