"""What experiments and studies leave."""

from pathlib import Path

from locbao.experiments.result_files import append, finished


def test_measurements_that_are_finished_stay(tmp_path: Path) -> None:
    path, rows = tmp_path / "results" / "tries.jsonl", [{"name": "một", "seconds": 1.5}, {"name": "hai", "same": True}]
    assert finished(path) == []
    for row in rows:
        append(path, row)
    assert finished(path) == rows
