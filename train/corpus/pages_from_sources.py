"""Labelled pages with the links of their sources: `python -m locbao.train.corpus.pages_from_sources GOLD -o OUT`.

Rows of GOLD in the style `full` may name the file of their HTML or Markdown (`source`, gzipped, below GOLD's folder).
The lines of such a page get `link`, the share of link text in the line of the source that says the same. All else stays
as it is in GOLD.
"""

import argparse
import gzip
import re
import sys
from collections.abc import Sequence
from difflib import SequenceMatcher
from pathlib import Path

from locbao.features.errors import LocbaoError
from locbao.features.page import Page
from locbao.predict.reading.markup import Markup
from locbao.predict.reading.parsing import page_of
from locbao.train.corpus.corpus_files import Row, rows, write_rows

_NUMBER = re.compile(r"^\d{1,3}\.\s")
_NO_KEY = re.compile(r"[\W_]+")


def matched(lines: Sequence[str], gold: Sequence[str]) -> dict[int, int]:
    """For gold lines, by index, the index of the line that says the same; in order, and for a stretch of as many lines
    on both sides that differ, one by one."""
    ours, theirs = ([_NO_KEY.sub("", _NUMBER.sub("", line)) for line in each] for each in (lines, gold))
    pairs: dict[int, int] = {}
    for kind, a, b, c, d in SequenceMatcher(None, theirs, ours, autojunk=False).get_opcodes():
        if kind == "equal" or (kind == "replace" and b - a == d - c):
            pairs.update(zip(range(a, b), range(c, d), strict=True))
    return pairs


def source_text(row: Row, folder: Path) -> tuple[str, Markup] | None:
    """What a row was labelled from, and in what it is written; None where the row names no source of the whole page."""
    source = str(row.get("source") or "")
    if row.get("style") != "full" or not source.endswith((".html.gz", ".md.gz")):
        return None
    markup = Markup.HTML if source.endswith(".html.gz") else Markup.MARKDOWN
    return gzip.decompress((folder / source).read_bytes()).decode(), markup


def with_links(row: Row, page: Page) -> Row:
    """The row with `link` in each line that stands on the page."""
    gold = Page.from_lines([line["text"] for line in row["lines"]])
    lines = [dict(line) for line in row["lines"]]
    if page.links is not None:
        for index, ours in matched(page.lines, gold.lines).items():
            lines[gold.numbers[index] - 1]["link"] = round(float(page.links[ours]), 2)
    return {**row, "lines": lines}


def main() -> None:
    """Writes the corpus."""
    parser = argparse.ArgumentParser(description="Writes the line corpus that the shipped model is trained on.")
    parser.add_argument("gold", type=Path, help="labelled pages")
    parser.add_argument("-o", "--output", type=Path, default=Path("out/lines/gold_pages.jsonl"))
    args = parser.parse_args()
    pages = ((row, source_text(row, args.gold.parent)) for _, row in rows(args.gold))
    write_rows(args.output, (with_links(row, page_of(*source)) if source else row for row, source in pages))


if __name__ == "__main__":
    try:
        main()
    except (LocbaoError, OSError) as error:
        sys.exit(f"Error: {error}")
