"""A page: the input's own lines beside the normalised ones that features are computed on."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from locbao.features.text import normalise_lines, split_lines

IntArray = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Page:
    """Lines of one page; n is the number of lines that are not blank.

    `raw`: every line of the input, without line ends.
    `lines` (n): normalised text of the lines that are not blank.
    `numbers` (n): their raw line numbers, from 1.
    `gaps` (n): how many blank lines stand just before each.
    """

    raw: tuple[str, ...]
    lines: tuple[str, ...]
    numbers: IntArray
    gaps: IntArray

    @classmethod
    def from_text(cls, text: str) -> "Page":
        """The page of a text, split at `\\r\\n`, `\\n` and `\\r` only."""
        return cls.from_lines(split_lines(text))

    @classmethod
    def from_lines(cls, lines: Sequence[str]) -> "Page":
        """The page of raw lines; a line of white space, zero-width characters or `&nbsp;` alone is blank."""
        normalised = normalise_lines(list(lines)) if lines else []
        kept = [index for index, line in enumerate(normalised) if line]
        numbers = np.array(kept, dtype=np.int64) + 1
        gaps = np.diff(numbers, prepend=0) - 1
        return cls(tuple(lines), tuple(normalised[index] for index in kept), numbers, gaps)
