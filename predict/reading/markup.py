"""What a page is written in."""

import re
from enum import StrEnum

_HTML_BEGINS = re.compile(
    r"\ufeff?\s*+(?:<\?xml[^<>]*+>\s*+)?(?:<!--(?:[^-]|-(?!->))*+-->\s*+)*+"
    r"<(?:!doctype\s+html|html)[\s>]",
    re.I,
)


class Markup(StrEnum):
    """What a page is written in. `auto`: HTML if it begins as an HTML document, Markdown if it shows the marks of it
    often enough (see `features.notation.markdown.is_markdown`), else text."""

    AUTO = "auto"
    TEXT = "text"
    MARKDOWN = "markdown"
    HTML = "html"

    @classmethod
    def _missing_(cls, value: object) -> "Markup":
        raise ValueError(f"A page is written in {', '.join(cls)}, not {value!r}.")


def is_html(text: str) -> bool:
    """Whether a text begins as an HTML document: with a doctype or `<html`."""
    return "<" in text[:200] and _HTML_BEGINS.match(text) is not None
