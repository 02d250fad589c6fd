"""Pages laid end to end as arrays, so that every feature is computed for a whole batch at once.

Characters are code points, syllables ("tokens") are 64-bit hashes: nothing below goes through Python line by line.
"""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from locbao.features.page import IntArray, Page

FloatArray = npt.NDArray[np.float64]
HashArray = npt.NDArray[np.uint64]
BoolArray = npt.NDArray[np.bool_]

OTHER, LOWER, UPPER, DIGIT = 0, 1, 2, 3  # kinds of characters; OTHER is space and punctuation
_TABLE = 0x3000  # code points below are looked up; above stand scripts without case, read as lower-case letters
_MULTIPLIER = 0x9E3779B97F4A7C15  # odd, so that powers never vanish modulo 2**64 (Knuth's golden-ratio multiplier)
_LONGEST = 64  # characters of a token that count for its hash


def _kind(code: int) -> int:
    category = unicodedata.category(chr(code))
    if category in ("Lu", "Lt"):
        return UPPER
    if category == "Nd":
        return DIGIT
    return LOWER if category[0] in "LM" else OTHER


def _folded(code: int) -> int:
    lower = chr(code).lower()
    return ord(lower) if len(lower) == 1 else code


_KIND = np.array([_kind(code) for code in range(_TABLE)] + [LOWER], dtype=np.uint8)
_FOLD = np.array([_folded(code) for code in range(_TABLE)], dtype=np.uint64)


def powers(count: int) -> HashArray:
    """(count,) powers of the hash multiplier, from the zeroth."""
    factors = np.full(count, _MULTIPLIER, dtype=np.uint64)
    factors[:1] = 1
    return np.cumprod(factors, dtype=np.uint64)


_POWERS = powers(_LONGEST)


@dataclass(frozen=True, slots=True)
class Tokens:
    """Runs of letters and runs of digits, in reading order; t is their number.

    `start`, `stop` (t): character positions. `line` (t): the line each stands in. `code` (t): hash of the lower-case text.
    `kind` (t): LOWER, UPPER (first letter is a capital) or DIGIT. `first` (n + 1): a line's tokens are first[i]:first[i + 1].
    """

    start: IntArray
    stop: IntArray
    line: IntArray
    code: HashArray
    kind: npt.NDArray[np.uint8]
    first: IntArray


@dataclass(frozen=True, slots=True)
class Batch:
    """The lines of several pages in a row; n is the number of lines, c of characters.

    `page` (n): index of the page a line belongs to. `first` (p + 1): a page's lines are first[i]:first[i + 1].
    `gaps` (n): blank lines just before. `codes` (c): code points, lines ended by a line feed. `start`, `stop` (n): a line's characters.
    """

    page: IntArray
    first: IntArray
    gaps: IntArray
    codes: npt.NDArray[np.uint32]
    kinds: npt.NDArray[np.uint8]
    start: IntArray
    stop: IntArray
    tokens: Tokens

    def __len__(self) -> int:
        return len(self.page)

    @classmethod
    def of(cls, pages: Sequence[Page]) -> "Batch":
        """Arrays for `pages`, none of which needs to have a line."""
        lengths = np.array([len(page.lines) for page in pages], dtype=np.int64)
        text = "".join("\n".join(page.lines) + "\n" for page in pages if page.lines)
        codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
        stop = np.flatnonzero(codes == ord("\n"))
        start = np.append(np.zeros(1, dtype=np.int64), stop[:-1] + 1)[: len(stop)]
        kinds = _KIND[np.minimum(codes, _TABLE)]
        return cls(
            page=np.repeat(np.arange(len(pages)), lengths),
            first=np.append(0, np.cumsum(lengths)),
            gaps=np.concatenate([page.gaps for page in pages] or [np.zeros(0, dtype=np.int64)]),
            codes=codes,
            kinds=kinds,
            start=start,
            stop=stop,
            tokens=_tokens(codes, kinds, start),
        )

    def per_line(self, values: npt.NDArray[np.generic]) -> FloatArray:
        """(n,) sums of a value per character, (c,), over each line."""
        total = np.append(0, np.cumsum(values, dtype=np.int64))
        return (total[self.stop] - total[self.start]).astype(np.float64)

    def per_line_tokens(self, values: npt.NDArray[np.generic]) -> FloatArray:
        """(n,) sums of a value per token, (t,), over each line."""
        total = np.append(0.0, np.cumsum(values, dtype=np.float64))
        return total[self.tokens.first[1:]] - total[self.tokens.first[:-1]]

    def shifted(self, values: npt.NDArray[np.generic], by: int, outside: float) -> npt.NDArray[np.generic]:
        """(n,) the value of the line `by` lines further down (up if negative); `outside` where the page ends before."""
        result = np.full_like(values, outside)
        if abs(by) >= len(values) or not len(values):
            return result
        here, there = (slice(None, -by), slice(by, None)) if by > 0 else (slice(-by, None), slice(None, by))
        same = self.page[here] == self.page[there]
        result[here] = np.where(same, values[there], result[here])
        return result


def token_codes(words: Sequence[str]) -> HashArray:
    """(len(words),) the hashes that `Tokens.code` has for these words (single runs of letters or digits, any case)."""
    joined = "\n".join(words) + "\n"
    codes = np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    return _tokens(codes, _KIND[np.minimum(codes, _TABLE)], np.zeros(1, dtype=np.int64)).code


def _tokens(codes: npt.NDArray[np.uint32], kinds: npt.NDArray[np.uint8], line_start: IntArray) -> Tokens:
    word = np.where(kinds == UPPER, LOWER, kinds)
    before = np.append(np.zeros(1, dtype=word.dtype), word[:-1])
    opens = (word != OTHER) & (word != before)
    start = np.flatnonzero(opens)
    closes = (before != OTHER) & (word != before)  # a line feed ends the last one
    stop = np.flatnonzero(closes)
    line = np.searchsorted(line_start, start, side="right") - 1
    first = np.searchsorted(start, np.append(line_start, len(codes)))
    return Tokens(start, stop, line, _hashes(codes, word, opens, start, stop), kinds[start], first)


def _hashes(
    codes: npt.NDArray[np.uint32], word: npt.NDArray[np.uint8], opens: BoolArray, start: IntArray, stop: IntArray
) -> HashArray:
    if not len(start):
        return np.zeros(0, dtype=np.uint64)
    inside = np.flatnonzero(word != OTHER)
    token = np.cumsum(opens)[inside] - 1
    offset = np.minimum(inside - start[token], _LONGEST - 1)
    letters = codes[inside]
    known = _FOLD[np.minimum(letters, _TABLE - 1)]
    folded = np.where(letters < _TABLE, known, letters.astype(np.uint64))
    sums = np.add.reduceat((folded + np.uint64(1)) * _POWERS[offset], np.searchsorted(inside, start))
    mixed = sums * np.uint64(_MULTIPLIER) + (stop - start).astype(np.uint64)
    return np.asarray(mixed ^ (mixed >> np.uint64(29)), dtype=np.uint64)
