# Each target does all its own set-up: a machine with Python 3.11+ and make needs nothing prepared.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
CORES := $(shell getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2)
# One more than there are cores: the tests keep processors busy, but some of what they do is waiting.
WORKERS := $(shell expr 1 + $(CORES))
ARGS ?=

.PHONY: demo test soak check bench pictures lock clean

demo: $(VENV)/ready
	$(BIN)/grcpush demo $(ARGS)

test: check
	$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal $(ARGS)

# The long versions: random histories, walks through Slack, and a kill at every point of a push again and again on both databases.
soak: $(VENV)/ready-dev
	GRCPUSH_HISTORIES=$${GRCPUSH_HISTORIES:-1000} GRCPUSH_ROUNDS=$${GRCPUSH_ROUNDS:-10} GRCPUSH_WALKS=$${GRCPUSH_WALKS:-100} \
	  $(BIN)/python -m pytest -n $(CORES) tests/faults/test_histories.py tests/faults/test_crashes.py tests/engine tests/walks $(ARGS)

check: $(VENV)/ready-dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/lint-imports
	$(BIN)/mypy

bench: $(VENV)/ready-dev
	$(BIN)/python -m benchmarks $(ARGS)

# Needs Chromium on PATH.
pictures: $(VENV)/ready-dev
	$(BIN)/python -m tests.pictures docs/pictures

# The locks hold hashes and no address: whoever installs decides where packages come from.
lock:
	$(PYTHON) -m venv $(VENV)
	$(PIP) uv
	$(BIN)/uv pip compile pyproject.toml --extra build --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --quiet -o requirements.lock
	$(BIN)/uv pip compile pyproject.toml --extra build --extra dev -c requirements.lock --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --quiet -o requirements-dev.lock

clean:
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis

$(VENV)/ready: requirements.lock pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(PIP) --require-hashes -r requirements.lock
	$(PIP) --no-deps --no-build-isolation --editable .
	touch $@

$(VENV)/ready-dev: requirements-dev.lock pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(PIP) --require-hashes -r requirements-dev.lock
	$(PIP) --no-deps --no-build-isolation --editable .
	touch $@ $(VENV)/ready
