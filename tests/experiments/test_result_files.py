"""What experiments and studies leave."""

from pathlib import Path

from locbao.experiments.result_files import append, finished, write_rows


def test_measurements_that_are_finished_stay(tmp_path: Path) -> None:
    path, rows = tmp_path / "results" / "tries.jsonl", [{"name": "một", "seconds": 1.5}, {"name": "hai", "same": True}]
    assert finished(path) == []
    for row in rows:
        append(path, row)
    assert finished(path) == rows


def test_rows_are_written_whole(tmp_path: Path) -> None:
    path = tmp_path / "new" / "rows.jsonl"
    write_rows(path, ({"id": n, "text": "Lũ về"} for n in range(2)))
    assert path.read_text(encoding="utf-8") == '{"id": 0, "text": "Lũ về"}\n{"id": 1, "text": "Lũ về"}\n'
    assert [*path.parent.iterdir()] == [path]
