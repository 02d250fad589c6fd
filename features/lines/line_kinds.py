"""Line patterns: what kind of line stands before, here and after.

A linear model adds up its reasons; that a short sentence between two paragraphs is a caption, while the same between
two menu items is not, takes the three together. Kinds are coarse, so that every triple is seen often enough to be
learned.
"""

from collections.abc import Iterator

import numpy as np

from locbao.features.arrays import IntArray
from locbao.features.lines.marks import has_age, has_credit_near_end, has_date, has_time
from locbao.features.lines.one_hot import Quantity
from locbao.features.lines.quantities import sentence_ends, syllable_counts
from locbao.features.page import Batch

KINDS = ("label", "headline", "long headline", "short sentence", "sentence", "paragraph", "stamp", "credit", "none")
_LABEL, _HEADLINE, _LONG, _SHORT_SENTENCE, _SENTENCE, _PARAGRAPH, _STAMP, _CREDIT, _NONE = range(len(KINDS))

_TRIPLES = tuple(f"{a}, {b}, {c}" for a in KINDS for b in KINDS for c in KINDS)
_PAIRS = tuple(f"{a}, {b}" for a in KINDS for b in KINDS)


def quantities(batch: Batch) -> Iterator[Quantity]:
    """What is measured of every line."""
    kind, base = line_kinds(batch), len(KINDS)
    two_before, before, after, after_next = (batch.shifted(kind, by, _NONE) for by in (-2, -1, 1, 2))
    yield Quantity("kind of line", kind, reach=4, labels=KINDS)
    yield Quantity("kinds before, here, after", (before * base + kind) * base + after, labels=_TRIPLES)
    yield Quantity("kinds here and after next", kind * base + after_next, labels=_PAIRS)
    yield Quantity("kinds two before and here", two_before * base + kind, labels=_PAIRS)


def line_kinds(batch: Batch) -> IntArray:
    """(n,) index into `KINDS`."""
    length, ends = syllable_counts(batch), sentence_ends(batch)
    stamp = (has_date(batch) | has_time(batch) | has_age(batch)) & (length < 10)
    credit = has_credit_near_end(batch) & (length < 60)
    kind = np.full(len(batch), _LABEL)
    kind[length >= 6] = _HEADLINE
    kind[length >= 16] = _LONG
    kind[ends & (length >= 4)] = _SHORT_SENTENCE
    kind[ends & (length >= 14)] = _SENTENCE
    kind[(length >= 25) & ends | (length >= 40)] = _PARAGRAPH
    kind[stamp] = _STAMP
    kind[credit] = _CREDIT
    return kind
