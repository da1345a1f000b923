# make setup | check | test | bench | docs | maps | data | demo | lock
PY = .venv/bin/python

.PHONY: setup demo test check kernels bench data maps docs accuracy lock

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
	$(PY) -m pytest -q

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
	$(PY) benchmarks/accuracy.py > docs/explanation/accuracy-tables.md

lock:  ## pin what a fresh environment gets today
	rm -rf .venv && python3 -m venv .venv && $(PY) -m pip install -q -e '.[lint,docs]'
	$(PY) -m pip freeze --exclude-editable > requirements.lock
