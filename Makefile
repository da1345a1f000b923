# make setup | check | test | fuzz | uncompiled | bench | agreement | accuracy | docs | maps | data | demo | lock
PY = .venv/bin/python

.PHONY: setup demo test uncompiled check kernels bench data maps docs accuracy agreement lock fuzz

.venv/ready: pyproject.toml setup.py requirements.lock
	python3 -m venv .venv
	$(PY) -m pip install -q -c requirements.lock -e '.[lint]'
	touch $@

setup: .venv/ready

kernels: setup  ## compile the kernels again after an edit
	$(PY) -m pip install -q --no-deps -e .

demo: setup
	.venv/bin/eezkit check minamitorishima-2026 --zone JPN
	.venv/bin/eezkit map minamitorishima-2026 --zone JPN -o minamitorishima.html

test: setup
	$(PY) -m pytest -q -n auto

fuzz: setup  ## an hour: damage to what the cache keeps, a hundred thousand times
	EEZKIT_FUZZ=100000 $(PY) -m pytest -q -p no:xdist tests/test_cache_fuzz.py

uncompiled: setup  ## an hour: the suite as where there is no compiler, on an atlas indexed before
	EEZKIT_CACHE_DIR=build/indexed $(PY) -c 'import eezkit; eezkit.load()'
	EEZKIT_PURE=1 EEZKIT_TEST_BUILT=build/indexed $(PY) -m pytest -q

check: setup
	.venv/bin/ruff format --check . && .venv/bin/ruff check .
	.venv/bin/mypy

data: setup
	$(PY) data/build.py

maps: setup
	$(PY) maps/build.py

docs: setup  ## the site in docs/_build/html, offline, warnings as errors
	$(PY) -m pip install -q -c requirements.lock -e '.[docs]'
	$(PY) -m sphinx -b html -n -W --keep-going -q docs docs/_build/html

accuracy: setup  ## minutes: every geodesic figure against its oracle, into its page
	set -e; for what in accuracy:accuracy law_oracle:law mistakes:mistakes bench_limits:limits; do \
	    $(PY) benchmarks/$${what%:*}.py > docs/explanation/$${what#*:}-tables.md; done

agreement: setup  ## an hour: lookup against GEOS and the edge rule, into its page
	$(PY) benchmarks/agreement.py --positions 10000000 > docs/explanation/agreement-tables.md

bench: setup  ## an hour on an idle machine: beside other tools, those that can be had, into its page
	-$(PY) -m pip install -q -r benchmarks/requirements.txt
	set -e; for what in lookup build cold nearest voyages overlap; do \
	    $(PY) benchmarks/bench_$$what.py > docs/explanation/$$what-tables.md; done
	$(PY) benchmarks/bench_voyages.py --losses > docs/explanation/losses-tables.md

lock:  ## pin what a fresh environment gets today
	rm -rf .venv && python3 -m venv .venv && $(PY) -m pip install -q -e '.[lint,docs]'
	$(PY) -m pip freeze --exclude-editable > requirements.lock
