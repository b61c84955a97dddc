# `make` alone lists the targets. Everything sets itself up first; a second run takes no time.

SHELL := /bin/sh
.DEFAULT_GOAL := help
.PHONY: help setup demo run test soak bench check fix journey shell psql db-reset messages openapi lock release clean

BIN := .venv/bin
T ?=
ARGS ?=

# The interpreter is looked for in the recipe, so that `make help` works without one.
SET_UP = python=$$(tools/python.sh) && "$$python" tools/set_up.py

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## environment, packages, front end, translations, database, git hooks
	@$(SET_UP) --dev
	@$(BIN)/switchboard migrate

demo: ## the whole product with an emulated WhatsApp: one broadcast with replies, then the console (ARGS=…)
	@$(SET_UP)
	@$(BIN)/switchboard demo $(ARGS)

run: ## all roles and the emulator together, one coloured log
	@$(SET_UP)
	@SWITCHBOARD_DEBUG=yes $(BIN)/switchboard up --emulator --follow $(ARGS)

test: ## the tests, in parallel, on real PostgreSQL (T=tests/consent for one room)
	@$(SET_UP) --dev --browser
	@$(BIN)/python -m pytest -n auto --dist loadfile --no-loadscope-reorder --max-worker-restart 1 -m "not soak" $(T) $(ARGS)

journey: ## only the tests of the whole product and of the console in a browser
	@$(SET_UP) --dev --browser
	@$(BIN)/python -m pytest -m "journey or browser" $(T) $(ARGS)

soak: ## long runs: a million changed webhook bodies, 100,000 messages through faults (SOAK_COUNT=… SOAK_RECIPIENTS=…)
	@$(SET_UP) --dev
	@$(BIN)/python -m pytest -m soak tests/soak tests/journeys $(ARGS)

bench: ## a benchmark beside its yardsticks (ARGS="webhooks --json")
	@$(SET_UP) --dev
	@$(BIN)/switchboard bench $(ARGS)

check: ## format, lint, types, dependency order, HTML, dead code, migrations, lock files, API document
	@$(SET_UP) --dev
	@$(BIN)/python tools/check.py

fix: ## format, and repair what can be repaired
	@$(SET_UP) --dev
	@$(BIN)/python tools/check.py --fix

shell: ## a Python prompt with the models, as the owner of the tables
	@$(SET_UP)
	@$(BIN)/switchboard manage --as-owner shell

psql: ## a PostgreSQL prompt on the database
	@$(SET_UP)
	@$(BIN)/switchboard psql $(ARGS)

db-reset: ## throw the embedded database away and make an empty one
	@$(SET_UP)
	@$(BIN)/switchboard postgres --discard
	@$(BIN)/switchboard migrate

messages: ## gather new sentences for translation
	@$(SET_UP) --dev
	@$(BIN)/python tools/translations.py extract

openapi: ## write docs/openapi.json, the API as programs see it
	@$(SET_UP) --dev
	@$(BIN)/python tools/openapi.py write

lock: ## resolve requirements/*.in and package.json again
	@$(SET_UP) --dev
	@$(BIN)/python tools/locks.py write

release: ## check that changelog, version and tag agree
	@$(SET_UP) --dev
	@$(BIN)/python tools/release.py

clean: ## remove what set-up made, except your data in .switchboard
	rm -rf .venv node_modules build *.egg-info .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
