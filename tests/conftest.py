"""One real browser, one pretrained model and a real Redis for all tests.

What is missing is a failure on CI, a skip elsewhere.
"""

import importlib.util
import os
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

import pytest
from hypothesis import settings
from playwright.sync_api import Browser, BrowserType, sync_playwright

from attn_core.pretrained import PACKAGE, Encoder, load
from attn_core.pretrained.sources.locate import installed
from attn_core.tasks import LESSONS, Lesson
from tests import machine, redis_server
from tests.redis_server import RedisServer

# What made the golden numbers runs other projects' code; no test does.
collect_ignore_glob = ["golden/*"]

# Tests never depend on how fast a machine is, or how busy.
settings.register_profile("lab", deadline=None)
settings.register_profile("quick", deadline=None, max_examples=10)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "lab"))

#: Leads to this machine, and isn't localhost: on plain http browsers withhold some things there.
NAME = "lab.test"
# Without these flags Chromium looks for its maker's servers at every start.
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    f"--host-resolver-rules=MAP {NAME} 127.0.0.1",
]


@pytest.fixture(scope="session", autouse=True)
def rooms_of_their_own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Tests, and the servers that they start, have no rooms with another process."""
    with pytest.MonkeyPatch.context() as patch:
        path = tmp_path_factory.mktemp("rooms") / "rooms.db"
        patch.setenv("ROOM_STORE", f"sqlite:///{path}")
        yield


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = launch(playwright.chromium)
        yield browser
        browser.close()


def launch(chromium: BrowserType) -> Browser:
    """The system's browser if there is one, else the one that Playwright installed."""
    path = machine.chromium() or chromium.executable_path
    if not Path(path).exists():
        lack("There is no Chromium: `make test` installs one, or set CHROMIUM to its path.")
    # All that it asks for is on this machine, so it needs no proxy that the machine may have.
    direct: dict[str, str | float | bool] = {
        name: value for name, value in os.environ.items() if "proxy" not in name.lower()
    }
    return chromium.launch(executable_path=path, args=FLAGS, env=direct)


@pytest.fixture(scope="session")
def model_packages() -> None:
    """What reads a model's files; the files themselves may be a test's own."""
    for package in ("safetensors", "tokenizers", "huggingface_hub"):
        if importlib.util.find_spec(package) is None:
            lack(f"The package {package} isn't installed: make models")


@pytest.fixture(scope="session")
def encoder(model_packages: None) -> Encoder:
    """The pretrained model, loaded once."""
    if installed() is None:
        lack("The pretrained model isn't installed: make models")
    model = load(PACKAGE)
    assert isinstance(model, Encoder)
    return model


@pytest.fixture(scope="session")
def glassllm(model_packages: None) -> Path:
    """Folder with the files of glassllm's decoders."""
    if (folder := installed("glassllm")) is None:
        lack("The decoders of glassllm aren't installed: make models")
    return folder


@pytest.fixture(scope="session")
def needs_redis() -> None:
    if not machine.redis():
        lack(machine.NO_REDIS)
    if importlib.util.find_spec("redis") is None:
        lack("Redis's client isn't installed: pip install -r requirements-room.txt")


@pytest.fixture
def mortal_redis(needs_redis: None, tmp_path: Path) -> Iterator[RedisServer]:
    """A server for one test, which may kill it."""
    with redis_server.running(tmp_path) as server:
        yield server


@pytest.fixture(params=LESSONS)
def lesson(request: pytest.FixtureRequest) -> Lesson:
    """Each lesson of the course; one about the pretrained model where that is installed."""
    found = LESSONS[request.param]
    if found.needs_model:
        request.getfixturevalue("encoder")
    return found


def lack(message: str) -> NoReturn:
    """Fail on CI, where everything must be there; skip elsewhere."""
    if os.environ.get("CI"):
        pytest.fail(message)
    pytest.skip(message)
