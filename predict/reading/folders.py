"""Files that are a page each, alone or in folders."""

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

from locbao.predict.reading.cursor import Cursor
from locbao.predict.reading.items import Kind, Raw, Rejected, Source
from locbao.predict.reading.json_rows import ReadOptions

PAGE_KINDS = {".txt": Kind.TEXT, ".html": Kind.HTML, ".htm": Kind.HTML}
"""What a file is by its suffix."""

_BYTES_PER_CHAR = 4  # of UTF-8, at most
_MARKUP_PER_CHAR = 6  # bytes; real pages have 10 times as much markup as text, but they are small
_MARKUP_OVERHEAD = 4 << 20  # bytes of a page's scripts and styles


def page_kind(name: str) -> Kind | None:
    """The kind of page that a file of this name is, None if it is no page."""
    return PAGE_KINDS.get(os.path.splitext(name)[1].lower())


def raw_folder(folder: Path, options: ReadOptions, cursor: Cursor) -> Iterator[Raw | Rejected]:
    """The pages below a folder, sorted name by name; the id of one is its path relative to the folder."""
    empty = True
    for found, share in _walk(folder, 0.0, 1.0):
        empty = False
        cursor.share = share.__float__
        if cursor.passes():
            continue
        yield found if isinstance(found, Rejected) else raw_file(found, found.relative_to(folder).as_posix(), options)
    if empty and not cursor.passes():
        yield Rejected(Source(str(folder)), f"The folder holds no page ({', '.join(PAGE_KINDS)})")


def raw_file(path: Path, id: str, options: ReadOptions) -> Raw | Rejected:
    """The page of a file whose name tells its kind; its site is the folder that it lies in."""
    source, kind = Source(str(path)), page_kind(path.name) or Kind.TEXT
    try:
        with path.open("rb") as file:
            found = raw_stream(file, source, kind, id, options)
    except OSError as error:
        return Rejected(source, f"The file cannot be read ({error.strerror})")
    return replace(found, site=str(path.parent)) if isinstance(found, Raw) and options.site_field else found


def raw_stream(file: BinaryIO, source: Source, kind: Kind, id: str, options: ReadOptions) -> Raw | Rejected:
    """The page that a stream holds; the rest of one that is too large stays unread."""
    limit = _limit(kind, options.max_chars)
    data = file.read(limit + 1)
    if len(data) > limit:
        what = "page has more than" if kind is Kind.TEXT else "file is too large for a page of"
        return Rejected(source, f"The {what} {options.max_chars:,} characters (see --max-chars)")
    return Raw(source, data, kind, id)


def _limit(kind: Kind, max_chars: int) -> int:
    """Bytes of the largest file that is read."""
    return _BYTES_PER_CHAR * max_chars if kind is Kind.TEXT else _MARKUP_PER_CHAR * max_chars + _MARKUP_OVERHEAD


def _walk(folder: Path, start: float, stop: float) -> Iterator[tuple[Path | Rejected, float]]:
    """The pages below a folder, each with the share of the whole walk that it ends, which goes from `start` to `stop`.

    Links to folders, which can be circular, are not followed.
    """
    try:
        names = sorted(os.listdir(folder))  # a tenth of the memory of as many entries of os.scandir
    except OSError as error:
        yield Rejected(Source(str(folder)), f"The folder cannot be listed ({error.strerror})"), stop
        return
    step = (stop - start) / max(len(names), 1)
    for number, name in enumerate(names):
        path = folder / name
        if _is_folder(path):
            yield from _walk(path, start + number * step, start + (number + 1) * step)
        elif page_kind(name) and not path.is_dir():
            yield path, start + (number + 1) * step


def _is_folder(path: Path) -> bool:
    return path.is_dir() and not path.is_symlink()
