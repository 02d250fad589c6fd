"""Batches on Spark: files of any storage that Spark knows in, a folder of part files out, and one of rejected rows.

Spark reads the rows and its workers parse them, with the code of the local engine; so what is rejected, and why, and
what a row looks like are the same.
"""

import json
import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from locbao.features.errors import LocbaoError
from locbao.predict.labelled import LabelledPage
from locbao.predict.reading.encoding import Unusable
from locbao.predict.reading.inputs import UnreadableInput
from locbao.predict.reading.items import Kind, Raw, Rejected, Source
from locbao.predict.reading.json_rows import Id, ReadOptions, row_id
from locbao.predict.spark.frames import ROW, Outcome, Record, Shipped, Task, schema, ship
from locbao.predict.spark.input_files import opened, read_files
from locbao.predict.writing.outputs import Format, Output, UnwritableOutput
from locbao.predict.writing.parquet_file import storable
from locbao.predict.writing.rows import as_row, as_text, json_line, to_bytes

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

_CODECS = {"": "none", "gz": "gzip"}
_TEXT_FIELDS = {"value": "string"}
_PLACE = {"file": "string", "row": "bigint", "reason": "string"}


class NoSpark(LocbaoError):
    """Spark could not be started."""

    def __init__(self, why: str) -> None:
        super().__init__(
            f"Spark did not start: {why}. It needs pip install pyspark pandas pyarrow, Java 17 or later (java on the "
            "PATH, or JAVA_HOME), and a master that answers, such as --master local[*] or spark://HOST:7077."
        )


class SparkFailed(LocbaoError):
    """Spark gave up a job."""

    def __init__(self, why: str) -> None:
        super().__init__(
            f"Spark gave the job up: {why}. An output without a file _SUCCESS is not complete: remove it and run the "
            "job again. Spark's own messages say more."
        )


@dataclass(frozen=True, slots=True)
class Counts:
    """Pages labelled and pages rejected."""

    labelled: int
    rejected: int


def run_spark(
    inputs: Sequence[str],
    output: str,
    master: str | None = None,
    format: Format | None = None,
    model: str | Path | None = None,
    options: ReadOptions | None = None,
) -> Counts:
    """`label_files` in a session of its own; without a `master` the environment decides, as always with Spark.

    Raises NoSpark, and what `label_files` raises.
    """
    with _session(master) as spark:
        return label_files(spark, inputs, output, format, model, options)


def label_files(
    spark: "SparkSession",
    inputs: Sequence[str],
    output: str,
    format: Format | None = None,
    model: str | Path | None = None,
    options: ReadOptions | None = None,
) -> Counts:
    """Labels files into the folder `output`, and lists what was rejected in the folder `OUTPUT.errors.jsonl`.

    A folder is written once all pages are labelled; one without pages is not. `format`: without it the name of the
    output decides. Raises UnwritableOutput, UnreadableInput, UnusableColumn, SparkFailed, what `locbao.load` raises.
    """
    output = output.rstrip("/")
    with _failures():
        plan = _plan(spark, output, format)
        return _label(spark, inputs, plan, output, ship(spark, model), options or ReadOptions())


def _label(
    spark: "SparkSession", inputs: Sequence[str], plan: Output, output: str, model: Shipped, options: ReadOptions
) -> Counts:
    from pyspark import StorageLevel

    fields = ROW if plan.format is Format.PARQUET else _TEXT_FIELDS
    task = Task(model, options, _read, partial(_write, plan.format, tuple(fields)))
    rows = read_files(spark, inputs, options).mapInPandas(task, schema(**fields, **_PLACE))
    rows.persist(StorageLevel.DISK_ONLY)  # labelled once, then written by what became of them
    try:
        labelled, rejected = rows.where("reason is null"), rows.where("reason is not null")
        counts = Counts(labelled.count(), rejected.count())
        if counts.rejected:
            listed = rejected.selectExpr("file", "nullif(row, 0) row", "reason").coalesce(1)
            listed.write.option("ignoreNullFields", False).json(f"{output}.errors.jsonl")
        if counts.labelled:
            _save(labelled.select(*fields), plan, output)
    finally:
        rows.unpersist()
    return counts


def _plan(spark: "SparkSession", output: str, format: Format | None) -> Output:
    """How to write. Raises UnwritableOutput."""
    for path in (output, f"{output}.errors.jsonl"):
        if _exists(spark, path):
            raise UnwritableOutput(Path(path), "exists", "Spark makes a new folder: give another name for -o.")
    plan = Output.of(output, format)
    if plan.compression not in _CODECS:
        raise UnwritableOutput(Path(output), f"ends in .{plan.compression}, which Spark cannot write", "Take .gz.")
    return plan


def _exists(spark: "SparkSession", path: str) -> bool:
    try:
        opened(spark.read.format("text"), path)
    except UnreadableInput:
        return False
    return True


def _save(rows: "DataFrame", plan: Output, output: str) -> None:
    if plan.format is Format.PARQUET:
        rows.write.parquet(output, compression="zstd")
    else:
        rows.write.text(output, compression=_CODECS[plan.compression])


def _read(record: Record, options: ReadOptions) -> Raw | Rejected:
    kind, file, row, id, data = record
    source = Source(file, row or None)
    if id is None:
        return Raw(source, data, Kind(kind))
    try:
        found = row_id(json.loads(id).get("id"), options)
    except Unusable as error:
        return Rejected(source, str(error))
    if data is None:
        return Rejected(source, f'The row has neither "{options.text_field}" nor "{options.html_field}"')
    return Raw(source, data, Kind(kind), found)


def _write(format: Format, fields: Sequence[str], record: Record, outcome: Outcome, model: str) -> dict[str, Any]:
    _, file, row, _, _ = record
    if isinstance(outcome, Rejected):
        return {**dict.fromkeys(fields), "file": file, "row": row, "reason": outcome.reason}
    return {**_WRITERS[format](*outcome, model), "file": file, "row": row, "reason": None}


def _line(data: bytes) -> str:
    """Without its last line end, which Spark adds."""
    return data.decode().removesuffix("\n")


_WRITERS: Mapping[Format, Callable[[Id, LabelledPage, str], dict[str, Any]]] = {
    Format.JSONL: lambda id, page, model: {"value": _line(json_line(as_row(id, page, model)))},
    Format.TEXT: lambda id, page, model: {"value": _line(to_bytes(as_text(id, page)))},
    Format.PARQUET: lambda id, page, model: storable(as_row(str(id), page, model)),
}


@contextmanager
def _session(master: str | None) -> "Iterator[SparkSession]":
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)  # Spark's own choice is any python3 on the PATH
    try:
        from pyspark.sql import SparkSession

        builder = SparkSession.builder.appName("locbao predict")
        spark = (builder.master(master) if master else builder).getOrCreate()
    except Exception as error:  # of Python, of Spark or of Java
        raise NoSpark(_reason(error)) from error
    try:
        yield spark
    finally:
        spark.stop()


@contextmanager
def _failures() -> Iterator[None]:
    from py4j.protocol import Py4JError
    from pyspark.errors import PySparkException

    try:
        yield
    except (PySparkException, Py4JError) as error:
        raise SparkFailed(_reason(error)) from error


def _reason(error: Exception) -> str:
    """The line of a trace, of Python's or Java's, that says what happened."""
    lines = [line for line in str(error).splitlines() if line.strip()] or [type(error).__name__]
    said = [line[2:] for line in lines if line.startswith(": ")]  # by Java, after a line on the call
    last = lines[-1:] if any(line.startswith("Traceback") for line in lines) else []
    return (said or last or lines)[0].strip().rstrip(".")[:300]
