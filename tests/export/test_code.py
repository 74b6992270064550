"""The scripts, run by themselves, make the matrices of the trace."""

import ast
import runpy
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from attn_core import attend
from attn_core.export import matrices, numpy_script, steps, torch_script
from tests.export.scenarios import KINDS, scenarios

#: Runs each script of a folder as a program and keeps its variables and what it prints, without
#: knowing this project. A script that fails keeps no other from being run.
RUN = """
import contextlib, io, pathlib, runpy, sys, traceback
import numpy as np
failed = []
for path in sorted(pathlib.Path(sys.argv[1]).glob("*.py")):
    printed = io.StringIO()
    if torch := sys.modules.get("torch"):
        torch.set_default_dtype(torch.float32)  # as when a program begins
    try:
        with contextlib.redirect_stdout(printed), np.printoptions():
            left = runpy.run_path(str(path), run_name="__main__")
    except Exception:
        failed.append(path.name + traceback.format_exc())
        continue
    arrays = {name: np.asarray(value) for name, value in left["matrices"].items()}
    np.savez(path.with_suffix(".npz"), tokens=left["tokens"], features=left["features"], **arrays)
    path.with_suffix(".txt").write_text(printed.getvalue(), "utf-8")
assert not {m for m in sys.modules if m.split(".")[0] in ("attn_core", "streamlit", "plotly")}
sys.exit("".join(failed) or 0)
"""
TRACES = {name: attend(scenario) for name, scenario in KINDS.items()}


def ran(scripts, folder):
    """The matrices that each script leaves behind, and what it prints."""
    for i, script in enumerate(scripts):
        (folder / f"{i}.py").write_bytes(script.encode("ascii"))
    command = [sys.executable, "-I", "-c", RUN, str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=folder, check=False)
    assert done.returncode == 0, done.stderr
    return [
        (_arrays(folder / f"{i}.npz"), (folder / f"{i}.txt").read_text("utf-8"))
        for i in range(len(scripts))
    ]


def _arrays(path):
    with np.load(path) as loaded:
        return {("attn_mask" if name == "M" else name): loaded[name] for name in loaded}


def different(trace, left, tolerance):
    """Matrices that a script makes otherwise than the trace."""
    for each in matrices(trace):
        made, expected = left[each.name], getattr(trace, each.name)
        is_same = (made.dtype, made.shape) == (expected.dtype, expected.shape)
        if not (is_same and np.allclose(made, expected, tolerance, tolerance)):
            yield each.name


@pytest.mark.parametrize(("write", "exact"), [(numpy_script, 1e-6), (torch_script, 1e-5)])
def test_a_script_makes_every_matrix(write, exact, tmp_path):
    pytest.importorskip("torch" if write is torch_script else "numpy")
    bad = []
    all_ran = ran([write(trace) for trace in TRACES.values()], tmp_path)
    for (name, trace), (left, printed) in zip(TRACES.items(), all_ran, strict=True):
        s = trace.scenario
        tolerance = exact if s.X.dtype == np.float32 else 1e-12
        bad += [f"{name}: {each}" for each in different(trace, left, tolerance)]
        if (tuple(left["tokens"]), tuple(left["features"])) != (s.tokens, s.features):
            bad.append(f"{name}: words")
        titles = ["M" if each.name == "attn_mask" else each.name for each in matrices(trace)]
        bracket = "[" if write is numpy_script else ""
        bad += [f"{name}: {t} unprinted" for t in titles if f"{t} =\n{bracket}" not in printed]
    assert not bad


def test_a_model_may_turn_by_other_frequencies(tmp_path):
    rope = next(s for s in KINDS.values() if s.positions == "rope" and s.d_k > 1)
    frequencies = np.linspace(0.3, 0.1, rope.d_k // 2)
    trace = attend(replace(rope, frequencies=frequencies.astype(rope.X.dtype)))
    [(left, _)] = ran([numpy_script(trace)], tmp_path)
    assert not list(different(trace, left, 1e-6))
    assert not np.allclose(trace.raw_scores, attend(rope).raw_scores)


@settings(max_examples=3, deadline=None)
@given(any_scenarios=st.lists(scenarios(), min_size=5, max_size=5))
def test_any_scenario(any_scenarios, tmp_path_factory):
    traces = list(map(attend, any_scenarios))
    all_ran = ran([*map(numpy_script, traces)], tmp_path_factory.mktemp("scripts"))
    for trace, (left, _) in zip(traces, all_ran, strict=True):
        assert not list(different(trace, left, 1e-12))


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


def parts(kind, name):
    """Which matrices beside its own the script of a step has, and which it hasn't."""
    before_keys = {"similarity", "X_pos", "Q", "rotated_Q"}
    early = {*before_keys, "K", "V", "rotated_K", "raw_scores", "scores"}
    turned = (*before_keys - {"rotated_Q"}, "K", "V")
    return {
        "W_o": name == "projected",
        "W_v": name in ("V", "output", "concat_heads", "projected"),
        "W_k": name not in {*before_keys, "Z_pos", "V"},
        "X": kind != "cross with heads" or name not in ("Z_pos", "K", "V"),
        "Z": kind == "cross with heads" and name not in before_keys,
        "alibi_bias": kind == "ALiBi with heads" and name not in early,
        "rotary_angles": kind == "RoPE with heads" and name not in turned,
    }


def test_a_step_has_only_what_it_needs(tmp_path):
    cases = [(kind, step.name) for kind in RICH for step in steps(TRACES[kind])]
    bad = []
    all_ran = ran([numpy_script(TRACES[kind], name) for kind, name in cases], tmp_path)
    for (kind, name), (left, _) in zip(cases, all_ran, strict=True):
        trace = TRACES[kind]
        if not np.allclose(left[name], getattr(trace, name), 1e-12, 1e-12):
            bad.append((kind, name))
        bad += [(kind, name, "lacks", e.name) for e in matrices(trace, name) if e.name not in left]
        expected = parts(kind, name)
        bad += [(kind, name, each) for each in expected if (each in left) != expected[each]]
        ast.parse(torch_script(trace, name))
    assert cases and not bad


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
