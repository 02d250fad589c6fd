"""A page on its way in: where it stands, its bytes as they stand there, and its lines once they are read."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from locbao.features.errors import LocbaoError
from locbao.predict.reading.markup import Markup

if TYPE_CHECKING:
    from locbao.features.page import Page

Id = str | int
"""The id of a page: a row's own, given back as it came, or the path of a file."""

MAX_CHARS = 5_000_000
"""Characters of the largest page that is read, unless the caller says otherwise: labelling takes 100 bytes for each."""

MAX_LINES = 50_000
"""Lines of the largest page that is labelled, blank ones not counted: each takes some 1,500 bytes, however short."""


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """How pages are read: the longest one, in characters of its text, and the fields or columns that hold a page.

    `site_field`: that of its site, "" where sites are of no use. `markup`: what .txt files and texts of rows are
    written in; what is HTML or Markdown by its name stays so. `keep`: fields that go from a row to its labelled row.
    """

    max_chars: int = MAX_CHARS
    text_field: str = "text"
    html_field: str = "html"
    id_field: str = "id"
    site_field: str = ""
    markdown_field: str = "markdown"
    markup: Markup = Markup.AUTO
    keep: tuple[str, ...] = ()

    @property
    def page_fields(self) -> tuple[tuple[str, Markup], ...]:
        """The fields that may hold a page, with what it is written in there; the first that is not null counts."""
        return (self.text_field, Markup.AUTO), (self.html_field, Markup.HTML), (self.markdown_field, Markup.MARKDOWN)

    @property
    def named_page_fields(self) -> str:
        """Those fields for a message: `"text" nor "html" nor "markdown"`."""
        return " nor ".join(f'"{name}"' for name, _ in self.page_fields)


class Unusable(LocbaoError, ValueError):
    """The page cannot be labelled; the message is the reason, a sentence without its full stop."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where a page stands: a file as it was reached ("-": standard input) and, in a file of rows, the row from 1."""

    file: str
    row: int | None = None

    def __str__(self) -> str:
        return self.file if self.row is None else f"{self.file}:{self.row}"


_BYTES_PER_CHAR = 4  # of UTF-8, at most
_MARKUP_PER_CHAR = 6  # bytes; real pages have 10 times as much markup as text, but they are small
_MARKUP_OVERHEAD = 4 << 20  # bytes of a page's scripts and styles


def byte_limit(markup: Markup, max_chars: int) -> int:
    """Bytes that can hold a page of at most `max_chars` characters of text."""
    return _MARKUP_PER_CHAR * max_chars + _MARKUP_OVERHEAD if markup is Markup.HTML else _BYTES_PER_CHAR * max_chars


def too_large(source: Source, markup: Markup, max_chars: int) -> "Rejected":
    """A page of more bytes than `byte_limit`."""
    what = "file is too large for a page of" if markup is Markup.HTML else "page has more than"
    return Rejected(source, f"The {what} {max_chars:,} characters (see --max-chars)")


@dataclass(frozen=True, slots=True)
class Raw:
    """A page as it stands in its file, unread.

    `markup`: what it is written in, `auto` for what ReadOptions say. None for a JSON row, which holds its own `id`
    and `site`, and what of it is `kept`.
    """

    source: Source
    data: bytes
    markup: Markup | None = None
    id: Id | None = None
    site: str = ""
    kept: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Rejected:
    """A page, or a whole file, that could not be read; `reason` is a sentence for the user, without its full stop."""

    source: Source
    reason: str

    def __str__(self) -> str:
        return f"{self.source}: {self.reason}"


Item = Raw | Rejected
"""What a reader gives, in the order of the input."""


def size(item: Item) -> int:
    """Bytes of the page that an item holds."""
    return len(item.data) if isinstance(item, Raw) else 0


@dataclass(frozen=True, slots=True)
class Input:
    """A page to label; its `site` is "" if that is not known. `kept`: the fields of `ReadOptions.keep`, null where the
    row lacks them."""

    id: Id
    page: "Page"
    source: Source
    site: str = ""
    kept: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Cursor:
    """Where a reader stands: how many items it is still to pass over, and how much of its file, 0 to 1, it has read."""

    left: int = 0
    share: float = 0.0

    def passes(self, items: int = 1) -> bool:
        """Whether all of the next `items` are to be passed over; they are then counted off."""
        if self.left < items:
            return False
        self.left -= items
        return True
