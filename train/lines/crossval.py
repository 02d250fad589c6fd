"""Leave-one-site-out: every labelled page is scored by a model that has seen nothing of its site."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from joblib import Parallel, delayed
from scipy.optimize import minimize_scalar

from locbao.features.amounts import duration
from locbao.features.arrays import FloatArray, IntArray
from locbao.predict.lines.line_model import softmax
from locbao.predict.optional import cores
from locbao.train.corpus.labelled_pages import CorpusPage
from locbao.train.evaluation.line_scores import ByStyle, ScoredPage, all_pages, by_style
from locbao.train.lines.config import LineConfig
from locbao.train.lines.fit import LineTrainer
from locbao.train.lines.headline_fit import fit_headline_weights, scored_with_headlines
from locbao.train.lines.link_fit import fit_link_weights

_TEMPERATURES = (0.2, 5.0)  # least and greatest

Folds = list[frozenset[str]]


@dataclass(frozen=True, slots=True)
class OutOfSite:
    """Pages scored by models that have not seen their sites, and what is fitted on these scores for the final model.

    `scored`: the pages with an article. `temperature`: what the final model's log-odds are divided by. `headline`: the
    weights of its HeadlineModel. `links`: those of its LinkDesign; None if too few pages know their links.
    """

    scored: ByStyle
    temperature: float
    headline: FloatArray
    links: FloatArray | None = None


def make_folds(pages: Sequence[CorpusPage], config: LineConfig) -> Folds:
    """Sets of sites to hold out in turn: the configuration's groups, and every other site by itself.

    Where that makes more than `config.folds`, those with the fewest sites are put together: each site is still held
    out, and no fold leaves much less to learn from than another.
    """
    sites = {page.site for page in pages if page.has_article}
    folds = sorted({frozenset(config.group_of(site)) for site in sites}, key=_size)
    while len(folds) > max(config.folds, 2):
        folds = sorted([folds[0] | folds[1], *folds[2:]], key=_size)
    return sorted(folds, key=sorted)


def _size(fold: frozenset[str]) -> tuple[int, list[str]]:
    return len(fold), sorted(fold)


def leave_site_out(
    trainer: LineTrainer,
    pages: Sequence[CorpusPage],
    folds: Folds,
    jobs: int,
    tell: Callable[[str], None],
    seconds: dict[frozenset[str], float] | None = None,
) -> OutOfSite:
    """The pages with an article as models score them that have not seen their sites.

    `pages` are the first samples of the trainer. The temperature and the headlines of a fold's pages are fitted on the
    other folds' pages, so that they are out of site, too. How long each fold took is added to `seconds`.
    """
    scores = np.full((len(trainer.samples.labels), 3), np.nan)
    owner = np.full(len(scores), -1)
    work = Parallel(n_jobs=jobs, return_as="generator")(delayed(_held_out)(trainer, fold, len(pages)) for fold in folds)
    began = time.monotonic()
    for number, (rows, of_fold, took) in enumerate(work):
        scores[rows], owner[rows] = of_fold, number
        if seconds is not None:
            seconds[folds[number]] = took
        left = (time.monotonic() - began) / (number + 1) * (len(folds) - number - 1) + took  # and the last fit of all
        out = ", ".join(sorted(folds[number]))
        tell(f"scored {number + 1} of {len(folds)}: without {out}; about {duration(left)} left")
    labels, usable = trainer.samples.labels, (owner >= 0) & trainer.samples.sure
    calibrated = scores.copy()
    for number in range(len(folds)):
        others = usable & (owner != number)
        calibrated[owner == number] /= fit_temperature(scores[others], labels[others])
    probabilities = softmax(calibrated)
    scored = scored_pages(trainer, pages, probabilities)
    return OutOfSite(
        scored=scored_with_headlines(scored, folds),
        temperature=fit_temperature(scores[usable], labels[usable]),
        headline=fit_headline_weights(all_pages(scored)),
        links=fit_link_weights(trainer.samples, calibrated, usable),
    )


def _held_out(trainer: LineTrainer, fold: frozenset[str], count: int) -> tuple[np.ndarray, FloatArray, float]:
    """Lines of the fold's pages among the first `count` samples, their scores, and the seconds it took."""
    began = time.monotonic()
    touching = trainer.samples.touching(fold)
    _, scores = trainer.fit(~touching)
    rows = np.flatnonzero(touching[trainer.samples.sample] & (trainer.samples.sample < count))
    return rows, scores[rows], time.monotonic() - began


def scored_pages(trainer: LineTrainer, pages: Sequence[CorpusPage], probabilities: FloatArray) -> ByStyle:
    """The pages with an article, with their part of the probabilities (n, 3) of all the trainer's lines, of which they
    are the first samples."""
    bounds = zip(pages, pairwise(trainer.samples.first), strict=False)
    parts = ((page, probabilities[start:stop]) for page, (start, stop) in bounds if page.has_article)
    return by_style((page.style, ScoredPage.of(page, part)) for page, part in parts)


def fit_temperature(scores: FloatArray, labels: IntArray) -> float:
    """The temperature with the least log loss of (n, 3) scores against (n,) label indices; 1 for no lines.

    Temperature scaling divides all scores alike, so no label changes. It is fitted on pages of sites that the scores'
    model has not seen, where a model is less sure than on its own training pages (Guo et al., On Calibration of Modern
    Neural Networks, 2017).
    """
    if not len(labels):
        return 1.0

    def loss(temperature: float) -> float:
        chosen = softmax(scores / temperature)[np.arange(len(labels)), labels]
        return float(-np.log(np.maximum(chosen, 1e-12)).mean())

    return round(float(minimize_scalar(loss, bounds=_TEMPERATURES, method="bounded").x), 4)


def fold_jobs() -> int:
    """Folds fitted side by side: one a core, but no more than memory for four allows."""
    return min(cores(), 4)
