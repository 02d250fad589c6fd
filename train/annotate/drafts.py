"""Drafts: pages that a model has labelled, as rows of a corpus for people to correct."""

from collections.abc import Iterable, Iterator
from itertools import tee

from locbao.predict.labelled import LabelledPage
from locbao.predict.model import Model
from locbao.predict.reading.items import Input
from locbao.train.corpus.corpus_files import Row


def draft_rows(pages: Iterable[Input], site: str, model: Model) -> Iterator[Row]:
    """A corpus row for each page, in order, a batch in memory at a time.

    A line has its label's probability as `score`, and its share of link text as `link` where that is known; the row
    tells as `draft` which model labelled it, and as `source` where the page was read. Line numbers are those of the
    page, blank lines included. A line of Markdown is its plain text, which is what models learn from, with the line as
    it was as `markdown` beside it; one of marks alone is blank.
    """
    for page, labelled in labelled_pages(pages, model):
        lines: list[Row] = [{"text": text, "label": None} for text in page.page.raw]
        for line in labelled.lines:
            drafted = {"text": line.plain, "label": line.label, "score": round(line.score, 3)}
            if line.link_share is not None:
                drafted["link"] = round(line.link_share, 2)
            kept = {"markdown": line.text} if line.text != line.plain else {}
            lines[line.number - 1] = {**(drafted if line.plain.strip() else {"text": "", "label": None}), **kept}
        yield {"id": str(page.id), "site": site, "draft": model.signature, "source": str(page.source), "lines": lines}


def labelled_pages(pages: Iterable[Input], model: Model) -> Iterator[tuple[Input, LabelledPage]]:
    """Each page with its labels, in order, a batch in memory at a time."""
    kept, read = tee(pages)
    return zip(kept, model.label_many(page.page for page in read), strict=True)
