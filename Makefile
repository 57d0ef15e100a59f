# Two targets matter: `make serve` and `make test`. Each installs what it needs first.
# Settings are environment variables: PORT=9000 make serve

SHELL := /bin/sh
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

VENV ?= .venv
BIN := $(VENV)/bin
DATA_DIR ?= .data
PIP_INSTALL := $(BIN)/python -m pip install --disable-pip-version-check --require-hashes

.PHONY: help
help: ## List these targets
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## (.*)/  make \1\t\2/' | expand -t 18

.PHONY: serve
serve: install ## Start everything on PORT (8000), with a demo world; Ctrl-C stops it
	@sh deploy/install-system.sh pango
	@exec $(BIN)/python -m serve

.PHONY: test
test: prepare ## Check everything: format, lint, types, import contracts, tests, journeys
	@BIN=$(BIN) bash .ci/check format lint types contracts unit journeys

.PHONY: soak
soak: prepare ## The long versions of random tests, for hours; SEED=… repeats one
	@BIN=$(BIN) bash .ci/check soak

.PHONY: bench
bench: install ## How fast it is here, beside floors of the same run; ONLY=orders for one, FULL=1 for long
	@$(BIN)/python -m bench

.PHONY: lint types contracts unit journeys
lint types contracts: install-dev
	@BIN=$(BIN) bash .ci/check $@
unit: prepare
	@BIN=$(BIN) bash .ci/check unit
journeys: prepare
	@BIN=$(BIN) bash .ci/check journeys
lint:      ## Only: look for mistakes (ruff)
types:     ## Only: check types (mypy --strict)
contracts: ## Only: check who may import whom (import-linter)
unit:      ## Only: all tests but the journeys
journeys:  ## Only: whole journeys in headless Chromium

.PHONY: format
format: install-dev ## Format the code and mend what can be mended
	@$(BIN)/ruff check --fix-only --quiet . ; $(BIN)/ruff format .

.PHONY: lock
lock: install-dev ## Lock the newest allowed versions that fit requirements*.in, with hashes
	@test -x $(BIN)/uv || $(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	@for name in requirements requirements-dev; do \
	    UV_CUSTOM_COMPILE_COMMAND="make lock" $(BIN)/uv pip compile --quiet --universal --upgrade \
	        --python-version 3.11 --generate-hashes --no-emit-index-url --output-file $$name.txt $$name.in || exit 1; \
	done

.PHONY: clean
clean: ## Remove what was made here: the virtual environment, caches, and all data of the demo
	@if [ -e $(DATA_DIR)/serve.lock ] && command -v flock >/dev/null && ! flock -n $(DATA_DIR)/serve.lock true; then \
	    echo "make serve still runs on $(DATA_DIR): stop it first." >&2; exit 1; fi
	@if [ -L $(DATA_DIR)/postgres/cluster ]; then rm -rf "$$(dirname "$$(readlink $(DATA_DIR)/postgres/cluster)")"; fi
	rm -rf $(DATA_DIR) $(VENV) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis test-results
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

# The virtual environment: made anew only when a lock file has changed.

.PHONY: install install-dev prepare
install: $(VENV)/installed
install-dev: $(VENV)/installed-dev
prepare: install-dev
	@sh deploy/install-system.sh pango
	@sh deploy/install-system.sh chromium || echo "Going on; the journeys will fail."

$(BIN)/python:
	@python=$$(sh deploy/find-python.sh $(PYTHON)) && \
	    echo "Making the virtual environment $(VENV) with $$($$python --version)" && \
	    $$python -m venv $(VENV)

$(VENV)/installed: requirements.txt | $(BIN)/python
	@echo "Installing what the product needs (the first time takes a minute)"
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || $(BIN)/python -m ensurepip
	@$(PIP_INSTALL) -r requirements.txt
	@touch $@

$(VENV)/installed-dev: requirements-dev.txt $(VENV)/installed
	@echo "Installing what the checks need"
	@$(PIP_INSTALL) -r requirements-dev.txt
	@touch $@
