"""From the bytes of a page to its id, lines and site, or to the reason why it is unusable; from its text to a Page."""

import json
from math import inf
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from locbao.predict.reading.encoding import decode, decode_html
from locbao.predict.reading.items import MAX_LINES, Id, Input, Item, ReadOptions, Rejected, Unusable
from locbao.predict.reading.markup import Markup, is_html

if TYPE_CHECKING:
    from locbao.features.page import Page


def parse(item: Item, options: ReadOptions) -> Input | Rejected:
    """The page of an item, or why there is none."""
    if isinstance(item, Rejected):
        return item
    try:
        if item.markup is None:
            row = json_object(item.data)
            id, markup, content, site = _row_content(row, options)
            kept = {name: jsonable(row.get(name)) for name in options.keep}
        else:
            id, markup, site = item.source.file if item.id is None else item.id, item.markup, item.site
            content = decode_html(item.data) if markup is Markup.HTML else decode(item.data)
            kept = {name: item.kept.get(name) for name in options.keep}
        page = _page(content, options.markup if markup is Markup.AUTO else markup, options.max_chars)
        if not page.line_count:
            raise Unusable("The page is empty")
        return Input(id, page, item.source, site, kept)
    except Unusable as error:
        return Rejected(item.source, str(error))


def page_of(text: "str | Page", markup: str = Markup.AUTO) -> "Page":
    """The page of a text written in `markup`; of HTML its lines as `html_text` gives them; of text of fixed width,
    and of such a Page, its paragraphs (see `features.fixed_width`).

    Raises TypeError if it is neither a str nor a Page, ValueError if there is no such markup, Unusable if HTML is
    nested too deep or there are too many lines.
    """
    from locbao.features.fixed_width import unwrapped
    from locbao.features.page import Page

    if isinstance(text, str):
        return unwrapped(_page(text, Markup(markup)))
    if not isinstance(text, Page):
        raise TypeError(f"A page is a str, not {type(text).__name__}: decode bytes, and give the text, not a path.")
    return unwrapped(text)


def _page(content: str, markup: Markup, max_chars: float = inf) -> "Page":
    """The one place where content becomes a page, wherever it came from. Of Markdown the lines are the input's own."""
    from locbao.features.page import Page  # brings numpy, which the command line's help does without

    if markup is Markup.HTML or (markup is Markup.AUTO and is_html(content)):
        from locbao.predict.reading.html import html_lines

        lines, links, elements = html_lines(content)
        _check_length(sum(map(len, lines)) + len(lines) - 1, max_chars)
        page = Page.from_lines(lines, links, elements)
    else:
        _check_length(len(content), max_chars)
        read = {Markup.TEXT: Page.from_text, Markup.MARKDOWN: Page.from_markdown}
        page = read.get(markup, Page.from_text_or_markdown)(content)
    if page.line_count > MAX_LINES:
        raise Unusable(f"The page has {page.line_count:,} lines that are not blank, more than {MAX_LINES:,}")
    return page


def _check_length(length: int, max_chars: float) -> None:
    if length > max_chars:
        raise Unusable(f"The page has {length:,} characters, more than {max_chars:,} (see --max-chars)")


def json_object(data: bytes) -> dict[str, Any]:
    """The object of a JSON row. Raises Unusable."""
    try:
        row = json.loads(decode(data))
    except json.JSONDecodeError as error:
        raise Unusable(f"The row is not JSON: {error.msg} at character {error.pos + 1}") from None
    except RecursionError:
        raise Unusable("The row is not usable JSON: it is nested too deeply") from None
    except Unusable:
        raise
    except ValueError as error:  # a whole number of thousands of digits
        raise Unusable(f"The row is not usable JSON: {error}") from None
    if not isinstance(row, dict):
        raise Unusable(f'The row is {_type_name(row)}, not an object such as {{"id": …, "text": …}}')
    return row


def _row_content(row: dict[str, Any], options: ReadOptions) -> tuple[Id, Markup, str, str]:
    """The first of these that is there and not null is the page: the fields of text, HTML and Markdown, and the `lines`
    of a line corpus, joined."""
    site = row_site(row.get(options.site_field), options) if options.site_field else ""
    id = row_id(row.get(options.id_field), options)
    for field, markup in options.page_fields:
        content = row.get(field)
        if isinstance(content, str):
            return id, markup, content, site
        if content is not None:
            raise Unusable(f'"{field}" is {_type_name(content)}, not a string')
    if row.get("lines") is None:
        raise Unusable(f'The row has neither {options.named_page_fields} nor "lines"')
    return id, Markup.AUTO, _joined(row["lines"]), site


def jsonable(value: Any) -> Any:
    """A value as JSON can hold it: what it has no type for, such as a date, as a string, NaN and infinity as null."""
    return json.loads(json.dumps(value, default=str), parse_constant=lambda _: None)


def row_id(id: Any, options: ReadOptions) -> Id:
    """The id, if it is one. Raises Unusable."""
    if id is None:
        raise Unusable(f'The row has no "{options.id_field}"')
    return _string_or_number(id, options.id_field)


def row_site(site: Any, options: ReadOptions) -> str:
    """The name of a site as it stands, or the host of an address; "" for none. Raises Unusable."""
    if site is None:
        return ""
    name = str(_string_or_number(site, options.site_field)).strip()
    try:
        host = urlsplit(name).hostname if "://" in name else None
    except ValueError:  # no address, whatever it looks like
        host = None
    return (host or name).removeprefix("www.")


def _string_or_number(value: Any, field: str) -> str | int:
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise Unusable(f'"{field}" is {_type_name(value)}, not a string or a whole number')
    return value


def _joined(lines: Any) -> str:
    if not isinstance(lines, list):
        raise Unusable(f'"lines" is {_type_name(lines)}, not a list')
    for number, line in enumerate(lines, 1):
        if not isinstance(line, dict) or not isinstance(line.get("text"), str):
            raise Unusable(f'"lines" number {number} is not an object with a "text" that is a string')
    return "\n".join(line["text"] for line in lines)


def _type_name(value: Any) -> str:
    names = {type(None): "null", bool: "true or false", str: "a string", list: "a list", dict: "an object"}
    return names.get(type(value), "a number")
