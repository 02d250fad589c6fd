"""The bench against peers: tools and rules that keep or drop the same plain lines, scored on body alone.

    python -m locbao.experiments.studies.plain_text_peers --pages PAGES.jsonl [--ours PREDICTIONS.jsonl]

Prints the tables and writes them. Needs the `bench` extra.
"""

import argparse
import csv
import json
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import TextIO

import numpy as np

from locbao.experiments.studies.command import foreseen
from locbao.experiments.studies.keepers import C4_WORDS, LONG_LINE, PEERS
from locbao.experiments.trials.trial_results import RESULTS
from locbao.features.arrays import BoolArray, FloatArray
from locbao.features.errors import LocbaoError
from locbao.features.labels import BODY, SIDEBAR
from locbao.train.corpus.labelled_pages import CorpusError, CorpusPage, read_corpus
from locbao.train.evaluation.line_scores import ScoredPage, Scores, score
from locbao.train.evaluation.tables import table

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


class PredictionsUnusable(LocbaoError):
    """A file of predictions that does not fit the pages."""

    def __init__(self, path: Path, what: str) -> None:
        hint = 'Each row needs "id" and "probabilities", three for each line that is not blank, in LABELS order.'
        super().__init__(f"{path}: {what}. {hint}")


def bench(pages: Sequence[CorpusPage], ours: Mapping[str, FloatArray]) -> dict[str, Scores]:
    """Scores of every peer on the same pages, and of ours: probabilities (n, 3) of each page by id; none: left out."""
    found = {
        name: score([ScoredPage.of(page, _as_probabilities(keep(_lines(page)))) for page in pages])
        for name, keep in PEERS.items()
    }
    if ours:
        found[OURS] = score([ScoredPage.of(page, ours[page.id]) for page in pages])
    return found


def _lines(page: CorpusPage) -> list[str]:
    return [text for text, label in zip(page.lines, page.labels, strict=True) if label is not None]


def _as_probabilities(kept: BoolArray) -> FloatArray:
    """(n, 3): a kept line is certainly body, a dropped one certainly is not."""
    probabilities = np.zeros((len(kept), 3))
    probabilities[np.arange(len(kept)), np.where(kept, BODY, SIDEBAR)] = 1
    return probabilities


def read_predictions(path: Path, pages: Sequence[CorpusPage]) -> dict[str, FloatArray]:
    """Probabilities (n, 3) by page id. Raises PredictionsUnusable if one of `pages` is missing or does not fit."""
    try:
        rows = [json.loads(row) for row in path.read_text(encoding="utf-8").splitlines() if row.strip()]
        found = {row["id"]: np.array(row["probabilities"], dtype=np.float64) for row in rows}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise PredictionsUnusable(path, f"cannot be read ({error!r})") from None
    for page in pages:
        if page.id not in found:
            raise PredictionsUnusable(path, f"page {page.id!r} is missing")
        if found[page.id].shape != (len(_lines(page)), 3):
            raise PredictionsUnusable(path, f"page {page.id!r} has probabilities of shape {found[page.id].shape}")
    return found


def read_styles(path: Path) -> dict[str, list[CorpusPage]]:
    """The pages of each of STYLES. Raises CorpusError, also if a style has no page."""
    pages = read_corpus([path])
    found = {style: [page for page in pages if page.style == style] for style in STYLES}
    for style, chosen in found.items():
        if not chosen:
            raise CorpusError(str(path), f"no page of style {style!r}", 'Give each page a "style", main or full.')
    return found


def run(pages: Path, ours: Path | None = None, out: Path = RESULTS) -> str:
    """Scores all peers on the pages of each style, writes `peers.md` and `peers.csv` into `out`; the Markdown text.

    Raises CorpusError, PredictionsUnusable, PeerMissing.
    """
    corpus = read_styles(pages)
    predictions = read_predictions(ours, [page for chosen in corpus.values() for page in chosen]) if ours else {}
    found = {style: bench(chosen, predictions) for style, chosen in corpus.items()}
    text = _markdown(found)
    out.mkdir(parents=True, exist_ok=True)
    (out / "peers.md").write_text(text, encoding="utf-8")
    with (out / "peers.csv").open("w", encoding="utf-8", newline="") as file:
        _write_rows(file, found)
    return text


def _markdown(found: Mapping[str, Mapping[str, Scores]]) -> str:
    versions = ", ".join(f"{name} {version(name)}" for name in TOOLS)
    parts = ["# The same lines, labelled by peers", NOTES, f"Versions: {versions}."]
    for style, peers in found.items():
        first = next(iter(peers.values()))
        lines = ", ".join(f"{count} {label}" for label, count in first.support.items())
        rows = ([peer, *(scores[figure] for figure in COLUMNS)] for peer, scores in peers.items())
        parts += [f"## Style `{style}`: {first.pages} pages, lines: {lines}", table(["", *COLUMNS.values()], rows)]
    return "\n\n".join(part.strip() for part in parts) + "\n"


def _write_rows(file: TextIO, found: Mapping[str, Mapping[str, Scores]]) -> None:
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(["style", "peer", "figure", "value", "low", "high"])
    for style, peers in found.items():
        for peer, scores in peers.items():
            for figure in COLUMNS:
                estimate = scores[figure]
                numbers = (estimate.value, estimate.low, estimate.high)
                writer.writerow([style, peer, figure, *(f"{number:.4f}" for number in numbers)])


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m locbao.experiments.studies.plain_text_peers", description=__doc__)
    parser.add_argument("--pages", type=Path, required=True, help="line corpus whose pages have a style, main or full")
    parser.add_argument(
        "--ours", type=Path, help='our predictions, JSONL: {"id", "probabilities": [[body, caption, sidebar], …]}'
    )
    parser.add_argument("--out", type=Path, default=RESULTS, help="folder of the results (default: %(default)s)")
    given = parser.parse_args()
    print(run(given.pages, given.ours, given.out))


if __name__ == "__main__":
    with foreseen():
        main()
