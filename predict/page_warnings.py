"""What of a page is so unlike the pages that the model learned from that its labels are not to be leaned on."""

import re
from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from locbao.features.arrays import FloatArray
from locbao.features.page import Batch, Page

WARNINGS = ("another language", "no diacritics", "garbled letters", "one line", "broken lines")
"""Not Vietnamese; Vietnamese without its marks; letters of a legacy encoding (TCVN3, VNI) or of UTF-8 read as another
one; a page on one line or two; paragraphs broken into lines of fixed width, which are joined before they are read."""

_LETTERS = 200  # of a page, below which nothing is said of its language
_VIETNAMESE = 0.03  # of all letters; of 2,490 real pages the least has 0.118, their mean is 0.19
_HIGH = 0.12  # of all letters: French has 0.04 of U+00A1 to U+00FF, text of a legacy encoding 0.2 and more
_BARE_WORDS = 0.03  # of all words: such as no other language has
_BARE = frozenset("cua cac trong cho khong duoc nguoi nhung voi mot tai nay ngay nhieu viec".split())
_ONE_LINE = 1_500  # characters

_OTHER, _LETTER, _VIETNAMESE_ONLY, _LATIN_1 = range(4)
_KINDS = np.array([*map(str.isalpha, map(chr, range(0x10000)))], dtype=np.int8)  # _OTHER and _LETTER
_KINDS[0xA1:0x100] = _LATIN_1  # before the next line: Vietnamese shares â, ê, ô and plain accents with other languages
_KINDS[[*map(ord, "ăđơưĂĐƠƯ"), *range(0x1EA0, 0x1EFA)]] = _VIETNAMESE_ONLY


def page_warnings(pages: Sequence[Page], batch: Batch) -> list[tuple[str, ...]]:
    """For each page of the batch those of WARNINGS that hold of it.

    >>> page = Page.from_text("Bo doi bien phong da bat giu mot nguoi van chuyen ma tuy tai cua khau trong dem. " * 9)
    >>> page_warnings([page], Batch.of([page]))
    [('no diacritics',)]
    """
    return [
        (*_language(page, shares), *_lines(page)) for page, shares in zip(pages, _letter_shares(batch), strict=True)
    ]


def _letter_shares(batch: Batch) -> FloatArray:
    """(p, 3) of each page: letters, and of these the shares that only Vietnamese has, and of U+00A1 to U+00FF."""
    kinds = _KINDS.take(batch.codes, mode="clip")
    bounds = np.append(batch.start, len(kinds))[batch.first].tolist()
    pages = [np.bincount(kinds[start:stop], minlength=_LATIN_1 + 1) for start, stop in pairwise(bounds)]
    counts = np.array(pages).reshape(-1, _LATIN_1 + 1)[:, _LETTER:]
    letters = counts.sum(axis=1)
    return np.column_stack((letters, counts[:, 1:] / np.maximum(letters, 1)[:, None]))


def _language(page: Page, shares: FloatArray) -> tuple[str, ...]:
    letters, vietnamese, latin_1 = shares.tolist()
    if letters < _LETTERS or vietnamese >= _VIETNAMESE:
        return ()
    if latin_1 >= _HIGH:
        return ("garbled letters",)
    words = re.findall(r"[^\W\d_]+", "\n".join(page.lines).lower())
    bare = sum(word in _BARE for word in words) >= _BARE_WORDS * len(words)
    return ("no diacritics" if bare else "another language",)


def _lines(page: Page) -> tuple[str, ...]:
    if page.wrapped is not None:
        return ("broken lines",)
    is_long = len(page.lines) <= 2 and sum(map(len, page.lines)) >= _ONE_LINE
    return ("one line",) if is_long else ()
