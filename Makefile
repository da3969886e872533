# `make run` shows a workspace live; `make test` proves it. Both need Python 3.11+ and nothing else.
.DEFAULT_GOAL := help
.PHONY: help run test lint format lock clean

PYTHON ?= python3
BIN := .venv/bin

help:  ## list the commands
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST)

run: .venv/run  ## PostgreSQL, Valkey, a demo workspace and Pulse itself, in one go
	@exec $(BIN)/python -m launcher

# The virtual environment, remade when what is locked changes.
.venv/python:
	@$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit("Pulse needs Python 3.11 or newer, this is " + sys.version.split()[0])'
	@echo "Making .venv"
	@$(PYTHON) -m venv .venv
	@touch $@

.venv/run: .venv/python requirements/run.txt
	@echo "Installing what Pulse runs with (about a minute the first time)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/run.txt
	@touch $@

.venv/test: .venv/run requirements/test.txt
	@echo "Installing what the tests need"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/test.txt
	@touch $@
