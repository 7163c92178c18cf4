# Each target brings what it needs: a virtual environment in .venv, made from a Python of at
# least 3.11 and the package index, nothing else.

PYTHON ?= $(shell for name in python3 python3.14 python3.13 python3.12 python3.11; do \
	"$$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo "$$name" && break; \
	done)
BIN := .venv/bin
READY := .venv/.ready

# Answers recorded from Pixi, with what their checkers need; absent outside the team's machines.
GOLDEN ?= ../shared/golden
CORPUS ?= ../shared/corpus.tar.xz
REPODATA ?= ../shared/repodata
ONLY ?=

# Several processes read all tests, and each test starts commands: what one has compiled serves all.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help demo image test test-cloud hostile fuzz unguarded check bench bench-images golden docs clean

help:
	@echo "make demo    from an empty folder to a running task, on local channels"
	@echo "make image   a container image of a small server, started where Docker or podman runs"
	@echo "make test    all tests that need no root, Docker or cluster (ONLY='tests/unit/lock' chooses)"
	@echo "make test-cloud  the tests with Docker, registries and other users; installs what is missing"
	@echo "make hostile 2,000 hostile locks, packages, links … around a canary (CASES=20000)"
	@echo "make fuzz    a minute of coverage-guided fuzzing for each reader (ONLY='lock spec')"
	@echo "make unguarded  each rule against an attack taken away: its test has to fail (ONLY='12 K4')"
	@echo "make check   formatter, linter, types, floors"
	@echo "make bench   what wisp costs, as ratios (ONLY='run solve' chooses)"
	@echo "make bench-images  an image by wisp against the same by Docker, on one Debian"
	@echo "make golden  agreement with recorded answers of Pixi (ONLY='shell edits' chooses)"
	@echo "make docs    the documentation, into site/"

$(READY): pyproject.toml
	@test -n "$(PYTHON)" || { echo "wisp needs Python 3.11 or later on PATH (or PYTHON=...)" >&2; exit 1; }
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[build,test,check,docs]'
	ln -sf wisp $(BIN)/pixi
	@touch $@

demo: $(READY)
	$(BIN)/python -m tools.demo

image: $(READY)
	$(BIN)/python -m tools.demo.image

# Three at a time, since some wait for hosts that say nothing; those that kill processes at random
# moments come after the others, read from the files that have some. Where ONLY names tests of one
# kind, the other run has nothing to do, which pytest tells with code 5.
ALONE = $(or $(ONLY),$(shell grep -rl 'mark\.alone' tests --include='test_*.py'))

test: $(READY)
	$(BIN)/python -m tools.forge
	$(BIN)/python -m pytest -n 3 --dist worksteal --ignore tests/cloud -m "not alone" --durations 15 $(ONLY) || [ $$? = 5 ]
	$(BIN)/python -m pytest -n 2 --ignore tests/cloud -m alone --durations 15 $(ALONE) || [ $$? = 5 ]

# Two thousand hostile cases in one process; a failure names the number that repeats it.
hostile: $(READY)
	WISP_HOSTILE_CASES=$(or $(CASES),2000) $(BIN)/python -m pytest tests/security/test_generated.py

# Sixty seconds for each reader of foreign texts; what is found is kept in .cache/fuzz.
fuzz: $(READY)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[fuzz]'
	for target in $(or $(ONLY),lock manifest spec shell pylock archive); do \
		$(BIN)/python -m tools.fuzz $$target -max_total_time=60 -timeout=20 || exit 1; done

# In two copies of the tree, in a temporary folder; some rows need root to be shown.
unguarded: $(READY)
	$(BIN)/python -m tools.forge
	$(BIN)/python -m tools.unguarded --jobs 2 $(ONLY)

# Twenty kills each and two thousand scripts, of which `make test` has fewer, also where something
# has failed before.
test-cloud: export WISP_TEST_KILLS ?= 20
test-cloud: export WISP_TEST_SCRIPTS ?= 2000
test-cloud: $(READY)
	tools/cloud/prepare
	$(BIN)/python -m tools.forge
	failed=0; $(BIN)/python -m pytest -rs --durations 15 $(or $(ONLY),tests/cloud) || failed=1; \
	$(if $(ONLY),,$(BIN)/python -m pytest -n 2 --ignore tests/cloud -m alone $(ALONE) || failed=1; \
	$(BIN)/python -m pytest -n 2 tests/unit/taskshell/test_shell_against_bash.py || failed=1;) exit $$failed

check: $(READY)
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo --no-cache

bench: $(READY)
	$(BIN)/python -m tools.bench $(ONLY)

bench-images: $(READY)
	tools/cloud/prepare
	$(BIN)/python -m tools.bench.images

golden: $(READY)
	$(BIN)/python -m tools.golden --golden $(GOLDEN) --corpus $(CORPUS) --repodata $(REPODATA) $(ONLY)

docs: $(READY)
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict

clean:
	rm -rf .cache site
