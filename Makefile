# Every command of the project. `make` alone lists them.

PYTHON_ENV := .venv/.installed
UI_MODULES := ui/node_modules/.installed
PROVIDER   := tests/provider/node_modules/.installed
UI_BUILD   := src/runfold/server/static/index.html
UI_SOURCES := $(shell find ui/src ui/public ui/index.html ui/vite.config.ts ui/tsconfig.json -type f)
BIN        := .venv/bin
# One worker more than the cores of a small machine: tests wait for servers and processes of theirs half of the time.
PYTEST     := scripts/only-writing-here.sh $(BIN)/pytest -n 3 --dist worksteal --durations 25 --durations-min 5
EXTRAS     := postgres s3 sftp ssh kubernetes gcs azure pandas polars sklearn images projects parquet azureml sagemaker \
              serving system-metrics
CODE       := src tests benchmarks examples scripts

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help setup check fix test-fast test test-python test-ui ui dev fuzz demo bench bench-ui docs wheel screenshots \
        mlflow-clients mlflow-models frameworks test-frameworks constraints clean

help: ## List these targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | awk -F'\t' '{printf "make %-15s %s\n", $$1, $$2}'

setup: $(PYTHON_ENV) $(UI_MODULES) $(PROVIDER) .cache/system-packages ## Install what development needs: Python, UI and system packages

check: $(PYTHON_ENV) ## Lint, format check, types, import arrows
	$(BIN)/ruff check $(CODE)
	$(BIN)/ruff format --check $(CODE)
	$(BIN)/mypy
	$(BIN)/pytest -q tests/test_architecture.py

fix: $(PYTHON_ENV) ## Repair what the linter can, and format
	$(BIN)/ruff check --fix $(CODE)
	$(BIN)/ruff format $(CODE)

test-fast: $(PYTHON_ENV) ## Unit tests that take no more than a moment each; no network, browser or Node
	$(PYTEST) -m "not slow" tests/unit tests/test_*.py

test: setup $(UI_BUILD) mlflow-clients mlflow-models frameworks ## Everything that continuous integration runs
	$(MAKE) --no-print-directory check
	$(MAKE) --no-print-directory test-ui
	$(MAKE) --no-print-directory test-python
	$(MAKE) --no-print-directory test-frameworks

test-python: $(PYTHON_ENV) $(PROVIDER) ## All Python tests: unit, contract, integration, slow ones included
	$(PYTEST)

test-frameworks: frameworks .cache/system-packages ## Models of PyTorch, TensorFlow, ONNX, Spark, H2O, each in its own environment
	@scripts/test-frameworks.sh

test-ui: $(PYTHON_ENV) $(UI_BUILD) $(PROVIDER) ## UI: lint, types, unit tests, then end-to-end in a browser against a real server
	npm --prefix ui run lint
	npm --prefix ui run types
	npm --prefix ui run test
	npm --prefix ui run e2e

ui: $(UI_BUILD) ## Build the web application into the package

dev: $(PYTHON_ENV) $(UI_MODULES) ## A server on ./.runfold and the UI with hot reload (http://127.0.0.1:5173)
	scripts/dev.sh

fuzz: $(PYTHON_ENV) ## Send each call many odd requests, of a new seed each time (FUZZ_REQUESTS, FUZZ_SEED)
	@export FUZZ_REQUESTS=$${FUZZ_REQUESTS:-60} FUZZ_SEED=$${FUZZ_SEED:-$$(date +%s)}; echo "seed $$FUZZ_SEED"; \
	$(PYTEST) tests/contract/test_hostile_requests.py

demo: $(PYTHON_ENV) $(UI_BUILD) ## Train real models, log them, open the server (DEMO_ARGS="--help" lists switches)
	$(BIN)/python -m examples.demo $(DEMO_ARGS)

bench: $(PYTHON_ENV) ## Measure Runfold beside MLflow and FastTrackML; writes benchmarks/results/ (BENCH_ARGS="--help")
	$(BIN)/python -m benchmarks $(BENCH_ARGS)

bench-ui: $(PYTHON_ENV) $(UI_BUILD) ## Measure the web application in Chromium beside MLflow's and Aim's (BENCH_ARGS="--help")
	$(BIN)/python -m benchmarks.web $(BENCH_ARGS)

docs: $(PYTHON_ENV) $(UI_MODULES) ## Write what is made from code: the reference pages, the types of the UI
	$(BIN)/python -m scripts.reference_docs
	npm --prefix ui run api-types

wheel: $(PYTHON_ENV) $(UI_BUILD) ## Build dist/*.whl with the web application inside
	$(BIN)/uv build --wheel --out-dir dist

screenshots: $(PYTHON_ENV) $(UI_BUILD) .cache/system-packages ## Pictures of every page into .cache/screenshots; the documentation shows one
	scripts/screenshots.sh $(PAGES)

mlflow-clients: $(PYTHON_ENV) ## Environments with real MLflow clients of three release lines, for the integration tests
	@scripts/mlflow-clients.sh

mlflow-models: $(PYTHON_ENV) ## Environments of MLflow with frameworks, whose models both sides have to load
	@scripts/mlflow-models.sh

frameworks: $(PYTHON_ENV) ## Environments with PyTorch, TensorFlow, ONNX, Spark and H2O, for test-frameworks
	@scripts/frameworks.sh

# The extras of large frameworks are pinned in scripts/frameworks/ instead.
constraints: $(PYTHON_ENV) ## Resolve the dependencies anew into constraints.txt
	$(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 --no-annotate --no-emit-index-url \
	    --no-emit-find-links --custom-compile-command "make constraints" $(addprefix --extra ,$(EXTRAS)) --group dev \
	    pyproject.toml --output-file constraints.txt

clean: ## Remove what was built and installed here (records in .runfold stay)
	rm -rf .venv .cache dist src/runfold/server/static ui/node_modules \
	    tests/provider/node_modules .mypy_cache .ruff_cache .pytest_cache

$(PYTHON_ENV): pyproject.toml constraints.txt scripts/python-env.sh
	@scripts/python-env.sh
	@touch $@

.cache/system-packages: system-packages.txt scripts/system-packages.sh
	@mkdir -p .cache
	@scripts/system-packages.sh
	@touch $@

$(UI_MODULES): ui/package-lock.json
	npm --prefix ui ci --no-fund --no-audit
	@touch $@

# A provider of OpenID Connect, for the tests that sign in by one.
$(PROVIDER): tests/provider/package-lock.json
	npm --prefix tests/provider ci --no-fund --no-audit
	@touch $@

$(UI_BUILD): $(UI_MODULES) $(UI_SOURCES)
	npm --prefix ui run build
	@touch $@
