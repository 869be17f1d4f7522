# Personal Finance Assistant. `make` lists what there is; every target but `clean` sets up first.
PYTHON ?= python3
VENV := .venv/bin
SET_UP := $(PYTHON) infra/scripts/set_up.py
# Tests run side by side, one process a processor; each has servers of its own.
WORKERS ?= $(shell nproc 2>/dev/null || echo 2)
# How many histories are played for each law of the ledger.
EXAMPLES ?= 1000

.DEFAULT_GOAL := help
.PHONY: help setup run demo test test-laws test-mutation test-resilience lint fmt proto lock model bench images charts clean

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 18

setup: ## make the environment: Python packages, servers, frontend (the others call it first)
	@$(SET_UP)

run: setup ## start the whole system with a demo book, until Ctrl-C
	@exec $(VENV)/python -m pfa_local run

demo: setup ## do the main job once in the terminal, and check the books to the cent
	@exec $(VENV)/python -m pfa_local demo $(if $(SEED),--seed $(SEED))

test: setup ## run every test, on real servers and in a real browser
	@infra/scripts/test $(WORKERS)

test-laws: setup ## play over 10,000 generated histories against naive models (EXAMPLES=1000 a law)
	@LEDGER_EXAMPLES=$(EXAMPLES) $(VENV)/pytest -q -n $(WORKERS) --timeout 0 services/ledger/tests \
	  -k 'laws or rule_engine or reconciliations or reports'

test-mutation: setup ## break the domain in 11,000 ways, and see the tests notice (about an hour)
	@cd services/ledger && rm -rf mutants && PATH="$(CURDIR)/$(VENV):$$PATH" CI=1 \
	  PYTHONPATH="$$PWD/mutants/tests" mutmut run --max-children $(WORKERS)

test-resilience: setup ## the long storm: 100 kills, elections, Kafka away, the clock moved (about 20 minutes)
	@RESILIENCE=long $(VENV)/pytest -q tests/resilience/test_under_fire.py

lint: setup ## check style, types, layers, contracts and generated code
	@infra/scripts/lint

fmt: setup ## put every file into its form
	@infra/scripts/fmt

proto: setup ## generate libs/protos from proto/
	@$(VENV)/python infra/scripts/generate_protos.py

lock: setup ## pin the Python packages again (UPGRADE=1: to their newest releases)
	@PATH="$(CURDIR)/$(VENV):$$PATH" $(VENV)/python infra/scripts/lock_requirements.py $(if $(UPGRADE),--upgrade)

model: setup ## fit the n-gram model of ai on its lists, and write its figures into the README (a few minutes)
	@infra/scripts/model

bench: setup ## measure beside baselines; prints a table, writes bench/out/latest.json
	@$(VENV)/python -m bench

images: ## build every container image
	@infra/scripts/images

charts: ## check the Helm charts, and install them where KUBECONFIG names a cluster
	@infra/scripts/charts

clean: ## forget the local data, builds and caches (what setup installed stays)
	@$(PYTHON) infra/scripts/clean.py
