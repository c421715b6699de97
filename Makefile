# Everything runs in the project's own environment; `make check` is what CI runs.
RUN = uv run --quiet

.PHONY: check lint types floors tests tests-numpy tests-spark validate bench lock

check: lint types floors tests tests-numpy tests-spark

lint:
	$(RUN) ruff check .
	$(RUN) ruff format --check .

types:
	$(RUN) mypy

floors:
	$(RUN) lint-imports

tests:
	uv run pytest

# What the compiled kernel carries, once more without it.
tests-numpy:
	HALFSTEP_KERNEL=numpy uv run pytest $(wildcard tests/native tests/blp tests/demand tests/logit tests/text)

# On a cluster of this machine alone; pyspark is fetched here and by nobody else. A machine without Java goes without, unless HALFSTEP_REQUIRE has java.
tests-spark:
	@if command -v java >/dev/null || [ -x "$$JAVA_HOME/bin/java" ]; then HALFSTEP_REQUIRE="$$HALFSTEP_REQUIRE spark" uv run --extra spark pytest tests/spark; \
	else echo "tests-spark: skipped, there is no Java 17 here"; case " $$HALFSTEP_REQUIRE " in *" java "*) exit 1;; esac; fi

# Long: simulated worlds. Results are committed under docs/validation.
validate:
	OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 $(RUN) python -m validation

bench:
	uv run --extra bench python benchmarks/gap.py
	uv run --extra bench python benchmarks/demand.py
	uv run --extra bench python benchmarks/random_coefficients.py
	uv run --extra bench python benchmarks/random_draws.py
	uv run --extra bench python benchmarks/events.py
	uv run --extra bench python benchmarks/choice.py
	uv run --extra bench python benchmarks/scale.py
	uv run --extra bench python benchmarks/voice.py
	uv run --extra bench python benchmarks/cascades.py
	uv run --extra bench python benchmarks/ramps.py

# Exact versions with hashes, for those who want them: uv pip sync requirements.lock
lock:
	uv pip compile pyproject.toml --universal --generate-hashes --no-emit-index-url --no-header --output-file requirements.lock
