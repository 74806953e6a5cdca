# Each target does its own set-up. PYTHON=python3.12 chooses another Python, BROWSER=0 leaves the browser tests out.
.PHONY: setup setup-test run test check bench chaos kills histories pictures lock clean
.DEFAULT_GOAL := run
MAKEFLAGS += --no-print-directory
export PYTHON
unexport PYTHONDONTWRITEBYTECODE  # a test run starts many processes: each would compile everything anew
PY := .venv/bin/python

setup:
	@sh runtime/with_python.sh runtime/bootstrap.py run

setup-test:
	@sh runtime/with_python.sh runtime/bootstrap.py test

run: setup
	@exec $(PY) -m runtime run

test: setup-test
ifeq ($(BROWSER),0)
	@echo "The browser tests are left out (BROWSER=0)."
	@$(PY) -m pytest -m "not browser" $(TESTS)
else
	@chromium=$$($(PY) -m runtime.chromium) && CHROMIUM="$$chromium" $(PY) -m pytest $(TESTS)
endif

check: setup-test
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check .
	@$(PY) -m mypy
	@.venv/bin/lint-imports --no-cache

bench: setup-test
	@$(PY) -m bench $(ONLY)

# A thousand texts and follow-ups while processes are killed; ARGS="--people 200 --seconds 60" for a shorter one.
chaos: setup-test
	@$(PY) -m bench.chaos $(ARGS)

# Live calls while worker, beat, Redis, PostgreSQL and one web process are killed; ARGS="--calls 20 --seconds 60".
kills: setup-test
	@$(PY) -m bench.kills $(ARGS)

# Random histories of whole calls, in virtual time: `make histories N=100000 SEED=0`.
N ?= 100000
SEED ?= 0
histories: setup-test
	@$(PY) -m tests.histories --number $(N) --seed $(SEED)

# Pictures of every page for docs/pictures.
pictures: setup-test
	@chromium=$$($(PY) -m runtime.chromium) && CHROMIUM="$$chromium" $(PY) -m pytest -q -n 0 tests/browser/pictures.py

# Writes the locks anew from requirements.in and requirements-dev.in: for Python 3.11 and later, every platform.
lock: setup-test
	@test -x .local/uv/bin/uv || { $(PY) -m venv .local/uv && .local/uv/bin/python -m pip install --quiet uv; }
	@UV_CUSTOM_COMPILE_COMMAND="make lock" .local/uv/bin/uv pip compile --quiet --universal --python-version 3.11 \
		--generate-hashes $(LOCK_OPTIONS) requirements.in --output-file requirements.txt
	@UV_CUSTOM_COMPILE_COMMAND="make lock" .local/uv/bin/uv pip compile --quiet --universal --python-version 3.11 \
		--generate-hashes $(LOCK_OPTIONS) requirements-dev.in --output-file requirements-dev.txt

# Removes what was installed and cached; the development data in .local stays (delete it yourself to start empty).
clean:
	@rm -rf .venv .local/uv .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
