"""What is learned from pages whose links are known."""

from dataclasses import replace

import numpy as np

from locbao.features.arrays import BoolArray, FloatArray
from locbao.features.labels import LABELS, SIDEBAR
from locbao.features.page import Batch
from locbao.predict.lines.line_model import LineModel
from locbao.train.corpus.labelled_pages import CorpusPage
from locbao.train.lines.config import LineConfig
from locbao.train.lines.crossval import OutOfSite
from locbao.train.lines.fit import LineTrainer
from locbao.train.lines.link_fit import fit_link_weights
from locbao.train.lines.run import line_part
from locbao.train.lines.samples import Samples, labelled_sample
from tests.support.village import real_page

PAGES = [real_page(number, site) for number in range(6) for site in ("lang", "nui")]
SHARES = [tuple(float(label == "sidebar") for label in page.labels) for page in PAGES]


LINKED = [replace(page, links=shares) for page, shares in zip(PAGES, SHARES, strict=True)]
"""The furniture of these pages is links, and nothing else is."""


def learned(pages: list[CorpusPage], usable: BoolArray | None = None) -> FloatArray | None:
    """What is learned from them where a model has no idea."""
    samples = Samples(tuple(labelled_sample(page, 1.0) for page in pages))
    logits = np.zeros((len(samples.labels), len(LABELS)))
    return fit_link_weights(samples, logits, samples.sure if usable is None else usable)


def test_link_lines_become_furniture_and_the_lines_between_them_do_not() -> None:
    pages, weights = [page.page for page in LINKED], learned(LINKED)
    assert weights is not None
    first = LineTrainer(Samples(tuple(labelled_sample(page, 1.0, real=True) for page in PAGES)), CONFIG).fit_all()
    model = LineModel(line_part(first, CONFIG, OutOfSite({}, 1.0, np.zeros(10), weights)))
    plain = replace(pages[0], links=None)
    before, after = (model.read(Batch.of([page])).probabilities[:, SIDEBAR] for page in (plain, pages[0]))
    is_link = pages[0].links == 1
    assert (after[is_link] > before[is_link]).all()
    assert (after[~is_link] < before[~is_link]).all()
    both = model.read(Batch.of([plain, pages[0]])).probabilities[:, SIDEBAR]
    assert both.tolist() == [*before, *after]


CONFIG = LineConfig(composed=0, words=50, word_sources=1, folds=0, iterations=5)


def test_too_few_pages_teach_nothing() -> None:
    assert learned(LINKED[:9]) is None
    assert learned([*LINKED[:9], *PAGES]) is None


def test_lines_that_count_are_those_of_pages_with_links_that_a_model_has_seen() -> None:
    weights = learned(LINKED[:10])
    assert weights is not None
    mixed = [PAGES[0], *LINKED[:5], PAGES[1], *LINKED[5:]]
    of_ten = np.repeat([n < 12 for n in range(len(mixed))], [len(page.page.lines) for page in mixed])
    assert learned(mixed, of_ten).tolist() == weights.tolist()  # type: ignore[union-attr]
