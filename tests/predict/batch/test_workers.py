"""Worker processes: what they inherit; bad pages that end them are quarantined, a bad installation ends the run."""

import os
from functools import partial
from pathlib import Path

import pytest

from locbao.predict.batch.job import Work
from locbao.predict.batch.workers import Pool, WorkersFailed
from locbao.predict.reading.batches import PAGES_AT_ONCE, SIZE
from locbao.predict.reading.items import ReadOptions
from locbao.predict.writing.outputs import Output
from tests.predict.batch import troubled_model
from tests.predict.batch.batch_runs import LINE, do, errors, ids, pages, rows, run_for
from tests.predict.batch.troubled_model import named_by_its_threads


@pytest.mark.parametrize("chosen", [None, "2"])
def test_a_worker_computes_in_one_thread(monkeypatch: pytest.MonkeyPatch, chosen: str | None) -> None:
    if chosen:
        monkeypatch.setenv("OMP_NUM_THREADS", chosen)
    else:
        monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    before = dict(os.environ)
    work = Work(Output.of(None), ReadOptions())
    with Pool(named_by_its_threads, work, jobs=2, timeout=60) as pool:
        assert pool.model() == "threads: 1 000000000000"
    assert dict(os.environ) == before


@pytest.mark.slow
def test_any_number_of_pages_that_kill_in_a_row_is_quarantined(tmp_path: Path) -> None:
    given = rows(tmp_path / "in.jsonl", [*pages(3), *["DIE"] * 12, *pages(3)])
    out = tmp_path / "out.jsonl"
    do(run_for(given, out, jobs=2))
    assert ids(out) == [0, 1, 2, 15, 16, 17]
    killed = "The process that labels the page was killed (SIGKILL)"
    assert errors(out) == [(row, killed) for row in range(4, 16)]


@pytest.mark.parametrize(
    "texts", [pages(PAGES_AT_ONCE), [LINE * (SIZE // len(LINE))] * 2], ids=["small", "a batch each"]
)
def test_where_every_page_kills_the_run_ends_and_leaves_nothing(tmp_path: Path, texts: list[str]) -> None:
    (tmp_path / "ill").touch()
    given = rows(tmp_path / "in.jsonl", texts)
    with pytest.raises(WorkersFailed, match=r"good\. The process .* was killed \(SIGKILL\)\. Is there memory"):
        do(run_for(given, tmp_path / "out.jsonl", partial(troubled_model.dying, tmp_path), jobs=2))
    assert sorted(os.listdir(tmp_path)) == ["ill", "in.jsonl"]


@pytest.mark.slow
def test_a_run_that_such_a_trouble_ended_is_resumed_without_a_page_lost(tmp_path: Path) -> None:
    texts = pages(10 * PAGES_AT_ONCE)
    texts[5 * PAGES_AT_ONCE + 3] += "\nFALL ILL"
    given = rows(tmp_path / "in.jsonl", texts)
    out, calm = tmp_path / "out.jsonl", tmp_path / "calm.jsonl"
    with pytest.raises(WorkersFailed, match="lost whatever the page") as caught:
        do(run_for(given, out, partial(troubled_model.dying, tmp_path), jobs=2))
    assert "with --resume goes on from there" in caught.value.__notes__[0]
    do(run_for(given, out, jobs=2, resume=True))
    do(run_for(given, calm, jobs=1))
    assert out.read_bytes() == calm.read_bytes()
    assert not out.with_name("out.jsonl.errors.jsonl").exists()
