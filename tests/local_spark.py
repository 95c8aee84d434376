"""Start Spark on this machine for the tests that compare it with DuckDB."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

# what Spark, Py4J and Ibis say of themselves is not ours to fix
QUIET = [
    pytest.mark.filterwarnings("ignore:The 'future.infer_string' option:pandas.errors.Pandas4Warning"),
    pytest.mark.filterwarnings("ignore:PySpark does not yet fully support pandas:FutureWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning:pyspark"),
    pytest.mark.filterwarnings("ignore::innoscape.data.errors.InnoscapeWarning"),
]
# a short run gains nothing from the optimizing compiler; all files of tests share one machine and its store of code
_JAVA = "-XX:TieredStopAtLevel=1 -XX:ReservedCodeCacheSize=256m -XX:+UseSerialGC -Djava.net.preferIPv4Stack=true"


def without_spark(reason: str) -> None:
    if os.environ.get("CI"):
        pytest.fail(f"{reason}, and this run must not go without Spark")
    pytest.skip(reason)


@contextmanager
def local_spark(home: Path) -> Iterator[Any]:
    """Yield a connection of Ibis to Spark, or skip where there is none."""
    if shutil.which("java") is None:
        without_spark("no Java on the path")
    try:
        import ibis
        from pyspark.sql import SparkSession
    except ImportError:
        without_spark("pyspark is not installed")
    settings = {
        "spark.ui.enabled": "false",
        "spark.driver.memory": "700m",
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.sql.shuffle.partitions": "1",
        "spark.default.parallelism": "1",
        "spark.local.dir": str(home),
        "spark.sql.warehouse.dir": str(home / "warehouse"),
        "spark.driver.extraJavaOptions": _JAVA,
        "spark.sql.catalogImplementation": "in-memory",
        # few rows are gone through as the plan stands; no code is made and compiled for them
        "spark.sql.codegen.wholeStage": "false",
        "spark.sql.codegen.factoryMode": "NO_CODEGEN",
        # what a plan implies is not worked out for it, nor is it written out
        "spark.sql.constraintPropagation.enabled": "false",
        "spark.sql.maxPlanStringLength": "100",
        "spark.sql.adaptive.enabled": "false",
        "spark.sql.execution.arrow.pyspark.enabled": "true",
    }
    builder = SparkSession.builder.master("local[1]").appName("tests")
    for name, value in settings.items():
        builder = builder.config(name, value)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SPARK_LOCAL_IP", "127.0.0.1")
        session = builder.getOrCreate()
        session.sparkContext.setLogLevel("ERROR")
        yield ibis.pyspark.connect(session)
        session.stop()
