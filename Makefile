# `make run` starts the portal, `make test` checks everything. Needs Python 3.11 or newer, make, and a package registry.
.DEFAULT_GOAL := help
SHELL := /bin/sh
.SUFFIXES:

BIN := .venv/bin
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11 python; do \
	if $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then echo $$p; break; fi; done)
PIP := $(BIN)/python -m pip --disable-pip-version-check --no-input install --quiet --retries 2 --timeout 20
UNREACHABLE = { echo "Could not install the dependencies. Is the package registry reachable? Details: .venv/install.log" >&2; exit 1; }

.PHONY: help run dev check test scenes bench lint format constraints migration settings texts

help: ## this list
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /  make \1\t/'

run: .venv/runtime ## install, build and start the portal (PORTAL_PORT, 3000)
	@$(BIN)/python -m ticket_portal.frontend
	@exec $(BIN)/python -m ticket_portal serve

dev: .venv/runtime ## start with hot reload
	@exec $(BIN)/python -m ticket_portal.frontend dev

check: .venv/tests ## what a change most often breaks, in a minute and a half
	@$(BIN)/python .ci/check.py --quick

test: .venv/tests ## all checks and tests
	@$(BIN)/python .ci/chromium.py
	@$(BIN)/python .ci/check.py

scenes: .venv/tests ## the browser scenes alone; PORTAL_URL=… runs them against a deployed portal
	@$(BIN)/python .ci/chromium.py
	@$(BIN)/python .ci/check.py scenes

bench: .venv/tests ## the benchmarks, as one JSON object
	@$(BIN)/python .ci/chromium.py >&2
	@$(BIN)/python -m ticket_portal.frontend >&2
	@$(BIN)/python -m tests.bench

lint: .venv/tests ## format, lint, types and layers
	@$(BIN)/python .ci/check.py format lint layers assets types

format: .venv/tests ## put the code in its form
	@$(BIN)/ruff format --quiet . && $(BIN)/ruff check --quiet --fix .
	@$(BIN)/python .ci/biome.py format --write

migration: .venv/tests ## write a migration for what changed in the tables: m="What changes"
	@$(BIN)/python .ci/migration.py "$$m"

constraints: .venv/bin/python ## pin what is installed anew, after a change of requirements; all=1: everything as new as they allow
	@$(BIN)/python .ci/constraints.py $(if $(all),--all)

settings: .venv/runtime ## write .env.example and the tables of docs/operations.md
	@$(BIN)/python -m ticket_portal.settings_docs

texts: .venv/runtime ## bring the catalogues in step with the sources
	@$(BIN)/python -m ticket_portal.i18n extract

.venv/bin/python:
	@[ -n "$(PYTHON)" ] || { echo "Ticket Portal needs Python 3.11 or newer, and none is on the PATH. Install one, or name it: make PYTHON=/path/to/python3" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Ticket Portal needs Python 3.11 or newer; $(PYTHON) is older." >&2; exit 1; }
	@$(PYTHON) -m venv .venv || { rm -rf .venv; echo "Could not make a virtual environment. On Debian and Ubuntu: apt install python3-venv" >&2; exit 1; }

.venv/runtime: .venv/bin/python requirements.txt .ci/constraints.txt
	@echo "Installing the dependencies…"
	@$(PIP) -r requirements.txt -c .ci/constraints.txt >.venv/install.log 2>&1 || $(UNREACHABLE)
	@touch $@

.venv/tests: .venv/runtime tests/requirements.txt
	@echo "Installing what the tests need…"
	@$(PIP) -r tests/requirements.txt -c .ci/constraints.txt >.venv/install.log 2>&1 || $(UNREACHABLE)
	@touch $@
