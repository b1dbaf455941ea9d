# The two commands are "make run" and "make test"; "make" alone lists all of them.

PYTHON ?= python3
PORT ?= 8000
VENV := .venv/bin
SERVE := $(VENV)/python scripts/serve.py --port $(PORT) $(if $(filter-out 0,$(VERBOSE)),--verbose)
LOCK := $(VENV)/uv pip compile -q --generate-hashes --no-emit-index-url --no-emit-find-links --universal \
	--python-version 3.11 --no-header --no-annotate pyproject.toml

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help run fresh test race bench bench-nginx bench-start bench-checkout bench-growth bench-search bench-certificates bench-pictures lint format picture pictures lock

help: ## list the commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-14s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

run: .venv/.stamp-run ## the whole site with demo content; PORT=8000, VERBOSE=1 shows all output
	@$(SERVE)

fresh: .venv/.stamp-run ## the same from nothing: removes what var/ keeps (database, payments, mails, files) first
	@$(SERVE) --fresh

test: .venv/.stamp-dev ## all tests, on SQLite or on DATABASE_URL; ARGS="tests/kit -x" chooses
	@$(VENV)/python -m pytest -n 2 --dist loadscope --no-loadscope-reorder $(ARGS)

race: .venv/.stamp-dev ## the race for the last places twenty times, and all other races; needs DATABASE_URL
	@RACE_ROUNDS=20 $(VENV)/python -m pytest tests/races

bench: .venv/.stamp-dev ## public pages beside bare Django; ARGS="--fail-under 1.3"; needs DATABASE_URL (PostgreSQL)
	@$(VENV)/python -m bench.pages $(ARGS)

bench-nginx: .venv/.stamp-dev ## what nginx spends on a kept page beside a file; needs nginx too
	@$(VENV)/python -m bench.nginx $(ARGS)

bench-start: .venv/.stamp-dev ## processor time and seconds to the first page, memory of three workers; the same
	@$(VENV)/python -m bench.start $(ARGS)

bench-checkout: .venv/.stamp-dev ## orders a second, CPU of each, statements and time of each step; the same
	@$(VENV)/python -m bench.checkout $(ARGS)

bench-growth: .venv/.stamp-dev ## pages, lists and work with 1 and 10 times the history; ARGS="--sizes 1 10 100 --keep"
	@$(VENV)/python -m bench.growth $(ARGS)

bench-search: .venv/.stamp-dev ## what a search costs among 10,000 texts
	@$(VENV)/python -m bench.search

bench-certificates: .venv/.stamp-dev ## what 500 certificates of one workshop cost; ARGS="--count 20"
	@$(VENV)/python -m bench.certificates $(ARGS)

bench-pictures: .venv/.stamp-dev ## what a picture of 24 megapixels costs: taken, and all its sizes; ARGS="--megapixels 1"
	@$(VENV)/python -m bench.pictures $(ARGS)

lint: .venv/.stamp-dev ## check style, templates and types
	@$(VENV)/ruff check .
	@$(VENV)/ruff format --check .
	@$(VENV)/djangofmt check templates
	@$(VENV)/djangofmt --check templates
	@$(VENV)/mypy

format: .venv/.stamp-dev ## mend the style
	@$(VENV)/ruff check --fix .
	@$(VENV)/ruff format .
	@$(VENV)/djangofmt check --fix templates
	@$(VENV)/djangofmt templates

picture: .venv/.stamp-dev ## draw docs/img/house.svg again, after an import that is new or gone
	@$(VENV)/python -m tests.house

pictures: .venv/.stamp-dev ## take the pictures of docs/editors.md again, after a page of the desk that changed
	@DRAW_PICTURES=1 $(VENV)/python -m pytest -q tests/guide

lock: $(VENV)/uv ## pin pyproject.toml's dependencies again, with hashes
	$(LOCK) --extra postgres -o requirements.txt
	$(LOCK) --extra postgres --group dev -o requirements-dev.txt

.venv/.stamp-run: requirements.txt | $(VENV)/pip
	@echo "Installing the dependencies into .venv; this happens once."
	@$(VENV)/python -m pip install -qq --disable-pip-version-check --require-hashes -r $<
	@touch $@

.venv/.stamp-dev: requirements-dev.txt | $(VENV)/pip
	@echo "Installing the dependencies and the test tools into .venv; this happens once."
	@$(VENV)/python -m pip install -qq --disable-pip-version-check --require-hashes -r $<
	@touch $@

$(VENV)/uv: | $(VENV)/pip
	@$(VENV)/python -m pip install -qq --disable-pip-version-check uv

# pip is the last thing that venv makes, so a half-made .venv is made again.
$(VENV)/pip:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo \
		"Python 3.11 or newer is needed as $(PYTHON). If it has another name: make $(MAKECMDGOALS) PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo \
		"$(PYTHON) has no venv module. On Debian and Ubuntu: apt install python3-venv" >&2; exit 1; }
	@$(PYTHON) -m venv .venv
	@$(VENV)/python -m pip install -qq --disable-pip-version-check --upgrade pip # Python's own may be years old
	@$(VENV)/python -m pip uninstall -qq -y setuptools # which nothing here needs
