"""Corpus pages that get the links of their sources."""

import gzip
import json
from pathlib import Path

import pytest

from locbao.train.corpus import pages_from_sources
from locbao.train.corpus.corpus_files import CorpusError, Row, write_rows
from locbao.train.corpus.labelled_pages import read_corpus
from locbao.train.corpus.pages_from_sources import matched
from tests.predict.reading.test_markup import MARKDOWN, PLAIN

LABELS = ["sidebar", "sidebar", "body", "body", "body", "caption", "body", "sidebar"]


def gold_row(id: str, source: str | None) -> Row:
    lines: list[Row] = [{"text": text, "label": label} for text, label in zip(PLAIN, LABELS, strict=True)]
    lines.insert(2, {"text": "", "label": None})
    return {"id": id, "site": "bao", "style": "full", "lines": lines, "source": source}


def test_lines_are_matched_by_what_they_say() -> None:
    assert matched(["Cầu", "1. Một", "khác", "Hai"], ["Cầu", "Một", "Hai"]) == {0: 0, 1: 1, 2: 3}
    assert matched(["Cầu", "Phú,P", "Hai"], ["Cầu", "Phú, Q", "Hai"]) == {0: 0, 1: 1, 2: 2}


def test_only_pages_with_a_source_get_links(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "bao.md.gz").write_bytes(gzip.compress(MARKDOWN.encode()))
    rows = [gold_row("a", "bao.md.gz"), gold_row("b", None)]
    (tmp_path / "gold.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    output = tmp_path / "out" / "pages.jsonl"
    monkeypatch.setattr("sys.argv", ["pages_from_sources", str(tmp_path / "gold.jsonl"), "-o", str(output)])
    pages_from_sources.main()
    linked, plain = read_corpus([output])
    assert list(linked.links or ()) == [1, 1, 0, 0, 0.17, 0, 0, 0, 1]
    assert plain.links is None
    assert (linked.lines, linked.labels) == (plain.lines, plain.labels)


def test_rows_are_written_whole(tmp_path: Path) -> None:
    path = tmp_path / "new" / "rows.jsonl"
    assert write_rows(path, ({"id": n, "text": text} for n, text in enumerate(("Lũ về", "nửa \ud800")))) == 2
    assert path.read_bytes() == '{"id": 0, "text": "Lũ về"}\n{"id": 1, "text": "nửa \\ud800"}\n'.encode()
    assert [*path.parent.iterdir()] == [path]


@pytest.mark.parametrize("link", [-0.1, 1.1, "1", True, None])
def test_a_share_that_is_none(tmp_path: Path, link: object) -> None:
    row = {"id": "a", "site": "bao", "lines": [{"text": "Cầu", "label": "body", "link": link}]}
    (tmp_path / "a.jsonl").write_text(json.dumps(row) + "\n", encoding="utf-8")
    with pytest.raises(CorpusError, match='"link" is no number from 0 to 1'):
        read_corpus([tmp_path / "a.jsonl"])
