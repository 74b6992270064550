"""The package as others get it: a wheel, in an environment with NumPy alone."""

import json
import re
import shutil
import subprocess
import sys
import tomllib
import venv
from pathlib import Path

import pytest

import attn_core

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()
BLOCKS = re.findall(r"```python\n(.*?)```", README, flags=re.S)
PARTS = ("attn_core", "pyproject.toml", "README.md", "LICENSE")


def run(*command, **options):
    done = subprocess.run(command, capture_output=True, text=True, **options)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """The wheel, built from a copy, for building leaves files behind."""
    source, out = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("wheel")
    for part in (*PARTS, *(path.name for path in ROOT.glob("requirements*.txt"))):
        copy = shutil.copytree if (ROOT / part).is_dir() else shutil.copy
        copy(ROOT / part, source / part)
    pip = (sys.executable, "-m", "pip", "--disable-pip-version-check", "wheel")
    run(*pip, "--no-deps", "--no-build-isolation", "--wheel-dir", str(out), str(source))
    (built,) = out.glob("*.whl")
    return built


def test_a_wheel_with_numpy_alone_runs_the_readme(wheel, tmp_path):
    home = tmp_path / "bare"
    venv.create(home, with_pip=False)
    python = home / ("Scripts" if sys.platform == "win32" else "bin") / "python"
    pip = (sys.executable, "-m", "pip", "--python", str(python), "--disable-pip-version-check")
    run(*pip, "install", "--quiet", str(wheel))
    there = json.loads(run(*pip, "list", "--format", "json"))
    assert {each["name"] for each in there} == {"numpy", "self-attention-lab"}
    printed = run(str(python), "-I", "-c", BLOCKS[0], cwd=tmp_path)
    assert "[1.   0.   0.  ]" in printed  # suis looks at Je, as the text of the block says
    data = (
        "import attn_core; from attn_core.learning import corpus; from attn_core import presets;"
        "print(attn_core.__version__, len(corpus.sentences()) > 100, len(presets.PRESETS) > 9)"
    )
    assert run(str(python), "-I", "-c", data, cwd=tmp_path).split() == [
        *(attn_core.__version__, "True", "True")
    ]


def test_extras_are_the_requirements(wheel):
    listing = run(sys.executable, "-m", "zipfile", "-l", str(wheel))
    assert "attn_core/learning/corpus.txt" in listing
    assert "attn_core/text/vocabulary.txt" in listing
    assert not re.search(r"^(pages|tests|benchmarks)/", listing, flags=re.M)
    about = subprocess.run(
        [sys.executable, "-c", ABOUT, str(wheel)], capture_output=True, text=True, check=True
    ).stdout
    for extra in ("app", "models", "room", "dev"):
        suffix = "" if extra == "app" else f"-{extra}"
        lines = (ROOT / f"requirements{suffix}.txt").read_text().splitlines()
        wanted = {name(line) for line in lines if line and line[0] != "#"}
        assert wanted == {
            name(line) for line in re.findall(rf"Requires-Dist: (.*); extra == \"{extra}\"", about)
        }
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert project["dependencies"][0] in (ROOT / "requirements.txt").read_text().splitlines()


ABOUT = """
import sys, zipfile
with zipfile.ZipFile(sys.argv[1]) as wheel:
    (name,) = [each for each in wheel.namelist() if each.endswith("METADATA")]
    print(wheel.read(name).decode())
"""


def name(requirement):
    """A requirement, however its bounds are ordered."""
    package = re.match(r"[\w-]+", requirement)[0]
    return package, frozenset(requirement.removeprefix(package).split(","))


def test_the_notebook_is_the_readme():
    notebook = json.loads((ROOT / "examples" / "first_scenario.ipynb").read_text())
    cells = ["".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == "code"]
    assert cells == [block.rstrip("\n") for block in BLOCKS]
    run(sys.executable, "-c", "\n".join(cells), cwd=ROOT)
