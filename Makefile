# What people and CI type. Works with GNU make 3.81 (macOS) and any POSIX shell; the work is in tools/*.sh.
# PYTHON=/path/to/python3.12 chooses the interpreter; ARGS="tests/auth -x" is passed to pytest.

SHELL = /bin/sh
BIN = .venv/bin
PYTEST_WORKERS = 2
THOROUGH = tests/auth/test_refresh_model.py

.DEFAULT_GOAL := help
.NOTPARALLEL: # the steps share one virtual environment, so -j must not interleave them
.PHONY: help setup up test thorough lint audit format web lock types docs wheel clean

help: ## Show this list.
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' Makefile

setup: ## Install everything that `make up` needs; start nothing.
	@STEP=1/2 tools/install.sh up
	@STEP=2/2 tools/web.sh build

up: ## Install what is missing, then start Emergence on http://127.0.0.1:8080.
	@STEP=1/3 tools/install.sh up
	@STEP=2/3 tools/web.sh build
	@echo "[3/3] Starting Emergence; Ctrl-C stops it."
	@exec $(BIN)/emergence up

test: ## Install what is missing, then run every test; ARGS goes to pytest.
	@rm -f .make/web-failed
	@STEP=1/4 tools/install.sh dev
	@STEP=2/4 tools/web.sh build
	@STEP=3/4 tools/web.sh test || touch .make/web-failed
	@echo "[4/4] Running the Python tests …"
	@. tools/caches.sh; CHROMIUM="$$(tools/find_chromium.sh)"; PROMTOOL="$$(tools/find_promtool.sh)"; \
	export CHROMIUM PROMTOOL; status=0; \
	WORKERS=$(PYTEST_WORKERS) tools/test.sh $(ARGS) || status=$$?; \
	if [ -e .make/web-failed ]; then rm .make/web-failed; echo "The web client's tests failed too; see above."; status=1; fi; \
	exit $$status

thorough: ## Try 2,000 histories of refreshes instead of 150; half a minute or two.
	@tools/install.sh dev
	@. tools/caches.sh; EMERGENCE_THOROUGH=1 $(BIN)/python -m pytest $(THOROUGH) --durations=0 --durations-min=1 $(ARGS)

lint: ## Check style, types, imports, dead code, shell scripts and the web client.
	@STEP=1/3 tools/install.sh dev
	@STEP=2/3 tools/web.sh build
	@echo "[3/3] Checking …"
	@tools/lint.sh

audit: ## Ask advisory feeds about every locked package; says so where none answers.
	@tools/install.sh dev
	@. tools/node.sh; choose_node; $(BIN)/python tools/audit_packages.py

format: ## Put the code into the house format.
	@tools/install.sh dev
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .
	@tools/web.sh run format

web: ## Build the web client into the Python package.
	@STEP=1/2 tools/install.sh up
	@STEP=2/2 tools/web.sh build

lock: ## Write requirements/*.txt anew; UPGRADE=1 takes newer versions.
	@tools/install.sh dev
	@tools/lock.sh

types: ## Write docs/api/*.json and the web client's types from the code.
	@tools/install.sh up
	@mkdir -p docs/api
	@$(BIN)/emergence openapi > docs/api/openapi.json.new && mv docs/api/openapi.json.new docs/api/openapi.json
	@$(BIN)/emergence asyncapi > docs/api/asyncapi.json.new && mv docs/api/asyncapi.json.new docs/api/asyncapi.json
	@tools/web.sh run types

docs: ## Write docs/configuration.md from the settings' own descriptions.
	@tools/install.sh up
	@$(BIN)/python tools/describe_settings.py > docs/configuration.md.new && mv docs/configuration.md.new docs/configuration.md

wheel: ## Build dist/*.whl, web client included.
	@tools/install.sh up
	@tools/web.sh build
	@$(BIN)/python -m hatchling build -t wheel

clean: ## Remove everything that these commands made; your conversations are elsewhere and stay.
	@rm -rf .venv .node .make .cache dist web/node_modules src/emergence/gateway/client
	@rm -rf .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache test-results
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
