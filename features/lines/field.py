"""What one feature is: a number per line, cut into levels, seen also from neighbouring lines."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from locbao.features.arrays import FloatArray

LevelArray = npt.NDArray[np.uint16]

_BLOCK = 1024  # lines cut at a time, so that they stay in the cache


class Field(NamedTuple):
    """A quantity measured on every line.

    `name` reads well in an explanation; `edges` cut it into len(edges) + 1 levels (level = edges at or below the
    value); `reach`: so many lines before and after use its level as their context; `labels` name the levels of a
    quantity that is a kind rather than a number: the value is the level.
    """

    name: str
    edges: tuple[float, ...] = (0.5,)
    reach: int = 0
    labels: tuple[str, ...] = ()


def kinds(name: str, labels: Sequence[str], reach: int = 0) -> Field:
    """The field of a quantity that counts kinds from 0, each with its label."""
    return Field(name, tuple(range(1, len(labels))), reach, tuple(labels))


def stacked(columns: Sequence[npt.NDArray[np.generic]]) -> FloatArray:
    """(len(columns), n) of quantities (n,) of any type."""
    result = np.empty((len(columns), len(columns[0])))
    for row, column in zip(result, columns, strict=True):
        row[:] = column
    return result


class Cuts:
    """The edges of some fields as one table, so that all fields are cut edge by edge and not one by one."""

    def __init__(self, fields: Sequence[Field]) -> None:
        self._kinds = [index for index, field in enumerate(fields) if field.labels]
        numbers = [index for index, field in enumerate(fields) if not field.labels]
        self._numbers = sorted(numbers, key=lambda index: -len(fields[index].edges))  # most edges first
        edges = [fields[index].edges for index in self._numbers]
        self._edges = [
            np.array([[own[place]] for own in edges if place < len(own)])
            for place in range(max(map(len, edges), default=0))
        ]

    def levels(self, values: FloatArray) -> LevelArray:
        """(len(fields), n) levels of the values, (len(fields), n)."""
        result = np.empty(values.shape, dtype=np.uint16)
        for start in range(0, values.shape[1], _BLOCK):
            block = slice(start, start + _BLOCK)
            result[self._kinds, block] = values[self._kinds, block]
            result[self._numbers, block] = self._cut(values[self._numbers, block])
        return result

    def _cut(self, values: FloatArray) -> LevelArray:
        level = np.zeros(values.shape, dtype=np.uint16)
        for edge in self._edges:
            level[: len(edge)] += values[: len(edge)] >= edge
        return level


def level_name(field: Field, level: int) -> str:
    """A level in words: `syllables 16-40`, `sentence end: yes`."""
    if field.labels:
        return f"{field.name}: {field.labels[level]}"
    if field.edges == (0.5,):
        return f"{field.name}: {'yes' if level else 'no'}"
    if level == 0:
        return f"{field.name} < {field.edges[0]:g}"
    if level == len(field.edges):
        return f"{field.name} ≥ {field.edges[-1]:g}"
    return f"{field.name} {field.edges[level - 1]:g}–{field.edges[level]:g}"
