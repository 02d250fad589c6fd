"""The shipped model on crawlers' Markdown: as plain lines, as raw Markdown, and as Markdown that is taken for text.

    python -m locbao.experiments.studies.markdown GOLD --sources FOLDER

GOLD holds labelled pages whose rows name the file of their Markdown (`source`, .md.gz, below FOLDER). The lines of both
are matched by their letters and digits, in order. The model may have learned from sites among them; what counts is the
difference between the columns. Writes `results/markdown.md`.
"""

import gzip
import re
from collections.abc import Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from locbao.experiments.studies.study import Results, document, start
from locbao.experiments.trials.trial_results import RESULTS, write_table
from locbao.features.arrays import IntArray
from locbao.features.labels import LABELS, SIDEBAR
from locbao.features.page import Batch, Page
from locbao.predict.line_model import LineModel
from locbao.predict.load import load
from locbao.predict.writing.rows import signature
from locbao.train.corpus.corpus_files import rows
from locbao.train.corpus.labelled_pages import CorpusPage, read_corpus
from locbao.train.evaluation.tables import table

WAYS = ("plain lines", "Markdown", "Markdown taken for text")
_NUMBER = re.compile(r"^\d{1,3}\.\s")
_NO_KEY = re.compile(r"[\W_]+")

Gold = Annotated[Path, typer.Argument(help="Labelled pages, of which those with a Markdown `source` count.")]
Sources = Annotated[Path, typer.Option(help="Folder below which the sources lie.")]


def matched(plain: Sequence[str], gold: Sequence[str]) -> dict[int, int]:
    """For gold lines, by index, the index of the plain line that says the same; in order, and for a stretch of as many
    lines on both sides that differ, one by one."""
    ours, theirs = ([_NO_KEY.sub("", _NUMBER.sub("", line)) for line in lines] for lines in (plain, gold))
    pairs: dict[int, int] = {}
    for kind, a, b, c, d in SequenceMatcher(None, theirs, ours, autojunk=False).get_opcodes():
        if kind == "equal" or (kind == "replace" and b - a == d - c):
            pairs.update(zip(range(a, b), range(c, d), strict=True))
    return pairs


def predicted(model: LineModel, page: Page) -> dict[int, int]:
    """The label, as an index into LABELS, of each raw line number."""
    best = model.read(Batch.of([page])).probabilities.argmax(axis=1)
    return dict(zip(page.numbers.tolist(), best.tolist(), strict=True))


def confusions(model: LineModel, page: CorpusPage, markup: str) -> tuple[dict[str, IntArray], int]:
    """For each of WAYS (3, 3) counts of true labels (rows) and predicted ones, and how many lines found no match."""
    gold, markdown = Page.from_lines(page.lines), Page.from_markdown(markup)
    pairs = matched(markdown.lines, gold.lines)
    labels = {
        "plain lines": predicted(model, gold),
        "Markdown": predicted(model, markdown),
        "Markdown taken for text": predicted(model, Page.from_text(markup)),
    }
    counts = {way: np.zeros((len(LABELS), len(LABELS)), dtype=np.int64) for way in WAYS}
    for line, number in enumerate(gold.numbers.tolist()):
        label = page.labels[number - 1]
        if line in pairs and label is not None and page.sure[number - 1]:
            source = int(markdown.numbers[pairs[line]])
            for way in WAYS:
                place = number if way == "plain lines" else source
                counts[way][LABELS.index(label), labels[way].get(place, SIDEBAR)] += 1
    return counts, len(gold.lines) - len(pairs)


def macro_f1(counts: IntArray) -> float:
    """Mean F1 of the labels."""
    return float(np.mean(2 * counts.diagonal() / np.maximum(counts.sum(axis=0) + counts.sum(axis=1), 1)))


def errors(counts: IntArray) -> int:
    """Lines with a wrong label."""
    return int(counts.sum() - counts.trace())


def report(pages: Mapping[str, Mapping[str, IntArray]], unmatched: int, model: str) -> str:
    """The tables, from the counts of each page by way; `model` is its `signature`."""
    totals = {way: np.sum([counts[way] for counts in pages.values()], axis=0) for way in WAYS}
    lines = int(totals[WAYS[0]].sum())
    whole = [[way, errors(totals[way]), f"{macro_f1(totals[way]):.4f}"] for way in WAYS]
    each = [[id, int(counts[WAYS[0]].sum()), *(errors(counts[way]) for way in WAYS)] for id, counts in pages.items()]
    return document(
        f"{len(pages)} pages, {lines:,} lines with a sure label; {unmatched} found no line of the Markdown. The "
        f"model ({model}) has learned from some of these sites: compare the rows, not with other tables.",
        table(["read as", "errors", "macro F1"], whole),
        table(["errors on", "lines", *WAYS], each),
    )


def _with_markdown(gold: Path, sources: Path) -> Iterator[tuple[CorpusPage, str]]:
    named = {str(row["id"]): str(row.get("source") or "") for _, row in rows(gold)}
    for page in read_corpus([gold]):
        source = named[page.id]
        if page.style == "full" and source.endswith(".md.gz"):
            yield page, gzip.decompress((sources / source).read_bytes()).decode()


def run(gold: Gold, sources: Sources, results: Results = RESULTS) -> None:
    """Labels the pages in three ways; writes `markdown.md`. Raises LocbaoError."""
    model, pages, unmatched = load(), {}, 0
    for page, markup in _with_markdown(gold, sources):
        pages[page.id.removesuffix("/full")], missing = confusions(model.line_model, page, markup)
        unmatched += missing
    write_table("markdown", report(pages, unmatched, signature(model.name, model.digest)), results)


if __name__ == "__main__":
    start(run, __doc__)
