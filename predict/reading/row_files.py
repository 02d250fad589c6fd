"""Files of rows: JSON Lines, plain or compressed, and standard input."""

from collections.abc import Iterator
from typing import Protocol

from locbao.predict.reading.cursor import Cursor
from locbao.predict.reading.items import Kind, Raw, Rejected, Source
from locbao.predict.reading.json_rows import ReadOptions
from locbao.predict.reading.streams import Damaged, open_stream

_BYTES_PER_ESCAPE = 6  # \\uXXXX
_ROW_OVERHEAD = 1 << 20  # bytes of a row that are not its text: id, other fields
_BLANK = b"\xef\xbb\xbf \t\r\n"


class Lines(Protocol):
    """What rows are read from."""

    def readline(self, size: int, /) -> bytes: ...


def raw_row_file(name: str, options: ReadOptions, cursor: Cursor) -> Iterator[Raw | Rejected]:
    """The rows of a file; one that cannot be opened is a single rejected item. Raises MissingLibrary."""
    try:
        with open_stream(name) as (stream, cursor.share):
            yield from raw_rows(stream, name, options, cursor)
    except OSError as error:
        if not cursor.passes():
            yield Rejected(Source(name), f"The file cannot be read ({error.strerror or error})")


def raw_rows(file: Lines, name: str, options: ReadOptions, cursor: Cursor) -> Iterator[Raw | Rejected]:
    """The rows of a stream; blank ones are counted but no items."""
    limit = longest(options)
    number, blank = 0, True
    try:
        while line := file.readline(limit):
            number += 1
            cut = len(line) == limit and not line.endswith(b"\n")
            if cut:
                _skip_line(file, limit)
            elif not line.strip(_BLANK):
                continue
            blank = False
            if cursor.passes():
                continue
            source = Source(name, number)
            yield _too_long(source, options) if cut else Raw(source, line.rstrip(b"\r\n"), Kind.ROW)
    except Damaged as error:
        if not cursor.passes():
            yield Rejected(Source(name, number + 1), f"The compressed file is damaged from this row on ({error})")
        return
    if blank and not cursor.passes():
        yield Rejected(Source(name), "There is no row to read")


def longest(options: ReadOptions) -> int:
    """Bytes of the longest row that can hold a page of `max_chars`."""
    return _BYTES_PER_ESCAPE * options.max_chars + _ROW_OVERHEAD


def _too_long(source: Source, options: ReadOptions) -> Rejected:
    return Rejected(source, f"The row is too long for a page of {options.max_chars:,} characters (see --max-chars)")


def _skip_line(file: Lines, limit: int) -> None:
    while (rest := file.readline(limit)) and not rest.endswith(b"\n"):
        pass
