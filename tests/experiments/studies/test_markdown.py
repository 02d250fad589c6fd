"""The study of Markdown on an invented page."""

import gzip
import json
from pathlib import Path

from locbao.experiments.studies.markdown import matched, run
from tests.predict.reading.test_markup import MARKDOWN, PLAIN


def test_lines_are_matched_by_what_they_say() -> None:
    assert matched(["Cầu", "1. Một", "khác", "Hai"], ["Cầu", "Một", "Hai"]) == {0: 0, 1: 1, 2: 3}
    assert matched(["Cầu", "Phú,P", "Hai"], ["Cầu", "Phú, Q", "Hai"]) == {0: 0, 1: 1, 2: 2}


def test_the_table_counts_errors_of_all_ways(tmp_path: Path) -> None:
    (tmp_path / "page.md.gz").write_bytes(gzip.compress(MARKDOWN.encode()))
    labels = ["sidebar", "sidebar", "body", "body", "body", "caption", "body", "sidebar"]
    lines = [{"text": text, "label": label} for text, label in zip(PLAIN, labels, strict=True)]
    row = {"id": "bao/full", "site": "bao", "style": "full", "source": "page.md.gz", "lines": lines}
    (tmp_path / "gold.jsonl").write_text(json.dumps(row) + "\n", encoding="utf-8")
    run(tmp_path / "gold.jsonl", tmp_path, tmp_path)
    text = (tmp_path / "markdown.md").read_text(encoding="utf-8")
    assert "1 pages, 8 lines with a sure label; 0 found no line" in text
    assert "| Markdown " in text
    assert "Trang chủ" not in text
