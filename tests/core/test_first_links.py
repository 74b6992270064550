"""Links that the lab's first version wrote, with what it computed from them."""

import json
from pathlib import Path

import numpy as np
import pytest

from attn_core import attend
from attn_core.permalink import decode, encode

FIRST = json.loads((Path(__file__).parents[1] / "golden" / "first_links.json").read_text())


@pytest.mark.parametrize("case", FIRST.values(), ids=list(FIRST))
def test_it_opens_to_the_same_numbers(case):
    s = decode(case["link"])
    assert list(s.tokens) == case["tokens"]
    assert list(s.features) == case["features"]
    trace = attend(s)
    for name in ("weights", "output", "projected"):
        if case[name]:
            # Another processor adds in another order, and the last bits differ.
            np.testing.assert_allclose(getattr(trace, name), case[name], rtol=1e-13)
    assert (s.context, s.positions, s.P, s.slope) == ((), "none", None, None)


@pytest.mark.parametrize("case", FIRST.values(), ids=list(FIRST))
def test_it_is_written_no_longer_than_before(case):
    s = decode(case["link"])
    again = encode(s)
    assert decode(again) == s
    if s.h == 1:  # heads have names now
        assert again == case["link"]
