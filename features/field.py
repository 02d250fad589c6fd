"""What one feature is: a number per line, cut into levels, seen also from neighbouring lines."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from locbao.features.batch import FloatArray

LevelArray = npt.NDArray[np.uint16]


class Field(NamedTuple):
    """A quantity measured on every line.

    `name` reads well in an explanation; `edges` cut it into len(edges) + 1 levels (level = edges at or below the value);
    `reach`: so many lines before and after use its level as their context; `labels` name the levels of a quantity that
    is a kind rather than a number.
    """

    name: str
    edges: tuple[float, ...] = (0.5,)
    reach: int = 0
    labels: tuple[str, ...] = ()


def kinds(name: str, labels: Sequence[str], reach: int = 0) -> Field:
    """The field of a quantity that counts kinds from 0, each with its label."""
    return Field(name, tuple(range(1, len(labels))), reach, tuple(labels))


def levels(fields: tuple[Field, ...], values: FloatArray) -> LevelArray:
    """(n, len(fields)) levels of the values, (n, len(fields))."""
    result = np.empty(values.shape, dtype=np.uint16)
    for column, field in enumerate(fields):
        result[:, column] = np.searchsorted(field.edges, values[:, column], side="right")
    return result


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
