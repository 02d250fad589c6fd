"""A page, and a batch of pages: their lines laid end to end as arrays, so that features of all are computed at once.

Characters are code points, syllables ("tokens") are 64-bit hashes: nothing of a batch goes through Python line by line.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

import numpy as np
import numpy.typing as npt

from locbao.features.arrays import BoolArray, ByteArray, CodeArray, FloatArray, IntArray
from locbao.features.notation.elements import TEXT
from locbao.features.notation.markdown import is_markdown, markdown_lines
from locbao.features.text import normalise_lines, split_lines
from locbao.features.tokens import Characters, Tokens

LINK = 0.8
"""Share of link text from which on a line is a link; dates and numbers stand beside it."""

_LEAST_LINKS = 0.1  # of the lines of a page; of whole pages every fifth line is one at least

_P = ParamSpec("_P")
_T = TypeVar("_T")
_Value = TypeVar("_Value", bound=np.generic)


@dataclass(frozen=True, slots=True)
class Page:
    """The lines of one page, as they are and normalised; n is the number of those that say something.

    `raw`: every line of the input, without line ends.
    `plain`: the plain text of each; the raw lines themselves where the page is plain text.
    `lines` (n): normalised plain text of the lines that say something: neither blank nor marks of Markdown alone.
    `numbers` (n): their raw line numbers, from 1.
    `gaps` (n): how many blank lines stand just before each; on a page of Markdown at most one.
    `marks` (m): raw line numbers of the lines of marks alone, which the other lines are seen without.
    `links` (n): share of link text in each line, 0 to 1; None where that is unknown, as it is in plain text.
    `elements` (n): the element that each line is (see `features.notation.elements`); None likewise.
    `wrapped`: the page before the lines of its paragraphs were joined (see `features.fixed_width`), of which `numbers`
    are the first ones; None where each line is one of the input.
    """

    raw: tuple[str, ...]
    plain: tuple[str, ...]
    lines: tuple[str, ...]
    numbers: IntArray
    gaps: IntArray
    marks: IntArray
    links: FloatArray | None = None
    elements: IntArray | None = None
    wrapped: "Page | None" = None

    @property
    def line_count(self) -> int:
        """Lines that are not blank."""
        return len(self.numbers) + len(self.marks)

    @property
    def input_numbers(self) -> IntArray:
        """Line numbers of all lines of the input that say something."""
        return self.numbers if self.wrapped is None else self.wrapped.numbers

    def numbers_of(self, place: int) -> IntArray:
        """Numbers of the lines of the input that one of `lines` is made of."""
        first, end = self.input_numbers.searchsorted([*self.numbers[place : place + 2].tolist(), len(self.raw) + 1])[:2]
        return self.input_numbers[first:end]

    def places(self, numbers: npt.ArrayLike) -> IntArray:
        """Which of `lines` those of the input with these numbers are, or are parts of."""
        return np.asarray(self.numbers.searchsorted(numbers, side="right") - 1)

    @property
    def text(self) -> str:
        """The raw lines, joined by line feeds."""
        return "\n".join(self.raw)

    @classmethod
    def from_text(cls, text: str) -> "Page":
        """The page of a plain text, split at `\\r\\n`, `\\n` and `\\r` only."""
        return cls.from_lines(split_lines(text))

    @classmethod
    def from_markdown(cls, text: str) -> "Page":
        """The page of a text of Markdown, split likewise."""
        lines = split_lines(text)
        return cls.from_rendered(lines, *markdown_lines(lines))

    @classmethod
    def from_text_or_markdown(cls, text: str) -> "Page":
        """The page of a text that is Markdown if it looks like it (see `is_markdown`)."""
        return cls.from_markdown(text) if is_markdown(text) else cls.from_text(text)

    @classmethod
    def from_lines(
        cls, lines: Sequence[str], links: Sequence[float] | None = None, elements: Sequence[int] | None = None
    ) -> "Page":
        """The page of raw lines; a line of white space, zero-width characters or `&nbsp;` alone is blank.

        `links`: share of link text in each line, if it is known. It is not where hardly a line is a link: such a page
        is cut out of one, or has been through something that dropped links. `elements`: that of each line, if known.
        """
        normalised = normalise_lines(lines)
        kept = [index for index, line in enumerate(normalised) if line]
        numbers = np.array(kept, dtype=np.int64) + 1
        gaps = np.diff(numbers, prepend=0) - 1
        raw, none = tuple(lines), np.zeros(0, dtype=np.int64)
        shares = None if links is None else np.array(links, dtype=np.float64)[kept]
        kinds = None if elements is None else np.array(elements, dtype=np.int64)[kept]
        if kinds is not None and shares is not None:
            kinds[shares >= LINK] = TEXT
        if shares is None or (shares >= LINK).sum() < _LEAST_LINKS * max(len(kept), 1):
            shares = None
        return cls(raw, raw, tuple(filter(None, normalised)), numbers, gaps, none, shares, kinds)

    @classmethod
    def from_rendered(
        cls,
        lines: Sequence[str],
        plain: Sequence[str],
        links: Sequence[float] | None = None,
        elements: Sequence[int] | None = None,
    ) -> "Page":
        """The page of raw lines and of the plain text of each, "" for marks alone; the rest as in `from_lines`."""
        page = cls.from_lines(plain, links, elements)
        is_blank = np.arange(len(lines) + 1) > 0  # by line number, from 1
        is_blank[page.numbers] = False
        silent = [number for number in np.flatnonzero(is_blank).tolist() if lines[number - 1].strip()]
        normalised = normalise_lines([lines[number - 1] for number in silent])
        marks = np.array([number for number, line in zip(silent, normalised, strict=True) if line], dtype=np.int64)
        is_blank[marks] = False
        # Renderers leave one blank line or two where the page has none; that there is one is all they say.
        gaps = np.diff(is_blank.cumsum()[page.numbers], prepend=0).clip(max=1)
        return cls(tuple(lines), page.plain, page.lines, page.numbers, gaps, marks, page.links, page.elements)


@dataclass(frozen=True, eq=False)
class Batch:
    """The lines of several pages in a row; n is the number of lines, c of characters.

    `page` (n): index of the page a line belongs to. `first` (p + 1): a page's lines are first[i]:first[i + 1].
    `gaps` (n): blank lines just before. `codes` (c): code points, lines ended by a line feed. `kinds` (c): kinds of
    characters. `start`, `stop` (n): a line's characters. `links` (n): share of link text in each line, NaN on pages
    where that is unknown; None if no page of the batch knows it. `elements` (n): that of each line; None if all are
    text, as on plain pages. `cache`: what `cached` functions have computed.
    """

    page: IntArray
    first: IntArray
    gaps: IntArray
    codes: CodeArray
    kinds: ByteArray
    start: IntArray
    stop: IntArray
    tokens: Tokens
    links: FloatArray | None = None
    elements: IntArray | None = None
    cache: dict[Any, Any] = field(default_factory=dict, repr=False)

    def __len__(self) -> int:
        return len(self.page)

    @classmethod
    def of(cls, pages: Sequence[Page]) -> "Batch":
        """Arrays for `pages`, none of which needs to have a line."""
        lengths = np.array([len(page.lines) for page in pages], dtype=np.int64)
        characters = Characters.of([line for page in pages for line in page.lines])
        return cls(
            page=np.arange(len(pages)).repeat(lengths),
            first=np.append(0, lengths.cumsum()),
            gaps=np.concatenate([page.gaps for page in pages]) if pages else lengths,
            codes=characters.codes,
            kinds=characters.kinds,
            start=characters.start,
            stop=characters.stop,
            tokens=Tokens.of(characters),
            links=_links_of(pages),
            elements=_elements_of(pages),
        )

    def shifted(self, values: npt.NDArray[_Value], by: int, outside: npt.ArrayLike) -> npt.NDArray[_Value]:
        """(…, n) the value of the line `by` lines further down (up if negative); `outside` where the page has none."""
        if not by:
            return values
        there, beyond = _neighbours(self, by)
        result = values.take(there, axis=-1)
        result[..., beyond] = outside
        return result

    def first_on_page(self, lines: IntArray) -> IntArray:
        """(p,) the first of `lines`, (m,) in ascending order, on each page; -1 for none."""
        result = np.full(len(self.first) - 1, -1, dtype=np.int64)
        result[self.page.take(lines)[::-1]] = lines[::-1]  # from the bottom up: a page's first one is written last
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


def _links_of(pages: Sequence[Page]) -> FloatArray | None:
    if all(page.links is None for page in pages):
        return None
    return np.concatenate([np.full(len(page.lines), np.nan) if page.links is None else page.links for page in pages])


def _elements_of(pages: Sequence[Page]) -> IntArray | None:
    if all(page.elements is None for page in pages):
        return None
    text = ((len(page.lines), page.elements) for page in pages)
    return np.concatenate([np.full(count, TEXT) if elements is None else elements for count, elements in text])


def cached(work: Callable[Concatenate[Batch, _P], _T]) -> Callable[Concatenate[Batch, _P], _T]:
    """Marks a function of a batch (and of plain numbers) alone: the batch keeps each result once it is computed."""

    @wraps(work)
    def lookup(batch: Batch, /, *args: _P.args, **kwargs: _P.kwargs) -> _T:
        key = (work, *args)
        if key not in batch.cache:
            batch.cache[key] = work(batch, *args, **kwargs)
        value: _T = batch.cache[key]
        return value

    return lookup


@cached
def _neighbours(batch: Batch, by: int) -> tuple[IntArray, IntArray]:
    """(n,) index of the line `by` lines further down, 0 where the page has none, and the lines where it has none."""
    there = np.arange(by, len(batch) + by)
    beyond = there < page_start(batch) if by < 0 else there >= page_end(batch)
    there[beyond] = 0
    return there, np.flatnonzero(beyond)


@cached
def page_start(batch: Batch) -> IntArray:
    """(n,) first line of the page that a line stands on."""
    return batch.first.take(batch.page)


@cached
def page_end(batch: Batch) -> IntArray:
    """(n,) end (exclusive) of the page that a line stands on."""
    return batch.first.take(batch.page + 1)
