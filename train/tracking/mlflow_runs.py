"""Runs kept by MLflow: what `train.tracking` promises, in MLflow's terms."""

import json
import signal
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from math import isnan
from pathlib import Path
from typing import Any

from joblib import Parallel, delayed

from locbao.predict.optional import cores
from locbao.predict.store.from_mlflow import plain
from locbao.train.tracking.mlflow_models import log_model, register
from locbao.train.tracking.mlflow_store import PREFIX, PROCESS, Store, check_writable, foreseen
from locbao.train.tracking.run import (
    DataFile,
    Fold,
    PastRun,
    Picture,
    RunOutcome,
    RunPlan,
    RunRecord,
    Tell,
    Tracker,
    as_png,
)
from locbao.train.tracking.run_origin import origin, own_process

_PARENT = "mlflow.parentRunId"
_BATCH = 500  # metrics sent at once; a server takes a thousand
_LONGEST = 500  # characters of a parameter; older servers refuse more
_LONGEST_NOTE = 5000  # characters
_DIGEST = 32  # hex digits of a data set's digest; MLflow's column holds 36
_TERMINATED = 128 + signal.SIGTERM


class MlflowTracker(Tracker):
    """Keeps runs in a store. What a store throws while a training runs is told once, and no more is kept."""

    def __init__(self, store: Store, registered: str, tell: Tell) -> None:
        self.store, self.registered, self._tell = store, registered, tell
        self.failed = False

    @contextmanager
    def run(self, plan: RunPlan, parent: str | None = None) -> Iterator[RunRecord]:
        """See `Tracker.run`."""
        run = MlflowRun(self, plan)
        with _ended_by_sigterm():
            try:
                self.attempt(lambda: run.begin(parent))
                yield run
            except BaseException as error:
                run.end("FAILED", f"{type(error).__name__}: {plain(error)}")
                raise
            run.end("FAILED" if self.failed else "FINISHED", "not everything could be tracked" if self.failed else "")

    def attempt(self, work: Callable[[], object]) -> None:
        """Does the work, unless it or some before it failed: keeping a run must never cost the training."""
        if self.failed:
            return
        try:
            with foreseen(self.store.uri):
                work()
        except Exception as error:
            self.failed = True
            self._tell(f"no longer tracked: {error}")

    def runs(self, experiment: str, tags: Mapping[str, str] | None = None) -> list[PastRun]:
        """See `Tracker.runs`."""
        with foreseen(self.store.uri):
            wanted = " and ".join(f"tags.`{PREFIX}.{name}` = '{value}'" for name, value in (tags or {}).items())
            found = self.store.client.search_runs(
                [self.store.experiment(experiment)], wanted, max_results=10_000, order_by=["attributes.start_time DESC"]
            )
            return [_past(run) for run in found]

    def fetch(self, run_id: str, folder: Path) -> PastRun:
        """See `Tracker.fetch`."""
        with foreseen(self.store.uri):
            found = _past(self.store.client.get_run(run_id))
            folder.mkdir(parents=True, exist_ok=True)
            self.store.client.download_artifacts(run_id, "", str(folder))
            return found


class MlflowRun(RunRecord):
    """See `Run`."""

    def __init__(self, tracker: MlflowTracker, plan: RunPlan) -> None:
        self.id: str | None = None
        self._tracker, self._store, self._client, self._plan = tracker, tracker.store, tracker.store.client, plan
        self._began = time.monotonic()

    def begin(self, parent: str | None) -> None:
        """Opens the run with all that is known before the work."""
        plan = self._plan
        tags = _named({"kind": plan.kind, **origin(), **plan.tags})
        experiment = self._store.experiment(plan.experiment or plan.kind)
        self.id = self._create(experiment, plan.name, {**tags, **({_PARENT: parent} if parent else {})})
        self._send(params=flat(plan.configuration))
        if plan.data:
            self._client.log_inputs(self.id, [_data_input(file) for file in plan.data])

    def fold(self, fold: Fold) -> None:
        """See `Run.fold`."""
        self._tracker.attempt(lambda: self._fold(fold))

    def metrics(self, metrics: Mapping[str, float]) -> None:
        """See `Run.metrics`."""
        self._tracker.attempt(lambda: self._send(metrics))

    def file(self, path: str, content: bytes) -> None:
        """See `Run.file`."""
        self._tracker.attempt(lambda: self._files({path: content}))

    def finish(self, outcome: RunOutcome) -> None:
        """See `Run.finish`."""
        self._tracker.attempt(lambda: self._finish(outcome))

    def end(self, status: str, failure: str) -> None:
        """Closes the run. If the store is what failed, the next training finds the run open and closes it."""
        if self.id:
            with suppress(Exception):
                if self._tracker.failed:
                    check_writable(self._store.uri)
                if failure:
                    self._client.set_tag(self.id, f"{PREFIX}.failure", failure)
                self._client.set_terminated(self.id, status)

    def _create(self, experiment: str, name: str, tags: Mapping[str, str], began: int | None = None) -> str:
        tags = {PROCESS: own_process(), **tags}
        return str(self._client.create_run(experiment, began, tags, name).info.run_id)

    def _fold(self, fold: Fold) -> None:
        ended = round(time.time() * 1000)
        experiment = self._store.experiment(self._plan.experiment or self._plan.kind)
        tags = {_PARENT: str(self.id), **_named({"kind": "fold"})}
        child = self._create(experiment, fold.name, tags, ended - round(fold.seconds * 1000))
        self._send({**fold.metrics, "seconds": fold.seconds}, run=child)
        self._client.set_terminated(child, "FINISHED", ended)

    def _finish(self, outcome: RunOutcome) -> None:
        folder, run = outcome.model, str(self.id)
        model = log_model(self._store, run, folder) if folder else None
        size = {"model/bytes": sum(path.stat().st_size for path in folder.iterdir())} if folder else {}
        note = {"mlflow.note.content": outcome.note[:_LONGEST_NOTE]} if outcome.note else {}
        known = {**outcome.metrics, **size, "seconds/all": time.monotonic() - self._began}
        self._send(known, tags={**_named(outcome.tags), **note}, model=model)
        pictures = {f"figures/{name}.png": content for name, content in _drawn(outcome.pictures).items()}
        tables = {f"tables/{name}.csv": table.as_csv() for name, table in outcome.tables.items()}
        self._files({**pictures, **tables, **outcome.files})
        if folder and model:
            register(self._store, run, model, folder, self._tracker.registered)

    def _files(self, files: Mapping[str, bytes]) -> None:
        with tempfile.TemporaryDirectory() as place:
            for name, content in files.items():
                path = Path(place, name)
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content)
            self._client.log_artifacts(self.id, place)

    def _send(
        self,
        metrics: Mapping[str, float] | None = None,
        params: Mapping[str, str] | None = None,
        tags: Mapping[str, str] | None = None,
        run: str | None = None,
        model: str | None = None,
    ) -> None:
        from mlflow.entities import Metric, Param, RunTag

        now = round(time.time() * 1000)
        given_metrics = (metrics or {}).items()
        known = [Metric(name, float(value), now, 0, model) for name, value in given_metrics if not isnan(value)]
        given = [Param(name, value) for name, value in (params or {}).items()]
        marks = [RunTag(name, value) for name, value in (tags or {}).items()]
        for start in range(0, max(len(known), 1), _BATCH):
            self._client.log_batch(run or self.id, known[start : start + _BATCH], given, marks)
            given, marks = [], []


def flat(configuration: Mapping[str, Any], prefix: str = "") -> dict[str, str]:
    """The configuration as MLflow's parameters: keys joined by full stops, values as text, lists as JSON."""
    found: dict[str, str] = {}
    for key, value in configuration.items():
        if isinstance(value, Mapping) and value:
            found |= flat(value, f"{prefix}{key}.")
        else:
            text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
            found[f"{prefix}{key}"] = text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
    return found


def _drawn(pictures: Mapping[str, Picture]) -> dict[str, bytes]:
    """As PNG files. Several are drawn side by side, in the processes that have fitted the folds if they are there."""
    draws = (delayed(as_png)(draw) for draw in pictures.values())
    return dict(zip(pictures, Parallel(n_jobs=min(cores(), len(pictures)) or 1)(draws), strict=True))


def _named(tags: Mapping[str, str]) -> dict[str, str]:
    """The tags under the project's prefix, but for those that are MLflow's own."""
    return {name if name.startswith("mlflow.") else f"{PREFIX}.{name}": value for name, value in tags.items()}


def _data_input(file: DataFile) -> Any:
    from mlflow.entities import Dataset, DatasetInput, InputTag

    profile = json.dumps({"bytes": file.size, "sha256": file.sha256})
    source = json.dumps({"uri": file.name})
    data = Dataset(file.name, file.sha256[:_DIGEST], "local", source, profile=profile)
    return DatasetInput(data, [InputTag("mlflow.data.context", file.role)])


def _past(run: Any) -> PastRun:
    tags = {name.removeprefix(f"{PREFIX}."): value for name, value in run.data.tags.items()}
    return PastRun(
        id=run.info.run_id,
        name=run.info.run_name,
        status=run.info.status,
        params=run.data.params,
        metrics=run.data.metrics,
        tags=tags,
        started=run.info.start_time,
        parent=run.data.tags.get(_PARENT),
    )


@contextmanager
def _ended_by_sigterm() -> Iterator[None]:
    """SIGTERM ends a run as Ctrl-C does: what is open is closed on the way out."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, _leave)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


class Terminated(SystemExit):
    """SIGTERM, as the reason why a run failed."""

    def __init__(self) -> None:
        super().__init__(_TERMINATED)

    def __str__(self) -> str:
        return "somebody ended the process (SIGTERM)"


def _leave(*signalled: object) -> None:  # noqa: ARG001
    raise Terminated
