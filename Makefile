# make run    the app on http://127.0.0.1:7860
# make test   all tests
# make check  lint, format, types, imports
#
# Each sets up .venv by itself, and again when the requirements change.

BIN := .venv/bin
RUNS := import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))
# A name on the path proves nothing (a version manager leaves empty ones): the first that runs.
PYTHON ?= $(shell for python in python3.12 python3.11 python3 python; do \
	$$python -c "$(RUNS)" 2>/dev/null && echo $$python && break; done)

.DELETE_ON_ERROR:
.PHONY: run test check clean

run: .venv/ready
	$(BIN)/python app.py

test: .venv/ready-dev
	$(BIN)/python -m pytest

check: .venv/ready-dev
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports

clean:
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "ViPer needs Python 3.11 or 3.12 with the venv module." >&2; exit 2; }
	$(PYTHON) -m venv .venv

.venv/ready: requirements.txt pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt -e .
	@touch $@

.venv/ready-dev: requirements-dev.txt .venv/ready
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@
