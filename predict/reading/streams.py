"""Files as streams of bytes, plain or compressed, that know how much of them has been read."""

import gzip
import io
import os
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, BinaryIO, cast

from locbao.predict.optional import need

_PIECE = 1024  # compressed bytes unpacked at a time; zstd can make 32 MB of them


class Damaged(Exception):
    """Compressed data that cannot be unpacked from here on."""


@contextmanager
def open_stream(name: str) -> Iterator[tuple[BinaryIO, Callable[[], float]]]:
    """The unpacked bytes of a file, and a function that tells the share of the file read so far.

    The suffix, .gz or .zst, tells how to unpack. Reading raises Damaged where the data is damaged.
    Raises OSError, MissingLibrary.
    """
    with open(name, "rb") as file:
        size = max(os.fstat(file.fileno()).st_size, 1)
        stream: BinaryIO = file
        if name.lower().endswith(".gz"):
            stream = cast(BinaryIO, io.BufferedReader(_Gzip(file)))
        elif name.lower().endswith(".zst"):
            stream = cast(BinaryIO, io.BufferedReader(_Zstd(file)))
        yield stream, lambda: min(file.tell() / size, 1.0)


class _Gzip(io.RawIOBase):
    """The unpacked bytes of a gzip file of one member or more."""

    def __init__(self, file: BinaryIO) -> None:
        self.file = gzip.GzipFile(fileobj=file, mode="rb")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        try:
            return self.file.readinto(buffer)
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            raise Damaged(str(error)) from None


class _Zstd(io.RawIOBase):
    """The unpacked bytes of a zstd file of one frame or more.

    The library's own reader ends in silence where a file was cut off.
    """

    def __init__(self, file: BinaryIO) -> None:
        self.zstandard = need("zstandard", "Reading .zst files")
        self.file, self.waiting = file, b""
        self.frame = self.zstandard.ZstdDecompressor().decompressobj()
        self.begun = False  # the frame

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self.waiting and self._more():
            pass
        view = memoryview(buffer)
        piece, self.waiting = self.waiting[: len(view)], self.waiting[len(view) :]
        view[: len(piece)] = piece
        return len(piece)

    def _more(self) -> bool:
        """Unpacks a piece; False at the end of the file."""
        data = self.frame.unused_data if self.frame.eof else b""
        if self.frame.eof:
            self.frame = self.zstandard.ZstdDecompressor().decompressobj()
            self.begun = False
        data = data or self.file.read(_PIECE)
        if not data and self.begun:
            raise Damaged("it ends before its end marker")
        self.begun = bool(data)
        try:
            self.waiting = self.frame.decompress(data) if data else b""
        except self.zstandard.ZstdError as error:
            raise Damaged(str(error)) from None
        return bool(data)
