# Each target is a line or two calling uv; what it does lives in the CLI, in pytest or in pyproject.toml.
UV := $(or $(shell command -v uv),.uv/bin/uv)
RUN := $(UV) run --no-sync

.PHONY: run dev test lint open-data bench fuzz linkage linkage-bench docs setup

# The demo's files are whole when they appear, so they need no time to settle.
run: setup            ## set up, generate the demo region, refresh, say what was published and where
	$(RUN) datadrives demo
	DATADRIVES_SETTLE_SECONDS=0 $(RUN) datadrives refresh

# Dagster reads dagster.yaml here; the instance class named there keeps storage under the home folder.
dev: setup            ## the asset graph, schedule and sensor in the browser
	DAGSTER_HOME=$(CURDIR) $(RUN) dagster dev

test: setup           ## everything but the benchmarks
	$(RUN) pytest -n auto --dist loadfile

lint: setup           ## style, types, SQL
	$(RUN) ruff check . && $(RUN) ruff format --check .
	$(RUN) mypy && $(RUN) sqlfluff lint --processes 0 dbt_project/models dbt_project/tests

open-data: setup      ## the same pipeline over the open files in ../shared/data
	$(RUN) python -m tests.open_data.run

bench: setup          ## landed CSV to indicator against one hand-written script, as a ratio
	$(RUN) pytest tests/bench -s

fuzz: setup           ## ten thousand damaged deliveries of every profile and example; FUZZ_EXAMPLES says how many
	FUZZ_EXAMPLES=$${FUZZ_EXAMPLES:-10000} $(RUN) pytest tests/fuzz -n auto

linkage: setup        ## how well children are found again, on data whose truth is known; fetches them once
	$(RUN) pytest tests/linkage -s

linkage-bench: setup  ## a million records against Splink alone; LINKAGE_RECORDS says how many
	LINKAGE_RECORDS=$${LINKAGE_RECORDS:-1000000} $(RUN) pytest tests/linkage/test_million.py -s

docs: setup           ## the reference pages, written from the code
	$(RUN) python -m orchestration.feeds.reference > docs/feeds.md
	$(RUN) python -m orchestration.settings_page > docs/settings.md

setup: $(UV)
	$(UV) sync --frozen --quiet

.uv/bin/uv:           # --target, because a distribution's own Python may refuse to install into itself
	python3 -m pip install --quiet --target .uv uv
