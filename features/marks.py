"""Marks: the small fixed signs that tell a line's purpose: dates and times, credits, addresses, file names.

Found on token hashes and the characters between them, so that no regular expression has to walk the page.
"""

import numpy as np

from locbao.features.batch import DIGIT, Batch, BoolArray, FloatArray, token_codes
from locbao.features.field import Field

_CREDIT = token_codes("ảnh nguồn clip video photo đồ infographic source hình".split())
_PICTURE = token_codes("ảnh hình photo".split())
_AGO_UNIT = token_codes("giây phút giờ ngày tuần tháng năm h".split())
_AGO = token_codes("trước qua".split())
_MONTH, _YEAR, _HOUR = token_codes("tháng năm h".split())
_DOMAIN = token_codes("vn com net org info edu gov https http www".split())
_FILE = token_codes("jpg jpeg png webp gif jfif mp4 bmp svg pdf".split())
_SIGNED = token_codes("tin bài theo ảnh thực tổng pv".split())

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


class _Reader:
    """Lookups around each token of a batch: t arrays of the token itself, the next ones, the characters between."""

    def __init__(self, batch: Batch) -> None:
        tokens = batch.tokens
        self.batch, self.tokens = batch, tokens
        self.digit = tokens.kind == DIGIT
        self.length = tokens.stop - tokens.start
        self.left = np.arange(len(tokens.start)) - tokens.first[tokens.line]  # tokens before it in its line
        self.right = tokens.first[tokens.line + 1] - 1 - np.arange(len(tokens.start))  # and after it
        self.mark = batch.codes[tokens.stop] if len(tokens.stop) else batch.codes

    def next(self, values: np.ndarray, by: int = 1) -> np.ndarray:
        """The value of the token `by` further on in the same line; zero or false where there is none."""
        result = np.zeros_like(values)
        if by < len(values):
            result[:-by] = np.where(self.right[:-by] >= by, values[by:], 0)
        return result

    def joined(self, marks: str) -> BoolArray:
        """Exactly one character, one of `marks`, stands between a token and the next."""
        follows = self.next(self.tokens.start) == self.tokens.stop + 1
        return np.asarray(follows & np.isin(self.mark, [ord(mark) for mark in marks]))

    def touching(self) -> BoolArray:
        """Nothing stands between a token and the next."""
        return np.asarray((self.next(self.tokens.start) == self.tokens.stop) & (self.right > 0))

    def lines(self, found: BoolArray) -> FloatArray:
        """(n,) whether a token with the property stands in the line."""
        return (self.batch.per_line_tokens(found) > 0).astype(np.float64)


def measure(batch: Batch) -> FloatArray:
    """(n, len(FIELDS)) of `FIELDS`."""
    read = _Reader(batch)
    code, digit = read.tokens.code, read.digit
    credit = np.isin(code, _CREDIT)
    credited = credit & ((read.mark == ord(":")) | (read.next(read.mark) == ord(":")))
    picture_number = np.isin(code, _PICTURE) & read.next(digit) & (read.right == 1)
    address = np.isin(code, _DOMAIN) & (_before(read, ".") | np.isin(read.mark, [ord(":"), ord(".")]))
    columns = (
        read.lines(_dates(read)),
        read.lines(digit & read.joined("/-.") & read.next(digit & (read.length <= 2))),
        read.lines(_times(read)),
        read.lines(digit & read.next(np.isin(code, _AGO_UNIT)) & read.next(np.isin(code, _AGO), 2)),
        read.lines(credited),
        read.lines((credited | (credit & _before(read, "("))) & (read.right <= 8)),
        read.lines(credit & (read.left == 0)),
        read.lines(picture_number),
        read.lines(digit & (read.right == 0) & (read.length <= 2) & (_before(read, "-–", 2))),
        np.maximum(read.lines(address), batch.per_line(batch.codes == ord("@"))),
        read.lines(np.isin(code, _FILE) & _before(read, ".")),
        batch.per_line(batch.kinds == DIGIT) * (batch.per_line_tokens(~digit) <= 12),
        read.lines(np.isin(code, _SIGNED) & (read.left == 0)),
    )
    return np.column_stack(columns)


def _before(read: _Reader, marks: str, distance: int = 1) -> BoolArray:
    """One of `marks` stands `distance` characters before the token."""
    place = read.tokens.start - distance
    inside = place >= (read.batch.start[read.tokens.line] if len(place) else 0)
    found = np.isin(read.batch.codes[np.maximum(place, 0)], [ord(mark) for mark in marks])
    return np.asarray(inside & found)


def _dates(read: _Reader) -> BoolArray:
    """`05/03/2024`, `5-3-24`, `2024-03-05`, `tháng 3 năm 2024`."""
    digit, code, short = read.digit, read.tokens.code, read.digit & (read.length <= 2)
    joined = read.joined("/-.")
    triple = digit & joined & read.next(short & joined) & read.next(digit, 2)
    spoken = (code == _MONTH) & read.next(short) & read.next(code == _YEAR, 2) & read.next(digit, 3)
    return np.asarray(triple | spoken)


def _times(read: _Reader) -> BoolArray:
    """`8:05`, `08h05`, `8 giờ 5` is left to the words."""
    short = read.digit & (read.length <= 2)
    colon = short & read.joined(":") & read.next(short & (read.length == 2))
    hour = short & read.touching() & read.next((read.tokens.code == _HOUR) & read.touching()) & read.next(short, 2)
    return np.asarray(colon | hour)
