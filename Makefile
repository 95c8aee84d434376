# Two commands matter: `make demo` and `make test`.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
OUT ?= results
# tests wait for browsers and other programs about a quarter of their time: one more than there are cores
PROCESSES ?= $(shell expr $$(getconf _NPROCESSORS_ONLN) + 1)
SITE ?= site
OLDEST ?= .venv-oldest
TRIED := boundaries,cluster,explore,figures,gazetteer,pattern,plugins,records,sensitivity,testing
# Python keeps the modules that it compiles, whatever the environment says: a third of those that pip would compile
export PYTHONDONTWRITEBYTECODE =
install = $(BIN)/python -m pip install --quiet --no-compile --constraint constraints.txt --editable ".[$(1)]"

.PHONY: demo test check lint type docs format bench oldest clean

demo: $(VENV)/.demo ## make .venv, install, run the bundled study
	$(BIN)/innoscape run --out $(OUT)

test: $(VENV)/.test check ## install the test extra, run everything
	$(BIN)/python -m pytest tests --numprocesses $(PROCESSES) --dist loadfile

check: lint type ## what pre-commit runs

lint: $(VENV)/.test ## style, the law of imports
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports --no-cache --no-logo # finds the package through the editable install

type: $(VENV)/.test ## types
	$(BIN)/basedpyright --pythonpath $(BIN)/python

docs: $(VENV)/.docs ## build the site of the documentation; a warning is an error
	$(BIN)/python -m sphinx --builder html --fail-on-warning --quiet -c docs/site docs $(SITE)

format: $(VENV)/.test
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(VENV)/.bench ## time hot workloads beside their peers, write docs/performance.md; BENCH= chooses some
	$(BIN)/python benchmarks $(BENCH)

oldest: ## install the lowest versions that pyproject.toml admits into an environment of their own, and try them
	$(PYTHON) -m venv $(OLDEST)
	$(OLDEST)/bin/python -m pip install --quiet uv
	$(OLDEST)/bin/uv pip install --quiet --python $(OLDEST)/bin/python --resolution lowest-direct ".[$(TRIED)]"
	$(OLDEST)/bin/python tests/smoke.py

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "innoscape needs Python 3.11 or newer; name one with: make demo PYTHON=python3.12"; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.demo: pyproject.toml constraints.txt | $(BIN)/python
	$(call install,boundaries)
	touch $@

$(VENV)/.docs: pyproject.toml constraints.txt | $(BIN)/python
	$(call install,docs)
	touch $@

$(VENV)/.test: pyproject.toml constraints.txt | $(BIN)/python
	$(call install,test)
	touch $@

$(VENV)/.bench: pyproject.toml constraints.txt | $(BIN)/python
	$(call install,bench)
	touch $@

clean:
	rm -rf $(VENV) $(OLDEST) $(OUT) $(SITE) build *.egg-info
