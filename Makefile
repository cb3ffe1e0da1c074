# Needs Python 3.11 to 3.13, make and git; everything else goes into .venv.
#   PYTHON=python3.12   the interpreter to build .venv with (default: the first suitable one found)
#   PIP_ARGS=...        more options for pip, such as an index with CPU builds of torch
#   TEST_ARGS=...       more options for pytest, such as -k store
#   TEST_JOBS=N         processes for the tests
#   CONTEST_ARGS=...    more options for python -m dashboard.classroom, such as --minutes 15

SHELL := /bin/sh
.DEFAULT_GOAL := help

VENV ?= .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.handtune-installed
PYTHON ?=
PIP_ARGS ?=
TEST_ARGS ?=
TEST_JOBS ?= 2
STUDY ?=
OUT ?= reports_out/$(STUDY)
PICTURES ?= reports_out/pages
SHARE ?=
CONTEST ?=
CONTEST_ARGS ?=

# Where it is set, every process that a test starts would compile the packages again.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help setup environments demo dashboard contest report screenshots bench test test-fast test-slow check format clean force

help: ## show this list
	@echo "Handtune: autotuners against hand tuning, on equal terms"
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(STAMP) ## create .venv and install what is pinned (the other targets do it too)

environments: $(STAMP) ## make the environments of libraries that cannot share .venv (see docs/environments.md)
	$(BIN)/python -m tuners.environments --all

demo: $(STAMP) ## a real comparison on set 10 within minutes, then the dashboard
	$(BIN)/python tuners/run.py --preset demo --dataset 10
	@$(MAKE) --no-print-directory dashboard

dashboard: $(STAMP) ## serve the dashboard to this machine (Ctrl-C ends it)
	$(BIN)/streamlit run dashboard/app.py

contest: $(STAMP) ## a contest of a class and autotuners; SHARE=1 opens it to the local network, CONTEST=code goes on
	$(BIN)/python -m dashboard.classroom $(if $(SHARE),--share) $(if $(CONTEST),--contest $(CONTEST)) $(CONTEST_ARGS)

report: $(STAMP) ## write the report of a study: make report STUDY=name
	@if [ -z "$(STUDY)" ]; then echo "Which study? Use: make report STUDY=name" >&2; exit 2; fi
	$(BIN)/python -m reports $(STUDY) --out $(OUT)

screenshots: $(STAMP) ## pictures of every page, light, dark and narrow, in PICTURES=reports_out/pages
	$(BIN)/python -m dashboard.screenshots --out $(PICTURES) $(if $(STUDY),--study $(STUDY))

bench: $(STAMP) ## run every script of benchmarks/ and print its table
	@ran=0; failed=""; \
	for script in benchmarks/[a-z]*.py; do \
	  [ -f "$$script" ] || continue; \
	  ran=1; echo "== $$script"; \
	  $(BIN)/python "$$script" || failed="$$failed $$script"; \
	done; \
	if [ $$ran = 0 ]; then echo "There is no script in benchmarks/ yet."; fi; \
	if [ -n "$$failed" ]; then echo "Failed:$$failed" >&2; exit 1; fi

test: check test-fast test-slow ## check, then all tests: the fast ones first

# With TEST_ARGS=-k ..., either half may select no test (pytest's exit status 5).
NONE_IS_FINE = $(if $(TEST_ARGS),|| [ $$? -eq 5 ])

test-fast: $(STAMP) ## tests without training of networks and without a browser
	$(BIN)/python -m pytest -m "not slow and not browser" -n $(TEST_JOBS) --dist loadfile $(TEST_ARGS) $(NONE_IS_FINE)

test-slow: $(STAMP) ## tests that train networks, run studies or drive a browser
	$(BIN)/python -m pytest -m "slow or browser" -n $(TEST_JOBS) --dist loadfile --no-loadscope-reorder $(TEST_ARGS) $(NONE_IS_FINE)

check: $(STAMP) ## format, lint, types, direction of imports, Dockerfile
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/hadolint Dockerfile

format: $(STAMP) ## format and mend what can be mended
	$(BIN)/ruff check --fix --quiet . || true
	$(BIN)/ruff format .

clean: ## remove caches and build products; with ALL=1 also .venv, .environments, runs and reports
	rm -rf .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .grimp_cache .hypothesis
	rm -rf build dist handtune.egg-info
	find . -path ./$(VENV) -prune -o -path ./.environments -prune -o -type d -name __pycache__ -prune -exec rm -rf {} +
ifeq ($(ALL),1)
	rm -rf $(VENV) .environments runs reports_out
else
	@echo "Kept: $(VENV), .environments, runs, reports_out (make clean ALL=1 removes them, with every study in runs)."
endif

# The stamp is as new as the last install; a .venv without a working python is built anew.
$(STAMP): requirements.txt pyproject.toml $(shell test -x $(BIN)/python || echo force)
	@set -e; \
	if ! $(BIN)/python -m pip --version >/dev/null 2>&1; then \
	  found=""; bare=""; \
	  for python in $(or $(PYTHON),python3.11 python3.12 python3.13 python3); do \
	    "$$python" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' >/dev/null 2>&1 || continue; \
	    if "$$python" -c 'import ensurepip, venv' >/dev/null 2>&1; then found=$$python; break; fi; \
	    bare=$${bare:-$$python}; \
	  done; \
	  if [ -z "$$found" ] && [ -n "$$bare" ]; then \
	    echo "$$bare cannot create virtual environments: its modules venv and ensurepip are missing." >&2; \
	    echo "On Debian and Ubuntu: apt-get install python3-venv. Or name another Python: make PYTHON=/path/to/python3.12" >&2; \
	    exit 2; \
	  fi; \
	  if [ -z "$$found" ]; then \
	    echo "Handtune needs Python 3.11, 3.12 or 3.13; $(or $(PYTHON),python3.11 python3.12 python3.13 and python3) did not give one." >&2; \
	    echo "Install one, or name it: make PYTHON=/path/to/python3.12" >&2; \
	    exit 2; \
	  fi; \
	  echo "Creating $(VENV) with $$("$$found" -V) ..."; \
	  "$$found" -m venv --clear $(VENV); \
	fi; \
	echo "Installing the pinned packages into $(VENV); the first time this takes minutes and a few GB ..."; \
	if ! $(BIN)/python -m pip install --quiet --disable-pip-version-check $(PIP_ARGS) -r requirements.txt; then \
	  echo "The installation failed; the lines above say why. Run the same command again to go on." >&2; \
	  exit 1; \
	fi; \
	touch $(STAMP); \
	echo "Installed."

force:
