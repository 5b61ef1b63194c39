# make demo   scrub the example claims
# make test   every check, in order, stopping at the first that fails
# make help   the rest

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip -qq --disable-pip-version-check --no-input --retries 10 --timeout 60

# A Python that fits, tried by running it (a name on the path may be a stub that does not run).
FITS := import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 13))
ifndef PYTHON
PYTHON := $(shell for name in python3.11 python3.12 python3; do \
	if $$name -c '$(FITS)' >/dev/null 2>&1; then echo $$name; break; fi; done)
endif

.DEFAULT_GOAL := help
.NOTPARALLEL:
.DELETE_ON_ERROR:

define heading
@printf '\n== %s\n' '$(1)'
endef

# --- what a user runs ---

.PHONY: help
help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 16

.PHONY: demo
demo: $(VENV)/.ready ## scrub the claims in examples/
	$(BIN)/cleanclaim check examples/ --tables examples/tables --received-on 2026-04-15 --fail-on never

.PHONY: test
test: lint format types imports lint-rules tests docs sizes ## every check, in order
	@printf '\nAll checks passed.\n'

# --- the checks, one a target ---

.PHONY: lint
lint: $(VENV)/.ready-dev ## ruff check
	$(call heading,lint (ruff check))
	@$(BIN)/ruff check

.PHONY: format
format: $(VENV)/.ready-dev ## ruff format --check
	$(call heading,format (ruff format --check))
	@$(BIN)/ruff format --check

.PHONY: types
types: $(VENV)/.ready-dev ## mypy
	$(call heading,types (mypy))
	@$(BIN)/mypy

.PHONY: imports
imports: $(VENV)/.ready-dev ## the import contracts
	$(call heading,import contracts (import-linter))
	@$(BIN)/lint-imports --no-logo

# The command line must start; a usage error (status 2) then means that this version has no `rules lint`.
.PHONY: lint-rules
lint-rules: $(VENV)/.ready-dev ## cleanclaim rules lint
	$(call heading,rules (cleanclaim rules lint))
	@$(BIN)/python -m engine.cli --help >/dev/null
	@status=0; $(BIN)/python -m engine.cli rules lint --help >/dev/null 2>&1 || status=$$?; \
	if [ $$status -eq 2 ]; then echo 'skipped: this version has no command `rules lint`'; \
	else $(BIN)/python -m engine.cli rules lint; fi

.PHONY: tests
tests: $(VENV)/.ready-dev ## pytest: all tests, rule twins and doctests
	$(call heading,tests (pytest))
	@$(BIN)/python -m pytest -q -n 2 --doctest-modules --ignore=tests/bench --ignore=api/store/migrations tests engine api

.PHONY: docs
docs: $(VENV)/.ready-dev ## build the documentation, warnings are errors
	$(call heading,docs (mkdocs build --strict))
	@site=$$(mktemp -d) && trap 'rm -rf "$$site"' EXIT && $(BIN)/mkdocs build --strict --site-dir "$$site" \
	&& echo "built: $$(find "$$site" -name '*.html' | wc -l) pages"

.PHONY: sizes
sizes: $(VENV)/.ready-dev ## lines a module
	$(call heading,module sizes)
	@$(BIN)/python tools/size_report.py

# --- slower, on request ---

.PHONY: bench
bench: $(VENV)/.ready-dev ## speed measurements
	$(BIN)/python -m pytest -p no:randomly -s tests/bench

.PHONY: wheel
wheel: $(VENV)/.ready ## build the wheel, for the Containerfile
	@rm -rf dist && $(PIP) wheel --no-deps --wheel-dir dist . && ls dist

.PHONY: sanitize
sanitize: $(VENV)/.ready-dev ## the durable back end under AddressSanitizer
	bash tools/sanitize.sh

.PHONY: clean
clean: ## remove the virtual environment and all caches
	rm -rf $(VENV) build dist site .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
	find engine api tools tests -name __pycache__ -type d -prune -exec rm -rf {} + 2>/dev/null || true

# --- the virtual environment: rebuilt when pyproject.toml changes ---

COMPILER_HINT := durable_rules is compiled when it is installed. It needs a C compiler and the Python headers. \
	Debian and Ubuntu: apt-get install gcc libc6-dev python3-dev. Fedora: dnf install gcc python3-devel. \
	macOS: xcode-select --install.
HAS_COMPILER = { command -v cc || command -v gcc; } >/dev/null 2>&1 && $(PYTHON) -c 'import os, sys, sysconfig; \
	sys.exit(not os.path.exists(os.path.join(sysconfig.get_path("include"), "Python.h")))'

.PHONY: python
python:
	@if [ -z '$(PYTHON)' ]; then echo 'cleanclaim needs Python 3.11 or 3.12; found neither. Name one: make PYTHON=/path/to/python3.11' >&2; exit 1; fi
	@$(PYTHON) -c '$(FITS)' || { echo 'cleanclaim needs Python 3.11 or 3.12; $(PYTHON) is not.' >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' || { echo 'The venv module is absent. Debian and Ubuntu: apt-get install python3-venv.' >&2; exit 1; }

.PHONY: prerequisites
prerequisites: python ## is everything here that the installation needs?
	@$(HAS_COMPILER) || { echo '$(COMPILER_HINT)' >&2; exit 1; }

$(VENV)/.ready: pyproject.toml | python
	@$(HAS_COMPILER) || echo 'Warning: $(COMPILER_HINT)' >&2
	@echo 'Building $(VENV) with $(PYTHON) …'
	@$(PYTHON) -m venv --clear $(VENV)
	@$(PIP) install --editable . || { $(HAS_COMPILER) || echo '$(COMPILER_HINT)' >&2; exit 1; }
	@touch $@

$(VENV)/.ready-dev: $(VENV)/.ready
	@echo 'Adding what the checks need …'
	@$(PIP) install --editable '.[api,test,dev,batch,spark]'
	@touch $@
