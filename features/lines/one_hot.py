"""Quantities of lines as columns: one for each level of the line itself and of the lines around it.

One-hot levels keep the model linear and every weight readable: a line's score is a sum of named reasons.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, partial
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from locbao.features.arrays import IntArray
from locbao.features.columns import Ones
from locbao.features.page import Batch

_YES = (0.5,)  # edges of what is so or is not
_as_array = cache(partial(np.asarray, dtype=np.float64))


class Quantity(NamedTuple):
    """A number for every line of a batch.

    `name` reads well in an explanation. `values` (n). `edges` cut them into len(edges) + 1 levels: the level is how
    many edges are not above the value. `reach`: so many lines before and after see the level too, as their context.
    `labels` name the levels of a quantity that is a kind rather than a number: its value is its level.
    """

    name: str
    values: npt.NDArray[Any]
    edges: tuple[float, ...] = _YES
    reach: int = 0
    labels: tuple[str, ...] = ()

    @property
    def level_count(self) -> int:
        """How many levels there are."""
        return len(self.labels) or len(self.edges) + 1

    def levels(self) -> npt.NDArray[Any]:
        """(n,) the level of every line."""
        if self.labels or (self.edges == _YES and self.values.dtype == bool):
            return self.values
        return _as_array(self.edges).searchsorted(self.values, side="right")

    def level_name(self, level: int) -> str:
        """A level in words: `syllables 16–40`, `date: yes`."""
        if self.labels:
            return f"{self.name}: {self.labels[level]}"
        if self.edges == _YES:
            return f"{self.name}: {'yes' if level else 'no'}"
        if level == 0:
            return f"{self.name} < {self.edges[0]:g}"
        if level == len(self.edges):
            return f"{self.name} ≥ {self.edges[-1]:g}"
        return f"{self.name} {self.edges[level - 1]:g}–{self.edges[level]:g}"


Family = Callable[[Batch], Iterator[Quantity]]
"""A function that measures some quantities of a batch: always the same ones, in the same order."""


class OneHot:
    """Columns for the levels of some quantities: of the line itself, and of the `reach` lines before and after, with
    one more for the page having no such line."""

    def __init__(self, quantities: Iterable[Quantity], context: bool = True) -> None:
        """`quantities`: those of any batch; of `context`, whether the lines around are seen."""
        self.quantities = tuple(quantities)
        reach = np.array([quantity.reach * context for quantity in self.quantities], dtype=np.int64)
        self._outside = np.array([[quantity.level_count] for quantity in self.quantities], dtype=np.uint16)
        self.width = 0
        self._views: list[tuple[int, IntArray, IntArray]] = []  # lines further down, quantities, their first columns
        for by in range(-int(reach.max(initial=0)), int(reach.max(initial=0)) + 1):
            shown = np.flatnonzero(reach >= abs(by))
            first = self.width + np.cumsum([0, *(self._outside[shown, 0] + (by != 0)).tolist()])
            self._views.append((by, shown, first[:-1, None]))
            self.width = int(first[-1])

    def ones(self, batch: Batch, quantities: Iterable[Quantity]) -> "Views":
        """The columns that hold a one, for each line of the context."""
        level = np.empty((len(self.quantities), len(batch)), dtype=np.uint16)
        for row, quantity in zip(level, quantities, strict=True):
            row[:] = quantity.levels()
        return Views(batch, level, self._outside, self._views)

    def names(self) -> list[str]:
        """A readable name for each column, in order."""
        return [
            name
            for by, shown, _ in self._views
            for quantity in (self.quantities[index] for index in shown)
            for name in _column_names(quantity, by)
        ]


@dataclass(frozen=True, slots=True)
class Views:
    """Levels (q, n) of a batch as each line of the context sees them. They are made one view at a time, since all
    together are by far the largest arrays of a batch."""

    batch: Batch
    level: npt.NDArray[np.uint16]
    outside: npt.NDArray[np.uint16]
    views: Sequence[tuple[int, IntArray, IntArray]]

    def __iter__(self) -> Iterator[Ones]:
        for by, shown, first in self.views:
            yield Ones(first, self.batch.shifted(self.level[shown], by, self.outside[shown]))


def _column_names(quantity: Quantity, by: int) -> list[str]:
    where = f"line {by:+d}: " if by else ""
    names = [where + quantity.level_name(level) for level in range(quantity.level_count)]
    return [*names, f"no line {by:+d} ({quantity.name})"] if by else names
