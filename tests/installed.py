"""The pretrained model for the tests that need it: a skip where there is none, a failure on CI."""

import importlib.util
import os

import pytest

from attn_core.pretrained import DEFAULT, Encoder, is_at_hand, load


def model() -> Encoder:
    packages = all(importlib.util.find_spec(name) for name in ("safetensors", "tokenizers"))
    if not (packages and is_at_hand(DEFAULT)):
        message = "pretrained model isn't installed: make models"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    return load()
