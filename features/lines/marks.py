"""Marks: the small fixed signs that tell a line's purpose: dates and times, credits, addresses, file names.

Found on token hashes and the characters between them, so that no regular expression has to walk the page.
"""

from collections.abc import Iterator

import numpy as np

from locbao.features.arrays import BoolArray, IntArray
from locbao.features.lines.one_hot import Quantity
from locbao.features.lines.quantities import AT, CharacterClasses, digit_counts, sign_counts, syllable_counts
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

_AHEAD = 4  # tokens of a mark: "tháng 3 năm 2024"
_SIGNS = "/-–.:("
_SIGN = CharacterClasses({sign: 1 << place for place, sign in enumerate(_SIGNS)})
_DATE, _COLON, _STOP, _OPENING, _DASH, _AFTER_DOMAIN = (
    sum(1 << _SIGNS.index(sign) for sign in signs) for signs in ("/-.", ":", ".", "(", "-–", ":.")
)


class _MarkTokens:
    """The tokens that a mark can begin with, m of the batch's, and what stands around them: the tokens themselves and
    the three after each are taken out of the batch at once."""

    def __init__(self, batch: Batch) -> None:
        tokens, bits, by = batch.tokens, _LEXICON.bits(batch.tokens.code), np.arange(_AHEAD)[:, None]
        at = np.flatnonzero((bits & _OPENERS > 0) | (tokens.kind == DIGIT))
        self._batch, self._line = batch, tokens.line.take(at)
        self.right = tokens.first.take(self._line + 1) - 1 - at  # tokens after it in its line
        in_line, place = by <= self.right, at + by
        around = (tokens.kind, tokens.start, tokens.stop)
        kind, start, stop = (values.take(place, mode="clip") * in_line for values in around)
        self._bits = bits.take(place, mode="clip") * in_line
        self._number, self._length, self._apart = kind == DIGIT, stop - start, start[1:] - stop[:-1]
        self._after = _SIGN.of(batch.codes.take(stop)) * in_line
        place = start[0] - np.array([[1], [2]])
        in_line = place >= batch.start.take(self._line)
        self._before = _SIGN.of(batch.codes.take(place, mode="clip")) * in_line
        self.opens, self.ends = at == tokens.first.take(self._line), self.right == 0
        self.short = self.number() & (self.length() <= 2)
        self.short_next = self.number(1) & (self.length(1) <= 2)
        self.joined = self.number() & (self.apart() == 1) & self.after(_DATE)  # to the next token as in a date
        self.credit = self.word("credit")
        self.credit_colon = self.credit & (self.after(_COLON) | self.after(_COLON, 1))

    def word(self, name: str, by: int = 0) -> BoolArray:
        """(m,) the token `by` further on in the same line is one of the words of that name."""
        return np.asarray(self._bits[by] & _BIT[name] > 0)

    def number(self, by: int = 0) -> BoolArray:
        """(m,) the token `by` further on is a number."""
        return np.asarray(self._number[by])

    def length(self, by: int = 0) -> IntArray:
        """(m,) characters of the token `by` further on; 0 where there is none."""
        return np.asarray(self._length[by])

    def after(self, signs: int, by: int = 0) -> BoolArray:
        """(m,) the token `by` further on is followed by one of the signs."""
        return np.asarray(self._after[by] & signs > 0)

    def before(self, signs: int, distance: int = 1) -> BoolArray:
        """(m,) one of the signs stands `distance` characters, 1 or 2, before the token."""
        return np.asarray(self._before[distance - 1] & signs > 0)

    def apart(self, by: int = 0) -> IntArray:
        """(m,) characters between the token `by` further on and the one after that; negative where there is none."""
        return np.asarray(self._apart[by])

    def lines(self, marked: BoolArray) -> BoolArray:
        """(n,) the lines with a token that has the property, (m,)."""
        result = np.zeros(len(self._batch), dtype=bool)
        result[self._line[marked]] = True
        return result


_mark_tokens = cached(_MarkTokens)


@cached
def has_date(batch: Batch) -> BoolArray:
    """(n,) `05/03/2024`, `5-3-24`, `2024-03-05`, `tháng 3 năm 2024`."""
    marks = _mark_tokens(batch)
    triple = marks.joined & marks.short_next & (marks.apart(1) == 1) & marks.after(_DATE, 1) & marks.number(2)
    spoken = marks.word("month") & marks.short_next & marks.word("year", 2) & marks.number(3)
    return marks.lines(triple | spoken)


@cached
def has_time(batch: Batch) -> BoolArray:
    """(n,) `8:05`, `08h05`; `8 giờ 5` is left to the words."""
    marks = _mark_tokens(batch)
    colon = marks.short & (marks.apart() == 1) & marks.after(_COLON) & marks.short_next & (marks.length(1) == 2)
    touching = (marks.apart() == 0) & (marks.apart(1) == 0)
    hours = marks.short & touching & marks.word("hour", 1) & marks.number(2) & (marks.length(2) <= 2)
    return marks.lines(colon | hours)


@cached
def has_age(batch: Batch) -> BoolArray:
    """(n,) `2 giờ trước`."""
    marks = _mark_tokens(batch)
    return marks.lines(marks.number() & marks.word("unit", 1) & marks.word("ago", 2))


@cached
def has_credit_near_end(batch: Batch) -> BoolArray:
    """(n,) `… Ảnh: An` or `… (Ảnh An)` with at most eight tokens after the first word."""
    marks = _mark_tokens(batch)
    return marks.lines((marks.credit_colon | (marks.credit & marks.before(_OPENING))) & (marks.right <= 8))


def quantities(batch: Batch) -> Iterator[Quantity]:
    """What is measured of every line."""
    marks = _mark_tokens(batch)
    address = marks.lines(marks.word("domain") & (marks.before(_STOP) | marks.after(_AFTER_DOMAIN)))
    digits = digit_counts(batch) * (syllable_counts(batch) <= 12)
    numbered_picture = marks.word("picture") & marks.number(1) & (marks.right == 1)

    yield Quantity("date", has_date(batch), reach=3)
    yield Quantity("day and month", marks.lines(marks.joined & marks.short_next), reach=1)
    yield Quantity("time of day", has_time(batch), reach=3)
    yield Quantity("so long ago", has_age(batch), reach=2)
    yield Quantity("credit such as “Ảnh:”", marks.lines(marks.credit_colon), reach=3)
    yield Quantity("credit near the line's end", has_credit_near_end(batch), reach=3)
    yield Quantity("opens with “Ảnh”, “Video”, “Nguồn”", marks.lines(marks.credit & marks.opens), reach=2)
    yield Quantity("ends in “Ảnh” and a number", marks.lines(numbered_picture), reach=2)
    dash = marks.short & marks.ends & marks.before(_DASH, 2)
    yield Quantity("number after a dash at the end", marks.lines(dash), reach=2)
    yield Quantity("e-mail or web address", address | (sign_counts(batch)[AT] > 0), reach=1)
    yield Quantity("picture file name", marks.lines(marks.word("file") & marks.before(_STOP)), reach=2)
    yield Quantity("digits as in a telephone number", digits, (1, 5, 8, 12), reach=1)
    yield Quantity("opens with “Tin”, “Bài”, “Theo”", marks.lines(marks.word("signed") & marks.opens), reach=1)
