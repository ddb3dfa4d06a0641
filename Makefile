# Each target does all its own set-up: python3, make and a package index are enough.
# `make demo` shows it working, `make test` proves it; the other targets are the parts of `make test`.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# Two, because AWS's small build machines have two; more help little, since the emulator is the slow part.
WORKERS ?= 2

.PHONY: demo test lint types contracts tests benchmark plots reference docs fuzz faults suites applications soak matrix clean

demo: $(VENV)/.demo
	cd examples/flask_app && ../../$(BIN)/lambwsgi deploy local --once

test: lint types contracts tests

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/.dev
	$(BIN)/mypy

contracts: $(VENV)/.dev
	$(BIN)/lint-imports

tests: $(VENV)/.dev
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadgroup

# Side by side with the peers, in an environment of its own, so that nothing else is measured. Minutes, not for CI.
# PART is one of all, quick, import_time, per_request, memory, cold_start, runtime, packaging, watching; benchmarks/README.md tells what they measure.
PART ?= all
benchmark: $(VENV)/.benchmark
	$(VENV)/benchmark/bin/python -m benchmarks $(PART) --output build/benchmark-$(PART).json

$(VENV)/.benchmark: $(VENV)/.uv pyproject.toml benchmarks/requirements.txt
	$(BIN)/uv venv --quiet --clear --python $(BIN)/python $(VENV)/benchmark
	$(BIN)/uv pip install --quiet --compile-bytecode --python $(VENV)/benchmark/bin/python \
		--editable '.[cli]' -r benchmarks/requirements.txt
	touch $@

# The pages of the documentation that are made of the code; a test compares them.
reference: $(VENV)/.dev
	$(BIN)/python -m docs.reference
	$(BIN)/lambwsgi schema > docs/lambwsgi.schema.json

# The documentation as a site in build/site, in an environment of its own; a warning is an error.
docs: $(VENV)/.docs
	$(VENV)/docs/bin/mkdocs build

$(VENV)/.docs: $(VENV)/.uv pyproject.toml
	$(BIN)/uv venv --quiet --clear --python $(BIN)/python $(VENV)/docs
	$(BIN)/uv pip install --quiet --python $(VENV)/docs/bin/python --group docs
	touch $@

# The plots of the documentation, from the models in the code.
plots: $(VENV)/.uv
	PYTHONPATH=. $(BIN)/uv run --quiet --no-project --python $(BIN)/python --with matplotlib==3.10.8 \
		python docs/plots/keep_warm.py docs/images/keep-warm.svg

# Events that nobody thought of, for as many seconds. Corpus and findings stay in a folder of the run, which is named.
FUZZ_SECONDS ?= 300
fuzz: $(VENV)/.uv
	$(BIN)/uv venv --quiet --clear --python $(BIN)/python $(VENV)/fuzz
	$(BIN)/uv pip install --quiet --python $(VENV)/fuzz/bin/python . -r fuzz/requirements.txt
	$(VENV)/fuzz/bin/python -m fuzz.events -max_total_time=$(FUZZ_SECONDS) -max_len=64 -len_control=0 \
		-artifact_prefix=$$(mktemp -d)/

# Deployments that are killed, refused and cut off at each of their calls to AWS. `make tests` takes every seventeenth.
faults: $(VENV)/.dev
	LAMBWSGI_FAULTS_STEP=1 $(BIN)/python -m pytest -n $(WORKERS) tests/deploy/faults

# Flask's, Werkzeug's and Django's own tests, asked through each gateway. Minutes, not for CI.
suites: $(VENV)/.uv
	$(BIN)/uv venv --quiet --clear --python $(BIN)/python $(VENV)/suites
	$(BIN)/uv pip install --quiet --python $(VENV)/suites/bin/python . -r suites/requirements.txt
	$(VENV)/suites/bin/python -m suites.run

# WebDAV, CalDAV, a package index, a CMS and httpbin with their own clients, behind waitress and behind each gateway.
# APPLICATIONS names some of them, or some of the fronts. Minutes, not for CI; needs the programs litmus and cadaver.
APPLICATIONS ?=
applications: $(VENV)/.uv
	@command -v litmus >/dev/null && command -v cadaver >/dev/null || \
		{ echo "litmus and cadaver are needed: apt install litmus cadaver"; exit 1; }
	$(BIN)/uv venv --quiet --clear --python $(BIN)/python $(VENV)/applications
	$(BIN)/uv pip install --quiet --python $(VENV)/applications/bin/python --editable '.[cli]' -r applications/requirements.txt
	$(VENV)/applications/bin/python -m applications.run $(APPLICATIONS)

# The local Lambda under load: that it does not grow, and that no answer gets to another client. Minutes, not for CI.
SOAK_INVOCATIONS ?= 100000
SOAK_CLIENTS ?= 32
SOAK_SECONDS ?= 120
soak: $(VENV)/.dev
	$(BIN)/python -m soak --invocations $(SOAK_INVOCATIONS) --clients $(SOAK_CLIENTS) --seconds $(SOAK_SECONDS)

# Real distributions, packed for each Python and processor of Lambda. Minutes and some 100 MB, not for CI.
matrix: $(VENV)/.dev
	$(BIN)/python -m suites.matrix

$(VENV)/.uv:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "lambwsgi needs Python 3.11 or newer; name one: make PYTHON=python3.13 …"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	touch $@

$(VENV)/.demo: $(VENV)/.uv pyproject.toml
	$(BIN)/uv pip install --quiet --python $(BIN)/python --editable '.[local]'
	touch $@

$(VENV)/.dev: $(VENV)/.uv pyproject.toml
	$(BIN)/uv pip install --quiet --python $(BIN)/python --editable '.[local]' --group dev
	touch $@ $(VENV)/.demo

clean:
	rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache
