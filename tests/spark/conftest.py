"""A Spark session on a cluster of this machine alone; skipped, visibly, where pyspark or Java 17 is absent."""

from __future__ import annotations

import gc
import os
import warnings
from collections.abc import Iterator
from importlib.util import find_spec
from typing import TYPE_CHECKING

import pytest

from halfstep.voice.java import JAVA, java, major
from tests.spark.cluster import cluster, environment, settings

if TYPE_CHECKING:
    from pyspark.sql import SparkSession


def absent(word: str, reason: str) -> None:
    """Skip, or fail where HALFSTEP_REQUIRE has the word: `make tests-spark` asks for spark, CI for java."""
    if word in os.environ.get("HALFSTEP_REQUIRE", "").split():
        pytest.fail(f"HALFSTEP_REQUIRE asks for {word}: {reason}")
    pytest.skip(reason)


@pytest.fixture(scope="session")
def spark(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SparkSession]:
    if find_spec("pyspark") is None:
        absent("spark", "the extra spark is not installed here; make tests-spark installs and tries it")
    found = java()
    if found is None or major(found) < JAVA:
        absent("java", f"Java {JAVA} is not here (found: {found})")
    from halfstep.voice.spread import session

    folder = tmp_path_factory.mktemp("spark")
    with pytest.MonkeyPatch.context() as patch:
        for name, value in environment(folder).items():
            patch.setenv(name, value)
        with cluster(folder) as address:
            made = session(address, settings(folder))
            try:
                yield made
            finally:
                made.stop()
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore", ResourceWarning)  # pyspark leaves sockets to be collected
                    gc.collect()
