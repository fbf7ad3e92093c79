.DEFAULT_GOAL := help
.PHONY: help demo up trial test test-browser test-containers test-long bench pictures check format

PYTHON ?= python3
BIN := .venv/bin
RUNS := .venv/.runs
READY := .venv/.ready
# Compose is a part of the engine, or a program of its own; where it is neither, it comes with what tests need.
COMPOSE := $(shell docker compose version >/dev/null 2>&1 && echo docker compose || command -v docker-compose || echo $(BIN)/docker-compose)
PYTEST := $(BIN)/python -m pytest
# The tests start hundreds of processes, all of which read the same modules: each is compiled once.
unexport PYTHONDONTWRITEBYTECODE

help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-16s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(RUNS): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || \
	  { echo "Python 3.11 or newer is needed; name it with: make PYTHON=python3.11 ..." >&2; exit 1; }
	@$(PYTHON) -m venv .venv || { echo "Python's venv module is missing; install it (on Debian: python3-venv)" >&2; exit 1; }
	@echo "Installing what runs into .venv (once) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $(RUNS)

$(READY): requirements-dev.lock $(RUNS)
	@echo "Installing what tests and checks need beside it (once) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $(READY)

demo: $(RUNS) ## play the case files of examples/ and compare with the other side's books
	@$(BIN)/transfers demo examples --over-http examples/01-one-child-passes-on-a-sibling-closes.yaml

up: $(RUNS) ## start everything on this machine: Temporal with its UI, worker, Mosaic, mailbox
	@exec $(BIN)/transfers up

trial: $(if $(findstring $(BIN),$(COMPOSE)),$(READY)) ## start everything in containers, and play the case files through it (docker/README.md)
	@docker version >/dev/null 2>&1 || { echo "No container engine answers; Docker is needed for this" >&2; exit 1; }
	@$(COMPOSE) -f docker/compose.yaml --profile trial up --build --wait
	@$(COMPOSE) -f docker/compose.yaml run --rm transfers demo --server temporal:7233

test: $(READY) ## the tests: no root, no browser, a few minutes
	$(PYTEST) -n 4 -m "not long and not browser and not container"

test-browser: $(READY) ## the tests in Chromium (set CHROMIUM to its path where it is not /usr/bin/chromium)
	$(PYTEST) tests/browser -m browser

test-containers: $(READY) ## the tests in containers: the image, the trial struck while it works, two versions at once
	$(PYTEST) tests/containers -v -rs -m container

test-long: $(READY) ## the tests that take long
	$(PYTEST) -n 3 -m long

bench: $(READY) ## journeys, kills, a bad day, a register of 100,000, the gateway, a herd of 2000: an hour and three quarters (JOURNEY=, KILL=, CHAOS=, REGISTER=, GATEWAY=, HERD="--transfers 200")
	@$(BIN)/python -m benchmarks.journey $(JOURNEY)
	@$(BIN)/python -m benchmarks.kill $(KILL)
	@$(BIN)/python -m benchmarks.chaos $(CHAOS)
	@$(BIN)/python -m benchmarks.register $(REGISTER)
	@$(BIN)/python -m benchmarks.gateway $(GATEWAY)
	@$(BIN)/python -m benchmarks.herd $(HERD)

pictures: $(READY) ## take the pictures of the README and the runbook anew, in Chromium (some minutes)
	$(BIN)/python -m tests.browser.pictures

check: $(READY) ## format, lint, types, import contracts
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(READY) ## put the code into shape
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .
