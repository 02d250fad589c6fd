"""Shape: what a line looks like before one word of it is read.

Prose is long, ends in a full stop and is mostly lower case; menus are short and capitalised; stamps are digits. Lengths are
counted in syllables, with edges where Vietnamese lines change their nature (labels, headlines, sentences, paragraphs).
"""

import numpy as np

from locbao.features.batch import DIGIT, LOWER, UPPER, Batch, BoolArray, FloatArray
from locbao.features.field import Field, kinds

_FIRST = {"\"'“”‘’«": 4, "-–—+*•●■◆▪": 5, "(【[": 6, "#": 7, ">»›": 8}
_LAST = {".": 4, "?!": 5, ":": 6, "…": 7, ",;": 8, "\"'“”‘’": 9, ")]": 10, ">»›": 11}
_LAST_LABELS = (
    *("other", "lower case", "capital", "digit", "full stop", "question or exclamation mark"),
    *("colon", "three dots", "comma", "quotation mark", "closing bracket", ">"),
)

FIELDS = (
    Field("syllables", (1, 2, 3, 4, 5, 7, 10, 13, 16, 20, 25, 32, 40, 60, 90), 3),
    kinds("first character", ("other", "lower case", "capital", "digit", "quotation mark", "dash", "bracket", "#", ">"), 2),
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


def _codes(characters: str) -> list[int]:
    return [ord(character) for character in characters]


def _table(classes: dict[str, int]) -> dict[int, int]:
    return {code: value for characters, value in classes.items() for code in _codes(characters)}


def _classes(batch: Batch, at: np.ndarray, table: dict[int, int]) -> FloatArray:
    """Kind of character (space and others 0, lower 1, upper 2, digit 3) or the class that `table` names."""
    result = batch.kinds[at].astype(np.float64)
    codes = batch.codes[at]
    for code, value in table.items():
        result[codes == code] = value
    return result


def measure(batch: Batch) -> FloatArray:
    """(n, len(FIELDS)) of `FIELDS`."""
    tokens = batch.tokens
    letters = batch.per_line((batch.kinds == LOWER) | (batch.kinds == UPPER))
    words = batch.per_line_tokens(tokens.kind != DIGIT)
    last = batch.stop - 1
    dots = _classes(batch, last, {ord("…"): 9}) == 9
    dots |= (batch.codes[last] == ord(".")) & (batch.codes[np.maximum(last - 1, batch.start)] == ord("."))
    columns = (
        words,
        _classes(batch, batch.start, _table(_FIRST)),
        np.where(dots, 7, _classes(batch, last, _table(_LAST))),
        _share(batch.per_line_tokens(tokens.kind == UPPER), words),
        _share(batch.per_line(batch.kinds == UPPER), letters),
        _share(batch.per_line(batch.kinds == DIGIT), (batch.stop - batch.start).astype(np.float64)),
        batch.per_line(_sentence_ends(batch)),
        batch.per_line(batch.codes == ord(",")),
        batch.per_line(np.isin(batch.codes, _codes("\"“”"))),
        batch.per_line(np.isin(batch.codes, _codes("|>»›•·/\\"))),
        _share(letters, words),
        dots,
        batch.kinds[batch.start] == DIGIT,
        _bracket_opens(batch),
    )
    return np.column_stack(columns).astype(np.float64)


def _share(part: FloatArray, whole: FloatArray) -> FloatArray:
    return part / np.maximum(whole, 1)


def _sentence_ends(batch: Batch) -> BoolArray:
    """(c,) a full stop, question or exclamation mark before a space, a quotation mark or the line's end."""
    after = np.append(batch.codes[1:], ord("\n")) if len(batch.codes) else batch.codes
    return np.isin(batch.codes, _codes(".?!…")) & np.isin(after, _codes(" \n\"”')"))


def _bracket_opens(batch: Batch) -> BoolArray:
    """(n,) the line starts as in `(TTXVN) - …` or `[Ảnh] …`: a bracket that closes within 20 characters."""
    opens = np.isin(batch.codes[batch.start], _codes("([【"))
    closing = np.append(0, np.cumsum(np.isin(batch.codes, _codes(")]】"))))
    soon = np.minimum(batch.start + 20, batch.stop)
    return np.asarray(opens & (closing[soon] > closing[batch.start]))
