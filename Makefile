.DEFAULT_GOAL := help
.PHONY: help run test check soak format reference lock bench screenshots clean venv venv-dev

PYTHON := .venv/bin/python
PYTEST := $(PYTHON) -m pytest -n 3 --dist loadgroup --max-worker-restart 0

help: ## list what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

venv:
	@bash scripts/install.sh run

venv-dev:
	@bash scripts/install.sh dev

run: venv ## install what is needed and start SmartBank at http://localhost:8501 (PORT=8502 make run changes the port)
	@$(PYTHON) -m smartbank serve

test: venv-dev ## run every test that needs no browser and no network
	$(PYTEST) -m "not browser and not soak"

check: venv-dev ## what CI runs: format, lint, types, import contracts, the repository's rules, known vulnerabilities, every test
	.venv/bin/ruff format --check .
	.venv/bin/ruff check .
	.venv/bin/mypy
	.venv/bin/lint-imports
	$(PYTHON) scripts/check_repository.py
	.venv/bin/bandit -q -r smartbank app.py pages --severity-level medium
	$(PYTHON) scripts/audit_dependencies.py
	$(PYTEST) -m "not soak"

soak: venv-dev ## run the tests that take minutes, and an hour of clicking (SOAK_MINUTES=20 shortens it)
	$(PYTHON) -m pytest -m soak -rP -o faulthandler_timeout=0

format: venv-dev ## put the code in the house format and mend what ruff can mend
	.venv/bin/ruff format .
	.venv/bin/ruff check --fix .

reference: venv-dev ## write docs/configuration.md again from the settings
	$(PYTHON) scripts/configuration_reference.py

lock: venv-dev ## write the lock files again from pyproject.toml (UPGRADE=1 takes newer versions)
	bash scripts/lock.sh

bench: venv-dev ## print every benchmark's rows with ratio and goal; makes .bench/ for the programs beside SmartBank
	$(PYTHON) -m benchmarks

screenshots: venv-dev ## make the README's screenshots from the running application
	$(PYTHON) scripts/screenshots.py

clean: ## remove .venv, .bench and the tools' caches; var/, where the data is, stays
	rm -rf .venv .bench .hypothesis .pytest_cache .mypy_cache .ruff_cache .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
