"""Pages to label, read one at a time from files, folders and standard input.

A page that cannot be read comes out as `Rejected`, in its place in the stream, so that nothing is lost in silence and
one bad page stops no batch. Memory is bounded by the largest page allowed, not by the file.
"""

import mimetypes
import os
import stat
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import BinaryIO

from locbao.features.errors import SourceError
from locbao.predict.optional import need
from locbao.predict.reading.items import (
    Cursor,
    Input,
    Item,
    Raw,
    ReadOptions,
    Rejected,
    Source,
    byte_limit,
    too_large,
)
from locbao.predict.reading.json_pages import raw_json
from locbao.predict.reading.jsonl import raw_rows
from locbao.predict.reading.markup import Markup
from locbao.predict.reading.parquet_table import raw_table
from locbao.predict.reading.parsing import parse

PAGE_MARKUPS = {
    ".txt": Markup.AUTO,
    ".html": Markup.HTML,
    ".htm": Markup.HTML,
    ".xhtml": Markup.HTML,
    ".md": Markup.MARKDOWN,
    ".markdown": Markup.MARKDOWN,
}
"""Suffixes of files that are a page each, and what it is written in."""

_LIBRARIES = {".json": None, ".jsonl": None, ".jsonl.gz": None, ".jsonl.zst": "zstandard", ".parquet": "pyarrow"}
"""Suffixes of files that hold many pages, with the library that reads them."""

_IN_FOLDERS = (*PAGE_MARKUPS, ".json")
"""Suffixes of files that are read where they lie in a folder."""

READABLE = (
    ".txt, .html, .md and .json files, folders of them, .jsonl, .jsonl.gz, .jsonl.zst and .parquet files, "
    "and - for JSON Lines on standard input"
)


class UnreadableInput(SourceError):
    """An INPUT argument that cannot be read at all."""


class Reader:
    """All pages of some INPUT arguments as one stream, the same each time it is read.

    `outputs` are files that the reading run itself writes: they are not counted among what folders hold beside pages.
    Raises UnreadableInput if an argument does not exist or is of a kind that is not read, MissingLibrary if a library
    for its kind is missing.
    """

    def __init__(
        self, arguments: Sequence[str], options: ReadOptions | None = None, outputs: Sequence[Path] = ()
    ) -> None:
        self.options = options or ReadOptions()
        self._outputs = {path.name: os.path.realpath(path) for path in outputs}
        self.arguments = [(argument, _check(argument, self.options.markup)) for argument in arguments]
        self._shares = _shares(self.arguments)
        self.left_out: Counter[str] = Counter()  # what folders hold beside pages, by kind
        self._ids: set[str] = set()
        self._done = 0.0  # share of the whole input that is read, whole arguments alone
        self._share = 0.0  # of the argument that is being read
        self._cursor = Cursor()

    def items(self, skip: int = 0) -> Iterator[Item]:
        """The pages in order, but for the first `skip`, which are counted and not read.

        The id of a file is its path relative to its argument, with the argument before it where an earlier argument has
        a file of that id.
        """
        self._done, self._cursor = 0.0, Cursor(skip)
        self.left_out.clear()
        self._ids.clear()
        for (argument, kind), share in zip(self.arguments, self._shares, strict=True):
            self._share = share
            path = Path(argument)
            yield from self._folder(path) if kind == "folder" else self._file(path, path.name, kind)
            self._done += share
            self._cursor.share = 0.0

    def pages(self) -> Iterator[Input | Rejected]:
        """The pages in order, read."""
        return (parse(item, self.options) for item in self.items())

    @property
    def fraction(self) -> float | None:
        """Share of the input that has been read, None if that cannot be told."""
        if any(kind == "-" for _, kind in self.arguments):
            return None
        return self._done + self._share * self._cursor.share

    def _file(self, path: Path, below: str, kind: str) -> Iterator[Item]:
        options, cursor = self.options, self._cursor
        if kind == ".parquet":
            yield from raw_table(str(path), options, cursor)
        elif kind == ".json":
            yield from raw_json(str(path), options, cursor)
        elif kind == "-" or kind in _LIBRARIES:
            yield from raw_rows(str(path), options, cursor)
        else:
            id = self._id(path, below)
            if not cursor.passes():
                yield _page(path, id, options)

    def _id(self, path: Path, below: str) -> str:
        if len(self.arguments) == 1:
            return below
        id = path.as_posix() if below in self._ids else below
        self._ids.add(id)
        return id

    def _folder(self, folder: Path) -> Iterator[Item]:
        """The pages below a folder, sorted name by name; the id of one is its path relative to the folder."""
        empty, cursor = True, self._cursor
        for path, share in self._walk(folder):
            empty = False
            if isinstance(path, Rejected):
                if not cursor.passes():
                    yield path
            else:
                yield from self._file(path, path.relative_to(folder).as_posix(), _suffix(path.name))
            cursor.share = share
        if empty and not cursor.passes():
            yield Rejected(Source(str(folder)), f"The folder holds no page ({', '.join(_IN_FOLDERS)})")

    def _walk(self, top: Path) -> Iterator[tuple[Path | Rejected, float]]:
        """The pages below a folder, each with the share of the whole walk that it ends.

        Links to folders, which can be circular, are not followed. The folders that are open stand in a list, since they
        can lie in one another more deeply than calls can.
        """
        folders = [_entries(top, 0.0, 1.0)]
        while folders:
            for path, start, stop in folders[-1]:
                if isinstance(path, Rejected):
                    yield path, stop
                elif os.path.isdir(path):  # Path.is_dir raises for a path that is too long, or may not be seen
                    if not path.is_symlink():
                        folders.append(_entries(path, start, stop))
                        break
                    self.left_out["links to folders"] += 1
                elif is_read_in_folders(path.name, self.options.markup):
                    special = os.path.exists(path) and not os.path.isfile(path)  # a pipe without writer: waited for
                    yield Rejected(Source(str(path)), "The file is a pipe or a device") if special else path, stop
                elif path.name not in self._outputs or os.path.realpath(path) != self._outputs[path.name]:
                    suffix = _suffix(path.name)
                    self.left_out[suffix if suffix[1:].isalnum() else "other names"] += 1
            else:
                folders.pop()


def read_page(argument: str) -> Input:
    """The one page of a .txt, .html or .md file, or of text on standard input for "-". Raises UnreadableInput."""
    return usable_page(argument, raw_page(argument))


def raw_page(argument: str) -> Item:
    """The page as it stands in its file, for `usable_page`. Raises UnreadableInput."""
    kind = _check(argument)
    if kind == "-":
        return _stream(sys.stdin.buffer, Source("-"), Markup.AUTO, "-", ReadOptions())
    if kind == "page":
        return _page(Path(argument), Path(argument).name, ReadOptions())
    hint = "Give a .txt, .html or .md file, or - for text on standard input."
    raise UnreadableInput(argument, "this command takes one page", hint)


def usable_page(argument: str, item: Item) -> Input:
    """The page that `raw_page` gave, read. Raises UnreadableInput."""
    page = parse(item, ReadOptions())
    if isinstance(page, Rejected):
        hint = "Give a page as UTF-8 text, one block of the page a line, or HTML."
        raise UnreadableInput(argument, page.reason, hint)
    return page


def page_markup(name: str, markup: Markup = Markup.AUTO) -> Markup | None:
    """What a page in a file of this name is written in, `auto` for what ReadOptions say; None if it is no page.

    A `markup` but `auto` is that of .txt files and of all whose endings are not known for something else, since
    newspapers have endings of their own: .aspx, .vnp, none.
    """
    suffix = _suffix(name)
    of_suffix = PAGE_MARKUPS.get(suffix)
    if markup is Markup.AUTO or of_suffix not in (None, Markup.AUTO):
        return of_suffix
    if name.lower().endswith((*_LIBRARIES, ".part", ".journal")) or any(_known_types().guess_type(f"page{suffix}")):
        return of_suffix
    return markup


@cache
def _known_types() -> mimetypes.MimeTypes:
    """The endings that Python itself knows, the same on every machine; made where a file's ending asks for it."""
    return mimetypes.MimeTypes()


def is_read_in_folders(name: str, markup: Markup) -> bool:
    """Whether a file of this name is read where it lies in a folder; `markup` as for `page_markup`."""
    return page_markup(name, markup) is not None or _suffix(name) in _IN_FOLDERS


def _suffix(name: str) -> str:
    """The ending of a name; of `page.html?id=1`, as crawlers name pages, that before the question mark."""
    suffix = os.path.splitext(name)[1].lower()
    return suffix if suffix in PAGE_MARKUPS or "?" not in name else os.path.splitext(name.partition("?")[0])[1].lower()


def is_page(arguments: Sequence[str]) -> bool:
    """Whether the arguments name a single page: one .txt, .html or .md file, should it exist."""
    return len(arguments) == 1 and page_markup(arguments[0]) is not None and not os.path.isdir(arguments[0])


def _check(argument: str, markup: Markup = Markup.AUTO) -> str:
    """What kind of INPUT the argument is: "-", "folder", "page", or a suffix of files with many pages."""
    if argument == "-":
        if sys.stdin is None:
            raise UnreadableInput("-", "standard input is closed", "Give a file, or pipe something in.")
        return "-"
    try:
        mode = os.stat(argument).st_mode
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        fetch = "Nothing is fetched: save the page as a file, and give its path."
        hint = fetch if "://" in argument else "Check the path."
        raise UnreadableInput(argument or "''", f"cannot be opened ({reason})", hint) from None
    if stat.S_ISDIR(mode):
        return "folder"
    kind = next((suffix for suffix in _LIBRARIES if argument.lower().endswith(suffix)), None)
    if kind is None and page_markup(argument, markup):
        kind = "page"
    if kind is None:
        hint = f"What is read: {READABLE}; with predict --input html, pages of other endings."
        raise UnreadableInput(argument, "is of a kind that is not read", hint)
    if not stat.S_ISREG(mode) and not kind.startswith(".jsonl"):
        hint = "Give a file, or rows: those of .jsonl are read from a pipe as well."
        raise UnreadableInput(argument, "is a pipe or a device", hint)
    if library := _LIBRARIES.get(kind):
        need(library, f"Reading {kind} files")
    return kind


def _shares(arguments: Sequence[tuple[str, str]]) -> list[float]:
    """The share of the whole input that each argument is: by size, or all the same where folders are among them."""
    files = all(kind not in ("-", "folder") for _, kind in arguments)
    sizes = [os.stat(argument).st_size + 1 if files else 1 for argument, _ in arguments]
    return [size / sum(sizes) for size in sizes]


def _entries(folder: Path, start: float, stop: float) -> Iterator[tuple[Path | Rejected, float, float]]:
    """What lies in a folder, sorted by name, each with its part of what goes from `start` to `stop`."""
    try:
        names = sorted(os.listdir(folder))  # a tenth of the memory of as many entries of os.scandir
    except OSError as error:
        yield Rejected(Source(str(folder)), f"The folder cannot be listed ({error.strerror})"), start, stop
        return
    step = (stop - start) / max(len(names), 1)
    for number, name in enumerate(names):
        yield folder / name, start + number * step, start + (number + 1) * step


def _page(path: Path, id: str, options: ReadOptions) -> Item:
    """The page of a file whose name tells what it is written in; its site is the folder that it lies in."""
    source, markup = Source(str(path)), page_markup(path.name, options.markup) or Markup.AUTO
    try:
        with path.open("rb") as file:
            item = _stream(file, source, markup, id, options)
    except OSError as error:
        return Rejected(source, f"The file cannot be read ({error.strerror})")
    return replace(item, site=str(path.parent)) if isinstance(item, Raw) and options.site_field else item


def _stream(file: BinaryIO, source: Source, markup: Markup, id: str, options: ReadOptions) -> Item:
    """The page that a stream holds; the rest of one that is too large stays unread."""
    limit = byte_limit(markup, options.max_chars)
    data = file.read(limit + 1)
    if len(data) > limit:
        return too_large(source, markup, options.max_chars)
    return Raw(source, data, markup, id)
