"""A corpus as a table for a spreadsheet, tab-separated, a row a line; and back.

Spreadsheets take texts for dates, numbers and formulas, so the texts that come back are not those shown in the column
`text` but those in `json`, which holds the whole line. A page's first row, number 0, has there all of the page but its
lines, and how many they are.
"""

import csv
import io
import json
from collections.abc import Iterable, Iterator
from pathlib import Path

from locbao.features.amounts import counted
from locbao.predict.reading.encoding import decode
from locbao.predict.reading.items import Unusable
from locbao.predict.writing.rows import to_bytes
from locbao.train.annotate.label_studio import relabelled, what_misses
from locbao.train.corpus.corpus_files import CorpusError, Row

COLUMNS = ("page", "line", "label", "sure", "text", "json")
_HINT = "Give the table that `locbao corpus export` wrote, saved as text with tabs; change only `label` and `sure`."
_LONGEST = 1 << 30  # characters of a cell


def table(rows: Iterable[Row]) -> Iterator[bytes]:
    """The table of the rows of a corpus, a page at a time."""
    yield "\ufeff".encode()  # without it some spreadsheets take UTF-8 for something else
    yield _cells([COLUMNS])
    for row in rows:
        cells = [(row["id"], 0, "", "", "", _json({**row, "lines": len(row["lines"])}))]
        for number, line in enumerate(row["lines"], start=1):
            sure = "no" if line.get("sure") is False else ""
            cells.append((row["id"], number, line.get("label") or "", sure, _harmless(line["text"]), _json(line)))
        yield _cells(cells)


def table_rows(path: Path) -> Iterator[Row]:
    """The rows of the corpus that a table was made of, with the labels that now stand in it, "no" in `sure` for lines
    that are not. Raises CorpusError for another kind of table."""
    try:
        text = decode(path.read_bytes())
    except Unusable as error:
        raise CorpusError(str(path), str(error), _HINT) from None
    before = csv.field_size_limit(_LONGEST)
    row: Row = {}
    missing = 0  # lines of the page
    try:
        reader = csv.DictReader(io.StringIO(text, newline=""), dialect="excel-tab")
        for cells in reader:
            source = f"{path}:{reader.line_num}"
            try:
                content, number = json.loads(cells["json"]), int(cells["line"])
                if missing:
                    sure = cells["sure"].strip().lower()
                    if sure not in ("", "no"):
                        raise CorpusError(source, f"sure is {sure!r}", "Write no, or leave it empty.")
                    row["lines"].append(_line(content, cells["label"].strip(), sure))
                else:
                    row, missing = {**content, "lines": []}, int(content["lines"]) + 1
                in_order = number == len(row["lines"])
            except (KeyError, TypeError, AttributeError, ArithmeticError, ValueError, RecursionError) as error:
                raise CorpusError(source, f"is no row of a corpus: {what_misses(error)}", _HINT) from None
            if not in_order:
                raise CorpusError(source, f"line {number} of page {cells['page']!r} is not in its place", _HINT)
            missing -= 1
            if not missing:
                yield row
    finally:
        csv.field_size_limit(before)
    if missing or not row:
        what = f"ends {counted(missing, 'line')} too early" if missing else "holds no page"
        raise CorpusError(str(path), what, _HINT)


def _line(line: Row, label: str, sure: str) -> Row:
    line = relabelled(line, label or None)
    if (sure == "no") == (line.get("sure") is False):
        return line
    return {**line, "sure": False} if sure == "no" else {name: line[name] for name in line if name != "sure"}


def _cells(rows: Iterable[Iterable[object]]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, dialect="excel-tab", lineterminator="\n").writerows(rows)
    return to_bytes(text.getvalue().replace("\0", "\N{REPLACEMENT CHARACTER}"))  # JSON has none: it escapes them


def _json(value: Row) -> str:
    return json.dumps(value, ensure_ascii=False)


def _harmless(text: str) -> str:
    """The text with an apostrophe before it where a spreadsheet would run it as a formula."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@")) else text
