"""Pages as text of fixed width, by the shipped model: with the lines of their paragraphs joined, and line by line.

    python -m locbao.experiments.studies.lines.wrapped_pages CORPUS…

The pages of the styles main and full, and those of none. Writes `wrapped_pages.md`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial

from locbao.experiments.measurement import Corpus, document, records, start
from locbao.experiments.result_files import RESULTS, Results, write_table
from locbao.features.page import Page
from locbao.predict.load import load
from locbao.predict.model import Model
from locbao.predict.reading.parsing import page_of
from locbao.train.corpus.corpus_files import example_corpus, expanded
from locbao.train.corpus.labelled_pages import CorpusPage, read_corpus

HEADING = """\
# Text of fixed width

Each line of the corpus' pages was broken at a width, and the shipped model labelled them: with the lines of a paragraph
joined, as it does, and line by line (in brackets). It has learned from these pages as they are, so only the difference
between rows counts. Joined: pages that are taken for text of fixed width. Kept: of the letters of body lines, those
that are labelled body; let through: of those of other lines."""
STYLES = ("main", "full", "")

_Line = tuple[str, str | None]  # its text; its label, None for a line that is blank or that nobody is sure of
_Rewriting = Callable[[list[_Line]], list[_Line]]


def broken(lines: list[_Line], width: int, unit: Callable[[str], int] = len, blank: bool = False) -> list[_Line]:
    """The lines, each broken at a width that is counted in `unit`. `blank`: with a blank line behind each part."""
    parts: list[_Line] = []
    for text, label in lines:
        start = len(parts)
        parts.append(("", label))
        for word in text.split():
            longer = f"{parts[-1][0]} {word}".strip()
            if parts[-1][0] and unit(longer) > width:
                parts.append((word, label))
            else:
                parts[-1] = (longer, label)
        if blank:
            parts[start:] = [line for part in parts[start:] for line in (part, ("", None))]
    return parts


def size_in_bytes(text: str) -> int:
    """As `fold` and `fmt` count."""
    return len(text.encode())


WAYS: Mapping[str, _Rewriting] = {
    "as they are": lambda lines: lines,
    **{f"{width} characters": partial(broken, width=width) for width in (60, 72, 80, 100)},
    "72 characters, a blank line behind each": partial(broken, width=72, blank=True),
    "80 bytes": partial(broken, width=80, unit=size_in_bytes),
}


def shares(model: Model, pages: Sequence[list[_Line]], *, joined: bool) -> tuple[float, float, int]:
    """Of the letters of body lines, and of those of other lines, the share that is labelled body; and how many pages
    are taken for text of fixed width. `joined`: whether the lines of a paragraph are joined."""
    letters, called_body, recognised = {True: 0, False: 0}, {True: 0, False: 0}, 0
    read = [page_of(Page.from_text("\n".join(text for text, _ in lines))) for lines in pages]
    as_lines = [replace(page.wrapped, wrapped=page.wrapped) if page.wrapped else page for page in read]
    for lines, page in zip(pages, model.label_many(read if joined else as_lines), strict=True):
        recognised += "broken lines" in page.warnings
        for line in page.lines:
            label = lines[line.number - 1][1]
            if label is not None:
                count = sum(map(str.isalnum, line.text))
                letters[label == "body"] += count
                called_body[label == "body"] += count * (line.label == "body")
    kept, let_through = (called_body[is_body] / max(letters[is_body], 1) for is_body in (True, False))
    return kept, let_through, recognised


def measure(model: Model, corpus: Sequence[CorpusPage]) -> str:
    """The table."""
    rows = []
    for style in sorted({page.style for page in corpus} & {*STYLES}, key=STYLES.index):
        pages = [
            [
                (text, label if sure else None)
                for text, label, sure in zip(page.lines, page.labels, page.sure, strict=True)
            ]
            for page in corpus
            if page.style == style
        ]
        for way, rewrite in WAYS.items():
            rewritten = [rewrite(lines) for lines in pages]
            kept, through, recognised = shares(model, rewritten, joined=True)
            kept_before, through_before, _ = shares(model, rewritten, joined=False)
            rows.append(
                {
                    "pages": style or "all",
                    "broken at": way,
                    "joined": f"{recognised} of {len(pages)}",
                    "body kept": f"{kept:.4f} ({kept_before:.4f})",
                    "others let through": f"{through:.4f} ({through_before:.4f})",
                }
            )
    return document(HEADING, records(rows))


def run(corpus: Corpus = None, results: Results = RESULTS / "lines") -> None:
    """Labels the pages in each way; writes `wrapped_pages.md`. Raises LocbaoError."""
    pages = read_corpus(expanded(corpus or []) or example_corpus())
    write_table("wrapped_pages", measure(load(), pages), results)


if __name__ == "__main__":
    start(run, __doc__)
