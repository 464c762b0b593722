# `make demo` and `make test` each work first and alone on a fresh clone: they make .venv themselves.
#
#   make demo    the main job on the embedded endpoint: no key, no network, about a minute
#   make test    the whole test suite
#   make check   ruff and mypy
#   make bench   the benchmarks (several minutes)
#   make clean   removes what the others made
#
# Another interpreter: make test PYTHON=/path/to/python3.12

PYTHONS = $(or $(PYTHON),python3 python3.13 python3.12 python3.11)
PIP = .venv/bin/python -m pip --disable-pip-version-check --quiet

.PHONY: help demo test check bench clean

help:
	@sed -n 's/^#   //p' Makefile

demo: .venv/installed
	@SDG=.venv/bin/sdg PYTHON=.venv/bin/python bash examples/demo.sh

test: .venv/installed-test
	.venv/bin/python -m pytest -n 4 --dist worksteal

check: .venv/installed-test
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy

bench: .venv/installed-test
	@for file in benchmarks/*.py; do echo "== $$file"; .venv/bin/python "$$file" || exit 1; done

clean:
	rm -rf .venv demo dist build .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find sdg tests benchmarks -name __pycache__ -type d -prune -exec rm -rf {} +

# The file pyproject.toml says what is to be installed: when it changes, pip runs again.
.venv/installed: pyproject.toml | .venv/bin/python
	@echo "installing sdg into .venv (once, about a minute)" >&2
	@$(PIP) install --editable .
	@touch $@

.venv/installed-test: pyproject.toml | .venv/bin/python
	@echo "installing sdg and its test tools into .venv (once, about a minute)" >&2
	@$(PIP) install --editable '.[test]'
	@touch $@ .venv/installed

.venv/bin/python:
	@for python in $(PYTHONS); do \
	  if $$python -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null; then \
	    echo "making .venv with $$($$python --version)" >&2; \
	    exec $$python -m venv .venv; \
	  fi; \
	done; \
	echo "make: sdg needs Python 3.11, 3.12 or 3.13, and none of these is one: $(PYTHONS)." \
	     "Install one, or say where it is: make $(MAKECMDGOALS) PYTHON=/path/to/python3" >&2; \
	exit 2
