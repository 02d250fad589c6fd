"""Parquet files of pages: a row a page, id and text in columns of their own."""

import codecs
from collections.abc import Iterator
from typing import Any

from locbao.predict.optional import need
from locbao.predict.reading.items import (
    Cursor,
    Item,
    Raw,
    ReadOptions,
    Rejected,
    Source,
    Unusable,
    byte_limit,
    too_large,
)
from locbao.predict.reading.markup import Markup
from locbao.predict.reading.parsing import jsonable, row_id, row_site

_BATCH = 64  # rows in memory at a time, beside the library's own buffers
_BATCH_BYTES = 128 << 20  # fewer rows where each may be as large as their row group: one string can stand in all
_BUFFER = 1 << 20  # bytes


def raw_table(name: str, options: ReadOptions, cursor: Cursor) -> Iterator[Item]:
    """The rows of a Parquet file; one that cannot be read is a single rejected item, as is the rest of a broken one.

    A row's page is the text column, or where that is missing or null the HTML or the Markdown column; strings, or bytes
    as in a file of that kind. Row groups are passed over unread. Raises MissingLibrary.
    """
    arrow = need("pyarrow", "Reading .parquet files")
    parquet = need("pyarrow.parquet", "Reading .parquet files")
    done = 0
    try:
        with parquet.ParquetFile(name, buffer_size=_BUFFER, pre_buffer=False) as file:
            columns = _columns(arrow, file.schema_arrow, options)
            total = file.metadata.num_rows
            for group in range(file.num_row_groups):
                facts = file.metadata.row_group(group)
                rows = facts.num_rows
                end = done + rows
                if rows >= 0 and cursor.passes(rows):
                    done = end
                    continue
                large = facts.total_byte_size > byte_limit(Markup.AUTO, options.max_chars) + _BUFFER
                # Not of small ones: pyarrow ends the process where what a damaged file says of a column is no sense.
                if rows == 1 and large and (markup := _beyond(facts, options)):
                    done += 1
                    yield too_large(Source(name, done), markup, options.max_chars)
                    continue
                at_once = max(1, min(_BATCH, _BATCH_BYTES // max(facts.total_byte_size, 1)))
                for batch in file.iter_batches(at_once, row_groups=[group], columns=columns, use_threads=False):
                    for row in _rows(arrow, batch):
                        done += 1
                        cursor.share = done / max(total, done)
                        if not cursor.passes():
                            yield _raw(row, Source(name, done), options)
                if done != end:
                    raise OSError("a row group holds other rows than it says")
    except (arrow.ArrowException, OSError, UnicodeDecodeError, Unusable) as error:  # the third: a column's name
        if not cursor.passes():
            yield _broken(name, done, error)
        return
    if not done and not cursor.passes():
        yield Rejected(Source(name), "There is no row to read")


def _columns(arrow: Any, schema: Any, options: ReadOptions) -> list[str]:
    """The columns to read, the id first. Raises Unusable if one is missing or holds something else."""
    pages = [name for name, _ in options.page_fields if name in schema.names]
    wanted = options.named_page_fields.replace(" nor ", " or ")
    for name, present in ((f'"{options.id_field}"', options.id_field in schema.names), (wanted, bool(pages))):
        if not present:
            raise Unusable(f"There is no column {name}; the columns are {', '.join(schema.names[:20])}")
    types = arrow.types
    site = [options.site_field] if options.site_field in schema.names else []
    columns = list(dict.fromkeys([options.id_field, *pages, *site, *options.keep]))
    for name in columns:
        if name not in schema.names:
            raise Unusable(f'There is no column "{name}" to keep; the columns are {", ".join(schema.names[:20])}')
        if (count := schema.names.count(name)) > 1:
            raise Unusable(f'There are {count} columns "{name}", and nothing says which one is meant')
    for name in (options.id_field, *pages, *site):
        kind = _plain(arrow, schema.field(name).type)
        text = (types.is_string, types.is_large_string, types.is_string_view, types.is_null)
        other = (types.is_binary, types.is_large_binary, types.is_binary_view) if name in pages else (types.is_integer,)
        if not any(fits(kind) for fits in (*text, *other)):
            expected = "strings or bytes" if name in pages else "strings or whole numbers"
            raise Unusable(f'The column "{name}" holds {kind}, not {expected}')
    return columns


def _beyond(group: Any, options: ReadOptions) -> Markup | None:
    """What the page of a row group of one row is written in, if it is too large by what the file says of it. Raises
    OSError if the file contradicts itself."""
    sizes = {
        column.path_in_schema: column.total_uncompressed_size for column in map(group.column, range(group.num_columns))
    }
    pages = [(name, markup) for name, markup in options.page_fields if name in sizes]
    if not pages:
        raise OSError("a row group names other columns than the file")
    name, markup = pages[0]
    return markup if sizes[name] > byte_limit(markup, options.max_chars) + _BUFFER else None


def _plain(arrow: Any, kind: Any) -> Any:
    return kind.value_type if arrow.types.is_dictionary(kind) else kind


def _rows(arrow: Any, batch: Any) -> Iterator[dict[str, Any]]:
    """The rows of a record batch, as its scalars by column."""
    columns = [
        column.dictionary_decode() if arrow.types.is_dictionary(column.type) else column for column in batch.columns
    ]
    for values in zip(*columns, strict=True):
        yield dict(zip(batch.schema.names, values, strict=True))


def _raw(row: dict[str, Any], source: Source, options: ReadOptions) -> Item:
    name = options.id_field
    try:
        id = row_id(row[name].as_py(), options)
        name = options.site_field
        site = row_site(row[name].as_py(), options) if name in row else ""
        kept = {}
        for name in options.keep:
            kept[name] = jsonable(row[name].as_py())
    except UnicodeDecodeError:
        return Rejected(source, f'"{name}" is not UTF-8')
    except Unusable as error:
        return Rejected(source, str(error))
    except (ValueError, OverflowError, LookupError) as error:  # such as a date after 9999, or a zone that nobody knows
        return Rejected(source, f'"{name}" cannot be kept ({error})')
    for name, markup in options.page_fields:
        value = row.get(name)
        if value is not None and value.is_valid:
            if value.as_buffer().size > byte_limit(markup, options.max_chars):
                return too_large(source, markup, options.max_chars)
            data = value.as_buffer().to_pybytes()
            # A string is UTF-8 whatever the HTML in it says: the mark outranks a declaration.
            marked = markup is Markup.HTML and "string" in str(value.type)
            return Raw(source, codecs.BOM_UTF8 + data if marked else data, markup, id, site, kept)
    return Rejected(source, f"The row has neither {options.named_page_fields}")


def _broken(name: str, done: int, error: Exception) -> Rejected:
    what = str(error).splitlines()[0].rstrip(".") if str(error) else type(error).__name__
    if isinstance(error, Unusable):
        return Rejected(Source(name), what)
    if done:
        return Rejected(Source(name, done + 1), f"The Parquet file is damaged from this row on ({what})")
    return Rejected(Source(name), f"The Parquet file cannot be read ({what})")
