"""The scripts, run by themselves, make the matrices of the trace."""

import ast
import runpy
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings

from attn_core import attend
from attn_core.export import matrices, numpy_script, steps, torch_script
from tests.export.scenarios import KINDS, scenarios

#: Runs a script as a program and keeps its variables, without knowing this project.
RUN = """
import runpy, sys
import numpy as np
left = runpy.run_path(sys.argv[1], run_name="__main__")
arrays = {name: np.asarray(value) for name, value in left["matrices"].items()}
np.savez(sys.argv[2], tokens=left["tokens"], features=left["features"], **arrays)
assert not {m for m in sys.modules if m.split(".")[0] in ("attn_core", "streamlit", "plotly")}
"""
kinds = pytest.mark.parametrize("scenario", KINDS.values(), ids=KINDS)


def ran(script, folder):
    """The matrices that a script leaves behind, and what it prints."""
    path, left = folder / "script.py", folder / "left.npz"
    path.write_bytes(script.encode("ascii"))
    command = [sys.executable, "-I", "-c", RUN, str(path), str(left)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=folder, check=False)
    assert done.returncode == 0, done.stderr
    loaded = np.load(left)
    return {("attn_mask" if name == "M" else name): loaded[name] for name in loaded}, done.stdout


def assert_same(trace, left, tolerance):
    for each in matrices(trace):
        expected = getattr(trace, each.name)
        assert left[each.name].dtype == expected.dtype, each.name
        np.testing.assert_allclose(
            left[each.name], expected, tolerance, tolerance, err_msg=each.name
        )


@kinds
def test_numpy_makes_every_matrix(scenario, tmp_path):
    trace = attend(scenario)
    left, printed = ran(numpy_script(trace), tmp_path)
    assert_same(trace, left, 1e-6 if scenario.X.dtype == np.float32 else 1e-12)
    assert tuple(left["tokens"]) == scenario.tokens
    assert tuple(left["features"]) == scenario.features
    for each in matrices(trace):
        assert f"{'M' if each.name == 'attn_mask' else each.name} =\n[" in printed


@kinds
def test_torch_makes_every_matrix(scenario, tmp_path):
    pytest.importorskip("torch")
    trace = attend(scenario)
    left, printed = ran(torch_script(trace), tmp_path)
    is_float32 = scenario.X.dtype == np.float32
    assert_same(trace, left, 1e-5 if is_float32 else 1e-12)
    assert "weights =\n" in printed


@settings(max_examples=15, deadline=None)
@given(scenario=scenarios())
def test_any_scenario(scenario, tmp_path_factory):
    trace = attend(scenario)
    left, _ = ran(numpy_script(trace), tmp_path_factory.mktemp("script"))
    assert_same(trace, left, 1e-12)


@settings(max_examples=200, deadline=None)
@given(scenario=scenarios())
def test_words_are_nothing_but_strings(scenario):
    for write in (numpy_script, torch_script):
        tree = ast.parse(write(attend(scenario)))
        found = {
            node.targets[0].id: tuple(ast.literal_eval(node.value))
            for node in tree.body
            if isinstance(node, ast.Assign) and isinstance(node.value, ast.List)
        }
        names = ("tokens", "context", "features", "heads")
        assert found == {n: getattr(scenario, n) for n in names if getattr(scenario, n)}


RICH = ("heads and W_o", "cross with heads", "RoPE with heads", "ALiBi with heads")


@pytest.mark.parametrize(
    ("kind", "name"), [(kind, step.name) for kind in RICH for step in steps(attend(KINDS[kind]))]
)
def test_a_step_has_only_what_it_needs(kind, name, tmp_path):
    trace = attend(KINDS[kind])
    left, _ = ran(numpy_script(trace, name), tmp_path)
    np.testing.assert_allclose(left[name], getattr(trace, name), 1e-12, 1e-12)
    assert {each.name for each in matrices(trace, name)} <= set(left)
    before_keys = {"similarity", "X_pos", "Q", "rotated_Q"}
    assert ("W_o" in left) == (name == "projected")
    assert ("W_v" in left) == (name in ("V", "output", "concat_heads", "projected"))
    assert ("W_k" in left) == (name not in {*before_keys, "Z_pos", "V"})
    assert ("X" in left) == (kind != "cross with heads" or name not in ("Z_pos", "K", "V"))
    assert ("Z" in left) == (kind == "cross with heads" and name not in before_keys)
    early = {*before_keys, "K", "V", "rotated_K", "raw_scores", "scores"}
    assert ("alibi_bias" in left) == (kind == "ALiBi with heads" and name not in early)
    turned = (*before_keys - {"rotated_Q"}, "K", "V")
    assert ("rotary_angles" in left) == (kind == "RoPE with heads" and name not in turned)
    ast.parse(torch_script(trace, name))


@pytest.mark.parametrize(
    ("kind", "functions"),
    [
        ("plain", {"softmax"}),
        ("learned", {"softmax"}),
        ("ALiBi", {"softmax"}),
        ("cross, sinusoidal", {"softmax", "sinusoidal"}),
        ("RoPE", {"softmax", "rotate", "rotate_halves", "as_halves"}),
    ],
)
def test_only_the_functions_that_are_needed(kind, functions):
    def defined(script):
        return {n.name for n in ast.parse(script).body if isinstance(n, ast.FunctionDef)}

    trace = attend(KINDS[kind])
    assert defined(numpy_script(trace)) == functions
    assert defined(torch_script(trace)) == functions - {"softmax"}
    assert defined(numpy_script(trace, "similarity")) == set()


@pytest.mark.parametrize("write", [numpy_script, torch_script])
def test_both_conventions_of_RoPE_are_shown(write, tmp_path):
    """Against complex numbers (RoFormer, section 3.2), and against what transformers does."""
    pytest.importorskip("torch" if write is torch_script else "numpy")
    script = write(attend(KINDS["RoPE with heads"]))
    (tmp_path / "script.py").write_text(script)
    with np.printoptions():  # the script sets them
        made = runpy.run_path(str(tmp_path / "script.py"))
    angles, Q = made["rotary_angles"], made["Q"]
    assert Q.shape[-1] == 11  # one column is left over
    pairs = (np.asarray(Q)[..., 0:10:2] + 1j * np.asarray(Q)[..., 1:10:2]) * np.exp(
        1j * np.asarray(angles)
    )
    turned = np.asarray(made["rotate"](Q, angles))
    np.testing.assert_allclose(turned[..., 0:10:2], pairs.real, 1e-12, 1e-12)
    np.testing.assert_allclose(turned[..., 1:10:2], pairs.imag, 1e-12, 1e-12)
    np.testing.assert_array_equal(turned[..., 10], np.asarray(Q)[..., 10])
    # apply_rotary_pos_emb of transformers' LLaMA: x * cos + rotate_half(x) * sin
    x, twice = np.asarray(Q)[..., :10], np.tile(np.asarray(angles), 2)
    half = np.concatenate([-x[..., 5:], x[..., :5]], -1)
    llama = x * np.cos(twice) + half * np.sin(twice)
    turned = np.asarray(made["rotate_halves"](Q[..., :10], angles))
    np.testing.assert_allclose(turned, llama, 1e-12, 1e-12)


def test_the_mask_is_the_one_that_the_script_says(tmp_path):
    """Its comment names two functions of PyTorch, with True the other way in one of them."""
    torch = pytest.importorskip("torch")
    s = replace(KINDS["masked"], temperature=1.0, W_v=np.eye(7), W_q=np.eye(7), W_k=np.eye(7))
    (tmp_path / "script.py").write_text(torch_script(attend(s)))
    made = runpy.run_path(str(tmp_path / "script.py"))
    Q, K, V, mask = (made[name] for name in ("Q", "K", "V", "mask"))
    with torch.no_grad():
        output = torch.nn.functional.scaled_dot_product_attention(Q, K, V, attn_mask=mask)
        other = torch.nn.MultiheadAttention(7, 1, bias=False)
        other.in_proj_weight.copy_(torch.eye(7).repeat(3, 1))
        _, weights = other(Q, K, V, attn_mask=~mask)
    assert torch.allclose(output, made["output"])
    assert torch.allclose(weights, made["weights"])


def test_a_mask_says_what_True_means():
    trace = attend(KINDS["masked"])
    for write in (numpy_script, torch_script):
        before, _, _ = write(trace).partition("mask = ")
        assert "True = may attend" in before.rpartition("\n\n")[2]
    assert "scaled_dot_product_attention;\n# in torch.nn.MultiheadAttention" in before


def test_positions_come_from_their_formula():
    for kind in ("sinusoidal", "RoPE", "ALiBi"):
        trace = attend(KINDS[kind])
        for write in (numpy_script, torch_script):
            assigned = {
                node.targets[0].id: node.value
                for node in ast.parse(write(trace)).body
                if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
            }
            for name in {"P", "rotary_angles", "alibi_bias"} & set(assigned):
                assert not [n for n in ast.walk(assigned[name]) if isinstance(n, ast.List)]
