# The habits of this project. `make` alone lists them. Each runs in the active environment, made by
# `pip install -e '.[dev]'`.

.DEFAULT_GOAL := help
.PHONY: help test lint format types layers check ci wheel docs picture bench

help: ## this list
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 10

test: ## the test suite
	pytest

lint: ## ruff, and the format
	ruff check
	ruff format --check

format: ## format the code and mend what mends itself
	ruff check --fix
	ruff format

types: ## mypy
	mypy

layers: ## who may import whom
	lint-imports --no-logo

check: test lint types layers ## all of the above

ci: ## what runs before a change lands, in an environment of its own
	.ci/run

wheel: ## build dist/*.whl
	python -m hatchling build -t wheel

docs: ## make man/ and completions/ from the commands
	python -m docs.manual

picture: ## run quill on a terminal and draw the README's pictures of it
	python -m docs.picture

bench: ## measure start-up, overhead, rendering and loops; needs a quiet machine
	python -m benchmarks.startup
	python -m benchmarks.overhead
	python -m benchmarks.batch
	python -m benchmarks.render
	python -m benchmarks.serve
	python -m benchmarks.loops_answers
	python -m benchmarks.loops_live
