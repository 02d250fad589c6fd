"""Pages to label, read one at a time from files, folders and standard input.

A page that cannot be read comes out as `Rejected`, in its place in the stream, so that nothing is lost in silence and
one bad page stops no batch. Memory is bounded by the largest page allowed, not by the file.
"""

import os
import stat
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from locbao.features.errors import LocbaoError
from locbao.predict.optional import need
from locbao.predict.reading.cursor import Cursor
from locbao.predict.reading.folders import PAGE_KINDS, page_kind, raw_file, raw_folder, raw_stream
from locbao.predict.reading.items import Input, Kind, Raw, Rejected, Source, parse
from locbao.predict.reading.json_rows import MAX_CHARS, ReadOptions
from locbao.predict.reading.parquet_table import raw_table
from locbao.predict.reading.row_files import raw_row_file, raw_rows

__all__ = (
    "MAX_CHARS",
    "READABLE",
    "Input",
    "Kind",
    "Raw",
    "ReadOptions",
    "Reader",
    "Rejected",
    "Source",
    "UnreadableInput",
    "is_page",
    "parse",
    "read_inputs",
    "read_page",
)

_LIBRARIES = {".jsonl": None, ".jsonl.gz": None, ".jsonl.zst": "zstandard", ".parquet": "pyarrow"}
"""Suffixes of files that hold many pages, with the library that reads them."""

READABLE = (
    ".txt and .html files, folders of them, .jsonl, .jsonl.gz, .jsonl.zst and .parquet files, "
    "and - for JSON Lines on standard input"
)


class UnreadableInput(LocbaoError):
    """An INPUT argument that cannot be read at all: `argument`."""

    def __init__(self, argument: str, what: str, hint: str) -> None:
        super().__init__(f"{argument or repr(argument)}: {what}. {hint}")
        self.argument, self.what, self.hint = argument, what, hint


class Reader:
    """All pages of some INPUT arguments as one stream, the same each time it is read.

    Raises UnreadableInput if an argument does not exist or is of a kind that is not read, MissingLibrary if a library
    for its kind is missing.
    """

    def __init__(self, arguments: Sequence[str], options: ReadOptions | None = None) -> None:
        self.arguments = [(argument, _check(argument)) for argument in arguments]
        self.options = options or ReadOptions()
        self._shares = _shares(self.arguments)
        self._done = 0.0  # share of the whole input that is read, whole arguments alone
        self._share = 0.0  # of the argument that is being read
        self._cursor = Cursor(0)

    def items(self, skip: int = 0) -> Iterator[Raw | Rejected]:
        """The pages in order, but for the first `skip`, which are counted and not read.

        The id of a file is its path relative to its argument.
        """
        self._done, self._cursor = 0.0, Cursor(skip)
        for (argument, kind), share in zip(self.arguments, self._shares, strict=True):
            self._share, self._cursor.share = share, float
            yield from self._items(argument, kind)
            self._done += share
            self._share, self._cursor.share = 0.0, float  # what told the share of the file is closed with it

    def _items(self, argument: str, kind: str) -> Iterator[Raw | Rejected]:
        options, cursor = self.options, self._cursor
        match kind:
            case "-":
                return raw_rows(sys.stdin.buffer, "-", options, cursor)
            case "folder":
                return raw_folder(Path(argument), options, cursor)
            case ".parquet":
                return raw_table(argument, options, cursor)
            case kind if kind in PAGE_KINDS:
                return iter([] if cursor.passes() else [raw_file(Path(argument), Path(argument).name, options)])
        return raw_row_file(argument, options, cursor)

    @property
    def fraction(self) -> float | None:
        """Share of the input that has been read, None if that cannot be told."""
        if any(kind == "-" for _, kind in self.arguments):
            return None
        return self._done + self._share * self._cursor.share()


def read_inputs(arguments: Sequence[str], options: ReadOptions | None = None) -> Iterator[Input | Rejected]:
    """The pages of all INPUT arguments, read, in order.

    Raises UnreadableInput and MissingLibrary before the first page is read, as Reader does.
    """
    reader = Reader(arguments, options)
    return (item if isinstance(item, Rejected) else parse(item, reader.options) for item in reader.items())


def read_page(argument: str, options: ReadOptions | None = None) -> Input:
    """The one page of a .txt or .html file, or of text on standard input for "-". Raises UnreadableInput."""
    kind = _check(argument)
    options = options or ReadOptions()
    if kind == "-":
        raw = raw_stream(sys.stdin.buffer, Source("-"), Kind.TEXT, "-", options)
    elif kind in PAGE_KINDS:
        raw = raw_file(Path(argument), Path(argument).name, options)
    else:
        hint = "Give a .txt or .html file, or - for text on standard input."
        raise UnreadableInput(argument, "this command takes one page", hint)
    page = raw if isinstance(raw, Rejected) else parse(raw, options)
    if isinstance(page, Rejected):
        raise UnreadableInput(
            argument, page.reason, "Give a page as UTF-8 text, one block of the page a line, or HTML."
        )
    return page


def is_page(arguments: Sequence[str]) -> bool:
    """Whether the arguments name a single page: one .txt or .html file, should it exist."""
    return len(arguments) == 1 and page_kind(arguments[0]) is not None and not os.path.isdir(arguments[0])


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
    kind = next((suffix for suffix in (*PAGE_KINDS, *_LIBRARIES) if argument.lower().endswith(suffix)), None)
    if kind is None:
        raise UnreadableInput(argument, "is of a kind that is not read", f"What is read: {READABLE}.")
    if library := _LIBRARIES.get(kind):
        need(library, f"Reading {kind} files")
    return kind


def _shares(arguments: Sequence[tuple[str, str]]) -> list[float]:
    """The share of the whole input that each argument is: by size, or all the same where folders are among them."""
    files = all(kind not in ("-", "folder") for _, kind in arguments)
    sizes = [os.stat(argument).st_size + 1 if files else 1 for argument, _ in arguments]
    return [size / sum(sizes) for size in sizes]
