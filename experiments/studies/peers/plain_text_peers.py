"""The bench against peers: tools and rules that keep or drop the same plain lines, scored on body alone.

    python -m locbao.experiments.studies.peers.plain_text_peers --pages PAGES.jsonl [--ours PREDICTIONS.jsonl]

Prints the tables and writes them. Needs the `bench` extra.
"""

import json
from collections.abc import Mapping, Sequence
from itertools import product
from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from locbao.experiments.measurement import Pages, document, start, versions
from locbao.experiments.result_files import RESULTS, Results, write_table
from locbao.experiments.studies.peers.extractors import C4_WORDS, LINE_KEEPERS, LONG_LINE, Keeper
from locbao.features.arrays import BoolArray, FloatArray
from locbao.features.labels import BODY, LABELS, SIDEBAR
from locbao.train.corpus.corpus_files import CorpusError
from locbao.train.corpus.labelled_pages import CorpusPage, read_corpus
from locbao.train.evaluation.line_scores import LineScores, ScoredPage, labelled_lines, score
from locbao.train.evaluation.tables import table
from locbao.train.tracking.tracked_run import Table

STYLES = ("main", "full")
COLUMNS = {
    "body_precision": "body precision",
    "body_recall": "body recall",
    "body_f1": "body F1",
    "body_token_f1": "body token F1, page mean",
    "captions_as_body": "captions kept",
    "sidebar_as_body": "sidebar kept",
}
TOOLS = ("jusText", "boilerpy3", "trafilatura")
OURS = "locbao (sites unseen)"

NOTES = f"""\
A peer keeps or drops a line and knows no captions, so it is scored on body alone: kept means body. Lines whose label is
not sure are not scored. In brackets: 95 % intervals, 1000 bootstrap draws over pages.

jusText, boilerpy3 and trafilatura are made for HTML. Here they get what plain text has, every line that is not blank in
a `<p>` of its own; links, classes and nesting, which they go by, are missing, and that is hard on them. Their output is
set against the lines in order. trafilatura runs with its defaults (its precision, recall and fast modes keep the same
lines here); of a line that stands several times on a page it keeps the first.

- Long lines: at least {LONG_LINE} characters.
- C4's line rule (Raffel et al. 2020, section 2.2, and its code in TensorFlow Datasets, `c4_utils.py`): a line stays if
  it ends in a full stop, a question or exclamation mark or a closing quotation mark (the code knows `"` alone, `”` is
  what newspapers write), but not in `...`, has at least {C4_WORDS} words (between spaces, so syllables here), does not
  mention JavaScript and has no cookie or terms-of-use notice. C4's rules that drop whole pages (lorem ipsum, curly
  brackets, fewer than three sentences, bad words) are left out: each page here is to be labelled.
- No repeats: of lines equal but for case the first stays. C4's paper drops all but one of any three-sentence span that
  occurs twice in the whole set; its code drops repeated lines, in a page and across pages. Here a page is all there is.
"""


def bench(
    pages: Sequence[CorpusPage], ours: Mapping[str, FloatArray], keepers: Mapping[str, Keeper] = LINE_KEEPERS
) -> dict[str, LineScores]:
    """Scores of every peer on the same pages, and of ours: probabilities (n, 3) of each page by id; none: left out."""
    scores = {name: score([scored(page, keep(texts_of(page))) for page in pages]) for name, keep in keepers.items()}
    if ours:
        scores[OURS] = score([ScoredPage.of(page, ours[page.id]) for page in pages])
    return scores


def texts_of(page: CorpusPage) -> list[str]:
    """The lines that are not blank."""
    return [text for text, _, _ in labelled_lines(page)]


def scored(page: CorpusPage, kept: BoolArray) -> ScoredPage:
    """The page as a peer labels it: a kept line, (n,), is certainly body, a dropped one certainly is not."""
    return ScoredPage.of(page, np.eye(len(LABELS))[np.where(kept, BODY, SIDEBAR)])


def peer_table(title: str, scores: Mapping[str, LineScores], columns: Mapping[str, str]) -> str:
    """A heading that counts the lines, and a row for each peer; `columns`: headings by figure."""
    one = next(iter(scores.values()))
    lines = ", ".join(f"{count} {label}" for label, count in one.support.items())
    rows = ([peer, *(figures[figure] for figure in columns)] for peer, figures in scores.items())
    return f"## {title}: {one.pages} pages, lines: {lines}\n\n{table(['', *columns.values()], rows)}"


def read_predictions(path: Path, pages: Sequence[CorpusPage]) -> dict[str, FloatArray]:
    """Probabilities (n, 3) by page id. Raises CorpusError if one of `pages` is missing or does not fit."""
    hint = 'Each row needs "id" and "probabilities", three for each line that is not blank, in LABELS order.'
    try:
        rows = [json.loads(row) for row in path.read_text(encoding="utf-8").splitlines() if row.strip()]
        predictions = {row["id"]: np.array(row["probabilities"], dtype=np.float64) for row in rows}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise CorpusError(str(path), f"cannot be read ({error!r})", hint) from None
    for page in pages:
        if page.id not in predictions:
            raise CorpusError(str(path), f"page {page.id!r} is missing", hint)
        if (shape := predictions[page.id].shape) != (len(texts_of(page)), len(LABELS)):
            raise CorpusError(str(path), f"page {page.id!r} has probabilities of shape {shape}", hint)
    return predictions


def read_styles(path: Path) -> dict[str, list[CorpusPage]]:
    """The pages of each of STYLES. Raises CorpusError, also if a style has no page."""
    pages = read_corpus([path])
    styles = {style: [page for page in pages if page.style == style] for style in STYLES}
    for style, chosen in styles.items():
        if not chosen:
            raise CorpusError(str(path), f"no page of style {style!r}", 'Give each page a "style", main or full.')
    return styles


def run(
    pages: Pages,
    ours: Annotated[
        Path | None,
        typer.Option(help='Our predictions, JSONL: {"id", "probabilities": [[body, caption, sidebar], …]}.'),
    ] = None,
    results: Results = RESULTS / "peers",
) -> None:
    """Scores all peers on the pages of each style; writes `peers.md` and `peers.csv`.

    Raises CorpusError, MissingLibrary.
    """
    corpus = read_styles(pages)
    predictions = read_predictions(ours, [page for chosen in corpus.values() for page in chosen]) if ours else {}
    tables, rows = [], []
    for style, chosen in corpus.items():
        scores = bench(chosen, predictions)
        tables.append(peer_table(f"Style `{style}`", scores, COLUMNS))
        for peer, figure in product(scores, COLUMNS):
            one = scores[peer][figure]
            rows.append([style, peer, figure, *(f"{number:.4f}" for number in (one.value, one.low, one.high))])
    heading = "# The same lines, labelled by peers"
    write_table("peers", document(heading, NOTES, f"Versions: {versions(*TOOLS)}.", *tables), results)
    numbers = Table(("style", "peer", "figure", "value", "low", "high"), rows)
    (results / "peers.csv").write_bytes(numbers.as_csv())


if __name__ == "__main__":
    start(run, __doc__)
