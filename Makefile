# make run    the application (without a display: the worked example into out/)
# make test   lint, types and tests
VENV ?= .venv
PYTHON ?= python3
BIN := $(VENV)/bin
LIBRARIES := packaging/debian-libraries.txt
# two processes, as the machine that decides has two cores; the tests of a file stay together and share what they have made
SIDE_BY_SIDE := -n 2 --dist loadfile --max-worker-restart 0

.PHONY: run test test-all lint types bench layers clean

run: $(VENV)/.app $(VENV)/.libraries
	@if [ "$$(uname)" != Linux ] || [ -n "$$DISPLAY$$WAYLAND_DISPLAY" ]; then \
		$(BIN)/gisapp; \
	else \
		echo "There is no display here, so the worked example is written to out/ instead."; \
		$(BIN)/gisapp demo out; \
	fi

test: lint types
	QT_QPA_PLATFORM=offscreen $(BIN)/python -m pytest $(SIDE_BY_SIDE)

test-all: lint types
	QT_QPA_PLATFORM=offscreen GISAPP_WHOLE_CORPUS=1 $(BIN)/python -m pytest --timeout 1200 $(SIDE_BY_SIDE)

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/.dev
	$(BIN)/mypy

bench: $(VENV)/.dev $(VENV)/.libraries
	QT_QPA_PLATFORM=offscreen $(BIN)/python -m pytest tests/bench -r N --benchmark-only --benchmark-columns=min,median,max,rounds -q

layers: $(VENV)/.dev
	$(BIN)/python packaging/build_layers.py

clean:
	rm -rf $(VENV) out build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .benchmarks

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "gisapp needs Python 3.11 or later: make PYTHON=python3.12 ..."; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.app: pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --editable .
	@touch $@

$(VENV)/.dev: pyproject.toml | $(VENV)/bin/python $(VENV)/.libraries
	$(BIN)/python -m pip install --quiet --editable '.[dev]'
	@touch $@ $(VENV)/.app

$(VENV)/.libraries: $(LIBRARIES) | $(VENV)/bin/python
	@packaging/install_debian.sh $(LIBRARIES)
	@touch $@
