# Two commands matter: `make run` and `make test`. Everything is set up by them.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PORT ?= 8000
export CANGKE_DATA ?= $(CURDIR)/data
# Compiled code is kept whatever the shell says: without it every process compiles everything anew.
unexport PYTHONDONTWRITEBYTECODE
DIST := src/cangke/foundation/ui/static/ui/dist/manifest.json
ASSETS := $(shell find assets -type f 2>/dev/null) package.json package-lock.json build.mjs
LANGUAGES := $(patsubst %.po,%.mo,$(wildcard src/cangke/locale/*/LC_MESSAGES/django.po))

.PHONY: run test check bench requirements messages lock setup format browser clean

run: $(VENV)/.base $(DIST) $(LANGUAGES)
	@$(BIN)/cangke up --demo --port $(PORT)

test: setup browser
	@$(BIN)/python -m checks.suite

check: setup
	@$(BIN)/python -m checks.gate

bench: setup
	@$(BIN)/python -m bench $(ARGS)

requirements: setup
	@$(BIN)/python -m checks.requirements

format: $(VENV)/.dev
	@$(BIN)/ruff check -q --fix . ; $(BIN)/ruff format -q .

messages: $(VENV)/.dev
	@$(BIN)/python -m checks.messages --write

lock: $(VENV)/bin/uv
	@$(BIN)/uv pip compile -q --universal --generate-hashes --no-header --extra scale pyproject.toml -o requirements/base.txt
	@$(BIN)/uv pip compile -q --universal --generate-hashes --no-header --group build -o requirements/build.txt
	@$(BIN)/uv pip compile -q --universal --generate-hashes --no-header --extra scale --group dev pyproject.toml -o requirements/dev.txt

setup: $(VENV)/.dev $(DIST) $(LANGUAGES)

browser:
	@$(BIN)/python -m checks.browser

$(VENV)/bin/uv:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Cangke needs Python 3.11 or newer: make run PYTHON=python3.11")'
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install -q --disable-pip-version-check uv

$(VENV)/.base: $(VENV)/bin/uv requirements/base.txt requirements/build.txt
	@test -f $(VENV)/.dev || VIRTUAL_ENV=$(VENV) $(BIN)/uv pip install -q --require-hashes -r requirements/base.txt -r requirements/build.txt
	@$(BIN)/python -m checks.link $(CURDIR)
	@touch $@

$(VENV)/.dev: $(VENV)/bin/uv requirements/dev.txt
	@VIRTUAL_ENV=$(VENV) $(BIN)/uv pip install -q --require-hashes -r requirements/dev.txt
	@$(BIN)/python -m checks.link $(CURDIR)
	@touch $@

$(DIST): $(ASSETS) | $(VENV)/bin/uv
	@VIRTUAL_ENV=$(VENV) $(BIN)/python -m checks.assets
	@touch $@

%.mo: %.po | $(VENV)/.base
	@$(BIN)/python -c "import sys; from babel.messages.mofile import write_mo; from babel.messages.pofile import read_po; write_mo(open(sys.argv[2], 'wb'), read_po(open(sys.argv[1], encoding='utf-8')))" $< $@

clean:
	rm -rf $(VENV) node_modules src/cangke/foundation/ui/static/ui/dist
