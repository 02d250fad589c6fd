"""Files of pages as a Spark frame: a record a page, its bytes as they stand in the file."""

import codecs
import os
import re
from collections.abc import Iterable, Sequence
from functools import reduce
from typing import TYPE_CHECKING

from locbao.predict.reading.folders import PAGE_KINDS
from locbao.predict.reading.inputs import UnreadableInput
from locbao.predict.reading.items import Kind
from locbao.predict.reading.json_rows import ReadOptions
from locbao.predict.spark.frames import IDS, TEXTS, column

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame, DataFrameReader, SparkSession

COLUMNS = ("kind", "file", "row", "id", "data")
"""Of the frame: the Kind of `data`, which is binary; file and row (0: the file is the page) where it stands; its id as
`{"id": …}`, null where the data holds it."""

ROWS = (".jsonl", ".jsonl.gz", ".jsonl.zst")
TABLES = (".parquet",)

_LOCAL = "^file:(?=/)"
_STORAGE = "^[^/:]+:(//[^/]*)?"  # scheme and host
_BLANK = "\ufeff \t\r\n"
_WAVES = 4  # of tasks: with a lost executor little is lost, and the last one to finish is not waited for long
_SPLIT = (64 << 10, 32 << 20)  # bytes of a task at least and at most: labelling takes far longer than reading


def read_files(spark: "SparkSession", arguments: Sequence[str], options: ReadOptions) -> "DataFrame":
    """The pages of all arguments, which are paths as Spark knows them: files, folders, globs, any storage.

    What ends in .jsonl, .jsonl.gz, .jsonl.zst or .parquet holds rows, be it a file or a folder of files; all else is a
    file that is a page, or a folder of them. Raises UnreadableInput, UnusableColumn.
    """
    # A session of its own: rows are counted by splits, whose number must not change as executors come and go.
    own = spark.newSession()
    own.conf.set("spark.sql.files.minPartitionNum", str(_WAVES * spark.sparkContext.defaultParallelism))
    own.conf.set("spark.sql.files.openCostInBytes", str(_SPLIT[0]))
    own.conf.set("spark.sql.files.maxPartitionBytes", str(_SPLIT[1]))
    frames = [_read(own, argument, options).select(*COLUMNS) for argument in arguments]
    return reduce(lambda one, other: one.unionAll(other), frames)


def _read(spark: "SparkSession", argument: str, options: ReadOptions) -> "DataFrame":
    name = argument.lower().rstrip("/")
    if argument == "-":
        raise UnreadableInput("-", "standard input cannot be shared out to workers", "Give files or folders.")
    if name.endswith(ROWS):
        return _rows(spark, argument)
    if name.endswith(TABLES):
        return _table(spark, argument, options)
    return _pages(spark, argument)


def opened(reader: "DataFrameReader", path: str) -> "DataFrame":
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

    found = opened(spark.read.format("text").option("lineSep", "\n"), argument)
    lines = found.select(
        "value",
        f.col("_metadata.file_path").alias("path"),
        f.col("_metadata.file_block_start").alias("block"),
        f.monotonically_increasing_id().alias("place"),  # grows by one from line to line of a block
    )
    numbered = lines.join(f.broadcast(_starts(lines)), ["path", "block"], "left")
    pages = numbered.where(f.btrim("value", f.lit(_BLANK)) != "")
    return _spread(
        pages.select(
            f.lit(Kind.ROW.value).alias("kind"),
            _file("path").alias("file"),
            f.coalesce(f.col("place") + f.col("start"), f.lit(0)).alias("row"),
            f.lit(None).cast("string").alias("id"),
            f.rtrim("value", f.lit("\r")).cast("binary").alias("data"),
        )
    )


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
    """The rows of Parquet files: the text column, or the HTML column where that is missing or null."""
    from pyspark.sql import functions as f

    table = opened(spark.read.format("parquet"), argument)
    id = column(table, options.id_field, IDS)
    if options.html_field not in table.columns:
        column(table, options.text_field, TEXTS)
    text, html = _bytes(table, options.text_field), _bytes(table, options.html_field)
    if dict(table.dtypes).get(options.html_field) == "string":
        # A string is UTF-8 whatever the HTML in it says: the mark outranks a declaration.
        html = f.concat(f.lit(codecs.BOM_UTF8), html)
    return table.select(
        f.when(text.isNull() & html.isNotNull(), Kind.HTML.value).otherwise(Kind.TEXT.value).alias("kind"),
        _file().alias("file"),
        (f.col("_metadata.row_index") + 1).alias("row"),
        f.to_json(f.struct(id.alias("id"))).alias("id"),
        f.coalesce(text, html).alias("data"),
    )


def _bytes(table: "DataFrame", name: str) -> "Column":
    from pyspark.sql import functions as f

    found = column(table, name, TEXTS) if name in table.columns else f.lit(None)
    return found.cast("binary")


def _pages(spark: "SparkSession", argument: str) -> "DataFrame":
    """Files that are a page each; the id of one is its path below the argument, or its name if it is the argument."""
    from pyspark.sql import functions as f

    reader = spark.read.format("binaryFile").option("recursiveFileLookup", True)
    found = opened(reader.option("pathGlobFilter", _any_case(PAGE_KINDS)), argument)
    root = os.path.abspath(re.sub(_STORAGE, "", argument))
    path = f.regexp_replace(_file(), _STORAGE, "")
    below = f.when(path.startswith(f"{root}/"), f.substring(path, len(root) + 2, 2**31 - 1))
    id = below.when(path == root, f.lit(os.path.basename(root))).otherwise(path)
    kinds = f.create_map(*(f.lit(str(word)) for pair in PAGE_KINDS.items() for word in pair))
    return found.select(
        kinds[f.lower(f.regexp_extract(path, r"\.[^.]*$", 0))].alias("kind"),
        _file().alias("file"),
        f.lit(0).cast("bigint").alias("row"),
        f.to_json(f.struct(id.alias("id"))).alias("id"),
        f.col("content").alias("data"),
    )


def _any_case(suffixes: Iterable[str]) -> str:
    """The glob of names that end in one of the suffixes, in small letters or capitals."""
    ends = ("".join(f"[{sign}{sign.upper()}]" if sign.isalpha() else sign for sign in suffix) for suffix in suffixes)
    return f"*{{{','.join(ends)}}}"


def _file(column: str = "_metadata.file_path") -> "Column":
    """The file of a record: a path, with the storage before it unless that is the local one."""
    from pyspark.sql import functions as f

    encoded = f.replace(f.col(column), f.lit("+"), f.lit("%2B"))  # which decoding would take for a blank
    return f.regexp_replace(f.url_decode(encoded), _LOCAL, "")
