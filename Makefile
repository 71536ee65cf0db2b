# Everything runs in its own environment, .venv, made on first use and renewed when the requirements change.

VENV := .venv
PY   := $(VENV)/bin/python

.DEFAULT_GOAL := help
.PHONY: help app test lint simulate bench pictures sample clean

help:       ## list what can be made
	@sed -n 's/^\([a-z]*\):[^#]*## /make \1|/p' $(MAKEFILE_LIST) | awk -F'|' '{ printf "  %-14s %s\n", $$1, $$2 }'

app:        ## start the app and open it in the browser
app: $(VENV)/.app
	@$(PY) -m streamlit run app.py

test:       ## lint, then all tests, the browser's included (installs a Chromium where there is none)
test: lint
	@CHROMIUM="$$($(PY) .ci/chromium.py)" && export CHROMIUM && $(PY) -m pytest

lint:       ## the linter and the formatter's check alone
lint: $(VENV)/.dev
	@$(PY) -m ruff check
	@$(PY) -m ruff format --check

simulate:   ## parameter recovery on thousands of simulated studies (many minutes)
simulate: $(VENV)/.dev
	@$(PY) -m pytest -m simulate

bench:      ## speed and memory, as ratios measured in one run (BENCH=--full: up to a million respondents; --pages: in a browser)
bench: $(VENV)/.dev
	@CHROMIUM="$$($(PY) .ci/chromium.py)" && export CHROMIUM && $(PY) -m bench $(BENCH)

pictures:   ## picture the app in each of its states, for the documentation
pictures: $(VENV)/.dev
	@CHROMIUM="$$($(PY) .ci/chromium.py)" && export CHROMIUM && $(PY) -m docs.pictures

sample:     ## write the simulated sample study to build/sample.xlsx
sample: $(VENV)/.app
	@mkdir -p build
	@$(PY) -m gaps sample build/sample.xlsx

clean:      ## remove caches and build/; the environment stays (rm -r .venv renews it)
	@rm -rf build .pytest_cache .ruff_cache .hypothesis
	@find . -path ./$(VENV) -prune -o -type d -name __pycache__ -exec rm -rf {} +

$(VENV)/.dev: $(VENV)/.app requirements-dev.txt
	@echo "Installing the development tools"
	@$(PY) -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@

$(VENV)/.app: $(PY) requirements.txt
	@echo "Installing what the app needs (a few minutes the first time)"
	@$(PY) -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

# PYTHON=/path/to/python3 chooses one; otherwise the first of these that is new enough. A half-made environment is removed.
$(PY):
	@found=; for python in $(PYTHON) python3 python3.14 python3.13 python3.12 python3.11 python; do \
	  if "$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then found=$$python; break; fi; \
	done; \
	if [ -z "$$found" ]; then \
	  echo "No Python 3.11 or newer found. Install one (https://www.python.org/downloads/), or name it: make PYTHON=/path/to/python3" >&2; exit 1; \
	fi; \
	if ! "$$found" -c 'import ensurepip, venv' 2>/dev/null; then \
	  version=$$("$$found" -c 'import sys; print("%d.%d" % sys.version_info[:2])'); \
	  echo "$$found cannot make environments: ensurepip is missing. On Debian and Ubuntu: sudo apt install python$$version-venv" >&2; exit 1; \
	fi; \
	echo "Making the environment $(VENV) with $$("$$found" --version)"; \
	"$$found" -m venv --clear $(VENV) || { rm -rf $(VENV); exit 1; }
