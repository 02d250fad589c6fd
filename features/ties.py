"""Ties: what holds a line to the article: the headline, and the words that the long lines use.

A caption and a sub-heading speak of the article's own persons and places; a related headline does not. Function words are
left out, since every line has those.
"""

import numpy as np

from locbao.features.batch import DIGIT, UPPER, Batch, BoolArray, FloatArray
from locbao.features.density import prose_lines, segment, syllable_counts
from locbao.features.field import Field
from locbao.features.page import IntArray
from locbao.features.words import is_function_word

_NEAR = 15  # lines above the first paragraph within which the headline is looked for

FIELDS = (
    Field("share of its words that long lines use", (0.01, 0.2, 0.4, 0.55, 0.7, 0.85, 0.99), 2),
    Field("share of its names that long lines use", (0.01, 0.3, 0.5, 0.75, 0.99), 1),
    Field("likeness to the headline", (0.05, 0.15, 0.3, 0.5, 0.8, 0.97), 1),
    Field("lines below the headline", (-60, -20, -5, 0, 1, 2, 3, 4, 6, 9, 15, 30, 60), 0),
)


def measure(batch: Batch) -> FloatArray:
    """(n, len(FIELDS)) of `FIELDS`."""
    length = syllable_counts(batch)
    low, high = segment(batch, np.minimum(length, 60) - 12)
    index = np.arange(len(batch))
    prose = prose_lines(batch) & (index >= low) & (index < high)
    words = Words.of(batch)
    shared = words.share_used_by(prose, words.content)
    headline = find_headline(batch, length, shared, low)
    return np.column_stack((
        shared,
        words.share_used_by(prose, words.content & words.capital),
        words.likeness_to(headline[batch.page]),
        np.where(headline[batch.page] >= 0, index - headline[batch.page], 1000),
    ))


class Words:
    """The distinct words of each line of a batch: w pairs of line and word, words numbered page by page."""

    def __init__(self, batch: Batch, line: IntArray, word: IntArray, content: BoolArray, capital: BoolArray) -> None:
        self.batch, self.line, self.word, self.content, self.capital = batch, line, word, content, capital

    @classmethod
    def of(cls, batch: Batch) -> "Words":
        """The pairs of a batch, in the order of lines."""
        tokens = batch.tokens
        _, compact = np.unique(tokens.code, return_inverse=True)
        width = int(compact.max(initial=0)) + 1
        keys, where = np.unique(tokens.line * width + compact, return_index=True)
        line = keys // width
        _, word = np.unique(batch.page[line] * width + keys % width, return_inverse=True)
        content = ~is_function_word(batch)[where] & (tokens.kind[where] != DIGIT)
        return cls(batch, line, word, content, tokens.kind[where] == UPPER)

    def share_used_by(self, lines: BoolArray, counted: BoolArray) -> FloatArray:
        """(n,) share of a line's counted words, (w,), that stand in another one of the marked lines, (n,)."""
        users = np.bincount(self.word, weights=lines[self.line], minlength=int(self.word.max(initial=0)) + 1)
        others = users[self.word] - lines[self.line]
        return self._share(counted & (others > 0), counted)

    def likeness_to(self, target: IntArray) -> FloatArray:
        """(n,) Jaccard similarity of each line's words with those of the line `target`, (n,) names for it; 0 where that is -1."""
        size = np.bincount(self.line, minlength=len(self.batch)).astype(np.float64)
        targets = np.zeros(len(self.batch), dtype=bool)
        targets[target[target >= 0]] = True
        held = np.bincount(self.word[targets[self.line]], minlength=int(self.word.max(initial=0)) + 1) > 0
        shared = np.bincount(self.line[held[self.word]], minlength=len(self.batch))
        union = size + np.where(target >= 0, size[target], 0) - shared
        return np.where(target >= 0, shared / np.maximum(union, 1), 0.0)

    def _share(self, part: BoolArray, whole: BoolArray) -> FloatArray:
        parts = np.bincount(self.line[part], minlength=len(self.batch))
        return parts / np.maximum(np.bincount(self.line[whole], minlength=len(self.batch)), 1)


def find_headline(batch: Batch, length: FloatArray, shared: FloatArray, low: IntArray) -> IntArray:
    """(p,) the line most like a headline above each page's segment: long enough, short enough, in the article's words; -1 for none."""
    index = np.arange(len(batch))
    candidate = (length >= 4) & (length <= 32) & (index <= low) & (index >= low - _NEAR)
    worth = np.where(candidate, shared * np.minimum(length, 12) - 0.1 * (low - index) / _NEAR, -np.inf)
    best = np.full(len(batch.first) - 1, -1, dtype=np.int64)
    for page in np.unique(batch.page[candidate]):
        start, stop = batch.first[page], batch.first[page + 1]
        best[page] = start + int(np.argmax(worth[start:stop]))
    return best
