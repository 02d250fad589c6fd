"""The words a model knows: single syllables and neighbouring pairs, found by hash so that a page costs one lookup.

A pair may hold the line's edge, written `^` and `$`: `^ chia` opens a line, `sẻ $` ends one. Words are stored as text,
since a model folder is to be read by people; the hashes are made when it is loaded.
"""

from collections.abc import Sequence

import numpy as np

from locbao.features.arrays import HashArray, IntArray
from locbao.features.columns import Entries
from locbao.features.page import Batch
from locbao.features.tokens import DIGIT, Lookup, token_codes

START, END, NUMBER = "^", "$", "0"  # the line's edges, and any number
# Their hashes: odd constants.
SPECIAL = {START: 0x5851F42D4C957F2D, END: 0x14057B7EF767814F, NUMBER: 0x2545F4914F6CDD1D}
_EDGE_START, _EDGE_END, _NUMBER = np.array([SPECIAL[START], SPECIAL[END], SPECIAL[NUMBER]], dtype=np.uint64)
_PAIR = np.uint64(0xD6E8FEB86659FD93)


def grams(batch: Batch) -> tuple[IntArray, HashArray]:
    """Line and hash of every syllable and pair in the batch, pairs with the edges included."""
    tokens = batch.tokens
    code = np.where(tokens.kind == DIGIT, _NUMBER, tokens.code)
    has = np.flatnonzero(tokens.count > 0)
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
    """Grams in a fixed order, which is that of the columns they fill.

    A known gram counts 1 over the root of the number of known grams in its line, so that long lines do not shout.
    """

    def __init__(self, grams: Sequence[str]) -> None:
        self.grams = tuple(grams)
        self._lookup = Lookup(gram_codes(self.grams))

    def __len__(self) -> int:
        return len(self.grams)

    def entries(self, batch: Batch, first: int = 0) -> Entries:
        """What lines hold in the columns of the vocabulary, which begin at column `first`."""
        line, code = grams(batch)
        column = self._lookup.find(code)
        in_vocabulary = np.flatnonzero(column >= 0)
        line = line.take(in_vocabulary)
        share = 1.0 / np.sqrt(np.maximum(np.bincount(line, minlength=len(batch)), 1.0))
        return Entries(line, column.take(in_vocabulary) + first, share.take(line))
