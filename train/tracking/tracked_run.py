"""What a training tells of itself while it runs. Who listens (mlflow_runs.py, or nobody) is not its business.

    with tracker.run(RunPlan("lines", "my-model", configuration, data)) as run:
        run.fold(Fold("without a, b", {"all/macro_f1": 0.9}, seconds=3.1))
        run.finish(RunOutcome(metrics={…}, pictures={"confusion": draw}, model=folder))

A run is opened before the work, so that one that broke off is known to have been there.
"""

import csv
import io
import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from locbao.features.errors import LocbaoError

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Tell = Callable[[str], None]
Picture = Callable[["Figure"], None]
"""Draws on an empty figure; called only if somebody looks at it."""

_DPI = 160


def as_png(draw: Picture) -> bytes:
    """The picture as a PNG file."""
    logging.getLogger("matplotlib").setLevel(logging.ERROR)  # it tells of the fonts that it looks for the first time
    from matplotlib.figure import Figure

    figure = Figure(figsize=(6.4, 4.8), dpi=_DPI, layout="constrained")
    draw(figure)
    content = io.BytesIO()
    figure.savefig(content, format="png", metadata={"Software": None})
    return content.getvalue()


class TrackingError(LocbaoError):
    """The store of runs cannot be used: `store` is its address."""

    def __init__(self, store: str, what: str, hint: str) -> None:
        super().__init__(f"{store}: {what}. {hint}")
        self.store = store


@dataclass(frozen=True, slots=True)
class DataFile:
    """A file that was learned from. `size` in bytes; `role`: "corpus" (scored as well) or "material"."""

    name: str
    sha256: str
    size: int
    role: str


@dataclass(frozen=True, slots=True)
class Table:
    """Rows for people and spreadsheets, written as CSV."""

    columns: tuple[str, ...]
    rows: Sequence[Sequence[object]]

    def as_csv(self) -> bytes:
        """The table as a file, UTF-8."""
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(self.columns)
        writer.writerows(self.rows)
        return text.getvalue().encode(errors="backslashreplace")


@dataclass(frozen=True, slots=True)
class RunPlan:
    """What a run is about to do. `kind` is "lines", "topics", …; `experiment`: what it stands under, else the kind.

    `configuration` may be nested; the keys of inner mappings are joined by full stops.
    """

    kind: str
    name: str
    configuration: Mapping[str, Any]
    data: Sequence[DataFile] = ()
    tags: Mapping[str, str] = field(default_factory=dict)
    experiment: str = ""


@dataclass(frozen=True, slots=True)
class Fold:
    """How a model did on what it was not trained on."""

    name: str
    metrics: Mapping[str, float]
    seconds: float


@dataclass(frozen=True, slots=True)
class RunOutcome:
    """All that a run has to show. Names have no ending; a slash makes a folder. Metrics that are nan are left out.

    `model` is the saved model folder, which becomes a version of the registered model. `note` is Markdown that people
    see first.
    """

    metrics: Mapping[str, float] = field(default_factory=dict)
    pictures: Mapping[str, Picture] = field(default_factory=dict)
    tables: Mapping[str, Table] = field(default_factory=dict)
    files: Mapping[str, bytes] = field(default_factory=dict)
    model: Path | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class PastRun:
    """A run that was tracked. `status`: RUNNING, FINISHED or FAILED; `started`: milliseconds since 1970, UTC."""

    id: str
    name: str
    status: str
    params: Mapping[str, str]
    metrics: Mapping[str, float]
    tags: Mapping[str, str]
    started: int


class RunRecord:
    """A run that is going on; this one is kept by nobody. `id` is None then. No method raises because of the store."""

    id: str | None = None

    def fold(self, fold: Fold) -> None:
        """A fold, as a run below this one."""

    def file(self, path: str, content: bytes) -> None:
        """A file to keep beside the figures."""

    def finish(self, outcome: RunOutcome) -> None:
        """Everything known at the end."""


class Tracker:
    """Keeps runs; this one keeps nothing, because nobody asked (`failed` False) or because it cannot (True)."""

    def __init__(self, *, failed: bool = False) -> None:
        self.failed = failed

    @contextmanager
    def run(self, plan: RunPlan, parent: str | None = None) -> Iterator[RunRecord]:  # noqa: ARG002
        """A run, below the run `parent`. Leaving by an exception or by SIGTERM marks it as failed."""
        yield RunRecord()

    def runs(self, experiment: str, tags: Mapping[str, str] | None = None) -> list[PastRun]:  # noqa: ARG002
        """Earlier runs with these tags, newest first. Raises TrackingError."""
        return []
