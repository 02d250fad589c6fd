"""Word segmentation against underthesea: the lines that are drawn, both sides' words, the memory of the cache."""

import json
from pathlib import Path

import pytest

from locbao.experiments.studies.speed.segmentation_speed import LOAD, differing, draw, memory_table, race_table
from locbao.train.corpus.corpus_files import CorpusError, write_rows
from tests.support.tables import cells

LINES = ["Bà con trong bản dựng lại cầu treo", "Học trò đến trường kịp ngày khai giảng"]


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "lines.json"
    path.write_text(json.dumps(LINES), encoding="utf-8")
    return path


def test_distinct_lines_are_drawn(tmp_path: Path) -> None:
    articles = tmp_path / "articles.jsonl"
    rows = [{"id": str(n), "title": f"Cầu {n}", "body": ["Lũ về", f"Suối {n}"], "captions": [""]} for n in range(3)]
    write_rows(articles, rows)
    drawn = draw(articles, 7)
    assert sorted(drawn) == ["Cầu 0", "Cầu 1", "Cầu 2", "Lũ về", "Suối 0", "Suối 1", "Suối 2"]
    assert drawn == draw(articles, 7)
    with pytest.raises(CorpusError, match=r"articles\.jsonl: only 7 distinct lines\. Give articles with 8\."):
        draw(articles, 8)


def test_lines_with_other_words_are_counted(tmp_path: Path) -> None:
    for side, words in zip(
        LOAD, ([["bà_con", "dựng"], ["học_trò"]], [["Bà con", "dựng"], ["học", "trò"]]), strict=True
    ):
        (tmp_path / side).write_text(json.dumps(words), encoding="utf-8")
    assert differing(tmp_path) == 1


@pytest.mark.slow
def test_both_sides_find_the_same_words(source: Path, tmp_path: Path) -> None:
    assert [row[0] for row in cells(race_table(source, tmp_path, repeats=1))[2:]] == list(LOAD)
    assert differing(tmp_path) == 0
    assert len(json.loads((tmp_path / "locbao").read_text(encoding="utf-8"))) == len(LINES)


@pytest.mark.slow
def test_memory_is_shown_for_each_eighth(source: Path) -> None:
    header, _, row = cells(memory_table(source, many=160, batch=10))
    assert header[1:] == [str(20 * part) for part in range(1, 9)]
    peaks = [*map(int, row[1:])]
    assert peaks == sorted(peaks)
