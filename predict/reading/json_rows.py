"""JSON rows: the id and the page of one, and what makes a row unusable."""

import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from locbao.features.text import normalise, split_lines
from locbao.predict.reading.encoding import Unusable

Id = str | int
"""The id of a page: a row's own, given back as it came, or the path of a file."""


MAX_CHARS = 20_000_000
"""Characters of the largest page that is read, unless the caller says otherwise."""


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """How pages are read: the longest one, in characters of its text, and the fields or columns that hold a page.

    `site_field`: that of its site, "" where sites are of no use.
    """

    max_chars: int = MAX_CHARS
    text_field: str = "text"
    html_field: str = "html"
    id_field: str = "id"
    site_field: str = ""


def page_text(text: str, max_chars: int) -> str:
    """`text`, unless it is too long or has no line with text: then Unusable is raised."""
    if len(text) > max_chars:
        raise Unusable(f"The page has {len(text):,} characters, more than {max_chars:,} (see --max-chars)")
    if not text.strip() or not any(normalise(line) for line in split_lines(text)):
        raise Unusable("The page is empty")
    return text


def parse_row(text: str, options: ReadOptions) -> tuple[Id, str, str]:
    """Id, text and site of a JSON row. Raises Unusable.

    The first of these that is there and not null is the page: the text field, the HTML field, and the `lines` of a line
    corpus, joined.
    """
    row = _parse_json(text)
    if not isinstance(row, dict):
        raise Unusable(f'The row is {_kind(row)}, not an object such as {{"id": …, "text": …}}')
    site = row_site(row.get(options.site_field), options) if options.site_field else ""
    return row_id(row.get(options.id_field), options), _row_text(row, options), site


def row_id(id: Any, options: ReadOptions) -> Id:
    """The id, if it is one. Raises Unusable."""
    if id is None:
        raise Unusable(f'The row has no "{options.id_field}"')
    if isinstance(id, bool) or not isinstance(id, str | int):
        raise Unusable(f'"{options.id_field}" is {_kind(id)}, not a string or a whole number')
    return id


def row_site(site: Any, options: ReadOptions) -> str:
    """The name of a site as it stands, or the host of an address; "" for none. Raises Unusable."""
    if site is None:
        return ""
    if isinstance(site, bool) or not isinstance(site, str | int):
        raise Unusable(f'"{options.site_field}" is {_kind(site)}, not a string or a whole number')
    name = str(site).strip()
    try:
        host = urlsplit(name).hostname if "://" in name else None
    except ValueError:  # no address, whatever it looks like
        host = None
    return (host or name).removeprefix("www.")


def _row_text(row: dict[str, Any], options: ReadOptions) -> str:
    if row.get(options.text_field) is not None:
        return _string(row[options.text_field], options.text_field)
    if row.get(options.html_field) is not None:
        from locbao.predict.reading.html import html_text

        return html_text(_string(row[options.html_field], options.html_field))
    if row.get("lines") is not None:
        return _joined(row["lines"])
    raise Unusable(f'The row has neither "{options.text_field}" nor "{options.html_field}" nor "lines"')


def _string(value: Any, field: str) -> str:
    if not isinstance(value, str):
        raise Unusable(f'"{field}" is {_kind(value)}, not a string')
    return value


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
