# Two commands matter: `make run` and `make test`. Everything stays inside this folder.
ifndef PYTHON
PYTHON := $(shell for p in .venv/bin/python python3 python3.14 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
endif
BIN := .venv/bin
PYTEST := $(BIN)/python -m pytest
# Empty it to leave the small siege (a few workers killed under load) out of make test
FAULTS_SMALL ?= 1
# Whoever types make is developing; containers start the processes themselves and find nothing on by default
export DEVELOPMENT ?= 1
.DEFAULT_GOAL := help
.PHONY: help run test lint bench faults mutation reset assets demo messages locks prepare-run prepare-test
.NOTPARALLEL:

help:  ## this list
	@sed -n 's/^\([a-z]*\):.*##/  make \1\t/p' Makefile

run: prepare-run  ## start everything and say where; Ctrl-C stops it (PORT=8001, HOST=…)
	@$(BIN)/python -m trimestrale.run

test: prepare-test lint  ## everything the CI runs
	@$(BIN)/python -m trimestrale.chromium
	$(BIN)/python manage.py messages --compile
	$(PYTEST) -n 2 $(if $(FAULTS_SMALL),,--ignore=tests/faults)

lint: prepare-test  ## ruff, mypy, import contracts, catalogues
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python manage.py messages --check

bench: prepare-bench  ## measure against the promises (NAME=ingest for one part); writes var/bench.json
	$(BIN)/python -m tests.bench $(NAME)

faults: prepare-test  ## kill workers and broker under load, send changed files, hold a meeting; writes var/faults.json
	$(BIN)/python -m tests.faults
	$(BIN)/python -m tests.faults.mutated
	$(BIN)/python -m tests.faults.meeting
	$(BIN)/python -m tests.faults.trust

mutation: prepare-test  ## small faults put into the method one at a time (NAME=bridge for one); writes docs/mutation.md
	$(BIN)/python -m tests.mutation $(NAME)

reset:  ## throw away the embedded servers, their data, uploads and lake
	@$(PYTHON) -m trimestrale.reset

assets: prepare-run  ## third-party scripts, styles and fonts, checked against assets.lock.json
	@$(BIN)/python -m trimestrale.assets

demo: prepare-run  ## load the demo company into the database
	$(BIN)/python manage.py demo

messages: prepare-test  ## bring the message catalogues level with the sources
	$(BIN)/python manage.py messages

locks: prepare-test  ## rewrite every lock: exact versions and hashes, no addresses
	$(BIN)/python -m trimestrale.locks

prepare-run prepare-test prepare-bench: prepare-%:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer with its venv module is needed (Debian: apt-get install python3-venv)."; exit 1; }
	@$(PYTHON) -m trimestrale.prepare $*
