"""What is said of a model's attention, of designs that no handed model has."""

from types import SimpleNamespace

import pytest

from attn_core.pretrained.interpret import describe_features, describe_model, describe_score
from attn_core.pretrained.parts.design import Design


def model(heads=12, **design):
    given = {"kv_heads": heads, "is_causal": True} | design
    return SimpleNamespace(layers=3, heads=heads, d_model=60, d_k=5, design=Design(**given))


@pytest.mark.parametrize(
    ("kv_heads", "told"),
    [
        (12, ""),
        (6, "Heads 1 and 2 share one $W_k$ and one $W_v$, and so do 3 and 4, and so on."),
        (3, "Heads 1 to 4 share one $W_k$ and one $W_v$, and so do 5 to 8, and so on."),
        (2, "Heads 1 to 6 share one $W_k$ and one $W_v$, and so do 7 to 12."),
        (1, "All heads of a layer share one $W_k$ and one $W_v$."),
    ],
)
def test_which_heads_share_keys_and_values(kv_heads, told):
    said = describe_model(model(kv_heads=kv_heads))
    assert told in said
    assert ("share" in said) == bool(told)


@pytest.mark.parametrize(
    ("design", "divided", "score"),
    [
        ({}, r"by $\sqrt{d_k} = \sqrt{5}$ as always.", r"K^\top / \sqrt{d_k}$"),
        ({"by_layer": True}, r"\sqrt{5}$, and by the number of their layer.", "They are divided"),
        ({"scale": False}, "scores are divided by nothing.", r"K^\top$, before"),
        ({"scale": False, "by_layer": True}, "by the number of their layer.", "They are divided"),
    ],
)
def test_by_what_scores_are_divided(design, divided, score):
    assert divided in describe_model(model(**design))
    assert score in describe_score(model(**design))


def test_what_is_said_of_an_encoder_is_not_said_of_its_mask():
    encoder = model(is_causal=False)
    assert describe_model(encoder).startswith("is an encoder with 3 layers of 12 heads.")
    assert "mask" not in describe_score(encoder)
    assert "RoPE" not in describe_features(encoder)
    assert "RoPE" in describe_features(model(rope=True))
