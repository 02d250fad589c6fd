"""Where one batch of pages ends and the next begins: the same rule for a call and for a run over files."""

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

PAGES_AT_ONCE = 24  # enough to make numpy's cost per call vanish, few enough to stay in the cache
SIZE = 1_000_000  # characters or bytes: a batch ends early at large pages, so that memory stays flat

_Page = TypeVar("_Page")


def batches(pages: Iterable[_Page], size: Callable[[_Page], int]) -> Iterator[list[_Page]]:
    """The pages in lists of at most PAGES_AT_ONCE; a list ends early when its pages come to SIZE.

    It depends on the pages alone, so that a run that goes on after a break makes the batches that it would have made.
    """
    batch: list[_Page] = []
    total = 0
    for page in pages:
        batch.append(page)
        total += size(page)
        if len(batch) == PAGES_AT_ONCE or total >= SIZE:
            yield batch
            batch, total = [], 0
    if batch:
        yield batch
