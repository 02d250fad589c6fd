"""Finding 64-bit hashes in a fixed set, in one step for most of them: a sorted list would take some fifteen."""

import numpy as np

from locbao.features.page import IntArray
from locbao.features.tokens import HashArray

_ROOM = 8  # slots for each hash, so that most unknown ones meet an empty slot at once


class Lookup:
    """A hash table with open addressing; the upper bits of a hash say where to look first."""

    def __init__(self, codes: HashArray) -> None:
        """`codes` (k,): of equal ones the first counts."""
        bits = max(4, (len(codes) * _ROOM).bit_length())
        self._shift = np.uint64(64 - bits)
        self._index = np.full(2**bits + len(codes) + 1, -1, dtype=np.int64)
        self._codes = np.zeros(len(self._index), dtype=np.uint64)
        left, slot = np.arange(len(codes)), (codes >> self._shift).view(np.int64)
        while len(left):
            free = self._index[slot] < 0
            self._index[slot[free][::-1]] = left[free][::-1]  # the first of several for one slot is written last
            self._codes[slot[free]] = codes[self._index[slot[free]]]
            homeless = self._codes[slot] != codes[left]
            left, slot = left[homeless], slot[homeless] + 1

    def find(self, codes: HashArray) -> IntArray:
        """(m,) place of each of `codes`, (m,), in the set; -1 for those that are not in it."""
        slot = (codes >> self._shift).view(np.int64)
        result = self._index.take(slot)
        left = np.flatnonzero((self._codes.take(slot) != codes) & (result >= 0))
        slot = slot[left]
        while len(left):
            slot = slot + 1
            result[left] = found = self._index.take(slot)
            other = (self._codes.take(slot) != codes[left]) & (found >= 0)
            left, slot = left[other], slot[other]
        return result
