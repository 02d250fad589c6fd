"""A store of runs with two trainings in it: the first is a fair model, the second a poor one."""

from dataclasses import dataclass
from pathlib import Path

from locbao.train.lines.run import train_lines
from locbao.train.registry.versions import Registry
from locbao.train.tracking.mlflow_runs import open_tracker
from locbao.train.tracking.mlflow_store import MlflowStore, connect
from locbao.train.tracking.tracked_run import Tell, Tracker
from tests.support.training import TWO_SITES, one_core

FAIR = "composed = 20\nwords = 100\nfolds = 2\niterations = 8\n"
POOR = 'composed = 4\nwords = 0\nfolds = 2\niterations = 1\nsecond_pass = false\nfamilies = ["place"]\n'


def silent(line: str) -> None:
    """For what is not looked at."""


@dataclass(frozen=True)
class Desk:
    """A folder with mlflow.db, mlruns and the models `fair` and `poor`, which are versions 1 and 2 of "locbao"."""

    folder: Path

    @property
    def uri(self) -> str:
        return f"sqlite:///{(self.folder / 'mlflow.db').as_posix()}"

    def tracker(self, tell: Tell = silent) -> Tracker:
        return open_tracker(self.uri, tell=tell)

    def store(self) -> MlflowStore:
        return connect(self.uri)

    def registry(self, name: str = "locbao") -> Registry:
        return Registry(self.store(), name)

    def train(self, name: str, config: str, tracker: Tracker | None = None) -> str:
        """Trains on two sites; returns the digest."""
        path = self.folder / f"{name}.toml"
        path.write_text(config, encoding="utf-8")
        with one_core():
            return train_lines(TWO_SITES, self.folder / name, config=path, tracker=tracker, tell=silent)


def make_desk(folder: Path) -> None:
    desk = Desk(folder)
    tracker = desk.tracker(print)
    desk.train("fair", FAIR, tracker)
    desk.train("poor", POOR, tracker)
    assert not tracker.failed
