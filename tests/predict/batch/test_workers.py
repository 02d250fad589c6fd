"""Worker processes: what they inherit."""

import os

import pytest

from locbao.predict.batch.job import Work
from locbao.predict.batch.workers import Pool
from locbao.predict.reading.items import ReadOptions
from locbao.predict.writing.outputs import Output
from tests.troubled_model import named_by_its_threads


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
