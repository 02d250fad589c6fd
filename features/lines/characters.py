"""Signs: characters by what they are used for, and how many of each a line has."""

from collections.abc import Mapping

import numpy as np

from locbao.features.arrays import ByteArray, CodeArray, FloatArray
from locbao.features.page import Batch, cached
from locbao.features.tokens import KIND, UPPER

CAPITAL, SENTENCE_END, COMMA, QUOTE, SEPARATOR, AT = range(1, 7)
_SIGNS = 7
_USES = {".?!…": SENTENCE_END, ",": COMMA, '"“”': QUOTE, "|>»›•·/\\": SEPARATOR, "@": AT}


class Classes:
    """A number for every character: that of the text which names it, else what `others` has for it."""

    def __init__(self, named: Mapping[str, int], others: ByteArray | None = None) -> None:
        self._table = np.zeros_like(KIND) if others is None else others.copy()
        for characters, number in named.items():
            self._table[[ord(character) for character in characters]] = number

    def of(self, codes: CodeArray) -> ByteArray:
        """The numbers of code points, an array of any size."""
        return self._table.take(codes, mode="clip")


def among(characters: str) -> Classes:
    """1 for the characters given, 0 for all others."""
    return Classes({characters: 1})


_SIGN = Classes(_USES, np.where(KIND == UPPER, CAPITAL, 0).astype(np.uint8))
_AFTER_SENTENCE = among(" \n\"”')")


@cached
def counts(batch: Batch) -> FloatArray:
    """(7, n) how many signs of each use every line has; a full stop inside a word or number ends no sentence."""
    sign = _SIGN.of(batch.codes)
    place = np.flatnonzero(sign)  # most characters are lower case or spaces
    sign = sign.take(place)
    follows = batch.codes.take(place + 1, mode="clip")
    sign[(sign == SENTENCE_END) & (_AFTER_SENTENCE.of(follows) == 0)] = 0
    line = batch.start.searchsorted(place, side="right") - 1
    found = np.bincount(line * _SIGNS + sign, minlength=len(batch) * _SIGNS)
    return found.reshape(-1, _SIGNS).T.astype(np.float64)
