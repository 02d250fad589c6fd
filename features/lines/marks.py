"""Marks: the small fixed signs that tell a line's purpose: dates and times, credits, addresses, file names.

Found on token hashes and the characters between them, so that no regular expression has to walk the page.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from locbao.features.arrays import BoolArray, FloatArray, IntArray
from locbao.features.lines import characters
from locbao.features.lines.characters import Classes, among
from locbao.features.lines.field import Field, stacked
from locbao.features.lines.quantities import digit_counts, syllable_counts
from locbao.features.page import Batch, cached
from locbao.features.tokens import DIGIT, Lexicon

_WORDS = {
    "credit": "ảnh nguồn clip video photo đồ infographic source hình",
    "picture": "ảnh hình photo",
    "unit": "giây phút giờ ngày tuần tháng năm h",
    "ago": "trước qua",
    "month": "tháng",
    "year": "năm",
    "hour": "h",
    "domain": "vn com net org info edu gov https http www",
    "file": "jpg jpeg png webp gif jfif mp bmp svg pdf",
    "signed": "tin bài theo ảnh thực tổng pv",
}
_LEXICON = Lexicon(*(words.split() for words in _WORDS.values()))
_BIT = {name: 1 << place for place, name in enumerate(_WORDS)}
_OPENERS = sum(_BIT[name] for name in ("credit", "picture", "month", "domain", "file", "signed"))

FIELDS = (
    Field("date", (0.5,), 3),
    Field("day and month", (0.5,), 1),
    Field("time of day", (0.5,), 3),
    Field("so long ago", (0.5,), 2),
    Field("credit such as “Ảnh:”", (0.5,), 3),
    Field("credit near the line's end", (0.5,), 3),
    Field("opens with “Ảnh”, “Video”, “Nguồn”", (0.5,), 2),
    Field("ends in “Ảnh” and a number", (0.5,), 2),
    Field("number after a dash at the end", (0.5,), 2),
    Field("e-mail or web address", (0.5,), 1),
    Field("picture file name", (0.5,), 2),
    Field("digits as in a telephone number", (1, 5, 8, 12), 1),
    Field("opens with “Tin”, “Bài”, “Theo”", (0.5,), 1),
)


_DATE, _COLON, _STOP, _OPENING, _DASH = among("/-."), among(":"), among("."), among("("), among("-–")
_AFTER_DOMAIN = among(":.")


class _Reader:
    """The tokens that a mark can begin with, m of the batch's, and what stands around them."""

    def __init__(self, batch: Batch) -> None:
        tokens = batch.tokens
        self._batch, self._tokens, self._bits = batch, tokens, _LEXICON.bits(tokens.code)
        self.at = np.flatnonzero((self._bits & _OPENERS > 0) | (tokens.kind == DIGIT))
        self._line = tokens.line.take(self.at)
        self.left = self.at - tokens.first.take(self._line)  # tokens before it in its line
        self.right = tokens.first.take(self._line + 1) - 1 - self.at  # and after it
        self._start, self._stop = tokens.start.take(self.at), tokens.stop.take(self.at)

    def _further(self, values: npt.NDArray[Any], by: int) -> npt.NDArray[Any]:
        """(m,) the value, of (t,), of the token `by` further on in the same line; zero or false where there is none."""
        return values.take(self.at + by, mode="clip") * (self.right >= by) if by else values.take(self.at)

    def word(self, name: str, by: int = 0) -> BoolArray:
        """(m,) the token `by` further on is one of the words of that name."""
        return np.asarray(self._further(self._bits, by) & _BIT[name] > 0)

    def number(self, by: int = 0) -> BoolArray:
        """(m,) the token `by` further on is a number."""
        return np.asarray(self._further(self._tokens.kind, by) == DIGIT)

    def length(self, by: int = 0) -> IntArray:
        """(m,) characters of the token `by` further on."""
        return np.asarray(self._further(self._tokens.stop, by) - self._further(self._tokens.start, by))

    def after(self, characters: Classes, by: int = 0) -> BoolArray:
        """(m,) the token `by` further on is followed by one of the characters."""
        found = characters.of(self._batch.codes.take(self._further(self._tokens.stop, by)))
        return np.asarray((found > 0) & (self.right >= by))

    def before(self, characters: Classes, distance: int = 1) -> BoolArray:
        """(m,) one of the characters stands `distance` characters before the token."""
        place = self._start - distance
        found = characters.of(self._batch.codes.take(place, mode="clip"))
        return np.asarray((found > 0) & (place >= self._batch.start.take(self._line)))

    def apart(self, by: int = 0) -> IntArray:
        """(m,) characters between the token `by` further on and the one after that; negative where there is none."""
        return np.asarray(self._further(self._tokens.start, by + 1) - self._further(self._tokens.stop, by))

    def lines(self, found: BoolArray) -> FloatArray:
        """(n,) 1 for the lines with a token that has the property, (m,)."""
        result = np.zeros(len(self._batch))
        result[self._line[found]] = 1
        return result


@cached
def measure(batch: Batch) -> FloatArray:
    """(len(FIELDS), n) of `FIELDS`."""
    read = _Reader(batch)
    credit, number = read.word("credit"), read.number()
    credited = credit & (read.after(_COLON) | read.after(_COLON, 1))
    opens, ends, short = read.left == 0, read.right == 0, number & (read.length() <= 2)
    address = read.word("domain") & (read.before(_STOP) | read.after(_AFTER_DOMAIN))
    short_next = read.number(1) & (read.length(1) <= 2)
    joined = number & (read.apart() == 1) & read.after(_DATE)
    columns = (
        read.lines(_dates(read, joined, short_next)),
        read.lines(joined & short_next),
        read.lines(_times(read, short, short_next)),
        read.lines(number & read.word("unit", 1) & read.word("ago", 2)),
        read.lines(credited),
        read.lines((credited | (credit & read.before(_OPENING))) & (read.right <= 8)),
        read.lines(credit & opens),
        read.lines(read.word("picture") & read.number(1) & (read.right == 1)),
        read.lines(short & ends & read.before(_DASH, 2)),
        np.maximum(read.lines(address), characters.counts(batch)[characters.AT]),
        read.lines(read.word("file") & read.before(_STOP)),
        digit_counts(batch) * (syllable_counts(batch) <= 12),
        read.lines(read.word("signed") & opens),
    )
    return stacked(columns)


def _dates(read: _Reader, joined: BoolArray, short_next: BoolArray) -> BoolArray:
    """`05/03/2024`, `5-3-24`, `2024-03-05`, `tháng 3 năm 2024`."""
    triple = joined & short_next & (read.apart(1) == 1) & read.after(_DATE, 1) & read.number(2)
    spoken = read.word("month") & short_next & read.word("year", 2) & read.number(3)
    return np.asarray(triple | spoken)


def _times(read: _Reader, short: BoolArray, short_next: BoolArray) -> BoolArray:
    """`8:05`, `08h05`; `8 giờ 5` is left to the words."""
    colon = short & (read.apart() == 1) & read.after(_COLON) & short_next & (read.length(1) == 2)
    touching = (read.apart() == 0) & (read.apart(1) == 0)
    return np.asarray(colon | (short & touching & read.word("hour", 1) & read.number(2) & (read.length(2) <= 2)))
