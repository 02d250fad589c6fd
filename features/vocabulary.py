"""The words a model knows: single syllables and neighbouring pairs, found by hash so that a page costs one lookup.

A pair may hold the line's edge, written `^` and `$`: `^ chia` opens a line, `sẻ $` ends one. Words are stored as text, since a
model folder is to be read by people; the hashes are made when it is loaded.
"""

from collections.abc import Sequence

import numpy as np
import scipy.sparse as sp

from locbao.features.batch import DIGIT, Batch, HashArray, token_codes
from locbao.features.page import IntArray

START, END, NUMBER = "^", "$", "0"  # the line's edges, and any number
SPECIAL = {START: 0x5851F42D4C957F2D, END: 0x14057B7EF767814F, NUMBER: 0x2545F4914F6CDD1D}  # their hashes: odd constants
_EDGE_START, _EDGE_END, _NUMBER = np.array([SPECIAL[START], SPECIAL[END], SPECIAL[NUMBER]], dtype=np.uint64)
_PAIR = np.uint64(0xD6E8FEB86659FD93)


def grams(batch: Batch) -> tuple[IntArray, HashArray]:
    """Line and hash of every syllable and pair in the batch, pairs with the edges included."""
    tokens = batch.tokens
    code = np.where(tokens.kind == DIGIT, _NUMBER, tokens.code)
    has = np.flatnonzero(np.diff(tokens.first) > 0)
    first, last = tokens.first[:-1][has], tokens.first[1:][has] - 1
    inner = np.ones(len(code), dtype=bool)
    inner[last] = False
    left = np.flatnonzero(inner)
    line = np.concatenate((tokens.line, tokens.line[left], has, has))
    pairs = pair_code(code[left], code[left + 1])
    edges = pair_code(_EDGE_START, code[first]), pair_code(code[last], _EDGE_END)
    return line, np.concatenate((code, pairs, *edges))


def pair_code(left: HashArray | np.uint64, right: HashArray | np.uint64) -> HashArray:
    """Hash of two tokens in this order."""
    with np.errstate(over="ignore"):
        mixed = left * _PAIR + (right ^ (right >> np.uint64(31)))
    return np.asarray(mixed, dtype=np.uint64)


def gram_codes(written: Sequence[str]) -> HashArray:
    """(len(written),) the hashes of written grams, such as `ảnh` or `^ chia`."""
    parts = [gram.split(" ") for gram in written]
    words = sorted({part for gram in parts for part in gram} - set(SPECIAL))
    code = dict(zip(words, token_codes(words).tolist(), strict=True)) | SPECIAL
    left = np.array([code[gram[0]] for gram in parts], dtype=np.uint64)
    right = np.array([code[gram[-1]] for gram in parts], dtype=np.uint64)
    single = np.array([len(gram) == 1 for gram in parts], dtype=bool)
    return np.where(single, left, pair_code(left, right))


class Vocabulary:
    """Grams in a fixed order, which is that of the columns they fill."""

    def __init__(self, grams: Sequence[str]) -> None:
        self.grams = tuple(grams)
        codes = gram_codes(self.grams)
        self._order = np.argsort(codes, kind="stable")
        self._sorted = codes[self._order]

    def __len__(self) -> int:
        return len(self.grams)

    def matrix(self, batch: Batch) -> sp.csr_matrix:
        """(n, len(self)) float32: 1 over the root of the line's known grams, so that long lines do not shout."""
        line, code = grams(batch)
        if not len(self.grams) or not len(line):
            return sp.csr_matrix((len(batch), len(self.grams)), dtype=np.float32)
        place = np.minimum(np.searchsorted(self._sorted, code), len(self._sorted) - 1)
        known = self._sorted[place] == code
        line, column = line[known], self._order[place[known]]
        weight = 1.0 / np.sqrt(np.maximum(np.bincount(line, minlength=len(batch)), 1.0))
        values = weight[line].astype(np.float32)
        return sp.coo_matrix((values, (line, column)), shape=(len(batch), len(self.grams))).tocsr()
