"""Words that mean something to us, told apart by the sets they stand in."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from locbao.features.lookup import Lookup
from locbao.features.tokens import HashArray, token_codes


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
