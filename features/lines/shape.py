"""Shape: what a line looks like before one word of it is read.

Prose is long, ends in a full stop and is mostly lower case; menus are short and capitalised; stamps are digits. Lengths
are counted in syllables, with edges where Vietnamese lines change their nature (labels, headlines, sentences,
paragraphs).
"""

from collections.abc import Iterator

import numpy as np

from locbao.features.arrays import BoolArray, FloatArray, IntArray
from locbao.features.lines.one_hot import Quantity
from locbao.features.lines.quantities import (
    CAPITAL,
    COMMA,
    QUOTE,
    SENTENCE_END,
    SEPARATOR,
    CharacterClasses,
    among,
    digit_counts,
    letter_counts,
    sign_counts,
    syllable_counts,
)
from locbao.features.page import Batch
from locbao.features.tokens import DIGIT, KIND, UPPER

_KINDS = ("other", "lower case", "capital", "digit")  # numbered as in KIND
_FIRST = {"quotation mark": "\"'“”‘’«", "dash": "-–—+*•●■◆▪", "bracket": "(【[", "#": "#", ">": ">»›"}
_LAST = {
    **{"full stop": ".", "question or exclamation mark": "?!", "colon": ":", "three dots": "…", "comma": ",;"},
    **{"quotation mark": "\"'“”‘’", "closing bracket": ")]", ">": ">»›"},
}


def _numbers(classes: dict[str, str]) -> dict[str, int]:
    """The number of each class of characters: its place among the labels, which stand after `_KINDS`."""
    return {characters: number for number, characters in enumerate(classes.values(), start=len(_KINDS))}


_FIRST_CHARACTER = CharacterClasses(_numbers(_FIRST), KIND)
_LAST_CHARACTER = CharacterClasses(_numbers(_LAST), KIND)
_THREE_DOTS = _LAST_CHARACTER.of(np.array([ord("…")], dtype=np.uint32))[0]
_OPENING, _CLOSING = among("([【"), among(")]】")
_SOON = 20  # characters within which an opening bracket closes


def quantities(batch: Batch) -> Iterator[Quantity]:
    """What is measured of every line."""
    signs = sign_counts(batch)
    syllables, letters, digits = syllable_counts(batch), letter_counts(batch), digit_counts(batch)
    capitalised = batch.token_counts(batch.tokens.kind == UPPER)
    first, last = batch.codes.take(batch.start), batch.codes.take(batch.stop - 1)
    last_but_one = batch.codes.take(np.maximum(batch.stop - 2, batch.start))
    dots = (last == ord("…")) | ((last == ord(".")) & (last_but_one == ord(".")))
    first_kind = _FIRST_CHARACTER.of(first)
    last_kind = np.where(dots, _THREE_DOTS, _LAST_CHARACTER.of(last))

    yield Quantity("syllables", syllables, (1, 2, 3, 4, 5, 7, 10, 13, 16, 20, 25, 32, 40, 60, 90), reach=3)
    yield Quantity("first character", first_kind, reach=2, labels=(*_KINDS, *_FIRST))
    yield Quantity("last character", last_kind, reach=3, labels=(*_KINDS, *_LAST))
    share = _share(capitalised, syllables)
    yield Quantity("share of capitalised syllables", share, (0.01, 0.15, 0.3, 0.5, 0.75, 0.99), reach=1)
    yield Quantity("share of capital letters", _share(signs[CAPITAL], letters), (0.03, 0.1, 0.3, 0.6, 0.95), reach=1)
    share = _share(digits, batch.stop - batch.start)
    yield Quantity("share of digits", share, (0.01, 0.05, 0.15, 0.3, 0.5, 0.8), reach=1)
    yield Quantity("sentences", signs[SENTENCE_END], (1, 2, 3, 5), reach=1)
    yield Quantity("commas", signs[COMMA], (1, 2, 4))
    yield Quantity("quotation marks", signs[QUOTE], (1, 2, 4))
    yield Quantity("separators such as | and >", signs[SEPARATOR], (1, 2, 4), reach=1)
    yield Quantity("letters per syllable", _share(letters, syllables), (2.5, 3.0, 3.5, 4.0, 5.0))
    yield Quantity("ends in three dots", dots, reach=1)
    yield Quantity("opens with a number", batch.kinds.take(batch.start) == DIGIT, reach=1)
    yield Quantity("opens with a bracket and closes it soon", _bracket_opens(batch))


def _share(part: FloatArray, whole: FloatArray | IntArray) -> FloatArray:
    return np.asarray(part / np.maximum(whole, 1))


def _bracket_opens(batch: Batch) -> BoolArray:
    """(n,) the line starts as in `(TTXVN) - …` or `[Ảnh] …`: a bracket that closes within 20 characters."""
    result = np.zeros(len(batch), dtype=bool)
    opens = np.flatnonzero(_OPENING.of(batch.codes.take(batch.start)))
    if len(opens):
        place = batch.start[opens, None] + np.arange(_SOON)
        closes = _CLOSING.of(batch.codes.take(place, mode="clip")) > 0
        result[opens] = (closes & (place < batch.stop[opens, None])).any(axis=1)
    return result
