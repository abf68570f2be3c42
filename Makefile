# One command checks everything; bin/test and hooks call these and nothing else.
PY = .venv/bin/python
PYTEST_ARGS ?=
# Where tests note which functions asked which database; see tests/asked.py.
ASKED = build/asked

UV_FLAGS ?=
LOCKED = uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes --no-header --no-annotate $(UV_FLAGS)

.PHONY: check lint types imports spelling test format build bench lock

check: lint types imports spelling test

lint:
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .

types:
	$(PY) -m mypy -n auto docgen integrations verifier tests

imports:
	.venv/bin/lint-imports --no-cache

spelling:
	.venv/bin/codespell README.md CHANGELOG.md CONTRIBUTING.md SECURITY.md docs docgen integrations templates --ignore-words-list=crate,nd,ser,fo,baa,ois,nome

test:
	rm -rf $(ASKED)
	DOCGEN_TEST_ASKED=$(ASKED) $(PY) -m tests.whole -n auto --dist=worksteal $(PYTEST_ARGS)
	DOCGEN_TEST_ASKED=$(ASKED) $(PY) -m tests.postgresql -n auto --dist=worksteal @tests/on_postgresql.txt
	$(PY) -m tests.asked $(ASKED)

format:
	$(PY) -m ruff check --fix .
	$(PY) -m ruff format .

build:
	$(PY) -m build --no-isolation

bench:
	$(PY) -m tests.benchmarks.packet --json

# What bin/ installs, raised to the current releases; needs uv (pip install uv).
lock:
	$(LOCKED) --extra setup pyproject.toml -o requirements.lock
	$(LOCKED) --extra setup --extra dev -c requirements.lock pyproject.toml -o requirements-dev.lock
