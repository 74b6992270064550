"""What the small files of sentence-transformers say, and the vectors that follow from it."""

import json

import numpy as np
import pytest

from attn_core.pretrained import ModelError, interpret, load
from attn_core.pretrained.parts.text_rules import TextRules
from tests.pretrained import tiny

pytestmark = pytest.mark.usefixtures("model_packages")
CASES = list(tiny.expected("bert"))
MODULES = [
    {"idx": i, "name": str(i), "path": path, "type": f"sentence_transformers.models.{kind}"}
    for i, (kind, path) in enumerate(
        [("Transformer", ""), ("Pooling", "1_Pooling"), ("Normalize", "2_Normalize")]
    )
]


def written(folder, files):
    """A tiny BERT with more files; their folders are made."""
    model = tiny.copied(folder)
    for name, said in files.items():
        path = model / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(said if isinstance(said, str) else json.dumps(said))
    return model


def pooled(said, path="1_Pooling/config.json"):
    return {"modules.json": MODULES, path: said}


def by_hand(hidden):
    """Each way on what transformers computed, token by token."""
    n = len(hidden)
    places = np.arange(1, n + 1)
    return {
        "cls": hidden[0],
        "max": np.array([max(column) for column in hidden.T]),
        "mean": sum(hidden) / n,
        "mean_sqrt_len_tokens": sum(hidden) / n**0.5,
        "weightedmean": sum(k * row for k, row in zip(places, hidden, strict=True)) / sum(places),
        "lasttoken": hidden[n - 1],
    }


def angle(x, y):
    return x @ y / np.sqrt((x @ x) * (y @ y))


FLAGS = {
    "cls": "pooling_mode_cls_token",
    "max": "pooling_mode_max_tokens",
    "mean": "pooling_mode_mean_tokens",
    "mean_sqrt_len_tokens": "pooling_mode_mean_sqrt_len_tokens",
    "weightedmean": "pooling_mode_weightedmean_tokens",
    "lasttoken": "pooling_mode_lasttoken",
}


def test_a_text_is_pooled_as_the_model_was_trained(tmp_path):
    """By both spellings of the file, against sums over what transformers computed."""
    expected = [by_hand(case["hidden"]) for case in CASES[:2]]
    cosines = set()
    for way, flag in FLAGS.items():
        old = {each: each == flag for each in FLAGS.values()} | {"word_embedding_dimension": 15}
        for i, said in enumerate((old, {"pooling_mode": way}, {"pooling_mode": [way]})):
            model = load(written(tmp_path / f"{way}{i}", pooled(said)))
            assert model.rules == TextRules(pooling=(way,))
            a, b = (model.encode(case["text"]) for case in CASES[:2])
            for encoded, vectors in zip((a, b), expected, strict=True):
                np.testing.assert_allclose(encoded.text_vector, vectors[way], rtol=0, atol=1e-4)
            both = interpret.shared(a, b)
            assert both.texts == pytest.approx(angle(*(v[way] for v in expected)), abs=1e-4)
            assert both.whole is None
        cosines.add(round(both.texts, 3))
    assert len(cosines) == 5  # the root of the number turns no vector


def test_several_ways_are_laid_end_to_end_in_their_order(tmp_path):
    """By flags in the order of sentence-transformers, whatever the file's is."""
    hidden = by_hand(CASES[0]["hidden"])
    flags = {FLAGS["mean"]: True, FLAGS["cls"]: True}
    for i, (said, ways) in enumerate(
        [(flags, ("cls", "mean")), ({"pooling_mode": ["max", "cls"]}, ("max", "cls"))]
    ):
        model = load(written(tmp_path / str(i), pooled(said)))
        expected = np.concatenate([hidden[way] for way in ways])
        encoded = model.encode(CASES[0]["text"])
        np.testing.assert_allclose(encoded.text_vector, expected, rtol=0, atol=1e-4)
        told = interpret.describe_shared(interpret.shared(encoded, encoded))
        assert "that of its first token" in told and "laid end to end" in told


@pytest.mark.parametrize(
    ("files", "ways"),
    [
        ({}, ()),
        ({"1_Pooling/config.json": {FLAGS["cls"]: True}}, ("cls",)),
        (pooled({}), ("mean",)),
        (pooled(dict.fromkeys(FLAGS.values(), False)), ("mean",)),
        ({"modules.json": MODULES[:1], "1_Pooling/config.json": {FLAGS["cls"]: True}}, ()),
        (
            {
                "modules.json": [MODULES[0], MODULES[1] | {"path": "7_Pool"}],
                "1_Pooling/config.json": {FLAGS["cls"]: True},
                "7_Pool/config.json": {FLAGS["max"]: True},
            },
            ("max",),
        ),
    ],
)
def test_where_the_pooling_is_said(tmp_path, files, ways):
    rules = load(written(tmp_path, files)).rules
    assert (rules.pooling, rules.others) == (ways, ())


def test_a_model_that_says_nothing_has_the_mean_and_says_why(tmp_path):
    a, b = (load(tiny.HOME / "bert").encode(case["text"]) for case in CASES[:2])
    means = [by_hand(case["hidden"])["mean"] for case in CASES[:2]]
    both = interpret.shared(a, b)
    assert both.texts == pytest.approx(angle(*means), abs=1e-4)
    told = interpret.describe_shared(both)
    assert "is the mean of all its tokens' in the last layer; the model's files name no way" in told


@pytest.mark.parametrize(
    ("files", "name"),
    [
        (pooled({"pooling_mode": "attention"}), "pooling by attention"),
        (pooled({"pooling_mode": ["mean", "median"]}), "pooling by median"),
        (
            pooled({FLAGS["mean"]: True})
            | {"modules.json": [*MODULES, {"type": "a.models.Dense", "path": "2_Dense"}]},
            "Dense",
        ),
        ({"modules.json": MODULES}, "1_Pooling/config.json says, which isn't there"),
    ],
)
def test_what_is_not_computed_is_named(tmp_path, files, name):
    encoded = load(written(tmp_path, files)).encode(CASES[0]["text"])
    assert encoded.text_vector is None
    both = interpret.shared(encoded, encoded)
    told = interpret.describe_shared(both)
    assert both.texts is both.whole is None
    assert name in told and "doesn't compute" in told and "cosine between" not in told


@pytest.mark.parametrize("name", ["sentence_bert_config.json", "sentence_roberta_config.json"])
def test_a_text_that_is_longer_than_those_of_the_training(tmp_path, name):
    """Its vector is that of its first tokens alone, and the page says so."""
    files = pooled({"pooling_mode": "mean"}) | {name: {"max_seq_length": 5}}
    model = load(written(tmp_path, files))
    long, other = model.encode("a b c d ab"), model.encode("a b c")
    assert long.is_cut and not other.is_cut
    np.testing.assert_allclose(long.text_vector, other.hidden.mean(axis=0), rtol=0, atol=1e-6)
    both = interpret.shared(long, other)
    assert both.texts == pytest.approx(1, abs=1e-6)
    whole = angle(long.hidden.mean(axis=0), other.hidden.mean(axis=0))
    assert both.whole == pytest.approx(whole, abs=1e-6) and whole < 0.999
    told = interpret.describe_shared(both)
    assert "the first 5 tokens" in told and f"the cosine is {whole:.2f}" in told
    assert "trained on texts of up to 5," in interpret.describe_text(long)
    assert "trained" not in interpret.describe_text(other)
    assert interpret.shared(other, other).whole is None


def test_lower_case_is_read(tmp_path):
    """The tokenizer of the tiny RoBERTa keeps capitals; its vocabulary has none."""
    model = tiny.copied(tmp_path, "roberta")
    assert any(load(model).split("AB").unknown)
    (model / "sentence_roberta_config.json").write_text('{"do_lower_case": true}')
    assert load(model).split("AB").ids == load(model).split("ab").ids
    assert load(model).split("AB").shown[1:-1] == ("a", "b")


@pytest.mark.parametrize(
    ("files", "message"),
    [
        (
            {"sentence_bert_config.json": {"max_seq_length": 0}},
            "must be .* from 3 on, got 0",
        ),
        ({"sentence_bert_config.json": {"max_seq_length": "9"}}, "max_seq_length .* got '9'"),
        ({"sentence_bert_config.json": {"max_seq_length": True}}, "max_seq_length .* got True"),
        ({"sentence_bert_config.json": "{"}, "can't be read as JSON"),
        ({"modules.json": "["}, "modules.json can't be read as JSON"),
        ({"modules.json": '[{"type": "a", "type": "b"}]'}, "key 'type' is there twice"),
        ({"modules.json": "[1]"}, "modules.json must be a list of steps"),
        ({"modules.json": [{"type": "a.Pooling", "path": "../x"}]}, r"got the path '\.\./x'"),
        ({"modules.json": [{"type": "a.Pooling", "path": "/x"}]}, "got the path '/x'"),
        ({"modules.json": [{"type": "a.Pooling"}]}, "modules.json must be a list of steps"),
        (pooled({"pooling_mode": 3}), "pooling_mode must be a name"),
        (pooled({"pooling_mode": []}), "pooling_mode must be a name"),
    ],
)
def test_files_that_make_no_sense(tmp_path, files, message):
    model = written(tmp_path, files)
    with pytest.raises(ModelError, match=message):
        load(model)


def test_the_default_model_says_what_it_was_trained_for(encoder):
    assert encoder.rules == TextRules(max_tokens=256, pooling=("mean",))
    assert encoder.max_tokens == 512
