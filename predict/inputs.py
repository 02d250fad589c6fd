"""Pages to label, read one at a time from files, folders and standard input.

A page that cannot be read comes out as `Rejected`, in its place in the stream, so that nothing is lost in silence and
one bad page stops no batch. Memory is bounded by the largest page allowed, not by the file.
"""

import gzip
import os
import stat
import sys
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol

from locbao.features.errors import LocbaoError
from locbao.predict.rows import Id, Unusable, decode, page_text, parse_row

MAX_CHARS = 20_000_000
"""Characters of the largest page that is read, unless the caller says otherwise."""

READABLE = ".txt files, folders of .txt files, .jsonl and .jsonl.gz files, and - for JSON Lines on standard input"

_BYTES_PER_CHAR = 4  # of UTF-8, at most
_BYTES_PER_ESCAPE = 6  # \\uXXXX
_ROW_OVERHEAD = 1 << 20  # bytes of a row that are not its text: id, other fields


class UnreadableInput(LocbaoError):
    """An INPUT argument that cannot be read at all: `argument`."""

    def __init__(self, argument: str, what: str, hint: str) -> None:
        super().__init__(f"{argument}: {what}. {hint}")
        self.argument, self.what, self.hint = argument, what, hint


@dataclass(frozen=True, slots=True)
class Source:
    """Where a page stands: a file as it was reached ("-": standard input) and, in JSON Lines, the row from 1."""

    file: str
    row: int | None = None

    def __str__(self) -> str:
        return self.file if self.row is None else f"{self.file}:{self.row}"


@dataclass(frozen=True, slots=True)
class Input:
    """A page to label."""

    id: Id
    text: str
    source: Source


@dataclass(frozen=True, slots=True)
class Rejected:
    """A page, or a whole file, that could not be read; `reason` is a sentence for the user."""

    source: Source
    reason: str

    def __str__(self) -> str:
        return f"{self.source}: {self.reason}"


class _Lines(Protocol):
    def readline(self, size: int, /) -> bytes: ...


def read_inputs(arguments: Sequence[str], max_chars: int = MAX_CHARS) -> Iterator[Input | Rejected]:
    """The pages of all INPUT arguments in order; the id of a file is its path relative to its argument.

    Raises UnreadableInput before the first page is read: an argument does not exist, or is of a kind that is not read.
    """
    for argument in arguments:
        _check(argument)
    return _read_all(arguments, max_chars)


def read_page(argument: str, max_chars: int = MAX_CHARS) -> Input:
    """The one page of a .txt file, or of standard input for "-". Raises UnreadableInput."""
    kind = _check(argument)
    if kind == "-":
        page = _read_text(sys.stdin.buffer, "-", Source("-"), max_chars)
    elif kind != ".txt":
        raise UnreadableInput(argument, "this command takes one page", "Give a .txt file, or - for standard input.")
    else:
        page = _read_file(Path(argument), Path(argument).name, max_chars)
    if isinstance(page, Rejected):
        raise UnreadableInput(argument, page.reason, "Give a page as UTF-8 text, one block of the page a line.")
    return page


def _check(argument: str) -> str:
    """What kind of INPUT the argument is: "-", "folder", or one of the suffixes that are read."""
    if argument == "-":
        if sys.stdin is None:
            raise UnreadableInput("-", "standard input is closed", "Give a file, or pipe something in.")
        return "-"
    try:
        mode = os.stat(argument).st_mode
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise UnreadableInput(argument, f"cannot be opened ({reason})", "Check the path.") from None
    if stat.S_ISDIR(mode):
        return "folder"
    for suffix in (".txt", ".jsonl", ".jsonl.gz"):
        if argument.lower().endswith(suffix):
            return suffix
    raise UnreadableInput(argument, "is of a kind that is not read", f"What is read: {READABLE}.")


def _read_all(arguments: Sequence[str], max_chars: int) -> Iterator[Input | Rejected]:
    for argument in arguments:
        match _check(argument):
            case "-":
                yield from _read_rows(sys.stdin.buffer, "-", max_chars)
            case "folder":
                yield from _read_folder(Path(argument), max_chars)
            case ".txt":
                yield _read_file(Path(argument), Path(argument).name, max_chars)
            case suffix:
                yield from _read_row_file(argument, suffix == ".jsonl.gz", max_chars)


def _read_folder(folder: Path, max_chars: int) -> Iterator[Input | Rejected]:
    empty = True
    for found in _walk(folder):
        empty = False
        if isinstance(found, Rejected):
            yield found
        else:
            yield _read_file(found, found.relative_to(folder).as_posix(), max_chars)
    if empty:
        yield Rejected(Source(str(folder)), "The folder holds no .txt file")


def _walk(folder: Path) -> Iterator[Path | Rejected]:
    """The .txt files below a folder, sorted name by name; links to folders, which can be circular, are not followed."""
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError as error:
        yield Rejected(Source(str(folder)), f"The folder cannot be listed ({error.strerror})")
        return
    for entry in entries:
        if entry.is_dir(follow_symlinks=False):
            yield from _walk(folder / entry.name)
        elif entry.name.lower().endswith(".txt") and not entry.is_dir():
            yield folder / entry.name


def _read_file(path: Path, id: str, max_chars: int) -> Input | Rejected:
    source = Source(str(path))
    try:
        with path.open("rb") as file:
            return _read_text(file, id, source, max_chars)
    except OSError as error:
        return Rejected(source, f"The file cannot be read ({error.strerror})")


def _read_text(file: BinaryIO, id: Id, source: Source, max_chars: int) -> Input | Rejected:
    # A file that is too large is known as such from its first bytes: the rest stays unread.
    limit = _BYTES_PER_CHAR * max_chars
    data = file.read(limit + 1)
    try:
        if len(data) > limit:
            raise Unusable(f"The page has more than {max_chars:,} characters (see --max-chars)")
        return Input(id, page_text(decode(data), max_chars), source)
    except Unusable as error:
        return Rejected(source, str(error))


def _read_row_file(name: str, compressed: bool, max_chars: int) -> Iterator[Input | Rejected]:
    try:
        with gzip.open(name, "rb") if compressed else open(name, "rb") as file:
            yield from _read_rows(file, name, max_chars)
    except OSError as error:
        yield Rejected(Source(name), f"The file cannot be read ({error.strerror or error})")


def _read_rows(file: _Lines, name: str, max_chars: int) -> Iterator[Input | Rejected]:
    limit = _BYTES_PER_ESCAPE * max_chars + _ROW_OVERHEAD
    number = pages = 0
    try:
        while line := file.readline(limit):
            number += 1
            source = Source(name, number)
            if len(line) == limit and not line.endswith(b"\n"):
                _skip_line(file, limit)
                yield Rejected(source, f"The row is too long for a page of {max_chars:,} characters (see --max-chars)")
            elif line.strip(b"\xef\xbb\xbf \t\r\n"):
                yield _read_row(line.rstrip(b"\r\n"), source, max_chars)
            else:
                continue
            pages += 1
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        yield Rejected(Source(name, number + 1), f"The compressed file is damaged from this row on ({error})")
        return
    if not pages:
        yield Rejected(Source(name), "There is no row to read")


def _read_row(line: bytes, source: Source, max_chars: int) -> Input | Rejected:
    try:
        id, text = parse_row(decode(line))
        return Input(id, page_text(text, max_chars), source)
    except Unusable as error:
        return Rejected(source, str(error))


def _skip_line(file: _Lines, limit: int) -> None:
    while (rest := file.readline(limit)) and not rest.endswith(b"\n"):
        pass
