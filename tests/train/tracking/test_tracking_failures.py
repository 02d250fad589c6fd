"""A store of runs that fails costs the record of a training, never the training."""

import shutil
import sqlite3
import sys
from pathlib import Path
from typing import Any

import pytest

from locbao.train.tracking.mlflow_runs import open_tracker
from locbao.train.tracking.tracked_run import Fold, RunOutcome, RunPlan, Tracker
from tests.support.tracked import Desk

PLAN = RunPlan("lines", "trial", {"seed": 1}, experiment="trials")


@pytest.fixture
def told() -> list[str]:
    return []


@pytest.fixture
def apart(tmp_path: Path, empty_store: Path) -> Desk:
    shutil.copy(empty_store, tmp_path)
    return Desk(tmp_path)


def test_locked_before_the_training(apart: Desk, told: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("locbao.train.tracking.mlflow_store.PATIENCE", 0.1)
    with locked(apart):
        tracker = apart.tracker(told.append)
    assert type(tracker) is Tracker
    assert tracker.failed
    [line] = told
    assert line.startswith("not tracked: sqlite:///")
    assert "locked by another program" in line


def test_during_the_training(apart: Desk, told: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    tracker: Any = apart.tracker(told.append)
    with tracker.run(PLAN) as run:
        monkeypatch.setattr(tracker.store.client, "log_batch", broken)
        run.finish(RunOutcome({"a": 1.0}))
        run.fold(Fold("b", {}, 1.0))
        run.file("c", b"")
    assert tracker.failed
    assert told == [
        f"no longer tracked: {apart.uri}: MLflow cannot use it (database is locked). "
        "Check the address, and that what it names is up and can be written to."
    ]
    assert [past.status for past in apart.tracker().runs("trials")] == ["FAILED"]


def test_no_database(apart: Desk, told: list[str]) -> None:
    (apart.folder / "mlflow.db").write_text("not a database at all, " * 100)
    assert apart.tracker(told.append).failed
    assert "it cannot be used as a database" in told[0]


def test_nobody_listens(told: list[str]) -> None:
    tracker = open_tracker("http://127.0.0.1:9", tell=told.append)
    assert tracker.failed
    assert len(told) == 1


def test_no_mlflow(told: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "mlflow", None)
    tracker = open_tracker(tell=told.append)
    assert not tracker.failed
    assert told == ["not tracked: Tracking needs mlflow, which is not installed. Try: pip install mlflow"]
    with tracker.run(PLAN) as run:
        run.finish(RunOutcome())
    assert run.id is None


def broken(*arguments: object) -> None:
    raise sqlite3.OperationalError("database is locked")


class locked:  # noqa: N801
    """The database is held by another writer."""

    def __init__(self, desk: Desk) -> None:
        self.database = sqlite3.connect(desk.folder / "mlflow.db", isolation_level=None)

    def __enter__(self) -> None:
        self.database.execute("BEGIN EXCLUSIVE")

    def __exit__(self, *error: object) -> None:
        self.database.close()
