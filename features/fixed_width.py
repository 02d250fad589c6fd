"""Text of fixed width, as in mails and old files: paragraphs that were broken into lines are made one line each again,
since the models have learned from paragraphs."""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from locbao.features.arrays import BoolArray
from locbao.features.page import Page

# Of 2,504 real pages and 51,253 articles none has so many such lines; of 130 pages that were wrapped each one has.
_WIDTHS = range(45, 111)  # characters of a line that was broken
_FEWEST = 6  # lines that the next word has no room in
_BROKEN = 0.3  # of these, that break off between two words of a sentence
_SYLLABLE = 8  # characters of a long one

_MARK = re.compile("[\u0300-\u036f]")

# An item of a list, a quote, a row of a table. No dash: it begins a wrapped line more often in prose than in a list.
_APART = re.compile(r"^(?:[*+•>|]|\d{1,3}[.)]\s)|\t| {3}")


def unwrapped(page: Page) -> Page:
    """The page with the lines of each paragraph joined if its text is of fixed width, else the page as it is.

    A line goes on in the next one if the first word of that has no room in it.

    >>> lines = ["Sáng nay bà con bản Nà đã dọn xong toàn bộ đất đá", "ở ngầm tràn, rồi mới lên nương."] * 8
    >>> unwrapped(Page.from_lines(lines)).lines[0]
    'Sáng nay bà con bản Nà đã dọn xong toàn bộ đất đá ở ngầm tràn, rồi mới lên nương.'
    """
    lines = page.lines
    wide = [place for place, line in enumerate(lines[:-1]) if len(line) in _WIDTHS]
    broken = [place for place in wide if lines[place][-1].isalnum() and lines[place + 1][0].islower()]
    if len(broken) < _BROKEN * _FEWEST or page.wrapped is not None:
        return page
    longer = sum(len(line) >= _WIDTHS.stop for line in lines)  # no more work for a page with a few broken lines
    if len(broken) < _BROKEN * longer:
        return page
    raw = [page.raw[number - 1].rstrip() for number in page.numbers.tolist()]
    by_unit = [_without_room(raw, broken, unit) for unit in (len, _bytes, _composed)]
    wrapped, no_room = max(by_unit, key=lambda masks: masks[0][broken].sum())
    if no_room.sum() < _FEWEST or wrapped[broken].sum() < _BROKEN * no_room.sum():
        return page
    apart = np.array([_APART.search(line.lstrip()) is not None for line in raw])
    distance = np.diff(page.numbers)
    goes_on = wrapped & (distance == np.median(distance[wrapped])) & ~apart[1:]  # some have a blank line behind each
    first = np.flatnonzero(np.append(True, ~goes_on))
    end = np.append(first[1:], len(raw))
    joined = tuple(" ".join(lines[a:b]) for a, b in zip(first.tolist(), end.tolist(), strict=True))
    links, elements = page.links, page.elements
    if links is not None:
        length = np.array([*map(len, lines)])
        links = np.add.reduceat(links * length, first) / np.add.reduceat(length, first)
    return replace(
        page,
        lines=joined,
        numbers=page.numbers[first],
        gaps=page.gaps[first],
        links=links,
        elements=None if elements is None else elements[first],
        wrapped=page,
    )


def _without_room(raw: Sequence[str], broken: Sequence[int], unit: Callable[[str], int]) -> tuple[BoolArray, BoolArray]:
    """(n - 1,) of each line but the last one whether it is of the page's width and the next one's first word has no
    room in it; and whether that has no room, however long the line is. `unit`: what width is counted in.
    """
    size = np.array([*map(unit, raw)])
    needed = size[:-1] + 1 + np.array([unit(line.split(None, 1)[0]) for line in raw[1:]])
    lengths = np.sort(size[broken])
    near = np.flatnonzero(np.diff(lengths) < _SYLLABLE)  # not the one that an address or a table has alone
    width = lengths[near[-1] + 1] if len(near) else 0
    return (size[:-1] <= width) & (needed > width), needed > width


def _bytes(text: str) -> int:
    """As `fold` and `fmt` count."""
    return len(text.encode(errors="surrogatepass"))


def _composed(text: str) -> int:
    """As characters were counted before the text was decomposed (NFD)."""
    return len(_MARK.sub("", text))
