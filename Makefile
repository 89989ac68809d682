SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

UP := target/debug/up
# Most of a test is waiting for a store.
export RUST_TEST_THREADS ?= $(shell echo $$((2 * $$(nproc))))
# Two digits that all ports of the local platform begin with: another checkout's stand beside this one's.
export PORT_BASE ?= 27
# What the system tests ask for, which ops/firewall-check judges.
REQUESTS := $(CURDIR)/target/requests.jsonl

.PHONY: api-check auth-figures bank-statement bench bench-20m bench-local bench-reporting cosmos-rates streams errors firewall-check go-client hub-memory graph-tinkerpop graph-verify help setup build apps run status logs demo test test-one soak check deny func \
	clean-local package package-check infra-check infra-counts infra-opinion az-check deploy destroy ops \
	lake lake-bench lake-forget lake-model lake-test

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  make %-15s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## Install what is missing: Debian packages (as root) and node_modules
	@local/setup.sh

build: ## Build every program of the workspace
	cargo build --workspace --locked

apps: build ## Assemble the function apps for this machine: build/apps
	$(UP) package --out build/apps

run: setup apps ## Run the whole platform until Ctrl-C; its data stays in .local (PORT_BASE=30: beside another checkout's)
	@$(UP) run --data .local --apps build/apps --port-base $(PORT_BASE)

status: ## How the running platform's parts and apps are: state, port, uptime, memory, last failure
	@cargo build --quiet --locked -p up
	@$(UP) status --data .local

logs: ## What all parts of the running platform write, by time: make logs PART=payments LEVEL=warn TRACE=7c1f... (each as you like)
	@cargo build --quiet --locked -p up
	@$(UP) logs --data .local --part "$(PART)" --level "$(LEVEL)" --trace "$(TRACE)"

demo: setup apps ## Play the main job over HTTP, starting the platform if it is not running
	@target/debug/demo

test: setup check apps infra-check infra-opinion ## Every check: format, lints, unit, service and system tests
	@rm -f $(REQUESTS)
	RECORD_REQUESTS=$(REQUESTS) $(UP) exec-with-stores -- cargo test --workspace --locked --no-fail-fast
	@ops/api-check
	@ops/firewall-check
	@for client in azure-cosmos azure-eventhub azure-keyvault-secrets fastavro schemathesis; do \
		[[ -e .local/tools/$$client/installed.txt ]] || echo "SKIPPED: $$client cannot be installed from PyPI" >&2; \
	done

test-one: setup ## The tests of one crate with the stores they need: make test-one CRATE=payments
	cargo build --locked -p up -p key-vault -p cosmos-emulator
	$(UP) exec-with-stores -- cargo test --locked -p "$(CRATE)"

bench: setup ## Payments/s of the released service, beside a reference: a table, target/bench/payments.json
	cargo build --release --locked -p bench -p payments -p notification -p functions-host \
		-p eventhubs-emulator -p platform-identity
	cargo build --locked -p up
	@$(UP) exec-with-stores --durable -- target/release/bench

bench-local: setup ## What the local platform costs, released: CPU of a proxied request, events/s, start to ready, idle memory: a table
	cargo build --release --workspace --locked
	@TEST_IDENTITY_SECRET=bench target/release/bench local

bench-20m: ## The same, and once on 20 million earlier payments: takes long, and 10 GB of disk
	@BENCH_HISTORY_MILLIONS=20 $(MAKE) bench

bench-reporting: setup ## A year of takings, and rows a second of tables and exports with their memory, released: a table
	cargo build --locked -p up
	$(UP) exec-with-stores -- cargo test --release --locked -p payment-reporting --test it -- \
		--ignored --nocapture --test-threads=1 figures

auth-figures: setup ## What a token check, a PIN check and log-ins cost, and memory after 1,000 at once, released: a table
	cargo build --locked -p up -p key-vault
	$(UP) exec-with-stores -- cargo test --release --locked -p auth -- \
		--ignored --nocapture --test-threads=1 figures

streams: setup ## What 10,000 open notification streams cost while nothing happens: memory, CPU, statements
	cargo build --locked -p up -p key-vault
	$(UP) exec-with-stores -- cargo test --locked -p notification --test it -- \
		--ignored --exact --nocapture idle_streams::ten_thousand_open_streams

cosmos-rates: setup ## What the local Cosmos DB does a second, and the memory that a document takes
	cargo build --locked -p up
	$(UP) exec-with-stores -- cargo test --locked -p cosmos-emulator --test it -- \
		--ignored --exact --nocapture measure::rates_and_memory

soak: setup apps ## Kill payments, its database and its broker 30 times, run 200 times the races that make test cuts short, play its model 1,000,000 steps, and 20,000 on the database (SOAK_SEED=1 plays all again); 50 uploads; 100,000 people; kill all parts for 5 minutes; ten million events
	export SOAK_SEED="$${SOAK_SEED:-$$RANDOM}"; \
	SOAK_ROUNDS="$${SOAK_ROUNDS:-30}" $(UP) exec-with-stores -- \
		cargo test --locked -p payments --test it crash_rounds -- --nocapture; \
	SOAK_RACES=all $(UP) exec-with-stores -- \
		cargo test --locked -p payments --test it -- --skip crash_rounds; \
	PROPTEST_RNG_SEED="$$SOAK_SEED" cargo test --locked -p payments \
		--config 'profile.dev.package.payments.opt-level=3' --lib -- \
		--ignored --nocapture a_million_steps; \
	PROPTEST_RNG_SEED="$$SOAK_SEED" $(UP) exec-with-stores -- cargo test --locked -p payments --lib -- \
		--ignored --nocapture in_the_database; \
	$(UP) exec-with-stores -- cargo test --locked -p payment-reporting --test it -- \
		--ignored --nocapture all_that_is_told_of_5_000
	SOAK_SAMPLES="$${SOAK_SAMPLES:-2000}" $(UP) exec-with-stores -- \
		cargo test --locked -p auth --test it enumeration -- --nocapture
	for crate in social timeline messages; do \
		$(UP) exec-with-stores -- \
			cargo test --locked -p "$$crate" --test it no_time_tells -- --ignored --nocapture || exit 1; \
	done
	cargo test --locked -p onboarding --config 'profile.dev.package.onboarding.opt-level=3' --lib -- \
		--ignored --nocapture a_hundred_thousand_people
	SOAK_UPLOADS="$${SOAK_UPLOADS:-50}" cargo test --locked -p system-tests --test system killed_uploads
	cargo test --locked -p system-tests --test system -- --ignored --nocapture killed_at_random
	@$(MAKE) --no-print-directory hub-memory

check: ## Formatting and lints, warnings denied
	cargo fmt --check
	cargo clippy --workspace --all-targets --locked -- -D warnings

graph-verify: ## Compare a day of the running platform's graph with its ledger: make graph-verify DAY=2026-11-23
	@key=$$(python3 -c 'import json; print(json.load(open(".local/functions-host/keys.json"))["functionKey"])'); \
	answer=$$(curl --silent --show-error --fail-with-body --max-time 200 --header "x-functions-key: $$key" \
		"http://127.0.0.1:$(PORT_BASE)071/api/v1/graph-books/days/$(DAY)"); \
	echo "$$answer"; [[ $$answer == *'"is_equal":true'* ]]

graph-tinkerpop: setup ## Apache TinkerPop reads what the graph exports: needs Java 17 and Maven
	@ops/jars handlers/graph/tests/tinkerpop tinkerpop-jars
	cargo build --locked -p up -p key-vault -p cosmos-emulator
	TINKERPOP_JARS="$$PWD/.local/tools/tinkerpop-jars" $(UP) exec-with-stores -- \
		cargo test --locked -p graph --test it -- --ignored --exact \
		tinkerpop::apache_tinkerpop_reads_both_forms_and_finds_what_the_service_answers

errors: setup apps ## Write the catalogue of refusals, as the services document it: docs/errors.md and .json
	ACCEPT_ERRORS=1 cargo test --quiet --locked -p system-tests --test system catalogue

firewall-check: ## The firewall's rules find nothing in what the last test run asked for
	@ops/firewall-check

bank-statement: ## While make run runs: the sandbox bank's file of a day, compared: make bank-statement DAY=2026-11-29
	@local/bank_statement.py "$${DAY:-}"

lake: ## Refine what the local platform captured into .local/lake, print the tables, prove the sums
	@lake/setup.sh
	@.local/tools/lake/bin/python lake/local.py .local/captured .local/lake

lake-bench: ## Run the lake on a million and on 5 million made-up payments: payments/s of each step, memory, growth
	@lake/setup.sh
	@.local/tools/lake/bin/python lake/bench.py .local/lake-bench $(or $(PAYMENTS),1000000 5000000)

lake-forget: ## Forget a person in all files of the lake: make lake-forget PERSON=usr_...
	@[[ "$${PERSON:-}" == usr_* ]] || { echo 'usage: make lake-forget PERSON=usr_...' >&2; exit 2; }
	@lake/setup.sh
	@.local/tools/lake/bin/python lake/local.py .local/captured .local/lake "$$PERSON"

lake-model: ## Train the model that finds rings, judge it on towns that it has not seen, print the figures
	@lake/setup.sh
	@.local/tools/lake/bin/python lake/judge_model.py

lake-test: ## The lake's tests, on Spark and Delta Lake: needs Java 17 and Maven
	@lake/setup.sh
	@.local/tools/lake/bin/python -m pytest --quiet lake

hub-memory: ## What the Event Hubs emulator has in memory with ten million events: takes minutes (part of make soak)
	cargo test --locked -p eventhubs-emulator --test it -- --ignored --exact --nocapture \
		measure::ten_million_events_take_no_more_memory_than_the_first

go-client: ## The Event Hubs emulator, asked by the official Go SDK: needs Go and its module proxy
	cargo test --locked -p eventhubs-emulator --test it -- --ignored --exact \
		go_sdk::the_go_sdk_sends_receives_and_is_refused_as_by_the_service

deny: ## Judge what we depend on: licences, sources, known vulnerabilities
	@ops/deny

api-check: ## The OpenAPI documents of the last test run are valid for another implementation
	@ops/api-check

func: ## Run one packaged app under Azure Functions Core Tools: make func SERVICE=payments
	@local/func.sh "$(SERVICE)"

clean-local: ## Forget all local data
	@local/clean.sh

package: setup ## Build the apps for Azure and zip them: build/release/<service>.zip
	@ops/package

package-check: ## Start each zip in an empty folder under the local Functions host
	cargo build --locked -p functions-host
	@ops/package-check

infra-check: ## Format, lint and evaluate bicep/; skipped, visibly, without a Bicep CLI
	@ops/infra-check

infra-counts: ## Print how many resources of each kind both profiles have
	@cargo test --quiet --workspace --locked --test infrastructure counts_by_kind -- --nocapture

infra-opinion: ## Let checkov judge the evaluated resources: a second opinion
	@ops/infra-opinion

az-check: ## Let the real Azure CLI's parser accept every az command line here
	@ops/az-check

# With -n the commands are printed, those of Azure as they would be typed.
PRINT = $(if $(findstring n,$(firstword -$(MAKEFLAGS))),OPS_PRINT=1)

deploy: ## Bring an environment to this checkout's state: make deploy ENV=dev
	+@$(PRINT) ops/deploy "$(ENV)"

destroy: ## Delete an environment and all its data: make destroy ENV=dev
	+@$(PRINT) ops/destroy "$(ENV)"

ops: ## List the operators' commands; docs/runbook.md says when to use them
	@grep -h "^usage=" $$(find ops -maxdepth 1 -type f | sort) | cut -d"'" -f2
