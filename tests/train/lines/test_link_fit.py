"""What is learned from pages whose links are known."""

from dataclasses import replace

import numpy as np

from locbao.features.labels import LABELS, SIDEBAR
from locbao.features.page import Batch, Page
from locbao.predict.lines.line_model import LineModel
from locbao.train.lines.config import LineConfig
from locbao.train.lines.crossval import OutOfSite
from locbao.train.lines.fit import LineTrainer
from locbao.train.lines.link_fit import LinkedPage, fit_link_weights, linked_pages
from locbao.train.lines.run import line_part
from locbao.train.lines.samples import Samples, labelled_sample
from tests.village import real_page

PAGES = [real_page(number, site) for number in range(6) for site in ("lang", "nui")]
SHARES = [tuple(float(label == "sidebar") for label in page.labels) for page in PAGES]


def undecided(page: Page) -> LinkedPage:
    """As a model sees it that has no idea; the furniture of this page is links, and nothing else is."""
    assert page.links is not None
    logits = np.zeros((len(page.lines), len(LABELS)))
    return LinkedPage(page, logits, page.links == 1, np.ones(len(page.lines), dtype=np.bool_))


def test_link_lines_become_furniture_and_the_lines_between_them_do_not() -> None:
    pages = [Page.from_lines(page.lines, shares) for page, shares in zip(PAGES, SHARES, strict=True)]
    weights = fit_link_weights([undecided(page) for page in pages])
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
    pages = [Page.from_lines(page.lines, shares) for page, shares in zip(PAGES, SHARES, strict=True)]
    assert fit_link_weights([undecided(page) for page in pages[:9]]) is None


def test_pages_with_links_are_taken_with_their_lines() -> None:
    corpus = [replace(PAGES[0], links=SHARES[0]), PAGES[1], replace(PAGES[2], links=SHARES[2])]
    samples = Samples(tuple(labelled_sample(page, 1.0) for page in corpus))
    logits = np.arange(3.0 * len(samples.labels)).reshape(-1, 3)
    usable = samples.sure & (samples.sample < 2)
    (page,) = linked_pages(samples, logits, usable)
    assert page.page.lines == samples.items[0].page.lines
    assert page.logits.tolist() == logits[: len(page.page.lines)].tolist()
    assert page.is_sidebar.tolist() == [label == "sidebar" for label in PAGES[0].labels if label]
