"""Patterns: what kind of line stands before, here and after.

A linear model adds up its reasons; that a short sentence between two paragraphs is a caption, while the same between two
menu items is not, takes the three together. Kinds are coarse, so that every triple is seen often enough to be learned.
"""

import numpy as np

from locbao.features import marks
from locbao.features.batch import Batch, FloatArray
from locbao.features.density import sentence_ends, syllable_counts
from locbao.features.field import kinds

KINDS = ("label", "headline", "long headline", "short sentence", "sentence", "paragraph", "stamp", "credit", "none")
_LABEL, _HEADLINE, _LONG, _SHORT_SENTENCE, _SENTENCE, _PARAGRAPH, _STAMP, _CREDIT, _NONE = range(len(KINDS))

FIELDS = (
    kinds("kind of line", KINDS, 4),
    kinds("kinds before, here, after", [f"{a}, {b}, {c}" for a in KINDS for b in KINDS for c in KINDS]),
    kinds("kinds here and after next", [f"{a}, {b}" for a in KINDS for b in KINDS]),
    kinds("kinds two before and here", [f"{a}, {b}" for a in KINDS for b in KINDS]),
)

_MARK = {field.name: column for column, field in enumerate(marks.FIELDS)}


def measure(batch: Batch) -> FloatArray:
    """(n, len(FIELDS)) of `FIELDS`."""
    kind = line_kinds(batch)
    before, after = batch.shifted(kind, -1, _NONE), batch.shifted(kind, 1, _NONE)
    after_next, two_before = batch.shifted(kind, 2, _NONE), batch.shifted(kind, -2, _NONE)
    base = len(KINDS)
    triple = (before * base + kind) * base + after
    return np.column_stack((kind, triple, kind * base + after_next, two_before * base + kind)).astype(np.float64)


def line_kinds(batch: Batch) -> np.ndarray:
    """(n,) index into `KINDS`."""
    length, ends, found = syllable_counts(batch), sentence_ends(batch), marks.measure(batch)
    stamp = (found[:, _MARK["date"]] + found[:, _MARK["time of day"]] + found[:, _MARK["so long ago"]] > 0) & (length < 10)
    credit = (found[:, _MARK["credit near the line's end"]] > 0) & (length < 60)
    choices = (
        (credit, _CREDIT),
        (stamp, _STAMP),
        ((length >= 25) & ends | (length >= 40), _PARAGRAPH),
        (ends & (length >= 14), _SENTENCE),
        (ends & (length >= 4), _SHORT_SENTENCE),
        (length >= 16, _LONG),
        (length >= 6, _HEADLINE),
    )
    return np.select([condition for condition, _ in choices], [kind for _, kind in choices], _LABEL)
