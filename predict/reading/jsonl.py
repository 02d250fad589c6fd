"""Files of rows: JSON Lines, plain or compressed, and standard input."""

import io
import os
import select
import stat
import sys
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, BinaryIO, cast

from locbao.predict.optional import need
from locbao.predict.reading.items import Cursor, Item, Raw, ReadOptions, Rejected, Source

_BYTES_PER_ESCAPE = 6  # \\uXXXX
_ROW_OVERHEAD = 1 << 20  # bytes of a row that are not its text: id, other fields
_BLANK = b"\xef\xbb\xbf \t\r\n"
_BUFFER = 1 << 16  # unpacked bytes copied at a time
_PIECE = 1024  # compressed bytes unpacked at a time; zstd can make 32 MB of them
_WAIT = 200  # milliseconds until Ctrl-C is heeded while a pipe has nothing to read


class Damaged(Exception):
    """Compressed data that cannot be unpacked from here on. `torn`: in the midst of a member or frame."""

    def __init__(self, reason: str, *, torn: bool) -> None:
        super().__init__(reason)
        self.torn = torn


def raw_rows(name: str, options: ReadOptions, cursor: Cursor) -> Iterator[Item]:
    """The rows of a file, or of standard input for "-"; blank ones are counted but no items.

    What cannot be opened is a single rejected item, as is the rest of a damaged one. Raises MissingLibrary.
    """
    limit = row_limit(options)
    number, empty = 0, True
    try:
        with _opened(name) as (file, share, damage):
            for row, cut in _rows(file, limit):
                if (torn := damage()) and torn.torn and not row.endswith(b"\n"):
                    break
                number += 1
                cursor.share = share()
                if not cut and not row.strip(_BLANK):
                    continue
                empty = False
                if cursor.passes():
                    continue
                source = Source(name, number)
                yield too_long(source, options) if cut else Raw(source, row.rstrip(b"\r\n"))
            if error := damage():
                raise error
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
def _opened(name: str) -> Iterator[tuple[BinaryIO, Callable[[], float], Callable[[], Damaged | None]]]:
    """The unpacked bytes of a file, and functions that tell the share of the file read so far, and the damage that ends
    the bytes.

    The suffix, .gz or .zst, tells how to unpack. Raises OSError, MissingLibrary.
    """
    if name == "-":
        yield _interruptible(sys.stdin.buffer), lambda: 0.0, lambda: None
        return
    with open(name, "rb") as opened:
        file = _interruptible(opened)
        size = os.fstat(file.fileno()).st_size
        stream, unpacked = file, None
        if name.lower().endswith(".gz"):
            unpacked = _Unpacked(_pieces(file, lambda: zlib.decompressobj(zlib.MAX_WBITS | 16), zlib.error))
        elif name.lower().endswith(".zst"):
            zstandard = need("zstandard", "Reading .zst files")
            # The library's own reader ends in silence where a file was cut off.
            frame = zstandard.ZstdDecompressor().decompressobj
            unpacked = _Unpacked(_pieces(file, frame, zstandard.ZstdError))
        if unpacked:
            stream = cast(BinaryIO, io.BufferedReader(unpacked, _BUFFER))
        share = (lambda: min(file.tell() / size, 1.0)) if size and file.seekable() else lambda: 0.0  # as of a pipe
        yield stream, share, lambda: unpacked.damage if unpacked else None


def _interruptible(file: BinaryIO) -> BinaryIO:
    """The file itself, or of a pipe one whose wait for bytes Ctrl-C ends."""
    try:
        mode = os.fstat(file.fileno()).st_mode
    except io.UnsupportedOperation:  # bytes in memory
        return file
    if not stat.S_ISFIFO(mode) or not hasattr(select, "poll"):  # Windows has none
        return file
    return cast(BinaryIO, io.BufferedReader(_Pipe(file.fileno()), _BUFFER))


class _Pipe(io.RawIOBase):
    """A pipe, waited for in turns of `_WAIT` milliseconds.

    A signal that arrives after Python has looked for signals and before the system begins to read interrupts nothing:
    it would be heeded when more bytes come, which may be never. Other threads make that moment long, since a thread
    that lets go of the interpreter waits until one of them has taken it.
    """

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._ready = select.poll()
        self._ready.register(descriptor, select.POLLIN)

    def fileno(self) -> int:
        return self._descriptor

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._ready.poll(_WAIT):
            pass
        return os.readv(self._descriptor, [buffer])


class _Unpacked(io.RawIOBase):
    """Pieces of bytes as a stream, which ends at `damage`, so that no row before it is lost."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces, self._rest = pieces, memoryview(b"")
        self.damage: Damaged | None = None

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._rest:
            try:
                piece = next(self._pieces, None)
            except Damaged as error:
                self.damage, piece = error, None
            if piece is None:
                return 0
            self._rest = memoryview(piece)
        count = min(len(buffer), len(self._rest))
        buffer[:count], self._rest = self._rest[:count], self._rest[count:]
        return count


def _pieces(file: BinaryIO, decompressor: Callable[[], Any], error_type: type[Exception]) -> Iterator[bytes]:
    """The content of a compressed file of one gzip member or zstd frame or more. Raises Damaged."""
    data = file.read(_PIECE)
    while data:
        part, torn = decompressor(), False
        while not part.eof:
            if not data:
                raise Damaged("it ends before its end marker", torn=torn)
            try:
                piece = part.decompress(data)
            except error_type as error:
                raise Damaged(str(error), torn=torn) from None
            torn = torn or bool(piece)
            yield piece
            data = part.unused_data if part.eof else file.read(_PIECE)
        while not (data := data.lstrip(b"\0")) and (data := file.read(_PIECE)):  # zeros may fill a gzip file up
            pass
