"""Models are loaded while they fit into the server's memory together."""

import pytest

from attn_core.pretrained import load
from attn_core.pretrained.memory import needed
from pages.ui.model.shared import memory_budget, shared_model
from tests.pages.test_pages import fine, press, visit
from tests.pretrained import decoders, tiny

PAGE = "9_Real_model.py"
FIRST, SECOND = str(tiny.HOME / "bert"), str(decoders.HOME / "llama-gqa")


def megabytes(*names):
    """What models take together, rounded up as it is told."""
    return -(-sum(map(needed, names)) // 1_000_000)


@pytest.fixture(autouse=True)
def _nothing_loaded(model_packages, monkeypatch):
    monkeypatch.setenv(shared_model.VARIABLE, f"{FIRST},{SECOND}")
    monkeypatch.setattr(shared_model, "_loading", {})


def loading(name=FIRST):
    return shared_model._loading[name]


def complaint(at):
    return " ".join(each.value for each in at.error).replace("\\", "")


def test_what_a_model_takes_is_known_before_it_is_loaded(monkeypatch):
    done, admit = [], memory_budget.admit
    monkeypatch.setattr(
        memory_budget, "admit", lambda *given: done.append("admit") or admit(*given)
    )
    monkeypatch.setattr(shared_model, "load", lambda *given: done.append("load") or load(*given))
    fine(visit(PAGE))
    assert done == ["admit", "load"]
    size = megabytes(FIRST)
    assert loading().takes == f"It takes about {size} MB of the 690 MB that models may take here."


def test_a_model_that_does_not_fit_is_refused_until_it_does(monkeypatch):
    monkeypatch.setenv("ATTENTION_MEMORY", "5")
    at, size = fine(visit(PAGE)), megabytes(FIRST)
    assert f"takes about {size} MB of memory" in complaint(at)
    assert "may take 5 MB together. Whoever" in complaint(at)
    assert "ATTENTION_MEMORY" in complaint(at) and loading().model is None
    monkeypatch.setenv("ATTENTION_MEMORY", str(size))
    press(at, "Try again")
    assert not at.error and loading().model.heads == tiny.HEADS


def test_models_that_are_loaded_count(monkeypatch):
    both = megabytes(FIRST, SECOND)
    monkeypatch.setenv("ATTENTION_MEMORY", str(both - 1))
    assert not fine(visit(PAGE)).error
    at = fine(visit(PAGE, model="llama-gqa"))
    assert f"those that are loaded take {megabytes(FIRST)} MB" in complaint(at)
    assert not fine(visit(PAGE)).error  # the first one is there as before
    monkeypatch.setenv("ATTENTION_MEMORY", str(both))
    press(at, "Try again")
    assert not at.error
    assert loading(SECOND).model.kv_heads == 1


def test_what_failed_takes_nothing(monkeypatch):
    monkeypatch.setenv("ATTENTION_MEMORY", str(max(map(megabytes, (FIRST, SECOND)))))
    with monkeypatch.context() as failing:
        failing.setattr(shared_model, "load", lambda *_: 1 / 0)
        assert "server's log says why" in complaint(fine(visit(PAGE)))
    assert not fine(visit(PAGE, model="llama-gqa")).error
    assert loading(SECOND).model.kv_heads == 1


@pytest.mark.parametrize("given", ["much", "-5", "6.5", "²"])
def test_a_setting_that_is_none_is_said(given, monkeypatch):
    monkeypatch.setenv("ATTENTION_MEMORY", given)
    assert f"ATTENTION_MEMORY must be a whole number of MB, got '{given}'" in complaint(
        fine(visit(PAGE))
    )


def test_a_choice_of_models_says_what_each_takes(monkeypatch, tmp_path):
    monkeypatch.setenv(shared_model.VARIABLE, f"{FIRST},{SECOND},{tmp_path}/none,some/where")
    which = next(each for each in fine(visit(PAGE)).selectbox if each.label == "Model")
    sizes = [megabytes(name) for name in (FIRST, SECOND)]
    assert which.help == (
        f"Memory that each takes once it is loaded: bert {sizes[0]} MB and llama\\-gqa "
        f"{sizes[1]} MB."
    )


def test_saying_what_models_take_fetches_none(monkeypatch, tmp_path):
    """Of this one a part was fetched before."""
    (tmp_path / "config.json").write_text("{}")
    monkeypatch.setattr("attn_core.pretrained.sources.hub.cached_folder", lambda _: tmp_path)
    monkeypatch.setattr(memory_budget.memory, "needed", lambda *_: pytest.fail("fetched"))
    assert memory_budget.describe({"half": "some/half"}) == ""


def test_without_a_setting_it_is_what_the_cloud_guarantees(monkeypatch):
    monkeypatch.setenv("ATTENTION_MEMORY", " ")
    assert memory_budget.budget() == 690
