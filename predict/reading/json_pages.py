"""Files of JSON as crawlers write them: one object, which is a page, or a list of such objects."""

import mmap
import os
import re
from collections.abc import Iterator
from typing import Any

from locbao.predict.reading.items import Cursor, Item, Raw, ReadOptions, Rejected, Source
from locbao.predict.reading.jsonl import row_limit, too_long

_BLANK = re.compile(rb"(?:\xef\xbb\xbf)?[ \t\r\n]*+")
_SIGN = re.compile(rb'"(?:[^"\\]++|\\.)*+(?:"|\Z)|[][{},]', re.S)  # a string as a whole, or a sign of structure


def raw_json(name: str, options: ReadOptions, cursor: Cursor) -> Iterator[Item]:
    """The pages of a JSON file: an object, or the objects of a list, counted from 1.

    Objects are cut out of a list unread: one that is no JSON costs no other one, and only one at a time is in memory.
    A file that cannot be opened is a single rejected item, and so is what makes a list incomplete.
    """
    try:
        with open(name, "rb") as file:
            empty = not os.fstat(file.fileno()).st_size  # which cannot be mapped
            content: Any = b"" if empty else mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
            yield from json_items(name, content, options, cursor)
    except OSError as error:
        if not cursor.passes():
            yield Rejected(Source(name), f"The file cannot be read ({error.strerror or error})")


def json_items(name: str, content: Any, options: ReadOptions, cursor: Cursor) -> Iterator[Item]:
    """The pages of the content of a JSON file, bytes or mapped memory."""
    for row, begin, end, fault in _objects(content):
        cursor.share = end / max(len(content), 1)
        if cursor.passes():
            continue
        source = Source(name, row)
        if fault:
            yield Rejected(source, fault)
        elif end - begin > row_limit(options):
            yield too_long(source, options)
        else:
            yield Raw(source, content[begin:end])


def _objects(content: Any) -> Iterator[tuple[int | None, int, int, str]]:
    """Each object as its number in the list, None where there is no list, its first byte, the byte after its last, and
    what is wrong there, if something is."""
    begin, length = _after_blanks(content, 0), len(content)
    if content[begin : begin + 1] != b"[":
        yield None, 0, length, "" if begin < length else "The file is empty"
        return
    begin, depth, row = begin + 1, 1, 1
    for sign in _SIGN.finditer(content, begin):
        kind, end = sign[0][:1], sign.start()
        depth += (kind in b"[{") - (kind in b"]}")
        if depth == 0 and row == 1 and _after_blanks(content, begin) == end:
            yield None, begin, end, "There is no row to read"
        elif depth == 0 or (depth == 1 and kind == b","):
            yield row, begin, end, ""
            begin, row = end + 1, row + 1
        if depth == 0:
            if _after_blanks(content, end + 1) < length:
                yield None, end, length, "Something follows the list; what is in the list was read"
            return
    yield row, begin, length, "The list breaks off in this object"


def _after_blanks(content: Any, begin: int) -> int:
    blanks = _BLANK.match(content, begin)
    return blanks.end() if blanks else begin
