"""Patterns: what kind of line stands before, here and after.

A linear model adds up its reasons; that a short sentence between two paragraphs is a caption, while the same between
two menu items is not, takes the three together. Kinds are coarse, so that every triple is seen often enough to be
learned.
"""

import numpy as np

from locbao.features.arrays import FloatArray, IntArray
from locbao.features.lines import marks
from locbao.features.lines.field import kinds, stacked
from locbao.features.lines.quantities import sentence_ends, syllable_counts
from locbao.features.page import Batch

KINDS = ("label", "headline", "long headline", "short sentence", "sentence", "paragraph", "stamp", "credit", "none")
_LABEL, _HEADLINE, _LONG, _SHORT_SENTENCE, _SENTENCE, _PARAGRAPH, _STAMP, _CREDIT, _NONE = range(len(KINDS))

FIELDS = (
    kinds("kind of line", KINDS, 4),
    kinds("kinds before, here, after", [f"{a}, {b}, {c}" for a in KINDS for b in KINDS for c in KINDS]),
    kinds("kinds here and after next", [f"{a}, {b}" for a in KINDS for b in KINDS]),
    kinds("kinds two before and here", [f"{a}, {b}" for a in KINDS for b in KINDS]),
)

_MARK = {field.name: row for row, field in enumerate(marks.FIELDS)}


def measure(batch: Batch) -> FloatArray:
    """(len(FIELDS), n) of `FIELDS`."""
    kind = line_kinds(batch)
    two_before, before, after, after_next = (batch.shifted(kind, by, _NONE) for by in (-2, -1, 1, 2))
    base = len(KINDS)
    triple = (before * base + kind) * base + after
    return stacked((kind, triple, kind * base + after_next, two_before * base + kind))


def line_kinds(batch: Batch) -> IntArray:
    """(n,) index into `KINDS`."""
    length, ends, found = syllable_counts(batch), sentence_ends(batch), marks.measure(batch)
    stamp = (found[_MARK["date"]] + found[_MARK["time of day"]] + found[_MARK["so long ago"]] > 0) & (length < 10)
    credit = (found[_MARK["credit near the line's end"]] > 0) & (length < 60)
    kind = np.full(len(batch), _LABEL)
    kind[length >= 6] = _HEADLINE
    kind[length >= 16] = _LONG
    kind[ends & (length >= 4)] = _SHORT_SENTENCE
    kind[ends & (length >= 14)] = _SENTENCE
    kind[(length >= 25) & ends | (length >= 40)] = _PARAGRAPH
    kind[stamp] = _STAMP
    kind[credit] = _CREDIT
    return kind
