"""Pages laid end to end as arrays, so that every feature is computed for a whole batch at once.

Characters are code points, syllables ("tokens") are 64-bit hashes: nothing below goes through Python line by line.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

import numpy as np
import numpy.typing as npt

from locbao.features.page import IntArray, Page
from locbao.features.tokens import KIND, ByteArray, CodeArray, HashArray, Tokens, token_codes

__all__ = ["Batch", "BoolArray", "FloatArray", "HashArray", "once", "token_codes"]

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]

_P = ParamSpec("_P")
_T = TypeVar("_T")
_Value = TypeVar("_Value", bound=np.generic)


@dataclass(frozen=True, eq=False)
class Batch:
    """The lines of several pages in a row; n is the number of lines, c of characters.

    `page` (n): index of the page a line belongs to. `first` (p + 1): a page's lines are first[i]:first[i + 1].
    `gaps` (n): blank lines just before. `codes` (c): code points, lines ended by a line feed. `kinds` (c): kinds of
    characters. `start`, `stop` (n): a line's characters. `known`: what `once` keeps.
    """

    page: IntArray
    first: IntArray
    gaps: IntArray
    codes: CodeArray
    kinds: ByteArray
    start: IntArray
    stop: IntArray
    tokens: Tokens
    known: dict[Any, Any] = field(default_factory=dict, repr=False)

    def __len__(self) -> int:
        return len(self.page)

    @classmethod
    def of(cls, pages: Sequence[Page]) -> "Batch":
        """Arrays for `pages`, none of which needs to have a line."""
        lengths = np.array([len(page.lines) for page in pages], dtype=np.int64)
        text = "".join("\n".join(page.lines) + "\n" for page in pages if page.lines)
        codes: CodeArray = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
        stop = np.flatnonzero(codes == ord("\n"))
        start = np.zeros_like(stop)
        start[1:] = stop[:-1] + 1
        kinds = KIND.take(codes, mode="clip")
        first = np.zeros(len(pages) + 1, dtype=np.int64)
        lengths.cumsum(out=first[1:])
        return cls(
            page=np.arange(len(pages)).repeat(lengths),
            first=first,
            gaps=np.concatenate([page.gaps for page in pages]) if pages else lengths,
            codes=codes,
            kinds=kinds,
            start=start,
            stop=stop,
            tokens=Tokens.of(codes, kinds, start),
        )

    def shifted(self, values: npt.NDArray[_Value], by: int, outside: float) -> npt.NDArray[_Value]:
        """(n,) the value of the line `by` lines further down (up if negative); `outside` where the page ends before."""
        there, beyond = neighbours(self, by)
        result = values.take(there)
        result[beyond] = outside
        return result

    def page_sums(self, values: npt.NDArray[np.generic]) -> FloatArray:
        """(p,) sums of a value per line, (n,), over each page."""
        return np.bincount(self.page, weights=values, minlength=len(self.first) - 1).astype(np.float64, copy=False)

    def line_sums(self, line: IntArray, values: npt.NDArray[np.generic]) -> FloatArray:
        """(n,) sums of values, (m,), that belong to the lines `line`, (m,)."""
        return np.bincount(line, weights=values, minlength=len(self)).astype(np.float64, copy=False)

    def token_counts(self, chosen: BoolArray) -> FloatArray:
        """(n,) how many of a line's tokens are chosen, (t,)."""
        return np.bincount(self.tokens.line[chosen], minlength=len(self)).astype(np.float64)


def once(work: Callable[Concatenate[Batch, _P], _T]) -> Callable[Concatenate[Batch, _P], _T]:
    """Marks what depends on a batch (and on plain numbers) alone: it is computed when first asked for, then kept."""

    @wraps(work)
    def kept(batch: Batch, /, *args: _P.args, **kwargs: _P.kwargs) -> _T:
        key = (work, *args)
        if key not in batch.known:
            batch.known[key] = work(batch, *args, **kwargs)
        value: _T = batch.known[key]
        return value

    return kept


@once
def neighbours(batch: Batch, by: int) -> tuple[IntArray, IntArray]:
    """(n,) index of the line `by` lines further down, 0 where the page has none, and the lines where it has none."""
    there = np.arange(by, len(batch) + by)
    beyond = there < page_start(batch) if by < 0 else there >= page_end(batch)
    there[beyond] = 0
    return there, np.flatnonzero(beyond)


@once
def page_start(batch: Batch) -> IntArray:
    """(n,) first line of the page that a line stands on."""
    return batch.first.take(batch.page)


@once
def page_end(batch: Batch) -> IntArray:
    """(n,) end (exclusive) of the page that a line stands on."""
    return batch.first.take(batch.page + 1)
