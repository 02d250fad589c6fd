"""Trainings that start at the same time in one empty folder: they share a store that none of them has made yet."""

import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from locbao.train.registry.versions import Registry
from locbao.train.tracking.mlflow_runs import open_tracker
from locbao.train.tracking.mlflow_store import MlflowStore, connect
from tests.support.tracked import silent
from tests.support.training import QUICK, TWO_SITES
from tests.train.tracking.test_mlflow_processes import environment


class Taken(Exception):
    """What MLflow raises where the name is there already."""


class TestMadeOnce:
    @pytest.fixture
    def store(self) -> MlflowStore:
        return MlflowStore("sqlite:///none.db", None, SimpleNamespace(MlflowException=Taken))

    @pytest.mark.parametrize("before", [[], ["there"]])
    def test_whether_it_is_there_or_not(self, store: MlflowStore, before: list[str]) -> None:
        names = before.copy()
        store.made_once(lambda: names, lambda: names.append("made"))
        assert names == (before or ["made"])

    def test_another_training_was_quicker(self, store: MlflowStore) -> None:
        names: list[str] = []

        def make() -> None:
            names.append("made by another")
            raise Taken

        store.made_once(lambda: names, make)
        assert names == ["made by another"]

    def test_a_store_that_fails(self, store: MlflowStore) -> None:
        def make() -> None:
            raise Taken

        with pytest.raises(Taken):
            store.made_once(list, make)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")  # of what MLflow depends on
def test_side_by_side_in_an_empty_folder_nothing_is_printed(tmp_path: Path) -> None:
    pytest.importorskip("mlflow")
    (tmp_path / "quick.toml").write_text(QUICK, encoding="utf-8")
    command = [sys.executable, "-m", "locbao", "train", "lines", *map(str, TWO_SITES), "--config", "quick.toml", "-o"]
    trainings = [
        subprocess.Popen(
            [*command, name], cwd=tmp_path, env=environment(), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
        )
        for name in ("one", "two")
    ]
    for training in trainings:
        _, said = training.communicate(timeout=240)
        assert (training.returncode, said) == (0, b"")
    uri = f"sqlite:///{(tmp_path / 'mlflow.db').as_posix()}"
    runs = open_tracker(uri, tell=silent).runs("lines")
    assert {run.name: run.status for run in runs} == {"one": "FINISHED", "two": "FINISHED"}
    versions = Registry(connect(uri, writing=False), "locbao").versions()
    assert {version.tags["name"] for version in versions} == {"one", "two"}
    assert [version.number for version in versions] == [2, 1]
