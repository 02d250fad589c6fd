"""Files of rows: JSON Lines, plain or compressed, and standard input."""

import gzip
import io
import os
import sys
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, BinaryIO, cast

from locbao.predict.optional import need
from locbao.predict.reading.items import Cursor, Item, Kind, Raw, ReadOptions, Rejected, Source

_BYTES_PER_ESCAPE = 6  # \\uXXXX
_ROW_OVERHEAD = 1 << 20  # bytes of a row that are not its text: id, other fields
_BLANK = b"\xef\xbb\xbf \t\r\n"
_PIECE = 1024  # compressed bytes unpacked at a time; zstd can make 32 MB of them


class Damaged(Exception):
    """Compressed data that cannot be unpacked from here on."""


def raw_rows(name: str, options: ReadOptions, cursor: Cursor) -> Iterator[Item]:
    """The rows of a file, or of standard input for "-"; blank ones are counted but no items.

    What cannot be opened is a single rejected item, as is the rest of a damaged one. Raises MissingLibrary.
    """
    limit = row_limit(options)
    number, empty = 0, True
    try:
        with _opened(name) as (file, share):
            for row, cut in _rows(file, limit):
                number += 1
                cursor.share = share()
                if not cut and not row.strip(_BLANK):
                    continue
                empty = False
                if cursor.passes():
                    continue
                source = Source(name, number)
                yield too_long(source, options) if cut else Raw(source, row.rstrip(b"\r\n"), Kind.ROW)
    except Damaged as error:
        problem = Rejected(Source(name, number + 1), f"The compressed file is damaged from this row on ({error})")
    except OSError as error:
        problem = Rejected(Source(name), f"The file cannot be read ({error.strerror or error})")
    else:
        problem = Rejected(Source(name), "There is no row to read")
        if not empty:
            return
    if not cursor.passes():
        yield problem


def row_limit(options: ReadOptions) -> int:
    """Bytes of JSON that can hold a page that is not too long."""
    return _BYTES_PER_ESCAPE * options.max_chars + _ROW_OVERHEAD


def too_long(source: Source, options: ReadOptions) -> Rejected:
    """A row of more bytes than `row_limit`."""
    return Rejected(source, f"The row is too long for a page of {options.max_chars:,} characters (see --max-chars)")


def _rows(file: BinaryIO, limit: int) -> Iterator[tuple[bytes, bool]]:
    """Each row, and whether it was cut because it has more bytes than `limit`."""
    while row := file.readline(limit):
        cut = len(row) == limit and not row.endswith(b"\n")
        if cut:
            while (rest := file.readline(limit)) and not rest.endswith(b"\n"):
                pass
        yield row, cut


@contextmanager
def _opened(name: str) -> Iterator[tuple[BinaryIO, Callable[[], float]]]:
    """The unpacked bytes of a file, and a function that tells the share of the file read so far.

    The suffix, .gz or .zst, tells how to unpack. Reading raises Damaged where the data is damaged.
    Raises OSError, MissingLibrary.
    """
    if name == "-":
        yield sys.stdin.buffer, lambda: 0.0
        return
    with open(name, "rb") as file:
        size = max(os.fstat(file.fileno()).st_size, 1)
        stream: BinaryIO = file
        if name.lower().endswith(".gz"):
            stream = cast(BinaryIO, io.BufferedReader(_Unpacked(_gunzipped(file))))
        elif name.lower().endswith(".zst"):
            stream = cast(BinaryIO, io.BufferedReader(_Unpacked(_unpacked_zstd(file))))
        yield stream, lambda: min(file.tell() / size, 1.0)


class _Unpacked(io.RawIOBase):
    """Pieces of bytes as a stream."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces, self._rest = pieces, memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._rest:
            piece = next(self._pieces, None)
            if piece is None:
                return 0
            self._rest = memoryview(piece)
        count = min(len(buffer), len(self._rest))
        buffer[:count], self._rest = self._rest[:count], self._rest[count:]
        return count


def _gunzipped(file: BinaryIO) -> Iterator[bytes]:
    """The content of a gzip file of one member or more. Raises Damaged."""
    try:
        with gzip.GzipFile(fileobj=file) as packed:
            while piece := packed.read1():
                yield piece
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise Damaged(str(error)) from None


def _unpacked_zstd(file: BinaryIO) -> Iterator[bytes]:
    """The content of a zstd file of one frame or more. Raises Damaged, MissingLibrary.

    The library's own reader ends in silence where a file was cut off.
    """
    zstandard = need("zstandard", "Reading .zst files")
    data = file.read(_PIECE)
    while data:
        frame = zstandard.ZstdDecompressor().decompressobj()
        while not frame.eof:
            if not data:
                raise Damaged("it ends before its end marker")
            try:
                yield frame.decompress(data)
            except zstandard.ZstdError as error:
                raise Damaged(str(error)) from None
            data = frame.unused_data if frame.eof else file.read(_PIECE)
        data = data or file.read(_PIECE)
