"""What a training of the line model has to show: figures, pictures, and its mistakes line by line."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from locbao.features.labels import LABELS
from locbao.features.page import Page
from locbao.predict.lines.line_model import LineModel
from locbao.train.corpus.labelled_pages import CorpusPage, site_key
from locbao.train.evaluation import figures
from locbao.train.evaluation.line_scores import LABEL_FIGURES, MAIN_FIGURES, ByStyle, LineScores, ScoredPage, score
from locbao.train.evaluation.predictions import HELD_OUT, packed_pages
from locbao.train.tracking.tracked_run import Fold, Picture, RunOutcome, Table

_NAMED = 3  # sites in the name of a fold


def line_outcome(
    scored: ByStyle, scores: Mapping[str, LineScores], part: Mapping[str, Any], pages: Sequence[CorpusPage]
) -> RunOutcome:
    """Everything but the timings and the model. `part`: the part `lines` of the model. `pages` are those of the corpus,
    for the numbers of lines."""
    pictures: dict[str, Picture] = {"coefficients": _coefficients(part)}
    for style, of_style in scores.items():
        drawn = line_pictures(style, scored[style], of_style)
        pictures |= {f"{named(style)}/{name}": draw for name, draw in drawn.items()}
    tables = {"scores": score_table(scores), "errors": error_table(scored, pages)}
    return RunOutcome(metrics(scores), pictures, tables, {HELD_OUT: packed_pages(scored)} if scored else {})


def named(style: str) -> str:
    """The style's name in figures; pages without one are all pages."""
    return style or "all"


def metrics(scores: Mapping[str, LineScores]) -> dict[str, float]:
    """The figures that people look at first, as "style/figure"; `score_table` has them all, with their intervals."""
    styles = scores.items()
    return {f"{named(style)}/{name}": of_style[name].value for style, of_style in styles for name in MAIN_FIGURES}


def fold_outcome(fold: frozenset[str], scored: ByStyle, seconds: float) -> Fold:
    """The figures of the pages of the fold's sites."""
    held = {style: [page for page in pages if site_key(page.site) in fold] for style, pages in scored.items()}
    scores = {style: score(pages, draws=1) for style, pages in held.items() if any(page.sure.any() for page in pages)}
    figures_of_fold = {
        f"{named(style)}/{name}": of_style[name].value for style, of_style in scores.items() for name in LABEL_FIGURES
    }
    others = f" and {len(fold) - _NAMED} more" if len(fold) > _NAMED else ""
    return Fold(f"without {', '.join(sorted(fold)[:_NAMED])}{others}", figures_of_fold, seconds)


def score_table(scores: Mapping[str, LineScores]) -> Table:
    """A row for each figure of each style, of all its pages and of each site."""
    rows = [
        (named(style), scope, name, *(round(value, 6) for value in (figure.value, figure.low, figure.high)))
        for style, of_style in scores.items()
        for scope, of_scope in {"all": of_style, **of_style.sites}.items()
        for name, figure in of_scope.figures.items()
    ]
    return Table(("style", "scope", "figure", "value", "low", "high"), rows)


def error_table(scored: ByStyle, pages: Sequence[CorpusPage]) -> Table:
    """A row for each line that got another label than its true one, the surest mistakes first."""
    numbers = {page.id: Page.from_lines(page.lines).numbers.tolist() for page in pages}
    rows: list[tuple[Any, ...]] = [
        (named(style), page.site, page.id, numbers[page.id][place], *row)
        for style, held in scored.items()
        for page in held
        for place, row in _mistakes(page)
    ]
    columns = ("style", "site", "page", "line", "truth", "predicted", "probability", "text", "before", "after")
    rows.sort(key=lambda row: -row[6])
    return Table(columns, rows)


def _mistakes(page: ScoredPage) -> Iterator[tuple[int, tuple[str, str, float, str, str, str]]]:
    texts = ("", *page.texts, "")
    best = page.probabilities.argmax(axis=1)
    for place, (truth, label) in enumerate(zip(page.truth, best.tolist(), strict=True)):
        if page.sure[place] and truth != LABELS[label]:
            sureness = round(float(page.probabilities[place, label]), 4)
            yield place, (truth, LABELS[label], sureness, texts[place + 1], texts[place], texts[place + 2])


def line_pictures(style: str, pages: Sequence[ScoredPage], scores: LineScores) -> dict[str, Picture]:
    """Confusion, reliability and the sites' macro F1 of the pages of a style, whose scores are given."""
    which = f"{style} pages" if style else "all pages"
    probabilities = np.concatenate([page.probabilities[page.sure] for page in pages])
    hit = probabilities.argmax(axis=1) == np.concatenate([page.labels[page.sure] for page in pages])
    sites = {site: of_site["macro_f1"] for site, of_site in scores.sites.items()}
    return {
        "confusion": figures.confusion(LABELS, scores.confusion, f"Lines of {which}, sites unseen"),
        "reliability": figures.reliability(probabilities.max(axis=1), hit, f"Calibration on {which}, sites unseen"),
        "sites": figures.by_site(sites, "macro F1", f"Sites of {which}, each unseen"),
    }


def _coefficients(part: Mapping[str, Any]) -> Picture:
    model, second = LineModel(part), part["second"]
    names = model.design.names() + (model.second_design.names() if second else [])
    weights = (second or part["first"])["weights"].astype(np.float64)
    centred = weights - weights.mean(axis=1, keepdims=True)  # what all labels share decides nothing
    by_label = {str(label): (names, of_label) for label, of_label in zip(LABELS, centred.T, strict=True)}
    return figures.coefficients(by_label, "log-odds against the mean over labels")
