"""A Spark with worker processes of its own, for tests."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from locbao.experiments.studies.batch.spark_cluster import NoCluster, environment, spark_home

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

_SHORT_LIVED = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"


def _missing() -> str:
    """Why there can be no Spark here; nothing if there can."""
    try:
        spark_home()
    except NoCluster as error:
        return str(error)
    return ""


needs_spark = pytest.mark.skipif(bool(_missing()), reason=_missing())


def quick_environment(folder: Path) -> dict[str, str]:
    """A driver's environment in which no process takes time to compile what runs for seconds only."""
    found = environment(folder)
    with (Path(found["SPARK_CONF_DIR"]) / "spark-defaults.conf").open("a", encoding="utf-8") as file:
        for role in ("driver", "executor"):
            file.write(f"spark.{role}.extraJavaOptions {_SHORT_LIVED}\n")
    return {**found, "SPARK_DAEMON_JAVA_OPTS": _SHORT_LIVED}


@contextmanager
def local_cluster(folder: Path, executors: int) -> Iterator["SparkSession"]:
    """A session whose executors are processes of one core each. Leaves nothing behind outside `folder`."""
    from pyspark.sql import SparkSession

    work = spark_home() / "work"  # of this kind of cluster; it cannot be put elsewhere
    before = set(work.glob("app-*"))
    with pytest.MonkeyPatch.context() as patch:
        for name, value in quick_environment(folder).items():
            patch.setenv(name, value)
        builder = SparkSession.builder.config("spark.sql.shuffle.partitions", "2")
        session = builder.master(f"local-cluster[{executors},1,2048]").getOrCreate()
        try:
            yield session
        finally:
            session.stop()
            for left in set(work.glob("app-*")) - before:
                shutil.rmtree(left)
            if work.exists() and not os.listdir(work):
                work.rmdir()
