"""A Spark cluster on this machine: a master and workers of one core each, on the loopback interface only.

Each is a process of its own. pyspark brings no start scripts for them, so their classes are called as those scripts
call them. Needs the `spark` extra, Java.
"""

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from time import monotonic, sleep
from types import TracebackType
from typing import TYPE_CHECKING, Self

from locbao.features.errors import LocbaoError

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

LOOPBACK = "127.0.0.1"

_PATIENCE = 90  # seconds for a process to be ready; on a busy machine a JVM takes ten
_DAEMON = "org.apache.spark.deploy"
_READY = {"master": r"Starting Spark master at (spark://\S+)", "worker": r"Successfully registered with master (\S+)"}
_DEFAULTS = f"""
spark.driver.host {LOOPBACK}
spark.driver.bindAddress {LOOPBACK}
spark.ui.enabled false
spark.ui.showConsoleProgress false
"""
_LOG = """
rootLogger.level = {level}
rootLogger.appenderRef.console.ref = console
appender.console.type = Console
appender.console.name = console
appender.console.target = SYSTEM_ERR
appender.console.layout.type = PatternLayout
appender.console.layout.pattern = %p %m%n
"""


class NoCluster(LocbaoError):
    """A process of the cluster did not start, or Spark and Java are not there at all."""

    def __init__(self, what: str) -> None:
        super().__init__(f"{what}. A Spark cluster needs Java 17 or later and pip install pyspark pandas pyarrow.")


def environment(folder: Path, level: str = "off") -> dict[str, str]:
    """What a driver's environment needs so that Spark stays on the loopback interface, quiet, and within `folder`."""
    conf = folder / f"conf-{level}"
    conf.mkdir(parents=True, exist_ok=True)
    (conf / "spark-defaults.conf").write_text(_DEFAULTS, encoding="utf-8")
    (conf / "log4j2.properties").write_text(_LOG.format(level=level), encoding="utf-8")
    return {
        "SPARK_CONF_DIR": str(conf),
        "SPARK_LOCAL_DIRS": str(folder / "scratch"),
        "SPARK_LOCAL_IP": LOOPBACK,
        "PYSPARK_PYTHON": sys.executable,
    }


class Cluster:
    """A master and `workers` of one core each; used in a `with` statement, at whose end no process is left.

    `url`: what to give as Spark's master. Logs and the workers' files stay in `folder`. Raises NoCluster.
    """

    def __init__(self, folder: Path, workers: int = 2) -> None:
        self._folder, self._count = folder, workers
        self._processes: list[subprocess.Popen[bytes]] = []
        self.url = ""

    def __enter__(self) -> Self:
        try:
            self.url = self._start("master", f"--host {LOOPBACK} --port 0 --webui-port 0")
            for number in range(self._count):
                work = self._folder / f"worker-{number}"
                place = f"--host {LOOPBACK} --webui-port 0 --work-dir {work}"
                self._start("worker", f"{place} --cores 1 --memory 1g {self.url}", number)
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *raised: type[BaseException] | BaseException | TracebackType | None) -> None:
        for process in reversed(self._processes):
            _kill(process)

    def kill(self, worker: int) -> None:
        """Ends a worker, its executors and their Python processes at once, as when a machine is lost."""
        _kill(self._processes[1 + worker])

    def blocks(self) -> set[str]:
        """The partitions of persisted frames that its executors have finished, by the names of their files."""
        return {path.name for path in (self._folder / "scratch").rglob("rdd_*")}

    def _start(self, role: str, arguments: str, number: int = 0) -> str:
        """Starts a process; what its log says of the master when it is ready."""
        home, log = spark_home(), self._folder / f"{role}-{number}.log"
        self._folder.mkdir(parents=True, exist_ok=True)
        command = [str(home / "bin" / "spark-class"), f"{_DAEMON}.{role}.{role.title()}", *arguments.split()]
        with log.open("wb") as output:
            process = subprocess.Popen(
                command, stdout=output, stderr=output, env=self._environment(home), start_new_session=True
            )
        self._processes.append(process)
        deadline = monotonic() + _PATIENCE
        while monotonic() < deadline and process.poll() is None:
            if ready := re.search(_READY[role], log.read_text(encoding="utf-8", errors="replace")):
                return ready[1]
            sleep(0.1)
        raise NoCluster(f"The {role} of the Spark cluster did not start (see {log})")

    def _environment(self, home: Path) -> Mapping[str, str]:
        return {
            **os.environ,
            **environment(self._folder, level="info"),
            "SPARK_HOME": str(home),
            "SPARK_DAEMON_MEMORY": "512m",
            "SPARK_MASTER_OPTS": "-Dspark.master.rest.enabled=false",
        }


def spark_home() -> Path:
    """Where pyspark is installed. Raises NoCluster without it or without Java."""
    from importlib.util import find_spec

    spark = find_spec("pyspark")
    if spark is None or spark.origin is None:
        raise NoCluster("pyspark is not installed")
    if shutil.which("java") is None and "JAVA_HOME" not in os.environ:
        raise NoCluster("There is no Java")
    return Path(spark.origin).parent


def _kill(process: subprocess.Popen[bytes]) -> None:
    """Ends a process and all that it has started, which are its session."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


@contextmanager
def session(cluster: Cluster, executors: int) -> "Iterator[SparkSession]":
    """A session on a cluster that uses so many executors."""
    from pyspark.sql import SparkSession

    spark = SparkSession.builder.master(cluster.url).config("spark.cores.max", executors).getOrCreate()
    try:
        yield spark
    finally:
        spark.stop()
