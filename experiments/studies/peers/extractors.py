"""Rules and tools that keep or drop parts of a page: what each of them keeps, set against the page's lines."""

import html
import re
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np

from locbao.experiments.measurement import tool
from locbao.features.arrays import BoolArray, IntArray
from locbao.features.text import normalise_lines
from locbao.predict.reading.html import html_text

Pieces = list[tuple[str, bool]]
"""Texts in page order, and whether the tool keeps them."""

Extract = Callable[[str], Pieces]
"""What a tool makes of a page of HTML."""

Keeper = Callable[[Sequence[str]], BoolArray]
"""The lines (n) of a page that are not blank -> which of them (n) are kept."""

LONG_LINE = 100  # characters
C4_ENDS = (".", "?", "!", '"', "”")
C4_WORDS = 5
C4_NOTICES = "javascript|terms of use|privacy policy|cookie policy|uses cookies|use of cookies|use cookies".split("|")

_ALTERNATIVE = re.compile(r'\salt="[^"]*"')


def long_lines(lines: Sequence[str]) -> BoolArray:
    """(n,) lines of LONG_LINE characters or more."""
    return np.array([len(line) >= LONG_LINE for line in lines], dtype=np.bool_)


def c4(lines: Sequence[str]) -> BoolArray:
    """(n,) lines that C4's rules for lines keep (Raffel et al., 2020)."""
    kept = []
    for line in map(str.strip, lines):
        notice = any(word in line.lower() for word in C4_NOTICES)
        sentence = line.endswith(C4_ENDS) and not line.endswith("...")
        kept.append(sentence and len(line.split()) >= C4_WORDS and not notice)
    return np.array(kept, dtype=np.bool_)


def c4_once(lines: Sequence[str]) -> BoolArray:
    """(n,) what `c4` keeps, but each text only where it stands first."""
    folded = [line.strip().lower() for line in lines]
    first = {line: index for index, line in reversed(list(enumerate(folded)))}
    return c4(lines) & np.array([first[line] == index for index, line in enumerate(folded)], dtype=np.bool_)


def trafilatura(markup: str, **options: Any) -> Pieces:
    return [(line, True) for line in (tool("trafilatura").extract(markup, **options) or "").split("\n")]


def readability(markup: str) -> Pieces:
    """Its summary is HTML and leaves the headline to its title, which comes from the page's head."""
    page = tool("readability").Document(markup)
    summary = _ALTERNATIVE.sub("", page.summary())  # the other tools print no alternative texts
    return [(line, True) for line in (page.title(), *html_text(summary).split("\n"))]


def justext(markup: str) -> Pieces:
    module = tool("justext")
    paragraphs = module.justext(markup, module.get_stoplist("Vietnamese"))
    return [(paragraph.text, not paragraph.is_boilerplate) for paragraph in paragraphs]


def boilerpy(extractor: str, markup: str) -> Pieces:
    """`extractor`: the name of one of boilerpy3's."""
    blocks = getattr(tool("boilerpy3.extractors"), extractor)().get_doc(markup).text_blocks
    return [(line, block.is_content) for block in blocks for line in block.text.split("\n")]


def resiliparse(markup: str) -> Pieces:
    extract = tool("resiliparse.extract.html2text").extract_plain_text
    text = extract(markup, main_content=True, alt_texts=False, links=False, list_bullets=False, comments=False)
    return [(line, True) for line in text.split("\n")]


HTML_TOOLS: Mapping[str, Extract] = {
    "trafilatura": partial(trafilatura, include_comments=False),
    "trafilatura, favor_precision": partial(trafilatura, include_comments=False, favor_precision=True),
    "trafilatura, favor_recall": partial(trafilatura, include_comments=False, favor_recall=True),
    "readability-lxml": readability,
    "jusText": justext,
    "boilerpy3 Article": partial(boilerpy, "ArticleExtractor"),
    "boilerpy3 LargestContent": partial(boilerpy, "LargestContentExtractor"),
    "resiliparse": resiliparse,
}
"""Tools that get a page as HTML, used as they are meant to be."""


def as_html(lines: Sequence[str]) -> str:
    """A page for the HTML tools where there are lines alone: every line in a `<p>`."""
    paragraphs = "\n".join(f"<p>{html.escape(line, quote=False)}</p>" for line in lines)
    return f"<html><body>\n{paragraphs}\n</body></html>"


def _on_lines(extract: Extract) -> Keeper:
    return lambda lines: carry_over(lines, extract(as_html(lines)))


LINE_KEEPERS: Mapping[str, Keeper] = {
    "keep all": lambda lines: np.ones(len(lines), dtype=np.bool_),
    "long lines": long_lines,
    "C4 line rule": c4,
    "C4 line rule, no repeats": c4_once,
    "jusText": _on_lines(justext),
    "boilerpy3 Article": _on_lines(partial(boilerpy, "ArticleExtractor")),
    "boilerpy3 ArticleSentences": _on_lines(partial(boilerpy, "ArticleSentencesExtractor")),
    "boilerpy3 LargestContent": _on_lines(partial(boilerpy, "LargestContentExtractor")),
    "trafilatura": _on_lines(trafilatura),
}
"""Rules and tools that get plain lines."""


def carry_over(lines: Sequence[str], pieces: Pieces) -> BoolArray:
    """Keep flags of the lines (n) from a tool's pieces.

    Pieces are set against lines by the longest common subsequence of their normalised texts. A kept piece without a
    line of its own (joined or cut by the tool) keeps the lines there that it contains, or contains half of or more.
    """
    wanted = normalise_lines(lines)
    texts = normalise_lines([text for text, _ in pieces])
    kept_pieces = np.array([kept for _, kept in pieces], dtype=np.bool_)
    place = _common(wanted, texts)
    kept = np.zeros(len(lines), dtype=np.bool_)
    kept[place[(place >= 0) & kept_pieces]] = True
    for piece in np.flatnonzero((place < 0) & kept_pieces & np.array([bool(text) for text in texts], dtype=np.bool_)):
        start = place[:piece].max(initial=-1) + 1
        end = min((line for line in place[piece:].tolist() if line >= 0), default=len(lines))
        for line in range(start, end):
            inside = texts[piece] in wanted[line] and 2 * len(texts[piece]) >= len(wanted[line])
            kept[line] |= inside or wanted[line] in texts[piece]
    return kept


def _common(lines: Sequence[str], pieces: Sequence[str]) -> IntArray:
    """The line of each piece (-1: none) in a longest common subsequence; of equal lines the earliest that fits."""
    number = {text: index for index, text in enumerate(dict.fromkeys([*lines, *pieces]))}
    rows, columns = (np.array([number[text] for text in texts], dtype=np.int64) for texts in (lines, pieces))
    longest = np.zeros((len(lines) + 1, len(pieces) + 1), dtype=np.int64)
    for row in range(len(lines) - 1, -1, -1):
        best = np.maximum(longest[row + 1, :-1], longest[row + 1, 1:] + (columns == rows[row]))
        longest[row, :-1] = np.maximum.accumulate(best[::-1])[::-1]
    place = np.full(len(pieces), -1, dtype=np.int64)
    row = column = 0
    while row < len(lines) and column < len(pieces):
        if rows[row] == columns[column]:
            place[column] = row
            row, column = row + 1, column + 1
        elif longest[row + 1, column] >= longest[row, column + 1]:
            row += 1
        else:
            column += 1
    return place
