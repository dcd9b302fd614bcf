# Every target needs nothing but Python 3.11; `make help` lists them.

VENV := .venv
BIN := $(VENV)/bin
# What the product needs, and beside it what developing it needs; each file is newer than the lock it was made from.
RUNTIME := $(VENV)/.runtime
READY := $(VENV)/.ready
# Nothing is compiled ahead: most of it is never imported.
PIP_INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile --require-hashes --no-deps -r
# The lock was resolved for 3.11, so that one is preferred.
CANDIDATES := python3.11 python3.12 python3.13 python3
COMPILE := CUSTOM_COMPILE_COMMAND="make lock" $(BIN)/python -m piptools compile --quiet --generate-hashes --allow-unsafe --strip-extras \
	--no-emit-options

.DEFAULT_GOAL := help
.PHONY: help install demo clean-demo test lint format bench messages lock

help: ## List the targets
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' Makefile | expand -t 14

install: $(READY) ## Make .venv from the lock file

$(RUNTIME): requirements.lock
	@$(BIN)/python -c '' 2>/dev/null || { rm -rf $(VENV); \
	  for candidate in $(PYTHON) $(CANDIDATES); do \
	    $$candidate -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && python=$$candidate && break; \
	  done; \
	  [ -n "$$python" ] || { echo "Python 3.11 or newer is needed and none was found; name one: make PYTHON=/path/to/python3.11 $(MAKECMDGOALS)" >&2; exit 1; }; \
	  $$python -m venv $(VENV) || { rm -rf $(VENV); \
	    echo "$$python cannot make virtual environments. On Debian and Ubuntu: apt install python3-venv" >&2; exit 1; }; }
	@echo "Installing what requirements.lock names into $(VENV) …"
	@$(PIP_INSTALL) requirements.lock
	@touch $(RUNTIME)

$(READY): requirements-dev.lock $(RUNTIME)
	@echo "Installing what requirements-dev.lock names beside it …"
	@$(PIP_INSTALL) requirements-dev.lock
	@touch $(READY)

demo: $(RUNTIME) ## Make a small district, compute its months, open it on http://127.0.0.1:8000 (PORT, DEMO_SCALE)
	@$(BIN)/python -m config.demo

clean-demo: $(RUNTIME) ## Stop the demo and forget its data
	@$(BIN)/python -m config.demo clean

test: $(READY) ## Run every test (ARGS="tests/teams -x")
	@$(BIN)/python -m pytest $(ARGS)

lint: $(READY) ## Check style, format and types
	@$(BIN)/python -m ruff check .
	@$(BIN)/python -m ruff format --check .
	@$(BIN)/python -m mypy

format: $(READY) ## Format the code and mend what can be mended
	@$(BIN)/python -m ruff check --fix-only --quiet .
	@$(BIN)/python -m ruff format .

bench: $(READY) ## Measure the month, history, imports and pages at full scale
	@$(BIN)/python -m benchmarks $(ARGS)

messages: $(READY) ## Collect the texts to translate and compile the translations (needs gettext)
	@$(BIN)/python manage.py makemessages --locale zh_Hans --no-location --no-obsolete --no-wrap --ignore $(VENV) --ignore var
	@$(BIN)/python manage.py compilemessages --locale zh_Hans --ignore $(VENV)

lock: $(READY) ## Resolve the versions anew from pyproject.toml (ARGS=--upgrade)
	@$(COMPILE) $(ARGS) --output-file requirements.lock pyproject.toml
	@$(COMPILE) $(ARGS) --extra dev --constraint requirements.lock --output-file requirements-dev.lock pyproject.toml
