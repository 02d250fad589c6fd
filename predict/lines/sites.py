"""Site memory: on how many pages of its site a line stands, and how much likelier that makes it furniture.

Counts stand in a count-min sketch (Cormode and Muthukrishnan, 2005), whose size does not grow with the pages: a line
has a cell in each of two rows, and the lesser cell is its count. It is never too low, and too high only where other
lines share both cells: at five million different lines, one in fifteen lines that stand nowhere else seems to stand on
another page.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from hashlib import blake2b
from pathlib import Path
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from locbao.features.arrays import FloatArray, HashArray, IntArray
from locbao.features.errors import LocbaoError
from locbao.features.labels import BODY, SIDEBAR
from locbao.features.page import Page
from locbao.predict.reading.parsing import page_of

_ROWS = 2
_LINE_BITS = 24  # 2 ** 24 cells a row: 64 MB in all
_ARTICLE_BITS = 22
_LONGEST = 3  # lines that an article is known by
_HASH = 8  # bytes
_HEADLINE = 4  # words of the shortest headline

_Cells = npt.NDArray[np.uint16]
_FULL = np.iinfo(np.uint16).max


class Counters:
    """Saturating counts of 64-bit hashes in `cells` (rows, 2 ** bits); the order of additions does not matter."""

    def __init__(self, cells: _Cells) -> None:
        self.cells = cells
        self._mask = np.uint64(cells.shape[1] - 1)

    @classmethod
    def empty(cls, bits: int) -> Self:
        return cls(np.zeros((_ROWS, 1 << bits), dtype=np.uint16))

    def add(self, keys: HashArray) -> None:
        """Counts each of the keys (k,) once more; they are different ones."""
        for row, places in zip(self.cells, self._places(keys), strict=True):
            old = row[places]
            row[places] = old + (old < _FULL)

    def count(self, keys: HashArray) -> IntArray:
        """(k,) how often each key was counted, or more."""
        counts = [row[places] for row, places in zip(self.cells, self._places(keys), strict=True)]
        return np.asarray(np.minimum.reduce(counts), dtype=np.int64)

    def _places(self, keys: HashArray) -> list[HashArray]:
        """The cell of each key in each row."""
        return [(keys >> np.uint64(32 * row)) & self._mask for row in range(_ROWS)]


class SiteMemory:
    """The pages of each site that a line stands on. Fill it with all pages, then give it to `Model.label_many`.

    A page that was added before counts once, and so do two that share their three longest lines: an article that was
    fetched twice is no furniture.
    """

    def __init__(self) -> None:
        self._lines = Counters.empty(_LINE_BITS)
        self._articles = Counters.empty(_ARTICLE_BITS)

    def add(self, site: str, text: str | Page, markup: str = "auto") -> None:
        """Counts a page, written in `markup` (see `Model.label`); none of the site "", which is no site."""
        lines = set(page_of(text, markup).lines)
        if not site or not lines:
            return
        article = _hashes(site, ["\n".join(longest_lines(lines))])
        if self._articles.count(article)[0]:
            return
        self._articles.add(article)
        self._lines.add(_hashes(site, ["", *lines]))  # the empty line stands on every page, so it counts the pages

    def shares(self, site: str, lines: Sequence[str]) -> FloatArray:
        """(n,) on what share of its site's pages each line of one of them stands beside that one."""
        if not site or not lines:
            return np.zeros(len(lines))
        pages, *counts = self._lines.count(_hashes(site, ["", *lines])).tolist()
        return as_shares(np.array(counts) - 1, pages - 1)

    def save(self, path: Path) -> None:
        """Writes what `open_memory` needs. Raises OSError."""
        with path.open("wb") as file:
            np.save(file, self._lines.cells)


@lru_cache(maxsize=1)
def open_memory(path: Path) -> SiteMemory:
    """A saved memory to be read from. The file stays on the disk, and all processes share what they read of it."""
    memory = SiteMemory()
    memory._lines = Counters(np.load(path, mmap_mode="r"))
    return memory


def as_shares(others: IntArray, pages: int) -> FloatArray:
    """(n,) `others` (n,), the other pages that lines stand on, as shares of the site's pages; `pages` is how many other
    pages there are.

    Of one other page that has the line, half is a fact: the page itself is counted as one without.
    """
    return np.asarray(others.clip(0, max(pages, 0)) / (max(pages, 0) + 1))


def longest_lines(lines: set[str] | frozenset[str]) -> tuple[str, ...]:
    """The lines that an article is known by, whatever the page around it says today."""
    return tuple(sorted(lines, key=lambda line: (-len(line), line))[:_LONGEST])


def _hashes(site: str, lines: Sequence[str]) -> HashArray:
    """(k,) hashes of lines on their site, the same on every machine."""
    site_hash = blake2b(site.encode(errors="surrogatepass"), digest_size=_HASH)
    digests = []
    for line in lines:
        hash = site_hash.copy()
        hash.update(b"\n" + line.encode(errors="surrogatepass"))
        digests.append(hash.digest())
    return np.frombuffer(b"".join(digests), dtype="<u8").astype(np.uint64)


class NoSitePart(LocbaoError):
    """A model that cannot take site memory."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"The model {name} has no part for site memory. `locbao train lines` makes one if its corpus has a site "
            "with two pages or more and is scored (folds is not 0). Without --site-memory this model labels as it is."
        )
        self.name = name


class SiteModel:
    """Built from the part `site` of a model folder, a dict that its schema has let in (predict/store/schema.py):

    `steps` (k,): shares of a site's pages, ascending. `weights` (k,): the log-odds that a line gains as sidebar with
    each step that its share reaches.
    """

    def __init__(self, part: Mapping[str, Any]) -> None:
        self._steps = np.asarray(part["steps"], dtype=np.float64)
        self._weights = np.asarray(part["weights"], dtype=np.float64)

    def with_shares(self, probabilities: FloatArray, shares: FloatArray) -> FloatArray:
        """The probabilities (n, 3) of LABELS with what the shares (n,) add to them; untouched where that is nothing."""
        gained = reached(shares, self._steps) @ self._weights
        changed = np.flatnonzero(gained)
        result = probabilities.copy()
        result[changed, SIDEBAR] *= np.exp(gained[changed])
        result[changed] /= result[changed].sum(axis=1, keepdims=True)
        return result


def reached(shares: FloatArray, steps: FloatArray) -> FloatArray:
    """(n, k): 1 where a share (n,) reaches a step (k,)."""
    return (shares[:, None] >= steps).astype(np.float64)


def without_headline(lines: Sequence[str], labels: IntArray, shares: FloatArray) -> FloatArray:
    """The shares (n,) of a page's lines, 0 where a line says what the headline says: other pages link to it by that.

    The headline is the first line of some words that is labelled body; `labels` (n,) are indices into LABELS.
    """
    body = (lines[place] for place in np.flatnonzero(labels == BODY).tolist())
    headline = next((line for line in body if len(line.split()) >= _HEADLINE), None)
    return np.where([line == headline for line in lines], 0.0, shares)
