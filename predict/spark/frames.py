"""Labelling on Spark: a frame of pages in, a frame of rows out, the same rows that the local engine writes.

The model folder goes out as a broadcast, once to each executor; every worker process checks and loads it once, as
`locbao.load` does. A page that cannot be labelled stays in the result, with the reason in `error`: no row ends a job.
"""

import codecs
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache, partial
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from locbao.features.errors import LocbaoError
from locbao.predict.batch.job import failure
from locbao.predict.labelled import LabelledPage
from locbao.predict.lines.line_model import check_caption_odds
from locbao.predict.load import load, model_folder
from locbao.predict.model import Model
from locbao.predict.reading.batches import PAGES_AT_ONCE, batches
from locbao.predict.reading.items import MAX_CHARS, Input, Raw, ReadOptions, Rejected, Source, Unusable, size
from locbao.predict.reading.markup import Markup
from locbao.predict.reading.parsing import parse, row_id
from locbao.predict.topics.topic_model import check_thresholds
from locbao.predict.writing.rows import COLUMNS, Labelled, as_row, translated

if TYPE_CHECKING:
    import pandas as pd
    from pyspark import Broadcast
    from pyspark.sql import Column, DataFrame, SparkSession

ROW = {
    name: translated(
        type,
        {str: "string", int: "int", float: "double"},
        array=lambda item: f"array<{item}>",
        map=lambda value: f"map<string, {value}>",
        struct=lambda fields: f"struct<{', '.join(f'{name}: {type}' for name, type in fields.items())}>",
    )
    for name, type in COLUMNS.items()
}
"""The columns of a row with their types in Spark's words."""

Record = tuple[Any, ...]
"""A row of a frame that goes to the workers."""

Outcome = Labelled | Rejected
"""What becomes of a page."""

LabelMany = Callable[..., Iterable[LabelledPage]]
"""`Model.label_many`, maybe with some of its arguments."""

IDS = ("string", "tinyint", "smallint", "int", "bigint")
TEXTS = ("string", "binary")
"""Types of a column of ids and of one of pages."""

_MODELS = 2  # kept in a worker process: one is used, two are compared


class UnusableColumn(LocbaoError):
    """A frame lacks a column, or has it with a type that cannot be used: `column`."""

    def __init__(self, column: str, what: str) -> None:
        super().__init__(
            f"The column {column!r} {what}. A page is a row with an id, a string or a whole number, and a text, a "
            "string or UTF-8 as binary. Columns of other names are given as text= and id=, or by --text-field and "
            "--id-field."
        )
        self.column, self.what = column, what


@dataclass(frozen=True, slots=True)
class ModelCopy:
    """A model on its way to the workers: the content of every file of its folder, by name."""

    digest: str
    files: "Broadcast[Mapping[str, bytes]]" = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Task:
    """What a worker does: `read` makes a page of a record, `write` a row of the record and what became of it.

    `caption_odds`, `thresholds`: as in `Model.label_many`. Raises ValueError for odds that are no number above 0.
    """

    copy: ModelCopy
    options: ReadOptions
    read: Callable[[Record, ReadOptions], Raw | Rejected]
    write: Callable[[Record, Outcome, str], dict[str, Any]]
    caption_odds: float = 1.0
    thresholds: Mapping[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        check_caption_odds(self.caption_odds)  # not on the workers, where every page would be rejected for it

    def __call__(self, frames: "Iterable[pd.DataFrame]") -> "Iterator[pd.DataFrame]":
        """For `mapInPandas`: a row for every record, in order, a batch in memory at a time."""
        import pandas as pd

        model = unpacked(self.copy)
        label = partial(model.label_many, caption_odds=self.caption_odds, thresholds=self.thresholds)
        for frame in frames:
            records = list(frame.itertuples(index=False, name=None))
            pages = (self.read(record, self.options) for record in records)
            results = outcomes(label, pages, self.options)
            rows = (self.write(*row, model.signature) for row in zip(records, results, strict=True))
            while batch := list(islice(rows, PAGES_AT_ONCE)):
                yield pd.DataFrame(batch)


def label(
    frame: "DataFrame",
    text: str = "text",
    id: str = "id",
    model: str | Path | None = None,
    max_chars: int = MAX_CHARS,
    caption_odds: float = 1.0,
    *,
    thresholds: Mapping[str, float] | None = None,
    html: str = "html",
    markdown: str = "markdown",
) -> "DataFrame":
    """The rows of the pages in `frame`, with the fields of a row of `locbao predict` and `error`.

    `text`, `html`, `markdown`: the columns that may hold a page, of which one is enough; the first that is not null is
    the row's page.

    `error` is null in the row of a labelled page. A page without id or text, or one that is empty, not UTF-8 or longer
    than `max_chars` characters, has nothing but its id and the reason. `model`: as in `locbao.load`.
    `caption_odds`, `thresholds`: as in `Model.label_many`. locbao must be installed where the workers run. Raises
    UnusableColumn, what `Model.label_many` raises for odds and thresholds, and what `locbao.load` raises.
    """
    from pyspark.sql import functions as f

    options = ReadOptions(max_chars, text_field=text, html_field=html, id_field=id, markdown_field=markdown)
    markup, data = page_columns(frame, options)
    # Ids as strings: of whole numbers beside a null pandas can make floats, and bytes that are not UTF-8 end a job.
    ids = f.make_valid_utf8(column(frame, id, IDS).cast("string"))
    pages = frame.select(ids.alias("id"), markup.alias("markup"), data.alias("data"))
    copy = broadcast_model(frame.sparkSession, model, thresholds)
    task = Task(copy, options, _read, _write, caption_odds, thresholds or {})
    rows = pages.mapInPandas(task, schema(**ROW, error="string"))
    return rows.withColumn("id", rows["id"].cast(frame.schema[id].dataType))


def column(frame: "DataFrame", name: str, types: Iterable[str]) -> "Column":
    """A column of a frame by its very name. Raises UnusableColumn."""
    type = dict(frame.dtypes).get(name)
    if type is None:
        raise UnusableColumn(name, f"is not there; the columns are {', '.join(frame.columns[:20])}")
    if type not in types:
        raise UnusableColumn(name, f"has the type {type}, not {' or '.join(types)}")
    return frame[f"`{name.replace('`', '``')}`"]


def page_columns(frame: "DataFrame", options: ReadOptions) -> "tuple[Column, Column]":
    """The Markup of each row's page, and its bytes, null where the row has none. Raises UnusableColumn."""
    from pyspark.sql import functions as f

    fields = [field for field in options.page_fields if field[0] in frame.columns] or options.page_fields[:1]
    markups, contents = [], []
    for name, markup in fields:
        content = column(frame, name, TEXTS).cast("binary")
        if markup is Markup.HTML and dict(frame.dtypes)[name] == "string":
            # A string is UTF-8 whatever the HTML in it says: the mark outranks a declaration.
            content = f.concat(f.lit(codecs.BOM_UTF8), content)
        markups.append(f.when(content.isNotNull(), markup.value))
        contents.append(content)
    return f.coalesce(*markups, f.lit(Markup.AUTO.value)), f.coalesce(*contents)


def schema(**columns: str) -> str:
    """The schema of columns given with their types."""
    return ", ".join(f"{name} {type}" for name, type in columns.items())


def broadcast_model(
    spark: "SparkSession", model: str | Path | None, thresholds: Mapping[str, float] | None = None
) -> ModelCopy:
    """The model for the workers, who never ask MLflow. Loaded here first, so that what is wrong with it, or with
    thresholds for its topics, is said once.

    Raises as `load` and `check_thresholds`.
    """
    with model_folder(model) as folder:
        loaded = load(folder)
        check_thresholds(thresholds or {}, loaded.topics)
        files = {name: (folder / name).read_bytes() for name in os.listdir(folder)}
    return ModelCopy(loaded.digest, spark.sparkContext.broadcast(files))


@lru_cache(maxsize=_MODELS)
def unpacked(copy: ModelCopy) -> Model:
    """The model in a worker process."""
    with TemporaryDirectory() as folder:
        for name, data in copy.files.value.items():
            (Path(folder) / name).write_bytes(data)
        return load(folder)


def outcomes(label_many: LabelMany, items: Iterable[Raw | Rejected], options: ReadOptions) -> Iterator[Outcome]:
    """What becomes of each item, in order; a page whose labelling raises is rejected alone."""
    for batch in batches(items, size):
        read = [parse(item, options) for item in batch]
        labelled = iter(_labelled(label_many, [item for item in read if isinstance(item, Input)]))
        yield from (item if isinstance(item, Rejected) else next(labelled) for item in read)


def _labelled(label_many: LabelMany, pages: list[Input]) -> list[Outcome]:
    try:
        labelled = label_many([page.page for page in pages])
        return [Labelled(page.id, result, page.kept) for page, result in zip(pages, labelled, strict=True)]
    except Exception as error:  # whatever a model does on one page must not end the job
        if len(pages) == 1:
            return [Rejected(pages[0].source, failure(error))]
        return [outcome for page in pages for outcome in _labelled(label_many, [page])]


def _read(record: Record, options: ReadOptions) -> Raw | Rejected:
    id, markup, data = record
    source = Source("")  # a frame has no file
    try:
        if data is None:
            raise Unusable(f"The row has neither {options.named_page_fields}")
        return Raw(source, data, Markup(markup), row_id(id, options))
    except Unusable as error:
        return Rejected(source, str(error))


def _write(record: Record, outcome: Outcome, model: str) -> dict[str, Any]:
    if isinstance(outcome, Rejected):
        return {**dict.fromkeys(ROW), "id": record[0], "error": outcome.reason}
    return {**as_row(outcome.id, outcome.page, model), "error": None}
