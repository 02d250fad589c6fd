"""Batches on Spark: files of any storage that Spark knows in, a folder of part files out, and one of rejected rows.

Spark reads the rows and its workers parse them, with the code of the local engine; so what is rejected, and why, and
what a row looks like are the same.
"""

import json
import os
import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial, reduce
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from locbao.features.errors import LocbaoError
from locbao.predict.reading.batches import PAGES_AT_ONCE
from locbao.predict.reading.inputs import PAGE_MARKUPS, UnreadableInput
from locbao.predict.reading.items import Cursor, Item, Raw, ReadOptions, Rejected, Source, Unusable
from locbao.predict.reading.json_pages import json_items
from locbao.predict.reading.markup import Markup
from locbao.predict.reading.parsing import row_id
from locbao.predict.spark.frames import (
    IDS,
    ROW,
    Outcome,
    Record,
    Task,
    broadcast_model,
    column,
    page_columns,
    schema,
)
from locbao.predict.writing.outputs import Format, Output
from locbao.predict.writing.parquet_file import as_storable_row
from locbao.predict.writing.part_files import UnwritableOutput

if TYPE_CHECKING:
    import pandas as pd
    from pyspark.sql import Column, DataFrame, DataFrameReader, SparkSession

_RECORD = {
    "markup": "string",
    "file": "string",
    "row": "bigint",
    "id": "string",
    "data": "binary",
    "kept": "string",
    "fault": "string",
}
"""A page as a record on its way to the workers: what its data is written in, null for a JSON row; file and row (0: the
file is the page); its id as `{"id": …}` and what is kept of its row as JSON, null where the data holds them; why it
cannot be used, if that is known already."""

_ROWS = (".jsonl", ".jsonl.gz", ".jsonl.zst")
_TABLES = (".parquet",)
_JSON = (".json",)
_CODECS = {"": "none", "gz": "gzip"}
_PLACE = {"file": "string", "row": "bigint", "reason": "string"}

_LOCAL = "^file:(?=/)"
_STORAGE = "^[^/:]+:(//[^/]*)?"  # scheme and host
_BLANK = "\ufeff \t\r\n"
_WAVES = 4  # of tasks: with a lost executor little is lost, and the last one to finish is not waited for long
_SPLIT = (64 << 10, 32 << 20)  # bytes of a task at least and at most: labelling takes far longer than reading


class SparkFailed(LocbaoError):
    """Spark could not be started, or gave up a job."""

    def __init__(self, what: str, why: str, hint: str) -> None:
        super().__init__(f"{what}: {why}. {hint}")


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
    *,
    caption_odds: float = 1.0,
    thresholds: Mapping[str, float] | None = None,
) -> Counts:
    """`label_files` in a session of its own; without a `master` the environment decides, as always with Spark.

    Raises SparkFailed, and what `label_files` raises.
    """
    with _session(master) as spark:
        return label_files(
            spark, inputs, output, format, model, options, caption_odds=caption_odds, thresholds=thresholds
        )


def label_files(
    spark: "SparkSession",
    inputs: Sequence[str],
    output: str,
    format: Format | None = None,
    model: str | Path | None = None,
    options: ReadOptions | None = None,
    *,
    caption_odds: float = 1.0,
    thresholds: Mapping[str, float] | None = None,
) -> Counts:
    """Labels files into the folder `output`, and lists what was rejected in the folder `OUTPUT.errors.jsonl`.

    A folder is written once all pages are labelled; one without pages is not. `format`: without it the name of the
    output decides. `caption_odds`, `thresholds`: as in `Model.label_many`.

    Raises UnwritableOutput, UnreadableInput, UnusableColumn, SparkFailed, what `Model.label_many` raises for odds and
    thresholds, what `locbao.load` raises.
    """
    from pyspark import StorageLevel

    output = output.rstrip("/")
    options = options or ReadOptions()
    with _failures():
        plan = _plan(spark, output, format)
        fields = {"value": "string"}
        if plan.format is Format.PARQUET:
            fields = {"id": ROW["id"], **dict.fromkeys(options.keep, "string"), **ROW}
        copy = broadcast_model(spark, model, thresholds)
        write = partial(_write_row, plan.format, tuple(fields))
        task = Task(copy, options, _read_record, write, caption_odds, thresholds or {})
        rows = _read_files(spark, inputs, options).mapInPandas(task, schema(**fields, **_PLACE))
        rows = rows.persist(StorageLevel.DISK_ONLY)  # labelled once, then written by what became of them
        try:
            labelled, rejected = rows.where("reason is null"), rows.where("reason is not null")
            counts = Counts(labelled.count(), rejected.count())
            if counts.rejected:
                listed = rejected.selectExpr("file", "nullif(row, 0) row", "reason").coalesce(1)
                listed.write.option("ignoreNullFields", False).json(f"{output}.errors.jsonl")
            if counts.labelled and plan.format is Format.PARQUET:
                labelled.select(*fields).write.parquet(output, compression="zstd")
            elif counts.labelled:
                labelled.select(*fields).write.text(output, compression=_CODECS[plan.compression])
            return counts
        finally:
            rows.unpersist()


def _plan(spark: "SparkSession", output: str, format: Format | None) -> Output:
    """How to write. Raises UnwritableOutput."""
    for path in (output, f"{output}.errors.jsonl"):
        with suppress(UnreadableInput):
            _opened(spark.read.format("text"), path)
            raise UnwritableOutput(path, "exists", "Spark makes a new folder: give another name for -o.")
    plan = Output.of(output, format)
    if plan.compression not in _CODECS:
        raise UnwritableOutput(output, f"ends in .{plan.compression}, which Spark cannot write", "Take .gz.")
    return plan


@contextmanager
def _session(master: str | None) -> "Iterator[SparkSession]":
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)  # Spark's own choice is any python3 on the PATH
    try:
        from pyspark.sql import SparkSession

        builder = SparkSession.builder.appName("locbao predict")
        spark = (builder.master(master) if master else builder).getOrCreate()
    except Exception as error:  # of Python, of Spark or of Java
        hint = (
            "It needs pip install pyspark pandas pyarrow, Java 17 or later (java on the PATH, or JAVA_HOME), and a "
            "master that answers, such as --master local[*] or spark://HOST:7077."
        )
        raise SparkFailed("Spark did not start", _reason(error), hint) from error
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
        hint = (
            "An output without a file _SUCCESS is not complete: remove it and run the job again. Spark's own messages "
            "say more."
        )
        raise SparkFailed("Spark gave the job up", _reason(error), hint) from error


def _reason(error: Exception) -> str:
    """The line of a trace, of Python's or Java's, that says what happened."""
    lines = [line for line in str(error).splitlines() if line.strip()] or [type(error).__name__]
    of_java = [line[2:] for line in lines if line.startswith(": ")]  # after a line on the call
    of_python = lines[-1:] if any(line.startswith("Traceback") for line in lines) else []
    return (of_java or of_python or lines)[0].strip().rstrip(".")[:300]


def _read_files(spark: "SparkSession", arguments: Sequence[str], options: ReadOptions) -> "DataFrame":
    """The pages of all arguments, which are paths as Spark knows them: files, folders, globs, any storage.

    What ends in .jsonl, .jsonl.gz, .jsonl.zst or .parquet holds rows, be it a file or a folder of files; all else is a
    file that is a page, a .json file, or a folder of such files. Raises UnreadableInput, UnusableColumn.
    """
    # A session of its own: rows are counted by splits, whose number must not change as executors come and go.
    session = spark.newSession()
    session.conf.set("spark.sql.files.minPartitionNum", str(_WAVES * spark.sparkContext.defaultParallelism))
    session.conf.set("spark.sql.files.openCostInBytes", str(_SPLIT[0]))
    session.conf.set("spark.sql.files.maxPartitionBytes", str(_SPLIT[1]))
    frames = [_read_argument(session, argument, options).select(*_RECORD) for argument in arguments]
    return reduce(lambda rows, more: rows.unionAll(more), frames)


def _read_argument(spark: "SparkSession", argument: str, options: ReadOptions) -> "DataFrame":
    name = argument.lower().rstrip("/")
    if argument == "-":
        raise UnreadableInput("-", "standard input cannot be shared out to workers", "Give files or folders.")
    if name.endswith(_ROWS):
        return _rows(spark, argument)
    if name.endswith(_TABLES):
        return _table(spark, argument, options)
    if name.endswith(_JSON):
        return _objects(spark, argument, options)
    return _pages(spark, argument).unionAll(_objects(spark, argument, options))


def _opened(reader: "DataFrameReader", path: str) -> "DataFrame":
    """What a reader finds at a path. Raises UnreadableInput if there is nothing."""
    from pyspark.errors import AnalysisException

    try:
        return reader.load(path)
    except AnalysisException as error:
        reason = str(error).partition(" SQLSTATE")[0].rstrip(".")
        raise UnreadableInput(path, f"Spark cannot open it ({reason})", "Check the path.") from None


def _rows(spark: "SparkSession", argument: str) -> "DataFrame":
    """The lines of text files, each with its number in its file."""
    from pyspark.sql import functions as f

    text = _opened(spark.read.format("text").option("lineSep", "\n"), argument)
    lines = text.select(
        "value",
        f.col("_metadata.file_path").alias("path"),
        f.col("_metadata.file_block_start").alias("block"),
        f.monotonically_increasing_id().alias("place"),  # grows by one from line to line of a block
    )
    numbered = lines.join(f.broadcast(_starts(lines)), ["path", "block"], "left")
    pages = numbered.where(f.btrim("value", f.lit(_BLANK)) != "")
    return _spread(
        pages.select(
            _file("path").alias("file"),
            f.coalesce(f.col("place") + f.col("start"), f.lit(0)).alias("row"),
            *_nothing("markup", "id"),
            f.rtrim("value", f.lit("\r")).cast("binary").alias("data"),
            *_nothing("kept", "fault"),
        )
    )


def _nothing(*columns: str) -> "list[Column]":
    from pyspark.sql import functions as f

    return [f.lit(None).cast("string").alias(name) for name in columns]


def _whole_files(spark: "SparkSession", argument: str, suffixes: Iterable[str]) -> "DataFrame":
    """The files below a path whose names end in one of the suffixes, in small letters or capitals."""
    ends = ("".join(f"[{sign}{sign.upper()}]" if sign.isalpha() else sign for sign in suffix) for suffix in suffixes)
    reader = spark.read.format("binaryFile").option("recursiveFileLookup", True)
    return _opened(reader.option("pathGlobFilter", f"*{{{','.join(ends)}}}"), argument)


def _objects(spark: "SparkSession", argument: str, options: ReadOptions) -> "DataFrame":
    """The objects of JSON files, cut out by the workers, each with its number in its file."""
    files = _whole_files(spark, argument, _JSON)
    records = files.select(_file().alias("file"), "content").mapInPandas(partial(_cut, options), schema(**_RECORD))
    return _spread(records)


def _cut(options: ReadOptions, frames: "Iterable[pd.DataFrame]") -> "Iterator[pd.DataFrame]":
    import pandas as pd

    for frame in frames:
        for file, content in frame.itertuples(index=False, name=None):
            records = map(_record_of, json_items(file, content, options, Cursor()))
            while batch := list(islice(records, PAGES_AT_ONCE)):
                yield pd.DataFrame(batch, columns=list(_RECORD))


def _record_of(item: Item) -> Record:
    place = (None, item.source.file, item.source.row or 0, None)
    return (*place, None, None, item.reason) if isinstance(item, Rejected) else (*place, item.data, None, None)


def _starts(lines: "DataFrame") -> "DataFrame":
    """For each block of each file, what to add to the place of a line for its number, which counts from 1."""
    from pyspark.sql import Window
    from pyspark.sql import functions as f

    blocks = lines.groupBy("path", "block").agg(f.min("place").alias("first"), f.count("*").alias("lines"))
    earlier = Window.partitionBy("path").orderBy("block").rowsBetween(Window.unboundedPreceding, -1)
    before = f.coalesce(f.sum("lines").over(earlier), f.lit(0))
    return blocks.select("path", "block", (before + 1 - f.col("first")).alias("start"))


def _spread(pages: "DataFrame") -> "DataFrame":
    """The pages shared out to all workers: a compressed file comes in one piece."""
    workers = pages.sparkSession.sparkContext.defaultParallelism
    enough = pages.rdd.getNumPartitions() >= workers
    return pages if enough else pages.repartition(_WAVES * workers, "file", "row")


def _table(spark: "SparkSession", argument: str, options: ReadOptions) -> "DataFrame":
    """The rows of Parquet files: the text column, or the HTML or Markdown column where that is missing or null."""
    from pyspark.sql import functions as f

    table = _opened(spark.read.format("parquet"), argument)
    id = column(table, options.id_field, IDS)
    markup, data = page_columns(table, options)
    return table.select(
        markup.alias("markup"),
        _file().alias("file"),
        (f.col("_metadata.row_index") + 1).alias("row"),
        f.to_json(f.struct(id.alias("id"))).alias("id"),
        data.alias("data"),
        _kept(table, options.keep).alias("kept"),
        *_nothing("fault"),
    )


def _kept(table: "DataFrame", keep: Sequence[str]) -> "Column":
    """Columns that are kept, as JSON; NaN is null. Raises UnusableColumn."""
    from pyspark.sql import functions as f

    types = dict(table.dtypes)

    def value(name: str) -> "Column":
        of_row = column(table, name, types.values())
        return (f.when(~f.isnan(of_row), of_row) if types[name] in ("float", "double") else of_row).alias(name)

    return f.to_json(f.struct(*map(value, keep))) if keep else f.lit(None).cast("string")


def _pages(spark: "SparkSession", argument: str) -> "DataFrame":
    """Files that are a page each; the id of one is its path below the argument, or its name if it is the argument."""
    from pyspark.sql import functions as f

    files = _whole_files(spark, argument, PAGE_MARKUPS)
    root = os.path.abspath(re.sub(_STORAGE, "", argument))
    path = f.regexp_replace(_file(), _STORAGE, "")
    below = f.when(path.startswith(f"{root}/"), f.substring(path, len(root) + 2, 2**31 - 1))
    id = below.when(path == root, f.lit(os.path.basename(root))).otherwise(path)
    markups = f.create_map(*(f.lit(str(word)) for pair in PAGE_MARKUPS.items() for word in pair))
    return files.select(
        markups[f.lower(f.regexp_extract(path, r"\.[^.]*$", 0))].alias("markup"),
        _file().alias("file"),
        f.lit(0).cast("bigint").alias("row"),
        f.to_json(f.struct(id.alias("id"))).alias("id"),
        f.col("content").alias("data"),
        *_nothing("kept", "fault"),
    )


def _file(column: str = "_metadata.file_path") -> "Column":
    """The file of a record: a path, with the storage before it unless that is the local one."""
    from pyspark.sql import functions as f

    encoded = f.replace(f.col(column), f.lit("+"), f.lit("%2B"))  # which decoding would take for a blank
    return f.regexp_replace(f.url_decode(encoded), _LOCAL, "")


def _read_record(record: Record, options: ReadOptions) -> Item:
    markup, file, row, id, data, kept, fault = record
    source = Source(file, row or None)
    if fault:
        return Rejected(source, fault)
    if markup is None:
        return Raw(source, data)
    try:
        page_id = row_id(json.loads(id).get("id"), options)
    except Unusable as error:
        return Rejected(source, str(error))
    if data is None:
        return Rejected(source, f"The row has neither {options.named_page_fields}")
    return Raw(source, data, Markup(markup), page_id, kept=json.loads(kept or "{}"))


def _write_row(format: Format, fields: Sequence[str], record: Record, outcome: Outcome, model: str) -> dict[str, Any]:
    _, file, row, *_ = record
    place = {"file": file, "row": row}
    if isinstance(outcome, Rejected):
        return {**dict.fromkeys(fields), **place, "reason": outcome.reason}
    if format is Format.PARQUET:
        return {**as_storable_row(outcome, model), **place, "reason": None}
    text = Output(None, format).encode([outcome], model).decode()
    return {"value": text.removesuffix("\n"), **place, "reason": None}  # Spark adds the last line end
