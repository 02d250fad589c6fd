"""A model in many threads and in other processes: the same rows as in one thread, and nothing left behind."""

import copy
import io
import multiprocessing
import pickle
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import joblib
import pytest

from locbao.features.segmentation import segmenter
from locbao.predict.model import Model
from locbao.train.corpus.corpus_files import example_corpus
from locbao.train.corpus.labelled_pages import read_corpus

THREADS = 32
SENTENCE = "Đồn Biên phòng Mường Khe bắt hai người vận chuyển 6 bánh heroin và 2 kg ma túy đá qua lối mòn số"
PAGES = ["\n".join([*page.lines, f"{SENTENCE} {n}."]) for n, page in enumerate(read_corpus(example_corpus()[:10]))]

FROM_MANY_THREADS = f"""
import logging, os, threading, warnings
from concurrent.futures import ThreadPoolExecutor

import numpy  # has filters of its own

def state():
    loggers = [logging.root, *logging.root.manager.loggerDict.values()]
    handled = [(logger.level, [*logger.handlers]) for logger in loggers if isinstance(logger, logging.Logger)]
    warned = [*warnings.filters], warnings.showwarning
    return warned, [*filter(any, handled)], {{**os.environ}}, threading.active_count()

def work(n):
    return locbao.load().label({SENTENCE!r}).to_dict()

before = state()
import locbao
with ThreadPoolExecutor({THREADS}) as pool:
    rows = [*pool.map(work, range({THREADS}))]
assert all(row == rows[0] for row in rows)
assert rows[0]["topics"]
assert state() == before, (state(), before)
"""


@pytest.fixture(scope="module")
def rows(shipped: Model) -> list[dict[str, Any]]:
    """What one thread makes of the pages."""
    rows = [shipped.label(page).to_dict() for page in PAGES]
    assert any("drug_crime" in row["topics"] for row in rows)
    return rows


def test_threads_share_a_model(shipped: Model, rows: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(segmenter, "_loaded", [])  # the words are found anew, by all threads at once
    with ThreadPoolExecutor(THREADS) as pool:
        assert list(pool.map(lambda page: shipped.label(page).to_dict(), PAGES * 6)) == rows * 6
        of_many = pool.map(lambda _: [page.to_dict() for page in shipped.label_many(PAGES)], range(THREADS // 4))
        assert list(of_many) == [rows] * (THREADS // 4)


@pytest.mark.slow
def test_loading_in_threads_leaves_no_trace_in_the_process() -> None:
    done = subprocess.run([sys.executable, "-c", FROM_MANY_THREADS], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def _by_joblib(model: Model) -> Model:
    file = io.BytesIO()
    joblib.dump(model, file)
    file.seek(0)
    loaded: Model = joblib.load(file)
    return loaded


@pytest.mark.parametrize(
    "copied",
    [lambda model: pickle.loads(pickle.dumps(model)), _by_joblib, copy.deepcopy],
    ids=["pickle", "joblib", "copy"],
)
def test_a_copy_labels_the_same(shipped: Model, rows: list[dict[str, Any]], copied: Callable[[Model], Model]) -> None:
    again = copied(shipped)
    assert (again.name, again.digest, again.manifest) == (shipped.name, shipped.digest, shipped.manifest)
    assert [again.label(page).to_dict() for page in PAGES] == rows


_sent: list[Model] = []


def _receive(model: Model) -> None:
    _sent.append(model)


def _label(page: str) -> dict[str, Any]:
    return _sent[0].label(page).to_dict()


@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")  # of Python 3.12, where there are threads
@pytest.mark.parametrize(
    "method",
    ["fork", pytest.param("spawn", marks=pytest.mark.slow), pytest.param("forkserver", marks=pytest.mark.slow)],
)
def test_processes_share_a_model(shipped: Model, rows: list[dict[str, Any]], method: str) -> None:
    if method not in multiprocessing.get_all_start_methods():
        pytest.skip(f"there is no {method} here")
    with multiprocessing.get_context(method).Pool(2, _receive, [shipped]) as pool:
        assert pool.map(_label, PAGES) == rows
