"""What a page is written in, and the one way from there to a Page."""

import re
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from locbao.features.page import Page

_HTML_BEGINS = re.compile(
    r"\ufeff?\s*+(?:<\?xml[^<>]*+>\s*+)?(?:<!--(?:[^-]|-(?!->))*+-->\s*+)*+"
    r"<(?:!doctype\s+html|html)[\s>]",
    re.I,
)


class Markup(StrEnum):
    """What a page is written in. `auto`: HTML if it begins as an HTML document, Markdown if it shows the marks of it
    often enough (see `features.markdown.is_markdown`), else text."""

    AUTO = "auto"
    TEXT = "text"
    MARKDOWN = "markdown"
    HTML = "html"


def is_html(text: str) -> bool:
    """Whether a text begins as an HTML document: with a doctype or `<html`."""
    return "<" in text[:200] and _HTML_BEGINS.match(text) is not None


def page_of(text: str, markup: str = Markup.AUTO) -> "Page":
    """The page of a text written in `markup`; of HTML its lines as `html_text` gives them.

    Raises ValueError if there is no such markup, Unusable if HTML is nested too deep.
    """
    from locbao.features.page import Page  # brings numpy, which the command line's help does without

    kind = Markup(markup)
    if kind is Markup.HTML or (kind is Markup.AUTO and is_html(text)):
        from locbao.predict.reading.html import html_text

        return Page.from_text(html_text(text))
    if kind is Markup.MARKDOWN:
        return Page.from_markdown(text)
    return Page.from_text(text) if kind is Markup.TEXT else Page.from_text_or_markdown(text)
