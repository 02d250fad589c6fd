"""From bytes to the text of one page: decoding, JSON rows, and what makes a page unusable."""

import codecs
import json
from typing import Any

from locbao.features.text import normalise, split_lines

Id = str | int
"""The id of a page: a row's own, given back as it came, or the path of a file."""

_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


class Unusable(ValueError):
    """The page cannot be labelled; the message is the reason, a sentence without its full stop."""


def decode(data: bytes) -> str:
    """UTF-8 text without its byte order mark. Raises Unusable: other encodings, binary data."""
    if data.startswith(_UTF16):
        raise Unusable("The text is UTF-16, not UTF-8 (iconv -f UTF-16 -t UTF-8 converts it)")
    zero = data.find(b"\0")
    if zero >= 0:
        raise Unusable(f"The data is binary: a zero byte at offset {zero}")
    try:
        return data.decode().removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise Unusable(
            f"The text is not UTF-8: byte 0x{data[error.start]:02x} at offset {error.start}, line {line}"
        ) from None


def page_text(text: str, max_chars: int) -> str:
    """`text`, unless it is too long or has no line with text: then Unusable is raised."""
    if len(text) > max_chars:
        raise Unusable(f"The page has {len(text):,} characters, more than {max_chars:,} (see --max-chars)")
    if not text.strip() or not any(normalise(line) for line in split_lines(text)):
        raise Unusable("The page is empty")
    return text


def parse_row(text: str) -> tuple[Id, str]:
    """Id and text of a JSON row; `lines` of a line corpus are joined. Raises Unusable."""
    row = _parse_json(text)
    if not isinstance(row, dict):
        raise Unusable(f'The row is {_kind(row)}, not an object such as {{"id": …, "text": …}}')
    id = row.get("id")
    if id is None:
        raise Unusable('The row has no "id"')
    if isinstance(id, bool) or not isinstance(id, str | int):
        raise Unusable(f'"id" is {_kind(id)}, not a string or a whole number')
    if row.get("text") is not None:
        if not isinstance(row["text"], str):
            raise Unusable(f'"text" is {_kind(row["text"])}, not a string')
        return id, row["text"]
    if row.get("lines") is not None:
        return id, _joined(row["lines"])
    raise Unusable('The row has neither "text" nor "lines"')


def _parse_json(text: str) -> Any:
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise Unusable(f"The row is not JSON: {error.msg} at character {error.pos + 1}") from None
    except RecursionError:
        raise Unusable("The row is not usable JSON: it is nested too deeply") from None
    except ValueError as error:  # a whole number of thousands of digits
        raise Unusable(f"The row is not usable JSON: {error}") from None


def _joined(lines: Any) -> str:
    if not isinstance(lines, list):
        raise Unusable(f'"lines" is {_kind(lines)}, not a list')
    for number, line in enumerate(lines, 1):
        if not isinstance(line, dict) or not isinstance(line.get("text"), str):
            raise Unusable(f'"lines" number {number} is not an object with a "text" that is a string')
    return "\n".join(line["text"] for line in lines)


def _kind(value: Any) -> str:
    names = {type(None): "null", bool: "true or false", str: "a string", list: "a list", dict: "an object"}
    return names.get(type(value), "a number")
