# Two commands matter: `make demo` and `make test`.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
OUT ?= results
# an editable install compiles nothing: where Python may not either, every command would compile every module it loads
COMPILE = $(BIN)/python -m compileall -q __init__.py __main__.py data geo network study

.PHONY: demo test check format bench clean

demo: $(VENV)/.demo ## make .venv, install, run the bundled study
	$(COMPILE)
	$(BIN)/innoscape run --out $(OUT)

test: $(VENV)/.test check ## install the test extra, run everything
	$(COMPILE)
	$(BIN)/python -m pytest tests --numprocesses auto --dist loadfile

check: $(VENV)/.test ## style, types, the law of imports
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/basedpyright --threads 2 --pythonpath $(BIN)/python
	$(BIN)/lint-imports --no-cache --no-logo # finds the package through the editable install

format: $(VENV)/.test
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(VENV)/.bench ## time hot workloads beside their peers, write docs/performance.md; BENCH= chooses some
	$(COMPILE)
	$(BIN)/python benchmarks $(BENCH)

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "innoscape needs Python 3.11 or newer; name one with: make demo PYTHON=python3.12"; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.demo: pyproject.toml constraints.txt | $(BIN)/python
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable ".[boundaries]"
	touch $@

$(VENV)/.test: pyproject.toml constraints.txt | $(BIN)/python
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable ".[test]"
	touch $@

$(VENV)/.bench: pyproject.toml constraints.txt | $(BIN)/python
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable ".[bench]"
	touch $@

clean:
	rm -rf $(VENV) $(OUT) build *.egg-info
