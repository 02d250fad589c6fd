"""What the two passes of the line model see: the levels of all quantities with their context, then the words; and what
links tell where they are known."""

from collections.abc import Iterator, Sequence
from itertools import chain

import numpy as np

from locbao.features.arrays import FloatArray
from locbao.features.columns import Columns
from locbao.features.labels import LABELS
from locbao.features.lines import (
    first_pass,
    line_kinds,
    links,
    marks,
    position,
    repeats,
    shape,
    text_density,
)
from locbao.features.lines.one_hot import Family, OneHot, Quantity
from locbao.features.lines.words import function_words, headline_overlap
from locbao.features.lines.words.vocabulary import Vocabulary
from locbao.features.page import Batch

FAMILIES: dict[str, Family] = {
    "shape": shape.quantities,
    "marks": marks.quantities,
    "words": function_words.quantities,
    "repeats": repeats.quantities,
    "density": text_density.quantities,
    "place": position.quantities,
    "ties": headline_overlap.quantities,
    "patterns": line_kinds.quantities,
}


class Design:
    """What the first pass sees of a line: the quantities of `families` with their context, and words of a vocabulary.

    `width`: number of columns.
    """

    def __init__(self, families: Sequence[str], grams: Sequence[str], context: bool = True) -> None:
        self._families = [FAMILIES[family] for family in families]
        self._levels = OneHot(self._measured(Batch.of([])), context)
        self._vocabulary = Vocabulary(grams)
        self.width = self._levels.width + len(self._vocabulary)

    def columns(self, batch: Batch) -> Columns:
        """What the lines of a batch hold."""
        words = self._vocabulary.entries(batch, self._levels.width)
        return Columns((len(batch), self.width), self._levels.ones(batch, self._measured(batch)), (words,))

    def names(self) -> list[str]:
        """A readable name for each column, in order."""
        return self._levels.names() + [f"word “{gram}”" for gram in self._vocabulary.grams]

    def _measured(self, batch: Batch) -> Iterator[Quantity]:
        return chain.from_iterable(family(batch) for family in self._families)


class SecondDesign:
    """What the second pass sees beside the columns of the first: what the first pass's probabilities tell.

    `width`: number of columns.
    """

    def __init__(self, context: bool = True) -> None:
        self._levels = OneHot(first_pass.quantities(Batch.of([]), np.empty((0, len(LABELS)))), context)
        self.width = self._levels.width

    def columns(self, batch: Batch, probabilities: FloatArray) -> Columns:
        """What the lines of a batch hold; `probabilities` (n, 3) are the first pass's."""
        ones = self._levels.ones(batch, first_pass.quantities(batch, probabilities))
        return Columns((len(batch), self.width), ones)

    def names(self) -> list[str]:
        """A readable name for each column, in order."""
        return self._levels.names()


class LinkDesign:
    """What is seen of the links of pages that have them. `width`: number of columns."""

    def __init__(self) -> None:
        self._levels = OneHot(links.quantities(Batch.of([])))
        self.width = self._levels.width

    def columns(self, batch: Batch) -> Columns:
        """What the lines of a batch hold."""
        return Columns((len(batch), self.width), self._levels.ones(batch, links.quantities(batch)))

    def names(self) -> list[str]:
        """A readable name for each column, in order."""
        return self._levels.names()
