"""What all tests share."""

import shutil
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, settings

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

    from locbao.predict.model import Model
    from tests.support.tracked import Desk
    from tests.support.training import Training

# On a busy machine any example may take long.
settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")

ROOT = Path(__file__).resolve().parents[1]
SHARED = ROOT.parent / "shared" / "data"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real pages and articles, which is not part of the project. Skips where it is not there."""
    if not SHARED.is_dir():
        pytest.skip("needs the real pages in ../shared/data, which are not part of the repository")
    return SHARED


@pytest.fixture(scope="session")
def trained(tmp_path_factory: pytest.TempPathFactory) -> "Training":
    """A small model of the example corpus, trained once by the command line."""
    from tests.support.once import once
    from tests.support.training import CONFIG, Training, train_apart

    def train(folder: Path) -> None:
        (folder / "small.toml").write_text(CONFIG, encoding="utf-8")
        made = train_apart(folder / "small", folder / "small.toml", hash_seed=0)
        (folder / "output.txt").write_text(made.output, encoding="utf-8")

    folder = once(tmp_path_factory, "trained", train)
    return Training(folder / "small", folder / "small.toml", (folder / "output.txt").read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def model(trained: "Training") -> "Model":
    """That model, loaded."""
    from locbao.predict.load import load

    return load(trained.folder)


@pytest.fixture(scope="session")
def shipped() -> "Model":
    """The model that comes with locbao."""
    from locbao.predict.load import load

    return load()


@pytest.fixture(scope="session")
def topical(trained: "Training", tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """That model's folder with the topics of the example articles, and what was printed."""
    from tests.support.command import locbao
    from tests.support.once import once

    def train(folder: Path) -> None:
        done = locbao("train", "topics", "--no-track", "--base", trained.folder, "-o", folder / "model")
        assert (done.exit_code, done.stderr) == (0, "")
        (folder / "output.txt").write_text(done.stdout, encoding="utf-8")

    folder = once(tmp_path_factory, "topical", train)
    return folder / "model", (folder / "output.txt").read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def empty_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database of MLflow's without runs, to be copied: to lay one out takes seconds."""
    from locbao.train.tracking.mlflow_store import connect
    from tests.support.once import once

    return once(tmp_path_factory, "empty", lambda folder: connect(f"sqlite:///{folder}/mlflow.db")) / "mlflow.db"


@pytest.fixture(scope="session")
def desk(tmp_path_factory: pytest.TempPathFactory, empty_store: Path) -> "Desk":
    """A store of runs with two trainings in it; who promotes something there undoes it."""
    from tests.support.once import once
    from tests.support.tracked import Desk, make_desk

    def make(folder: Path) -> None:
        shutil.copy(empty_store, folder)
        make_desk(folder)

    return Desk(once(tmp_path_factory, "tracked", make))


@pytest.fixture(scope="session")
def spark(tmp_path_factory: pytest.TempPathFactory) -> Iterator["SparkSession"]:
    """Two executors that are processes of their own."""
    from tests.predict.spark.spark_session import local_cluster

    with local_cluster(tmp_path_factory.mktemp("spark"), executors=2) as session:
        yield session


@pytest.fixture
def page(tmp_path: Path) -> Path:
    """A page with a line of each label for the stand-in model."""
    from tests.support.command import PAGE

    path = tmp_path / "tin.txt"
    path.write_text(PAGE, encoding="utf-8")
    return path


@pytest.fixture
def stand_in(monkeypatch: pytest.MonkeyPatch) -> None:
    """The command line in this process has the stand-in model, and labels without others."""
    import locbao
    from locbao.cli import predict as cli_predict
    from tests.support import fake_model

    monkeypatch.setattr(locbao, "load", fake_model.load)
    monkeypatch.setattr(cli_predict, "cores", lambda: 1)


@pytest.fixture
def quick_workers(monkeypatch: pytest.MonkeyPatch) -> None:
    """The engine's processes start at once. How they start for users is tested by what runs commands."""
    from locbao.predict.batch import workers
    from tests.predict.batch.batch_runs import QUICK

    monkeypatch.setattr(workers, "SPAWN", QUICK)


@pytest.fixture
def checkpoint_after_every_batch(monkeypatch: pytest.MonkeyPatch) -> None:
    from locbao.predict.batch import checkpoint

    monkeypatch.setattr(checkpoint, "EVERY", 0.0)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    for item in items:
        if "shared_data" in getattr(item, "fixturenames", ()):
            item.add_marker("shared")
    if hasattr(config, "workerinput"):  # side by side: files without slow tests come last, to fill the gaps
        slow = {item.path for item in items if item.get_closest_marker("slow")}
        items.sort(key=lambda item: item.path not in slow)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    from tests.support.side_by_side import SideBySide

    return SideBySide(config, log) if config.getoption("dist") == "loadfile" else None


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Where the real pages are there, a test that needs them may not skip: a figure that nobody measured looks like one
    that holds."""
    report = yield
    if report.skipped and SHARED.is_dir() and item.get_closest_marker("shared") and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid} was skipped although {SHARED} is there"
    return report
