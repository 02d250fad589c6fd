"""Tools that extract the article from HTML, used as they are meant to be: what they keep of a page, piece by piece."""

import re
from collections.abc import Callable, Mapping

from locbao.experiments.studies.keepers import tool
from locbao.predict.reading.html import html_text

Pieces = list[tuple[str, bool]]
"""Texts in page order, and whether the tool keeps them."""
Extract = Callable[[str], Pieces]

_ALTERNATIVE = re.compile(r'\salt="[^"]*"')


def _kept(text: str) -> Pieces:
    return [(line, True) for line in text.split("\n")]


def trafilatura(markup: str) -> Pieces:
    return _kept(tool("trafilatura").extract(markup, include_comments=False) or "")


def readability(markup: str) -> Pieces:
    """Its summary is HTML and leaves the headline to its title, which comes from the page's head."""
    document = tool("readability").Document(markup)
    summary = _ALTERNATIVE.sub("", document.summary())  # the other tools print no alternative texts
    return _kept(f"{document.title()}\n{html_text(summary)}")


def justext(markup: str) -> Pieces:
    tools = tool("justext")
    paragraphs = tools.justext(markup, tools.get_stoplist("Vietnamese"))
    return [(paragraph.text, not paragraph.is_boilerplate) for paragraph in paragraphs]


def boilerpy(extractor: str) -> Extract:
    def extract(markup: str) -> Pieces:
        document = getattr(tool("boilerpy3.extractors"), extractor)().get_doc(markup)
        return [(line, block.is_content) for block in document.text_blocks for line in block.text.split("\n")]

    return extract


def resiliparse(markup: str) -> Pieces:
    extract = tool("resiliparse.extract.html2text").extract_plain_text
    return _kept(extract(markup, main_content=True, alt_texts=False, links=False, list_bullets=False, comments=False))


TOOLS: Mapping[str, Extract] = {
    "trafilatura": trafilatura,
    "readability-lxml": readability,
    "jusText": justext,
    "boilerpy3 Article": boilerpy("ArticleExtractor"),
    "boilerpy3 LargestContent": boilerpy("LargestContentExtractor"),
    "resiliparse": resiliparse,
}
PACKAGES = ("trafilatura", "readability-lxml", "jusText", "boilerpy3", "resiliparse")
