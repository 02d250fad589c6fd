"""A page on its way in: where it stands, its bytes as they stand there, and its text once they are read."""

from dataclasses import dataclass
from enum import StrEnum

from locbao.predict.reading.encoding import Unusable, decode, decode_html
from locbao.predict.reading.json_rows import Id, ReadOptions, page_text, parse_row


@dataclass(frozen=True, slots=True)
class Source:
    """Where a page stands: a file as it was reached ("-": standard input) and, in a file of rows, the row from 1."""

    file: str
    row: int | None = None

    def __str__(self) -> str:
        return self.file if self.row is None else f"{self.file}:{self.row}"


class Kind(StrEnum):
    """What the bytes of a raw page are."""

    ROW = "row"  # a JSON object
    TEXT = "text"
    HTML = "html"


@dataclass(frozen=True, slots=True)
class Raw:
    """A page as it stands in its file, unread. `id` is None for a JSON row, which holds its own, and its `site` too."""

    source: Source
    data: bytes
    kind: Kind
    id: Id | None = None
    site: str = ""


@dataclass(frozen=True, slots=True)
class Input:
    """A page to label; its `site` is "" if that is not known."""

    id: Id
    text: str
    source: Source
    site: str = ""


@dataclass(frozen=True, slots=True)
class Rejected:
    """A page, or a whole file, that could not be read; `reason` is a sentence for the user, without its full stop."""

    source: Source
    reason: str

    def __str__(self) -> str:
        return f"{self.source}: {self.reason}"


def parse(raw: Raw, options: ReadOptions) -> Input | Rejected:
    """The page of a raw one, or why there is none."""
    try:
        id, text, site = _read(raw, options)
        return Input(id, page_text(text, options.max_chars), raw.source, site)
    except Unusable as error:
        return Rejected(raw.source, str(error))


def _read(raw: Raw, options: ReadOptions) -> tuple[Id, str, str]:
    if raw.kind is Kind.ROW:
        return parse_row(decode(raw.data), options)
    id = raw.source.file if raw.id is None else raw.id
    if raw.kind is Kind.TEXT:
        return id, decode(raw.data), raw.site
    from locbao.predict.reading.html import html_text

    return id, html_text(decode_html(raw.data)), raw.site
