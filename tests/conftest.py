"""What all tests share."""

from collections.abc import Generator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from locbao.predict.model import Model
    from tests.tracked import Desk
    from tests.training import Training

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
    from tests.training import CONFIG, train_apart

    folder = tmp_path_factory.mktemp("trained")
    (folder / "small.toml").write_text(CONFIG, encoding="utf-8")
    return train_apart(folder / "small", folder / "small.toml", hash_seed=0)


@pytest.fixture(scope="session")
def model(trained: "Training") -> "Model":
    """That model, loaded."""
    from locbao.predict.load import load

    return load(trained.folder)


@pytest.fixture(scope="session")
def desk(tmp_path_factory: pytest.TempPathFactory) -> "Desk":
    """A store of runs with two trainings in it; who promotes something there undoes it."""
    from tests.tracked import make_desk

    return make_desk(tmp_path_factory.mktemp("tracked"))


def pytest_collection_modifyitems(items: Sequence[pytest.Item]) -> None:
    for item in items:
        if "shared_data" in getattr(item, "fixturenames", ()):
            item.add_marker("shared")


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
