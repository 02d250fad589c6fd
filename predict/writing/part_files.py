"""Outputs in the making: a part file that a later run can go on with, or what goes straight through a pipe."""

import io
import os
import secrets
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, TextIO

from locbao.features.errors import SourceError
from locbao.predict.reading.items import Rejected
from locbao.predict.writing.atomic_files import replace, sync_folder
from locbao.predict.writing.rows import json_line


class UnwritableOutput(SourceError):
    """The output cannot be written where it should be."""


class Writer:
    """Takes the chunks of an output, in order. All of it can raise OSError: a full disk, a closed pipe.

    `durable`: the bytes are made to last on a disk; else they go straight through to a pipe, a device or standard
    output. `own`: whether to close the file.
    """

    def __init__(self, file: io.FileIO | BinaryIO, *, durable: bool = False, own: bool = True) -> None:
        self._file, self._durable, self._own = file, durable, own

    def write(self, chunk: bytes) -> None:
        """Appends a chunk."""
        rest = memoryview(chunk)
        while rest:
            rest = rest[self._file.write(rest) :]

    def checkpoint(self) -> int:
        """Makes all that was written last; where a resumed run goes on, which is 0 where none can."""
        self._file.flush()
        if not self._durable:
            return 0
        os.fsync(self._file.fileno())
        return self._file.tell()

    def close(self) -> None:
        """Lets go of the file."""
        if self._own:
            self._file.close()


def open_part(part: Path, position: int) -> Writer:
    """A writer that appends to a part file, which is cut to `position` before.

    Raises OSError, and UnwritableOutput if the file is shorter than that.
    """
    part.parent.mkdir(parents=True, exist_ok=True)
    if not position:
        file = part.open("wb", buffering=0)
        sync_folder(part.parent)
        return Writer(file, durable=True)
    file = part.open("r+b", buffering=0)
    if file.seek(0, os.SEEK_END) < position:
        file.close()
        what = f"is shorter than the {position:,} bytes that were written"
        raise UnwritableOutput(part, what, "Run it again without --resume.")
    file.truncate(position)
    file.seek(position)
    return Writer(file, durable=True)


def journal_of(part: Path) -> Path:
    """Where a run notes how much of a part file is sure to be on the disk."""
    return part.with_name(f"{part.name}.journal")


def quarantine_of(output: Path) -> Path:
    """Where the rejected pages of an output are found."""
    return output.with_name(f"{output.name}.errors.jsonl")


def settle_quarantine(part: Path, path: Path) -> None:
    """Puts the `rejected_lines` of a part file at `path`; where there are none, no file is left there."""
    if part.stat().st_size:
        replace(part, path)
    else:
        path.unlink(missing_ok=True)
        part.unlink()


def rejected_lines(rejected: Iterable[Rejected]) -> bytes:
    """`{"file": …, "row": …, "reason": …}` a line; `row` is null where the whole file is meant."""
    return b"".join(
        json_line({"file": page.source.file, "row": page.source.row, "reason": page.reason}) for page in rejected
    )


@contextmanager
def open_output(path: Path) -> Iterator[BinaryIO]:
    """A file to write as a whole.

    It is written beside its place, under a name that nothing else has, and renamed when all went well; otherwise it is
    removed, and what stood there before stays as it was.
    """
    if is_special(path):
        with path.open("wb") as file:
            yield file
    else:
        target = path.resolve()  # a link stays a link
        target.parent.mkdir(parents=True, exist_ok=True)
        part = target.with_name(f".{target.name}.{secrets.token_hex(4)}.new")  # NAME.part is that of a batch
        try:
            with part.open("wb") as file:
                yield file
            replace(part, target)
        finally:
            part.unlink(missing_ok=True)


def standard_output() -> TextIO:
    """Standard output; called first by what has no other result, so that no work is done for nothing.

    Raises UnwritableOutput if it was closed before the program began.
    """
    if sys.stdout is None:
        raise UnwritableOutput("standard output", "is closed", "Leave it open, or write to a file.")
    return sys.stdout


def is_special(path: Path) -> bool:
    """Whether the path is a device or a pipe, which is written to and never replaced."""
    return path.exists() and not (path.is_file() or path.is_dir())


@contextmanager
def named(path: Path) -> Iterator[None]:
    """Gives an OSError that names no file, as one of a full disk does, this one."""
    try:
        yield
    except OSError as error:
        error.filename = error.filename or str(path)
        raise
