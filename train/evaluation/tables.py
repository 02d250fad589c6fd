"""Scores as Markdown tables that also read well as plain text."""

from collections.abc import Iterable, Mapping, Sequence

from locbao.features.labels import LABELS
from locbao.train.evaluation.line_scores import OVERALL, PER_LABEL, SITE_FIGURES, LineScores


def short(text: str, width: int = 80) -> str:
    """A text of a page, for a cell."""
    return text if len(text) <= width else f"{text[: width - 1]}…"


def table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A Markdown table whose columns also line up as plain text: the first to the left, the others to the right.

    What would end a cell or a row, in the name of a site for example, is written as "/" or a blank.
    """
    cells = [[str(cell).replace("|", "/").replace("\n", " ") for cell in row] for row in (header, *rows)]
    widths = [max(3, *(len(cell) for cell in column)) for column in zip(*cells, strict=True)]
    ruler = ["-" * width if column == 0 else "-" * (width - 1) + ":" for column, width in enumerate(widths)]
    lines = [
        [cell.rjust(w) if i else cell.ljust(w) for i, (cell, w) in enumerate(zip(r, widths, strict=True))]
        for r in cells
    ]
    return "\n".join("| " + " | ".join(line) + " |" for line in (lines[0], ruler, *lines[1:]))


def chapters(tables: Mapping[str, str]) -> str:
    """Tables below their names."""
    return "\n\n".join(f"### {name}\n\n{text}" for name, text in tables.items())


def figure_table(scores: Mapping[str, LineScores], figures: Sequence[str] = OVERALL, name: str = "") -> str:
    """One row for each named set of scores (models, sites, styles), one column for each figure."""
    header = [name, *(figure.replace("_", " ") for figure in figures)]
    return table(header, ([row, *(of_row[figure] for figure in figures)] for row, of_row in scores.items()))


def label_table(scores: LineScores) -> str:
    """Precision, recall and F1 of each label, and how many lines of each were predicted as what."""
    rows = (
        [label, *(scores[f"{label}_{figure}"] for figure in PER_LABEL), sum(predicted), *predicted]
        for label, predicted in zip(LABELS, scores.confusion.tolist(), strict=True)
    )
    return table(["true label", *PER_LABEL, "lines", *(f"as {label}" for label in LABELS)], rows)


def site_table(scores: LineScores) -> str:
    """Pages, lines and figures of each site."""
    rows = (
        [site, of_site.pages, of_site.lines, *(of_site[figure] for figure in SITE_FIGURES)]
        for site, of_site in scores.sites.items()
    )
    return table(["site", "pages", "lines", *(figure.replace("_", " ") for figure in SITE_FIGURES)], rows)


def report(scores: LineScores) -> str:
    """The tables people read: by label with confusion, overall figures, by site."""
    overall = "\n".join(f"{figure.replace('_', ' ')}: {scores[figure]}" for figure in OVERALL)
    return f"{label_table(scores)}\n\n{overall}\n\n{site_table(scores)}"
