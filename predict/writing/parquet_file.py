"""Labelled pages as Parquet: one schema, whatever the model and the pages.

Pages are collected as Arrow IPC streams, one after the other in a file: these can be appended to, and what is there
stays readable if a run breaks off. The Parquet file is made of them in the end.
"""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from locbao.predict.optional import need
from locbao.predict.writing.rows import COLUMNS, Labelled, as_row, to_bytes, translated

_GROUP_ROWS = 1000  # of a row group, at most but for the last batch
_GROUP_BYTES = 8 << 20
_PURPOSE = "Writing .parquet files"


def schema(keep: Sequence[str] = ()) -> Any:
    """The Arrow schema of labelled pages: the fields of a JSON row; ids are strings, topics are maps.

    `keep`: fields that come from the pages' own rows: strings, null where a page lacks them. Raises MissingLibrary.
    """
    arrow = need("pyarrow", _PURPOSE)
    simple = {str: arrow.string(), int: arrow.int32(), float: arrow.float64()}

    def field(name: str, type: Any) -> Any:
        arrow_type = translated(
            type,
            simple,
            array=arrow.list_,
            map=lambda value: arrow.map_(arrow.string(), value),
            struct=lambda fields: arrow.struct(list(fields.items())),
        )
        return arrow.field(name, arrow_type, nullable=False)

    id, *fields = (field(name, type) for name, type in COLUMNS.items())
    return arrow.schema([id, *(arrow.field(name, arrow.string()) for name in keep), *fields])


def as_stream(pages: Sequence[Labelled], model: str) -> bytes:
    """The pages, of which the same fields are kept, as one Arrow IPC stream of one batch. Raises MissingLibrary."""
    arrow = need("pyarrow", _PURPOSE)
    rows = [as_storable_row(page, model) for page in pages]
    batch = arrow.RecordBatch.from_pylist(rows, schema=schema([*pages[0].kept]))
    sink = arrow.BufferOutputStream()
    options = arrow.ipc.IpcWriteOptions(compression="zstd")
    with arrow.ipc.new_stream(sink, batch.schema, options=options) as stream:
        stream.write_batch(batch)
    return bytes(sink.getvalue())


def as_storable_row(page: Labelled, model: str) -> dict[str, Any]:
    """The row of a page as a table holds it: its id and what is `kept` are strings, no text has a lone surrogate."""
    kept = {name: _string(value) for name, value in page.kept.items()}
    row: dict[str, Any] = storable(as_row(str(page.id), page.page, model, kept))
    return row


def _string(value: Any) -> str | None:
    """A kept value in a column: what is neither a string nor null is written as JSON."""
    return value if value is None or isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def write_parquet(streams: Path, target: Path) -> None:
    """Makes Parquet of a file of IPC streams, a row group in memory at a time. Raises OSError, MissingLibrary."""
    arrow, parquet = need("pyarrow", _PURPOSE), need("pyarrow.parquet", _PURPOSE)
    with arrow.OSFile(str(streams), "rb") as file:
        of_all = arrow.ipc.open_stream(file).schema
        file.seek(0)
        with parquet.ParquetWriter(target, of_all, compression="zstd") as writer:
            group: list[Any] = []
            while file.tell() < file.size():
                group += arrow.ipc.open_stream(file)
                full = sum(map(len, group)) >= _GROUP_ROWS or sum(batch.nbytes for batch in group) >= _GROUP_BYTES
                if full or file.tell() == file.size():
                    writer.write_table(arrow.Table.from_batches(group))
                    group = []


def storable(value: Any) -> Any:
    r"""A row of `as_row`, or a value in it, without lone surrogates, which Arrow cannot hold: they become `\udXXX`."""
    if isinstance(value, str):
        return to_bytes(value).decode()
    if isinstance(value, list):
        return [storable(item) for item in value]
    if isinstance(value, dict):
        return {name: storable(item) for name, item in value.items()}
    return value
