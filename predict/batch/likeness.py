"""Whether the pages of a batch are like those that the model learned from: what is counted, and what is said of it."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from locbao.predict.labelled import LabelledPage

_COUNTED = ("pages", "lines", "warned", "unsure")  # all other signs are names of warnings

UNSURE = 0.7
"""Probability of a line's label below which it is unsure: it deserves a second look."""

_USUAL = 0.03  # of the lines of 2,327 real pages are unsure to the shipped model, and no page has a warning
_MANY_UNSURE = 0.15
"""Of all lines. Of 5,000 draws of 20 pages of 95 newspapers the worst has 0.112; pages of one newspaper have 0.18, and
15 % of their labels are wrong, where it is 3 % elsewhere."""
_MANY_WARNED = 0.1  # of all pages
_FEWEST_WARNED, _FEWEST_PAGES = 3, 20  # below which the share of either says little


def signs(pages: Iterable["LabelledPage"]) -> Counter[str]:
    """How many pages, pages with warnings, lines and unsure lines there are, and how many pages have each warning.

    >>> import locbao
    >>> signs([locbao.load().label("Sáng nay, bà con ba bản đã ra nương từ sớm, theo lãnh đạo xã.")])
    Counter({'pages': 1, 'lines': 1})
    """
    counts: Counter[str] = Counter()
    for page in pages:
        unsure = sum(line.score < UNSURE for line in page.lines)
        counts.update({"pages": 1, "lines": len(page.lines)})
        if unsure:
            counts["unsure"] += unsure
        if page.warnings:
            counts.update(["warned", *page.warnings])
    return counts


def unlikeness(signs: Mapping[str, int]) -> str:
    """A sentence for who has labelled pages unlike the usual ones, by their `signs`; nothing for usual pages."""
    pages, lines, warned, unsure = (signs.get(name, 0) for name in _COUNTED)
    many_warned = warned >= max(_FEWEST_WARNED, _MANY_WARNED * pages)
    many_unsure = pages >= _FEWEST_PAGES and unsure >= _MANY_UNSURE * lines
    if not (many_warned or many_unsure):
        return ""
    kinds = ", ".join(f"{name} {signs[name]:,}" for name in sorted(signs) if name not in _COUNTED)
    share = unsure / max(lines, 1)
    return (
        f"Unlike the pages that the model learned from: {warned:,} of {pages:,} have warnings"
        f"{f' ({kinds})' if kinds else ''}, and {share:.0%} of lines are unsure, where news pages have {_USUAL:.0%}. "
        "Look at some of them before you rely on the labels."
    )
