# What a developer or an operator does with this project, one target a habit. `make` alone lists them.

SOLUTION := Burqi.Services.sln
DOTNET_FLAGS := --nologo --verbosity minimal
# Measured is what is delivered: a release build.
LOAD := dotnet artifacts/bin/Burqi.Load/release/Burqi.Load.dll
CALLS ?= 500
SECONDS ?= 60
SCRIPTS := .ci/run $(shell find infra tests -name node_modules -prune -o -name '*.sh' -print)

export DOTNET_CLI_TELEMETRY_OPTOUT := 1
export DOTNET_NOLOGO := 1

.DEFAULT_GOAL := help
.PHONY: help build test load bench load-build demo run up down format lint clean

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

build: ## Build everything
	@infra/install-prerequisites.sh build
	@echo "Building"
	@dotnet build $(SOLUTION) $(DOTNET_FLAGS)

test: ## Install what the tests need, build, run all of them
	@infra/install-prerequisites.sh test
	@$(MAKE) --no-print-directory build
	@infra/run-tests.sh

load: ## Put CALLS=500 two-track calls on the recorder for SECONDS=60; nothing may be lost
	@infra/install-prerequisites.sh load
	@$(MAKE) --no-print-directory load-build
	@$(LOAD) load --calls $(CALLS) --seconds $(SECONDS)

bench: ## Measure the recorder beside a bare endpoint and Node, and the catalog with a million rows; writes docs/benchmarks.md
	@infra/install-prerequisites.sh bench
	@$(MAKE) --no-print-directory load-build
	@$(LOAD) bench --write docs/benchmarks.md

load-build:
	@echo "Building the recorder and its load, for release"
	@dotnet build tests/Burqi.Load --configuration Release --nologo --verbosity quiet

demo: ## Record one simulated call from end to end and show what came of it
	@infra/install-prerequisites.sh demo
	@infra/demo/run.sh demo

run: ## Run the whole system here, on BURQI_URLS, until Ctrl-C
	@infra/install-prerequisites.sh demo
	@infra/demo/run.sh run

up: ## Start the distributed stack in Docker and wait until all of it is healthy
	@docker compose up --detach --build --wait

down: ## Stop the distributed stack; its data stays
	@docker compose down

format: ## Bring the code into the house's form
	@dotnet format $(SOLUTION)

lint: ## Check form, warnings and scripts; changes nothing
	@for script in $(SCRIPTS); do echo "Checking $$script"; case "$$(head -n 1 $$script)" in *bash*) bash -n $$script ;; *) sh -n $$script ;; esac || exit 1; done
	@infra/install-prerequisites.sh build
	@echo "Checking the page's types"
	@node services/catalog/web/build.mjs --check
	@echo "Building with every warning an error"
	@dotnet build $(SOLUTION) $(DOTNET_FLAGS)
	@echo "Checking the code's form"
	@dotnet format $(SOLUTION) --verify-no-changes --no-restore

clean: ## Remove what a build made; recordings and data stay
	@rm -rf artifacts
