"""Links: how much of a line is link text, and the runs of lines that are no links.

Nearly every line of a menu, a card or a related list is one link; the paragraphs of an article stand in the longest
runs of lines that are none. Plain text does not say what is a link, so these quantities stand apart from all others.
"""

from collections.abc import Iterator

import numpy as np

from locbao.features.lines.one_hot import Quantity
from locbao.features.lines.quantities import prose_lines
from locbao.features.page import LINK, Batch, page_start


def quantities(batch: Batch) -> Iterator[Quantity]:
    """What is measured of every line; those of a page whose links are unknown count as lines without."""
    share = np.zeros(len(batch)) if batch.links is None else np.nan_to_num(batch.links)
    is_link = share >= LINK
    start = page_start(batch)
    begins = np.diff(is_link, prepend=False) | (start == np.arange(len(batch)))
    run = begins.cumsum() - 1
    prose = prose_lines(batch) & ~is_link
    paragraphs = np.bincount(run, prose)
    of_page = batch.page_sums(prose).take(batch.page)
    size = np.bincount(run).take(run)
    yield Quantity("share of link text", share, (0.2, LINK))
    yield Quantity("lines from link to link", np.where(is_link, 0, size), (2, 10))
    count = paragraphs.take(run)
    yield Quantity("paragraphs from link to link", count, (1, 4))
    yield Quantity("half of the page's paragraphs from link to link", (count > 0) & (2 * count >= of_page))
