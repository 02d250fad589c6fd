"""The first of the two passes that a batch with site memory makes over its inputs: what stands on which pages."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory, TemporaryFile
from typing import TYPE_CHECKING

from locbao.features.errors import LocbaoError
from locbao.predict.batch.checkpoint import Checkpoint
from locbao.predict.reading.batches import PAGES_AT_ONCE
from locbao.predict.reading.inputs import Reader
from locbao.predict.reading.items import Input, ReadOptions

if TYPE_CHECKING:
    from locbao.predict.lines.sites import SiteMemory


class NoSites(LocbaoError):
    """Site memory is asked for, but no page says what site it is of."""


@contextmanager
def place_for_counts(options: ReadOptions) -> Iterator[Path | None]:
    """A file name for the counts as long as a run lasts; None if it has no site memory.

    Linux can reach a file that has no name of its own, so a run that is killed leaves nothing behind.
    """
    handles = Path(f"/proc/{os.getpid()}/fd")
    if not options.site_field:
        yield None
    elif handles.is_dir():
        from locbao.predict.lines.sites import open_memory

        with TemporaryFile() as file:
            open_memory.cache_clear()  # an earlier file can have had the same number
            yield handles / str(file.fileno())
    else:
        with TemporaryDirectory(prefix="locbao-", ignore_cleanup_errors=True) as folder:
            yield Path(folder) / "sites.npy"


def learn(reader: Reader, watch: Callable[[Checkpoint, float | None], object]) -> "SiteMemory":
    """The memory of all pages that can be used. Raises NoSites if there are some, but none has a site."""
    from locbao.predict.lines.sites import SiteMemory

    memory, pages, with_site = SiteMemory(), 0, 0
    for number, page in enumerate(reader.pages(), 1):
        if isinstance(page, Input):
            memory.add(page.site, page.page)
            pages += 1
            with_site += bool(page.site)
        if number % PAGES_AT_ONCE == 0:
            watch(Checkpoint(items=number, pages=pages), reader.fraction)
    if pages and not with_site:
        raise NoSites(
            f'None of the pages has a site in "{reader.options.site_field}", so that --site-memory knows nothing of '
            "any. Name the field or column that holds it, or the address of the page: --site-field NAME."
        )
    return memory
