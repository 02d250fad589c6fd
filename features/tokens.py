"""Tokens: runs of letters and runs of digits, each known by a 64-bit hash of its lower-case text; tables of hashes."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from locbao.features.arrays import ByteArray, CodeArray, HashArray, IntArray
from locbao.features.errors import LocbaoError

OTHER, LOWER, UPPER, DIGIT = 0, 1, 2, 3  # kinds of characters; OTHER is space and punctuation
_PLANES = 0x20000  # code points below have their kind from Unicode; above stand ideographs
_CASED = 0x3000  # code points below are folded to lower case; above stand scripts without case
_MULTIPLIER = 0x9E3779B97F4A7C15  # odd, so that powers never vanish modulo 2**64 (Knuth's golden-ratio multiplier)
_SLOTS = 8  # of a table for each hash, so that most unknown ones meet an empty slot at once
_MOST_STEPS = 200  # to an empty slot; a million words take nine
_LONGEST = 64  # characters of a token that count for its hash with a power of their own
_BLOCK, _AT_ONCE = 2**20, 2**17  # tokens hashed, hashes looked up at a time, so that memory stays in proportion

_KIND_OF = {"Lu": UPPER, "Lt": UPPER, "Nd": DIGIT} | dict.fromkeys(("Ll", "Lm", "Lo", "Mn", "Mc", "Me"), LOWER)


def _folded(code: int) -> int:
    lower = chr(code).lower()
    return ord(lower) if len(lower) == 1 else code


KIND: ByteArray = np.array(
    [_KIND_OF.get(category, OTHER) for category in map(unicodedata.category, map(chr, range(_PLANES)))] + [LOWER],
    dtype=np.uint8,
)
"""Kind of every character, by code point; to be taken with mode="clip"."""

_FOLDED: HashArray = np.array(
    [_folded(code) + 1 if kind else 0 for code, kind in enumerate(KIND[:_CASED].tolist())], dtype=np.uint64
)


def powers(count: int) -> HashArray:
    """(count,) powers of the hash multiplier, from the zeroth."""
    factors = np.full(count, _MULTIPLIER, dtype=np.uint64)
    factors[:1] = 1
    return np.cumprod(factors, dtype=np.uint64)


_POWERS = powers(_LONGEST)


class Characters(NamedTuple):
    """The characters of some lines, each line ended by a line feed; c is their number, n that of the lines.

    `codes` (c): code points. `kinds` (c): OTHER, LOWER, UPPER or DIGIT. `start`, `stop` (n): a line's characters.
    """

    codes: CodeArray
    kinds: ByteArray
    start: IntArray
    stop: IntArray

    @classmethod
    def of(cls, lines: Sequence[str]) -> "Characters":
        """The characters of lines that hold no line feed."""
        text = "\n".join((*lines, ""))
        codes: CodeArray = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
        stop = np.flatnonzero(codes == ord("\n"))
        start = np.zeros_like(stop)
        start[1:] = stop[:-1] + 1
        return cls(codes, KIND.take(codes, mode="clip"), start, stop)


@dataclass(frozen=True, slots=True)
class Tokens:
    """The tokens of some lines in reading order; t is their number, n that of the lines.

    `start`, `stop` (t): character positions. `line` (t): the line each stands in. `code` (t): its hash.
    `kind` (t): LOWER, UPPER (first letter is a capital) or DIGIT. `first` (n + 1): a line's tokens are
    first[i]:first[i + 1]. `count` (n): how many these are.
    """

    start: IntArray
    stop: IntArray
    line: IntArray
    code: HashArray
    kind: ByteArray
    first: IntArray
    count: IntArray

    @classmethod
    def of(cls, characters: Characters) -> "Tokens":
        """The tokens of some lines."""
        codes, kinds, line_start, _ = characters
        runs = (kinds + 1) >> 1  # letters of both cases 1, digits 2
        differs = runs[1:] != runs[:-1]
        start = np.flatnonzero(differs & (runs[1:] != OTHER)) + 1
        stop = np.flatnonzero(differs & (runs[:-1] != OTHER)) + 1
        if len(runs) and runs[0] != OTHER:
            start = np.concatenate((np.zeros(1, dtype=np.int64), start))
        first = np.append(start.searchsorted(line_start), len(start))
        count = first[1:] - first[:-1]
        line = np.arange(len(line_start)).repeat(count)
        return cls(start, stop, line, _hashes(codes, kinds, start, stop), kinds.take(start), first, count)


def token_codes(words: Sequence[str]) -> HashArray:
    """(len(words),) the hashes that `Tokens.code` has for these words (single runs of letters or digits, any case).

    Raises ValueError if they are not.
    """
    codes = Tokens.of(Characters.of(words)).code
    if len(codes) != len(words):
        raise ValueError(f"every word must be one run of letters or digits: {len(words)} words have {len(codes)}")
    return codes


def in_small_letters(characters: Characters) -> CodeArray:
    """(c,) the characters as they count for the hash of a token: letters in lower case, one for one."""
    codes, kinds, _, _ = characters
    return np.where(kinds == OTHER, codes, _letters(codes, kinds) - 1).astype(np.uint32)


def _hashes(codes: CodeArray, kinds: ByteArray, start: IntArray, stop: IntArray) -> HashArray:
    sums = np.empty(len(start), dtype=np.uint64)
    for low in range(0, len(start), _BLOCK):
        high = low + _BLOCK
        begin, end = int(start[low]), int(stop[low:high][-1])
        opens = start[low:high] - begin
        letters = _letters(codes[begin:end], kinds[begin:end])
        lengths = np.diff(opens, append=end - begin)
        letters *= _POWERS.take(np.arange(end - begin) - opens.repeat(lengths), mode="clip")
        np.add.reduceat(letters, opens, out=sums[low:high])
    sums *= np.uint64(_MULTIPLIER)
    sums += (stop - start).astype(np.uint64)
    return sums ^ (sums >> np.uint64(29))


def _letters(codes: CodeArray, kinds: ByteArray) -> HashArray:
    """(c,) a number from 1 for each letter, whatever its case, and each digit; 0 for what stands between tokens."""
    letters = _FOLDED.take(codes, mode="clip")
    beyond = np.flatnonzero(codes >= _CASED)
    if len(beyond):
        letters[beyond] = np.where(kinds[beyond] != OTHER, codes[beyond].astype(np.uint64) + 1, 0)
    return letters


class CollidingWords(LocbaoError):
    """Words that would make a table of hashes slow."""

    def __init__(self) -> None:
        super().__init__(
            "The model's words have hashes that collide, as no words do by accident: somebody has chosen them to make "
            "this model slow. Do not use it; train one with `locbao train`."
        )


class Lookup:
    """Finds 64-bit hashes in a fixed set, most of them in one step: a sorted list would take some fifteen.

    A hash table with open addressing; the upper bits of a hash say where to look first.
    """

    def __init__(self, codes: HashArray) -> None:
        """`codes` (k,): of equal ones the first counts. Raises CollidingWords."""
        bits = max(4, (len(codes) * _SLOTS).bit_length())
        self._shift = np.uint64(64 - bits)
        self._index = np.full(2**bits + len(codes) + 1, -1, dtype=np.int64)
        self._codes = np.zeros(len(self._index), dtype=np.uint64)
        left, slot = np.arange(len(codes)), (codes >> self._shift).view(np.int64)
        for _ in range(_MOST_STEPS):
            free = self._index[slot] < 0
            self._index[slot[free][::-1]] = left[free][::-1]  # the first of several for one slot is written last
            self._codes[slot[free]] = codes[self._index[slot[free]]]
            homeless = self._codes[slot] != codes[left]
            left, slot = left[homeless], slot[homeless] + 1
            if not len(left):
                return
        raise CollidingWords

    def find(self, codes: HashArray) -> IntArray:
        """(m,) place of each of `codes`, (m,), in the set; -1 for those that are not in it."""
        result = np.empty(len(codes), dtype=np.int64)
        for start in range(0, len(codes), _AT_ONCE):
            result[start : start + _AT_ONCE] = self._find(codes[start : start + _AT_ONCE])
        return result

    def _find(self, codes: HashArray) -> IntArray:
        slot = (codes >> self._shift).view(np.int64)
        result = self._index.take(slot)
        taken = np.flatnonzero(result >= 0)  # most hashes are not in the set, and meet an empty slot
        left = taken[self._codes.take(slot[taken]) != codes[taken]]
        slot = slot[left]
        while len(left):
            slot = slot + 1
            result[left] = index = self._index.take(slot)
            other = (self._codes.take(slot) != codes[left]) & (index >= 0)
            left, slot = left[other], slot[other]
        return result


class Lexicon:
    """Sets of words, one bit each: the first set is 1, the second 2, the third 4."""

    def __init__(self, *sets: Sequence[str]) -> None:
        words = sorted({word for words in sets for word in words})
        self._lookup = Lookup(token_codes(words))
        bits = [sum(1 << place for place, words in enumerate(sets) if word in words) for word in words]
        self._bits = np.array([*bits, 0], dtype=np.uint16)  # the last for words of no set, whose place is -1

    def bits(self, codes: HashArray) -> npt.NDArray[np.uint16]:
        """(t,) for each token of hash `codes`, (t,), the sum of the bits of the sets that it stands in."""
        return self._bits[self._lookup.find(codes)]
