"""Shape: what a line looks like before one word of it is read.

Prose is long, ends in a full stop and is mostly lower case; menus are short and capitalised; stamps are digits. Lengths
are counted in syllables, with edges where Vietnamese lines change their nature (labels, headlines, sentences,
paragraphs).
"""

import numpy as np

from locbao.features.arrays import BoolArray, CodeArray, FloatArray, IntArray
from locbao.features.lines import characters
from locbao.features.lines.characters import Classes, among
from locbao.features.lines.field import Field, kinds, stacked
from locbao.features.lines.quantities import digit_counts, letter_counts, syllable_counts
from locbao.features.page import Batch
from locbao.features.tokens import DIGIT, KIND, UPPER

_FIRST = {"\"'“”‘’«": 4, "-–—+*•●■◆▪": 5, "(【[": 6, "#": 7, ">»›": 8}
_LAST = {".": 4, "?!": 5, ":": 6, "…": 7, ",;": 8, "\"'“”‘’": 9, ")]": 10, ">»›": 11}
_FIRST_LABELS = ("other", "lower case", "capital", "digit", "quotation mark", "dash", "bracket", "#", ">")
_LAST_LABELS = (
    *("other", "lower case", "capital", "digit", "full stop", "question or exclamation mark"),
    *("colon", "three dots", "comma", "quotation mark", "closing bracket", ">"),
)

FIELDS = (
    Field("syllables", (1, 2, 3, 4, 5, 7, 10, 13, 16, 20, 25, 32, 40, 60, 90), 3),
    kinds("first character", _FIRST_LABELS, 2),
    kinds("last character", _LAST_LABELS, 3),
    Field("share of capitalised syllables", (0.01, 0.15, 0.3, 0.5, 0.75, 0.99), 1),
    Field("share of capital letters", (0.03, 0.1, 0.3, 0.6, 0.95), 1),
    Field("share of digits", (0.01, 0.05, 0.15, 0.3, 0.5, 0.8), 1),
    Field("sentences", (1, 2, 3, 5), 1),
    Field("commas", (1, 2, 4), 0),
    Field("quotation marks", (1, 2, 4), 0),
    Field("separators such as | and >", (1, 2, 4), 1),
    Field("letters per syllable", (2.5, 3.0, 3.5, 4.0, 5.0), 0),
    Field("ends in three dots", (0.5,), 1),
    Field("opens with a number", (0.5,), 1),
    Field("opens with a bracket and closes it soon", (0.5,), 0),
)


_BRACKETS = "([【", ")]】"
_SOON = 20  # characters within which an opening bracket closes

_FIRST_CHARACTER = Classes(_FIRST, KIND)
_LAST_CHARACTER = Classes(_LAST, KIND)
_OPENING, _CLOSING = (among(brackets) for brackets in _BRACKETS)


def measure(batch: Batch) -> FloatArray:
    """(len(FIELDS), n) of `FIELDS`."""
    sign = characters.counts(batch)
    words, letters, digits = syllable_counts(batch), letter_counts(batch), digit_counts(batch)
    last = batch.codes.take(batch.stop - 1)
    dots = (last == ord("…")) | ((last == ord(".")) & (_character(batch, batch.stop - 2) == ord(".")))
    columns = (
        words,
        _FIRST_CHARACTER.of(batch.codes.take(batch.start)),
        np.where(dots, 7, _LAST_CHARACTER.of(last)),
        _share(batch.token_counts(batch.tokens.kind == UPPER), words),
        _share(sign[characters.CAPITAL], letters),
        _share(digits, batch.stop - batch.start),
        sign[characters.SENTENCE_END],
        sign[characters.COMMA],
        sign[characters.QUOTE],
        sign[characters.SEPARATOR],
        _share(letters, words),
        dots,
        batch.kinds.take(batch.start) == DIGIT,
        _bracket_opens(batch),
    )
    return stacked(columns)


def _share(part: FloatArray, whole: FloatArray | IntArray) -> FloatArray:
    return np.asarray(part / np.maximum(whole, 1))


def _character(batch: Batch, place: IntArray) -> CodeArray:
    """(n,) the character at a place of each line, its first one if the place lies before the line."""
    return batch.codes.take(np.maximum(place, batch.start))


def _bracket_opens(batch: Batch) -> BoolArray:
    """(n,) the line starts as in `(TTXVN) - …` or `[Ảnh] …`: a bracket that closes within 20 characters."""
    result = np.zeros(len(batch), dtype=bool)
    opens = np.flatnonzero(_OPENING.of(batch.codes.take(batch.start)))
    if len(opens):
        place = batch.start[opens, None] + np.arange(_SOON)
        closes = _CLOSING.of(batch.codes.take(place, mode="clip")) > 0
        result[opens] = (closes & (place < batch.stop[opens, None])).any(axis=1)
    return result
