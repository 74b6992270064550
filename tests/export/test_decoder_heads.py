"""Scripts of a decoder's heads, run by themselves, give the weights that transformers gave."""

import numpy as np
import pytest

from attn_core import attend
from attn_core.export import numpy_script, torch_script
from attn_core.pretrained import load
from tests.export.test_code import ran
from tests.pretrained.decoders import HOME, KINDS, expected


@pytest.mark.parametrize("write", [numpy_script, torch_script])
def test_a_script_of_each_head(write, model_packages, tmp_path):
    pytest.importorskip("torch" if write is torch_script else "numpy")
    scripts, wanted = {}, {}
    for kind in KINDS:
        model, case = load(str(HOME / kind)), max(expected(kind), key=lambda c: len(c["tokens"]))
        encoded = model.encode(case["text"])
        for layer, head in np.ndindex(model.layers, model.heads):
            trace = attend(model.scenario_of(encoded, layer, head))
            scripts[kind, layer, head] = write(trace)
            wanted[kind, layer, head] = case["weights"][layer, head]
    assert len(scripts) == 2 * (3 + 5 + 4 + 2 + 4)
    made = dict(zip(scripts, ran(scripts.values(), tmp_path), strict=True))
    gaps = {at: np.abs(left["weights"] - wanted[at]).max() for at, (left, _) in made.items()}
    assert {at: gap for at, gap in gaps.items() if gap > 1e-4} == {}
