"""Training pages, labelled or composed, as the arrays a fold is cut from."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from locbao.features.arrays import BoolArray, FloatArray, IntArray
from locbao.features.labels import LABELS
from locbao.features.page import Batch, Page
from locbao.train.composer.compose import ComposedPage
from locbao.train.composer.sources import Sources
from locbao.train.corpus.labelled_pages import CorpusPage, site_key
from locbao.train.lines.config import LineConfig

BATCH_PAGES = 64
_INDEX = {label: index for index, label in enumerate(LABELS)}


@dataclass(frozen=True, slots=True)
class Sample:
    """A page to learn from; n is the number of lines that are not blank.

    `labels` (n): index into LABELS. `sure` (n): False on lines not to learn from. `sites`: the real sites it has
    anything of, by `site_key`; it is left out where one of them is held out. `source`: what its words are counted under
    (a word must stand in several sources). `weight`: of each of its lines. `real`: a page of the corpus, not of the
    material, and not composed.
    """

    page: Page
    labels: IntArray
    sure: BoolArray
    sites: frozenset[str]
    source: str
    weight: float
    real: bool = False


def labelled_sample(page: CorpusPage, weight: float, *, real: bool = False) -> Sample:
    """The sample of a labelled page, of the corpus (`real`) or of the material."""
    site = site_key(page.site)
    return _sample(page.page, page.labels, page.sure, frozenset({site}), site, weight, real=real)


def capped(samples: Sequence[Sample], page_lines: int, site_lines: int) -> list[Sample]:
    """The samples with smaller weights where a page has more than `page_lines` lines, or a site's pages more than
    `site_lines` together: neither an odd page nor a site of many pages is to outweigh the others."""
    lines = [max(len(sample.labels), 1) for sample in samples]
    weights = [sample.weight * min(1.0, page_lines / count) for sample, count in zip(samples, lines, strict=True)]
    of_site: dict[frozenset[str], float] = {}
    for sample, weight, count in zip(samples, weights, lines, strict=True):
        of_site[sample.sites] = of_site.get(sample.sites, 0.0) + weight * count
    return [
        replace(sample, weight=weight * min(1.0, sample.weight * site_lines / max(of_site[sample.sites], 1e-9)))
        for sample, weight in zip(samples, weights, strict=True)
    ]


def composed_sample(page: ComposedPage) -> Sample:
    """The sample of a composed page, which weighs 1 a line."""
    sites = frozenset(site_key(site) for site in page.sites)
    sure = [True] * len(page.lines)
    return _sample(Page.from_lines(page.lines), page.labels, sure, sites, f"layout {page.layout}", 1.0)


def training_samples(sources: Sources, config: LineConfig, unlearned: Sequence[Sample] = ()) -> "Samples":
    """All training pages: those of the corpus, the `unlearned` ones, those of the material, and composed ones."""
    composed = sources.compose(config.composed, config.seed, config.recipe)
    corpus = [labelled_sample(page, config.labelled_weight, real=True) for page in sources.corpus]
    corpus = capped(corpus, config.page_lines, config.site_lines)
    material = (labelled_sample(page, config.material_weight) for page in sources.pages)
    return Samples((*corpus, *unlearned, *material, *map(composed_sample, composed)))


def _sample(
    page: Page,
    labels: Sequence[str | None],
    sure: Sequence[bool],
    sites: frozenset[str],
    source: str,
    weight: float,
    *,
    real: bool = False,
) -> Sample:
    kept = (page.numbers - 1).tolist()
    index = np.array([_INDEX[labels[line] or "sidebar"] for line in kept], dtype=np.int64)
    learned = np.array([labels[line] is not None and sure[line] for line in kept], dtype=bool)
    return Sample(page, index, learned, sites, source, weight, real)


@dataclass(frozen=True)
class Samples:
    """Samples laid end to end; n is the number of their lines, s of samples."""

    items: tuple[Sample, ...]

    @cached_property
    def first(self) -> IntArray:
        """(s + 1,) a sample's lines are first[i]:first[i + 1]."""
        return np.append(0, np.cumsum([len(item.labels) for item in self.items])).astype(np.int64)

    @cached_property
    def labels(self) -> IntArray:
        """(n,) label indices."""
        return np.concatenate([item.labels for item in self.items])

    @cached_property
    def sure(self) -> BoolArray:
        """(n,) lines to learn from."""
        return np.concatenate([item.sure for item in self.items])

    @cached_property
    def weight(self) -> FloatArray:
        """(n,) weights."""
        return np.repeat([item.weight for item in self.items], np.diff(self.first))

    @cached_property
    def sample(self) -> IntArray:
        """(n,) index of the sample each line belongs to."""
        return np.repeat(np.arange(len(self.items)), np.diff(self.first))

    def batches(self) -> Iterable[Batch]:
        """Batches over all samples, in order."""
        for start in range(0, len(self.items), BATCH_PAGES):
            yield Batch.of([item.page for item in self.items[start : start + BATCH_PAGES]])

    def touching(self, sites: frozenset[str]) -> BoolArray:
        """(s,) samples that have anything of one of the sites."""
        return np.array([bool(item.sites & sites) for item in self.items], dtype=bool)
