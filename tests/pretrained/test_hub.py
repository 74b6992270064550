"""Fetching a model from the hub, here a small one on this machine."""

import json
import time

import numpy as np
import pytest

from attn_core.pretrained import ModelError, folder_at_hand, is_at_hand, load
from attn_core.pretrained.memory import needed
from pages.ui.model.shared import memory_budget
from tests.pretrained import decoders, tiny
from tests.pretrained.hub import COMMIT, MODEL, Hub
from tests.pretrained.test_memory import MODELS, made

pytestmark = pytest.mark.usefixtures("model_packages")


@pytest.fixture
def hub(model_packages, monkeypatch, tmp_path):
    from huggingface_hub import constants

    with Hub().open() as hub:
        monkeypatch.setattr(constants, "ENDPOINT", hub.address)
        template = hub.address + "/{repo_id}/resolve/{revision}/{filename}"
        monkeypatch.setattr(constants, "HUGGINGFACE_CO_URL_TEMPLATE", template)
        monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path))
        # Waits between two tries.
        monkeypatch.setattr(time, "sleep", lambda _: None)
        yield hub


def test_a_model_is_fetched_once(hub):
    assert not is_at_hand(MODEL)
    told = []
    encoder = load(MODEL, lambda label, part: told.append((label, part)))
    assert is_at_hand(MODEL)
    assert [name for method, name in hub.asked if method == "GET"] == list(hub.files)
    for case in tiny.expected("bert"):
        hidden = encoder.encode(case["text"]).hidden
        np.testing.assert_allclose(hidden, case["hidden"], rtol=0, atol=1e-5)
    for name in hub.files:
        parts = [part for label, part in told if label == name]
        assert parts == sorted(parts) and parts[-1] == 1, name
    assert told[-1] == ("layer 2 of 2", 1)


def test_a_decoder_comes_with_what_ends_its_texts(hub):
    home = decoders.HOME / "llama-gqa"
    hub.files = {
        name: (home / name).read_bytes()
        for name in ("config.json", "tokenizer.json", "model.safetensors")
    }
    hub.files["generation_config.json"] = b'{"eos_token_id": [3, 5]}'
    model = load(MODEL)
    assert model.ends == {3, 5}
    assert decoders.gap(model, "llama-gqa") < 1e-5
    hub.asked.clear()
    assert load(MODEL).ends == {3, 5}
    assert hub.asked == []


def large(hub, folder, config, shapes):
    """Have the hub show a model whose file is larger than what says its sizes."""
    names = made(folder, config, shapes)
    hub.files = {file.name: file.read_bytes() for file in names.iterdir()}
    return folder


@pytest.mark.parametrize("kind", ["bert", "llama"])
def test_what_a_model_takes_is_known_before_its_numbers_are_fetched(hub, kind, tmp_path_factory):
    config, shapes, _ = MODELS[kind]
    folder = large(hub, tmp_path_factory.mktemp("own"), config, shapes())
    assert needed(MODEL) == needed(folder)
    assert len(hub.files["model.safetensors"]) > 5e7 and hub.sent < 2e5
    assert not is_at_hand(MODEL)


def test_sizes_of_a_model_in_several_files(hub):
    home = tiny.HOME.parent / "cases" / "sharded"
    hub.files = {file.name: file.read_bytes() for file in home.iterdir()}
    assert needed(MODEL) == needed(home)
    assert not is_at_hand(MODEL)
    assert needed(MODEL) == needed(home)
    load(MODEL)
    hub.asked.clear()
    assert needed(MODEL) == needed(home)
    assert hub.asked == []


def test_a_model_that_does_not_fit_isn_t_fetched(hub, monkeypatch):
    monkeypatch.setenv(memory_budget.VARIABLE, "5")
    with pytest.raises(ModelError, match="takes about 13 MB of memory"):
        memory_budget.admit(MODEL, (), lambda *_: None)
    assert not is_at_hand(MODEL)


@pytest.mark.parametrize("content", [b"", b"\x09" * 100, b"\x02" + bytes(7) + b"{]"])
def test_a_file_whose_sizes_cannot_be_read(hub, content):
    hub.files["model.safetensors"] = content
    with pytest.raises(ModelError, match="couldn't be fetched from the hub"):
        needed(MODEL)


def test_sizes_where_there_is_no_file_of_them_or_no_hub(hub):
    tensors = hub.files.pop("model.safetensors")
    with pytest.raises(ModelError, match=r"lab/tiny has no model\.safetensors"):
        needed(MODEL)
    hub.files["model.safetensors"] = tensors
    hub.close()
    with pytest.raises(ModelError, match="hub"):
        needed(MODEL)


def test_all_files_are_of_one_revision(hub):
    """Should the hub get a newer model in between."""
    load(MODEL)
    (first, *others) = dict.fromkeys(zip(hub.revisions, (n for _, n in hub.asked), strict=True))
    assert first == ("main", "config.json")
    assert {revision for revision, name in others if name != "config.json"} == {COMMIT}


def test_what_was_fetched_is_asked_for_no_more(hub):
    load(MODEL)
    hub.asked.clear()
    load(MODEL)
    assert hub.asked == []


def test_the_second_time_needs_no_hub(hub):
    load(MODEL)
    hub.asked.clear()
    hub.close()
    assert is_at_hand(MODEL)
    assert load(MODEL).layers == tiny.LAYERS


def test_progress_of_a_large_file(hub, monkeypatch):
    from huggingface_hub import constants

    monkeypatch.setattr(constants, "DOWNLOAD_CHUNK_SIZE", 1024)
    told = []
    load(MODEL, lambda label, part: told.append((label, part)))
    parts = [part for label, part in told if label == "model.safetensors"]
    assert parts == sorted(parts) and 0 <= parts[0] < 0.2 and parts[-1] == 1


def test_nothing_is_written_to_the_terminal(hub, capfd):
    load(MODEL, lambda *_: None)
    assert capfd.readouterr() == ("", "")


def refused(name, *parts):
    with pytest.raises(ModelError) as told:
        load(name)
    for part in parts:
        assert part in str(told.value)
    assert "\n" not in str(told.value)


@pytest.mark.parametrize("name", ["config.json", "tokenizer.json", "model.safetensors"])
def test_a_repository_without_one_of_the_files(hub, name):
    del hub.files[name]
    refused(MODEL, f"lab/tiny has no {name}", "the lab reads models that have one")
    assert not is_at_hand(MODEL)


@pytest.mark.parametrize("name", ["lab/unknown", "lab/gated", "lab/other", "other"])
def test_a_repository_that_is_not_there_or_not_for_all(hub, name):
    refused(name, f"The hub shows no model {name} to everybody", "spelling")
    assert not is_at_hand(name)


@pytest.mark.parametrize("status", [403, 429, 500, 503])
def test_a_hub_in_trouble(hub, status):
    hub.status = status
    refused(MODEL, MODEL, "The hub doesn't answer", str(status), "name a folder")


def test_a_connection_cut_once_is_taken_up_again(hub):
    hub.cuts = 1
    hub.files = dict(reversed(hub.files.items()))
    told = []
    encoder = load(MODEL, lambda label, part: told.append((label, part)))
    assert encoder.layers == tiny.LAYERS
    assert all(0 <= part <= 1 for _, part in told)


def test_a_connection_that_is_cut_again_and_again(hub):
    hub.cuts = 10_000
    refused(MODEL, "lab/tiny couldn't be fetched from the hub", "Try again")
    assert not is_at_hand(MODEL)


def test_no_hub_and_nothing_fetched_before(hub):
    hub.close()
    refused(MODEL, "The hub doesn't answer", "lab/tiny wasn't fetched before", "make models")


def test_no_hub_and_a_part_fetched_before(hub):
    tensors = hub.files.pop("model.safetensors")
    refused(MODEL, "has no model.safetensors")
    hub.files["model.safetensors"] = tensors
    assert not is_at_hand(MODEL)
    hub.close()
    refused(MODEL, "The hub doesn't answer (")


def test_what_was_fetched_may_be_no_model(hub):
    hub.files["model.safetensors"] = b"<html>Sign in to this network</html>"
    refused(MODEL, "isn't a whole safetensors file")
    folder = folder_at_hand(MODEL)
    assert folder and (folder / "config.json").is_file()
    refused(MODEL, str(folder))  # which a page leaves away


def test_a_name_never_leaves_its_place_in_the_address(hub):
    for name in ("lab/tiny?x", "lab/tiny#x", "lab/..", "lab/%2e%2e", "datasets/../x"):
        with pytest.raises(ModelError):
            load(name)
    assert not hub.asked


def test_a_repository_with_other_files_in_place_of_the_usual(hub):
    """Shards with an index, and a list of tokens with what is said about it."""
    import safetensors.numpy

    whole, tokenizer = (hub.files.pop(name) for name in ("model.safetensors", "tokenizer.json"))
    names = [f"model-{i}-of-2.safetensors" for i in (1, 2)]
    tensors = safetensors.numpy.load(whole)
    parts = [dict(list(tensors.items())[i::2]) for i in (0, 1)]
    where = {name: names[i] for i, part in enumerate(parts) for name in part}
    vocabulary = json.loads(tokenizer)["model"]["vocab"]
    hub.files |= {
        "vocab.txt": "\n".join(vocabulary).encode(),
        "tokenizer_config.json": b'{"do_lower_case": true}',
        "model.safetensors.index.json": json.dumps({"weight_map": where}).encode(),
        names[0]: safetensors.numpy.save(parts[0]),
    }
    refused(MODEL, f"lab/tiny has no {names[1]}, which its model.safetensors.index.json names")
    assert not is_at_hand(MODEL)
    hub.files[names[1]] = safetensors.numpy.save(parts[1])
    encoder = load(MODEL)
    for case in tiny.expected("bert"):
        encoded = encoder.encode(case["text"])
        assert list(encoded.tokens) == case["tokens"]
        np.testing.assert_allclose(encoded.hidden, case["hidden"], rtol=0, atol=1e-5)
    got = {name for method, name in hub.asked if method == "GET"}
    assert got >= set(hub.files)
    assert is_at_hand(MODEL)
    hub.asked.clear()
    load(MODEL)
    assert hub.asked == []


def test_the_small_files_of_a_sentence_model_come_with_it(hub):
    """Its pooling and its length; the latter's file is of an older name here."""
    steps = [{"type": "a.Transformer", "path": ""}, {"type": "a.Pooling", "path": "1_Pooling"}]
    hub.files |= {
        "modules.json": json.dumps(steps).encode(),
        "1_Pooling/config.json": b'{"pooling_mode": "cls"}',
        "sentence_distilbert_config.json": b'{"max_seq_length": 7}',
    }
    model = load(MODEL)
    assert (model.rules.pooling, model.rules.max_tokens) == (("cls",), 7)
    got = [name for method, name in hub.asked if method == "GET"]
    assert set(got) == set(hub.files) and got[-1] == "model.safetensors"
    assert (
        len({revision for revision, (_, name) in zip(hub.revisions, hub.asked, strict=True)}) <= 2
    )
    hub.asked.clear()
    assert load(MODEL).rules == model.rules
    assert hub.asked == []


def test_a_list_of_steps_leads_nowhere_else(hub):
    hub.files["modules.json"] = json.dumps([{"type": "a.Pooling", "path": "../../x"}]).encode()
    refused(MODEL, "a path within the model's folder", "'../../x'")
    assert not any("x/" in name for _, name in hub.asked)
