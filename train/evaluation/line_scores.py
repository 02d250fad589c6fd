"""Scores of line labelling, each with a bootstrap interval over pages.

Everything is counted once per page; every figure is then a function of summed counts, so that a bootstrap draw is a
weighted sum of rows and all draws are one matrix product. `train/evaluation/tables.py` shows them.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from locbao.features.arrays import BoolArray, FloatArray, IntArray
from locbao.features.errors import LocbaoError
from locbao.features.labels import BODY, CAPTION, LABELS, SIDEBAR
from locbao.features.text import syllables
from locbao.train.corpus.labelled_pages import CorpusPage
from locbao.train.evaluation.estimates import (
    CALIBRATION_BINS,
    DRAWS,
    Estimate,
    bootstrap,
    calibration_error,
    calibration_gaps,
    paired_bootstrap,
)

_CELLS = len(LABELS) ** 2  # cells of the confusion matrix

OVERALL = ("macro_f1", "accuracy", "captions_as_body", "sidebar_as_body", "calibration_error", "body_token_f1")
PER_LABEL = ("precision", "recall", "f1")
LABEL_FIGURES = ("macro_f1", *(f"{label}_f1" for label in LABELS), "body_token_f1")
MAIN_FIGURES = (*LABEL_FIGURES, "calibration_error")
SITE_FIGURES = (*LABEL_FIGURES, "captions_as_body", "sidebar_as_body")
FIGURES = (*(f"{label}_{figure}" for label in LABELS for figure in PER_LABEL), *OVERALL)

LOST = 0.8
"""`body_token_f1` of a page below which its article counts as lost."""


class ScoreError(LocbaoError):
    """Pages or articles that cannot be scored, or not against each other."""

    def __init__(self, what: str, hint: str) -> None:
        super().__init__(f"{what}. {hint}")


@dataclass(frozen=True, slots=True, eq=False)
class ScoredPage:
    """A page with what a model says of it; n is the number of lines that are not blank.

    `texts`, `truth` (n): the lines and their true labels. `probabilities` (n, 3): in the order of LABELS; the greatest
    is the prediction. `sure` (n): False on lines that are not scored.
    Raises ScoreError if the lengths differ, a label is unknown or a probability is not a number.
    """

    id: str
    site: str
    texts: tuple[str, ...]
    truth: tuple[str, ...]
    probabilities: FloatArray
    sure: BoolArray

    def __post_init__(self) -> None:
        lines = len(self.texts)
        if self.probabilities.shape != (lines, len(LABELS)) or len(self.truth) != lines or len(self.sure) != lines:
            raise ScoreError(
                f"page {self.id!r} has {lines} lines, but {len(self.truth)} labels, {len(self.sure)} marks of sureness "
                f"and probabilities of shape {self.probabilities.shape}",
                f"Give each line that is not blank a label and {len(LABELS)} probabilities.",
            )
        if not set(self.truth) <= set(LABELS) or not np.isfinite(self.probabilities).all():
            raise ScoreError(
                f"page {self.id!r} has a label or a probability that cannot be scored",
                f"Labels are {', '.join(LABELS)}; probabilities are finite numbers.",
            )

    @classmethod
    def of(cls, page: CorpusPage, probabilities: FloatArray) -> "ScoredPage":
        """The page of a corpus with the probabilities (n, 3) of its lines that are not blank."""
        lines = labelled_lines(page)
        texts, truth, sure = zip(*lines, strict=True) if lines else ((), (), ())
        return cls(page.id, page.site, texts, truth, probabilities, np.array(sure, dtype=np.bool_))

    @property
    def labels(self) -> IntArray:
        """(n,) the true labels as indices into LABELS."""
        return np.array([LABELS.index(label) for label in self.truth], dtype=np.int64)

    @property
    def losses(self) -> FloatArray:
        """The log loss of each sure line."""
        chance = self.probabilities[np.arange(len(self.truth)), self.labels][self.sure]
        return np.asarray(-np.log(np.maximum(chance, 1e-12)))

    @property
    def lines(self) -> list[tuple[str, str, bool]]:
        """Text, true label and sureness of each line, as `labelled_lines` gives those of a corpus' page."""
        return list(zip(self.texts, self.truth, self.sure.tolist(), strict=True))


def labelled_lines(page: CorpusPage) -> list[tuple[str, str, bool]]:
    """Text, label and sureness of each line that is not blank."""
    lines = zip(page.lines, page.labels, page.sure, strict=True)
    return [(text, label, sure) for text, label, sure in lines if label is not None]


@dataclass(frozen=True, slots=True, eq=False)
class LineScores:
    """What `score` found. `confusion` (3, 3): lines by true label (row) and predicted label (column), LABELS order.

    `figures` holds every name in FIGURES; `scores["macro_f1"]` is a short way to one. `sites` holds the scores of each
    site alone (their own `sites` is empty).
    """

    pages: int
    lines: int
    confusion: IntArray
    figures: Mapping[str, Estimate]
    sites: Mapping[str, "LineScores"]

    def __getitem__(self, figure: str) -> Estimate:
        return self.figures[figure]

    def plain_figures(self) -> dict[str, float]:
        """Numbers of pages and lines and all figures that there are, for a manifest."""
        values = {name: round(estimate.value, 4) for name, estimate in self.figures.items()}
        figures = {name: value for name, value in values.items() if not np.isnan(value)}
        return {"pages": self.pages, "lines": self.lines, **figures}

    @property
    def support(self) -> dict[str, int]:
        """Scored lines by true label."""
        return dict(zip(LABELS, self.confusion.sum(axis=1).tolist(), strict=True))


ByStyle = dict[str, list[ScoredPage]]
"""Scored pages by their style (cut): a page's styles carry the same truth, so each is scored by itself."""


def by_style(pages: Iterable[tuple[str, ScoredPage]]) -> ByStyle:
    """The pages, each given behind its style, in order."""
    scored: ByStyle = {}
    for style, page in pages:
        scored.setdefault(style, []).append(page)
    return scored


def all_pages(scored: ByStyle) -> list[ScoredPage]:
    """The pages of all styles."""
    return [page for of_style in scored.values() for page in of_style]


def scores_by_style(scored: ByStyle) -> dict[str, LineScores]:
    """Scores of each style of pages that has a line to score. Raises ScoreError if none has."""
    return {style: score(pages) for style, pages in scorable(scored).items()}


def scorable(scored: ByStyle) -> ByStyle:
    """The styles whose readers were sure of a line; all where none has one."""
    return {style: pages for style, pages in scored.items() if any(page.sure.any() for page in pages)} or scored


def score(pages: Sequence[ScoredPage], draws: int = DRAWS) -> LineScores:
    """Scores pooled over all scored lines, and of each site alone. Give one style of a page, so that it counts once.

    - `<label>_precision`, `<label>_recall`, `<label>_f1`: over lines; nan where nothing was predicted, true, or either.
    - `macro_f1`: mean of the labels' F1. A label without a true or a predicted line is left out of the mean (as
      scikit-learn does by default), so a set without captions is not charged for them.
    - `accuracy`: share of lines with the true label.
    - `captions_as_body`, `sidebar_as_body`: share of the true caption (sidebar) lines that are let through as body.
    - `calibration_error`: expected calibration error of the greatest probability, 15 bins of equal width (Naeini et al.
      2015; Guo et al. 2017). A resample's gaps do not average out, so on small sets its interval lies high.
    - `body_token_f1`: mean over pages of the F1 between the syllables of the true and the predicted body as multisets,
      as in the benchmarks of boilerplate removal; lines that are not sure are in neither. Nothing against nothing is 1.

    The intervals are percentiles over `draws` resamplings of whole pages, since lines of a page are not independent.
    Raises ScoreError if there is no line to score.
    """
    counts = _count(pages)
    sites = np.array([page.site for page in pages])

    def scores(counts: FloatArray, by_site: Mapping[str, LineScores]) -> LineScores:
        confusion = counts[:, :_CELLS].sum(axis=0).reshape(len(LABELS), len(LABELS)).astype(np.int64)
        figures = bootstrap(counts, _figures, draws)
        return LineScores(len(counts), int(confusion.sum()), confusion, figures, by_site)

    return scores(counts, {site: scores(counts[sites == site], {}) for site in sorted(set(sites.tolist()))})


def compare(old: Sequence[ScoredPage], new: Sequence[ScoredPage]) -> dict[str, Estimate]:
    """new minus old for every figure, on the same pages: a paired bootstrap, each draw takes the same pages of both.

    Raises ScoreError if the pages, their lines or their true labels differ.
    """
    if [(page.id, page.lines) for page in old] != [(page.id, page.lines) for page in new]:
        raise ScoreError("the two models were not scored on the same lines", "Give the same pages in the same order.")
    return paired_bootstrap(_count(old), _count(new), _figures)


def _count(pages: Sequence[ScoredPage]) -> FloatArray:
    """(pages, 9 + 15 + 2): confusion, hits minus confidence by bin, token F1 and 1 (0 and 0 if no line is scored)."""
    lines = [int(page.sure.sum()) for page in pages]
    if not sum(lines):
        raise ScoreError("there is no line to score", "Give at least one page with labelled lines that are sure.")
    truth = np.concatenate([page.labels[page.sure] for page in pages])
    probabilities = np.concatenate([page.probabilities[page.sure] for page in pages])
    predicted, top = probabilities.argmax(axis=1), probabilities.max(axis=1)
    owner = np.repeat(np.arange(len(pages)), lines)
    cells = owner * _CELLS + truth * len(LABELS) + predicted
    confusion = np.bincount(cells, minlength=len(pages) * _CELLS).reshape(len(pages), _CELLS)
    gaps = calibration_gaps(top, truth == predicted, owner, len(pages))
    counted = np.array(lines) > 0
    tokens = np.array([body_token_f1(page) for page in pages]) * counted
    return np.column_stack([confusion, gaps, tokens, counted])


def body_token_f1(page: ScoredPage) -> float:
    """F1 between the syllables of the page's true and predicted body, as in `score`."""
    predicted = page.probabilities.argmax(axis=1)
    true_bag, predicted_bag = (_bag(page.texts, (labels == BODY) & page.sure) for labels in (page.labels, predicted))
    total = true_bag.total() + predicted_bag.total()
    return 2 * (true_bag & predicted_bag).total() / total if total else 1.0


def _bag(texts: Sequence[str], mask: BoolArray) -> Counter[str]:
    return Counter(syllables(" ".join(text for text, kept in zip(texts, mask, strict=True) if kept)))


def _figures(totals: FloatArray) -> dict[str, FloatArray]:
    """Every figure (draws,) of the summed counts (draws, columns); 0 / 0 is nan."""
    confusion = totals[:, :_CELLS].reshape(-1, len(LABELS), len(LABELS))
    gaps = totals[:, _CELLS : _CELLS + CALIBRATION_BINS]
    hits = np.diagonal(confusion, axis1=1, axis2=2)
    true, predicted = confusion.sum(axis=2), confusion.sum(axis=1)
    lines = true.sum(axis=1)
    with np.errstate(invalid="ignore"):
        per_label = {"precision": hits / predicted, "recall": hits / true, "f1": 2 * hits / (true + predicted)}
        figures = {f"{label}_{name}": per_label[name][:, i] for i, label in enumerate(LABELS) for name in PER_LABEL}
        f1 = per_label["f1"]
        return figures | {
            "macro_f1": np.nansum(f1, axis=1) / (~np.isnan(f1)).sum(axis=1),
            "accuracy": hits.sum(axis=1) / lines,
            "captions_as_body": confusion[:, CAPTION, BODY] / true[:, CAPTION],
            "sidebar_as_body": confusion[:, SIDEBAR, BODY] / true[:, SIDEBAR],
            "calibration_error": calibration_error(gaps, lines),
            "body_token_f1": totals[:, -2] / totals[:, -1],
        }
