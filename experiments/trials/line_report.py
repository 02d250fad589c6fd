"""The sections of a report on the line model: how it did on sites that it had not seen."""

from collections.abc import Sequence
from importlib.util import find_spec

from locbao.experiments.trials.sections import JudgedLine, JudgedPage, Section
from locbao.features.labels import LABELS
from locbao.train.evaluation.line_scores import ByStyle, ScoredPage, Scores, scores_by_style
from locbao.train.evaluation.tables import figure_table, label_table, site_table
from locbao.train.lines.outcome import line_pictures
from locbao.train.tracking.run import as_png

WORST = 6
"""Pages of each style that are shown whole."""


def line_sections(scored: ByStyle) -> list[Section]:
    """A section for each style: its tables, its pictures and its worst pages."""
    scores = scores_by_style(scored)
    return [_section(style, pages, scores[style]) for style, pages in scored.items()]


def _section(style: str, pages: Sequence[ScoredPage], scores: Scores) -> Section:
    lead = "Each site is scored by a model that has not seen it. In brackets: 95 % intervals."
    pictures = {}
    if find_spec("matplotlib"):
        pictures = {name: as_png(draw) for name, draw in line_pictures(style, pages, scores).items()}
    else:
        lead += " The pictures are left out: matplotlib is not installed (pip install 'locbao[mlflow]')."
    title = f"Pages of style {style}" if style else "All pages"
    tables = (label_table(scores), figure_table({style or "all pages": scores}), site_table(scores))
    return Section(title, "\n\n".join((lead, *tables)), pictures, worst(pages))


def worst(pages: Sequence[ScoredPage], most: int = WORST) -> list[JudgedPage]:
    """The pages with the most wrong lines, those without any left out."""
    judged = sorted((_judged(page) for page in pages), key=lambda page: -page.wrong)
    return [page for page in judged[:most] if page.wrong]


def _judged(page: ScoredPage) -> JudgedPage:
    best, scores = page.probabilities.argmax(axis=1).tolist(), page.probabilities.max(axis=1).tolist()
    rows = zip(page.texts, best, scores, page.truth, page.sure.tolist(), strict=True)
    lines = tuple(JudgedLine(text, LABELS[label], score, truth, sure) for text, label, score, truth, sure in rows)
    return JudgedPage(page.id, lines)
