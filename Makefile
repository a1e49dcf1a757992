# The one entry to everything: `make run` and `make test` work on a fresh machine.
.DEFAULT_GOAL := help
.PHONY: help setup build run test simulate kill-bus kill-sweep sanitize format lint bench docs clean

SYMBI := .build/debug/symbi
EXAMPLE := Examples/incident
STATE := .build/incident
SOURCES := Package.swift Sources Tests Examples

help: ## Show this help.
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## Install what building and running needs (apt); does nothing the second time.
	@scripts/setup

build: ## Build symbi.
	@swift build --product symbi

run: setup build ## Run the main example. Its state is kept, so the second run knows the first.
	$(SYMBI) run $(EXAMPLE)/incident.symbi --file $(EXAMPLE)/access.log --data $(STATE)

test: ## Run all tests, within limits of time. The sandbox tests need root and the engines.
	@swift build --build-tests
	@scripts/test

simulate: ## Run thousands of seeds of the simulations; a seed that fails is printed (SEEDS=5000).
	@swift build --build-tests
	@SYMBIONT_SIMULATION_SEEDS=$(or $(SEEDS),5000) swift test --skip-build --filter SimulationTests

kill-bus: ## Kill a process with a busy message bus 100 times, and check its account by id.
	@swift build --build-tests
	@SYMBIONT_KILL_ROUNDS=100 swift test --skip-build --filter KillTests

kill-sweep: ## Kill the owner of ten sandboxes at fifty random moments, and at five with a virtual machine besides.
	@swift build --build-tests
	@SYMBIONT_KILL_SWEEP=50 swift test --skip-build --filter KillSweepTests

sanitize: ## Run the tests under the address and the thread sanitizer.
	@scripts/sanitize

format: ## Format the Swift sources and the examples.
	@swift format -i -r $(SOURCES)
	@swift build --product symbi
	@$(SYMBI) fmt $$(find Examples -name '*.symbi')

lint: ## Check formatting and style.
	@swift format lint --strict -r $(SOURCES)

bench: ## Run the benchmarks in release; each prints lines of JSON.
	@Benchmarks/run

docs: ## Write the generated tables of docs/ anew.
	@swift build --build-tests
	@SYMBIONT_UPDATE_DOCUMENTS=1 swift test --skip-build --filter DocumentTests

clean: ## Remove everything that was built, and the example's state.
	@rm -rf .build Benchmarks/.build
