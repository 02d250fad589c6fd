"""Lines of a page in the making."""

from collections.abc import Sequence
from dataclasses import dataclass

Row = tuple[str, str | None]
"""A line and its label; the label of a blank line is None."""

BLANK: Row = ("", None)


@dataclass(frozen=True, slots=True)
class Chunk:
    """Lines that stand together; a page's policy decides about the blank lines around them.

    `kind` is "headline", "paragraph", "heading", "caption", "extra" or "furniture".
    """

    kind: str
    rows: list[Row]

    @property
    def furniture(self) -> bool:
        return self.kind == "furniture"


def row(text: str, label: str) -> Row:
    """The row of a text, blank if there is nothing in it."""
    return (text, label) if text.strip() else BLANK


def rows_of(texts: Sequence[str], label: str) -> list[Row]:
    """Rows of one label."""
    return [row(text, label) for text in texts]
