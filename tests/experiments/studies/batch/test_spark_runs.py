"""Spark against the local engine: rows are told apart, and runs become tables."""

from pathlib import Path
from typing import Any

import pytest

from locbao.experiments.result_files import finished
from locbao.experiments.studies.batch.spark_runs import KILLED, WHOLE, composed, differences, report
from locbao.train.corpus.corpus_files import write_rows
from tests.support.tables import cells


def test_rows_that_are_missing_twice_or_different(tmp_path: Path) -> None:
    write_rows(tmp_path / "local.jsonl", [{"id": n, "label": "body"} for n in range(5)])
    write_rows(tmp_path / "out" / "part-0", [{"id": 0, "label": "body"}, {"id": 1, "label": "caption"}])
    write_rows(tmp_path / "out" / "part-1", [{"id": n, "label": "body"} for n in (2, 2, 4)])
    assert differences(tmp_path / "local.jsonl", tmp_path / "out") == {"missing": 1, "twice": 1, "different": 1}


def test_pages_are_composed_once(tmp_path: Path) -> None:
    path = composed(tmp_path / "new" / "pages.jsonl", 3)
    rows = finished(path)
    assert len({row["id"] for row in rows}) == 3
    assert all(row["text"] for row in rows)
    path.write_text("kept", encoding="utf-8")
    assert composed(path, 3).read_text(encoding="utf-8") == "kept"


def test_the_report(tmp_path: Path) -> None:
    pytest.importorskip("pyspark")
    local = tmp_path / "local.jsonl"
    write_rows(local, [{"id": 1, "lines": [1, 2]}, {"id": 2, "lines": [3]}])
    same = {"missing": 0, "twice": 0, "different": 0}
    rows: list[dict[str, Any]] = [{"run": name, "executors": 2, "pages": 2, **same} for name in (WHOLE, KILLED)]
    rows[1] |= {"done": 2, "tasks": 9}
    for turn, (one, two) in enumerate([(2.0, 1.0), (4.0, 1.0), (2.0, 1.6)], 1):
        rows += [{"run": f"turn {turn}", "executors": n, "pages": 400, "seconds": s} for n, s in ((1, one), (2, two))]
    text = report(rows, local)
    assert "2 pages composed of the example corpus, 3 lines" in text
    assert "when 2 of 9 tasks were\ndone" in text or "when 2 of 9 tasks were done" in text
    tables = cells(text)
    assert [WHOLE, "2", "0", "0", "0"] in tables
    assert tables[-2:] == [["1", "200 [100, 200]", ""], ["2", "400 [250, 400]", "2.00 [1.25, 4.00]"]]
