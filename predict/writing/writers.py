"""Where chunks of output go: a part file that can be gone on with, or straight through."""

import io
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Protocol

from locbao.features.errors import LocbaoError
from locbao.predict.atomic_files import sync_folder


class UnwritableOutput(LocbaoError):
    """The output cannot be written where it should be: `path`."""

    def __init__(self, path: Path, what: str, hint: str) -> None:
        super().__init__(f"{path}: {what}. {hint}")
        self.path, self.what, self.hint = path, what, hint


class Writer(Protocol):
    """What takes the chunks of an output, in order. Everything here can raise OSError: a full disk, a closed pipe."""

    def write(self, chunk: bytes) -> None:
        """Appends a chunk."""

    def checkpoint(self) -> int:
        """Makes everything written durable; the bytes written so far, which is where a resumed run goes on."""

    def finish(self) -> None:
        """Puts the output, which is now complete, in its place."""

    def close(self) -> None:
        """Lets go of the output without finishing it."""


class PartFile:
    """Chunks appended to a part file. `settle` turns the finished part into the output, and can be done again."""

    def __init__(self, part: Path, position: int, settle: Callable[[Path], None]) -> None:
        self.part, self.position, self._settle = part, position, settle
        part.parent.mkdir(parents=True, exist_ok=True)
        if position:
            self._file = _reopened(part, position)
        else:
            self._file = part.open("wb", buffering=0)
            sync_folder(part.parent)

    def write(self, chunk: bytes) -> None:
        rest = memoryview(chunk)
        while rest:
            written = self._file.write(rest)
            rest = rest[written:]
            self.position += written

    def checkpoint(self) -> int:
        os.fsync(self._file.fileno())
        return self.position

    def finish(self) -> None:
        self.checkpoint()
        self._file.close()
        self._settle(self.part)

    def close(self) -> None:
        self._file.close()


class Straight:
    """Chunks written straight through to a pipe, a device or standard output; nothing of it can be resumed."""

    def __init__(self, file: BinaryIO, own: bool) -> None:
        self._file, self._own, self.position = file, own, 0

    def write(self, chunk: bytes) -> None:
        self._file.write(chunk)
        self.position += len(chunk)

    def checkpoint(self) -> int:
        self._file.flush()
        return self.position

    def finish(self) -> None:
        self.checkpoint()
        self.close()

    def close(self) -> None:
        if self._own:
            self._file.close()


def _reopened(part: Path, position: int) -> io.FileIO:
    """The part file, cut to `position`. Raises UnwritableOutput if it is not there or shorter."""
    hint = "Run it again without --resume."
    try:
        file = part.open("r+b", buffering=0)
    except FileNotFoundError:
        raise UnwritableOutput(part, "there is nothing to resume, the file is gone", hint) from None
    if file.seek(0, os.SEEK_END) < position:
        file.close()
        raise UnwritableOutput(part, f"is shorter than the {position:,} bytes that were written", hint)
    file.truncate(position)
    file.seek(position)
    return file


@contextmanager
def named(path: Path) -> Iterator[None]:
    """Gives an OSError that names no file, as one of a full disk does, this one."""
    try:
        yield
    except OSError as error:
        error.filename = error.filename or str(path)
        raise
