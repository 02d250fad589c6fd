"""Runs kept by MLflow: what tracked_run.py promises, in MLflow's terms.

MLflow's client is used rather than its fluent functions: those keep a stack of active runs for the whole process, raise
where the store fails, and mark nothing on SIGTERM.
"""

import json
import signal
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import wraps
from math import isnan
from pathlib import Path
from typing import Any, Concatenate, ParamSpec

from joblib import Parallel, delayed

from locbao.predict.optional import MissingLibrary, cores
from locbao.predict.store.from_mlflow import REGISTERED, plain
from locbao.train.tracking.mlflow_models import log_model, register
from locbao.train.tracking.mlflow_store import PREFIX, PROCESS, MlflowStore, check_writable, connect, tracking_errors
from locbao.train.tracking.run_origin import origin, own_process
from locbao.train.tracking.tracked_run import (
    Fold,
    PastRun,
    RunOutcome,
    RunPlan,
    RunRecord,
    Tell,
    Tracker,
    TrackingError,
    as_png,
)

_PARENT = "mlflow.parentRunId"
_BATCH = 500  # metrics sent at once; a server takes a thousand
_LONGEST = 500  # characters of a parameter; older servers refuse more
_LONGEST_NOTE = 5000  # characters
_DIGEST = 32  # hex digits of a data set's digest; MLflow's column holds 36

P = ParamSpec("P")


class MlflowTracker(Tracker):
    """Keeps runs in a store. What a store throws while a training runs is told once, and no more is kept."""

    def __init__(self, store: MlflowStore, registered: str, tell: Tell) -> None:
        super().__init__()
        self.store, self.registered, self.tell = store, registered, tell

    @contextmanager
    def run(self, plan: RunPlan, parent: str | None = None) -> Iterator[RunRecord]:
        """See `Tracker.run`."""
        run = MlflowRun(self, plan)
        with _sigterm_raises():
            try:
                run.begin(parent)
                yield run
            except BaseException as error:
                run.end("FAILED", f"{type(error).__name__}: {plain(error)}")
                raise
            run.end("FAILED" if self.failed else "FINISHED", "not everything could be tracked" if self.failed else "")

    def runs(self, experiment: str, tags: Mapping[str, str] | None = None) -> list[PastRun]:
        """See `Tracker.runs`."""
        wanted = " and ".join(f"tags.`{PREFIX}.{name}` = '{value}'" for name, value in (tags or {}).items())
        with tracking_errors(self.store.uri):
            runs = self.store.client.search_runs(
                [self.store.experiment(experiment)], wanted, max_results=10_000, order_by=["attributes.start_time DESC"]
            )
        return [_past_run(run) for run in runs]


def _attempted(work: "Callable[Concatenate[MlflowRun, P], None]") -> "Callable[Concatenate[MlflowRun, P], None]":
    """The method, but if the store fails, the tracker says so once and nothing more is kept: keeping a run must never
    cost the training."""

    @wraps(work)
    def attempt(self: "MlflowRun", /, *args: P.args, **kwargs: P.kwargs) -> None:
        if self.tracker.failed:
            return
        try:
            with tracking_errors(self.tracker.store.uri):
                work(self, *args, **kwargs)
        except Exception as error:
            self.tracker.failed = True
            self.tracker.tell(f"no longer tracked: {error}")

    return attempt


class MlflowRun(RunRecord):
    """A run in the tracker's store. `id` is None if it could not be opened."""

    def __init__(self, tracker: MlflowTracker, plan: RunPlan) -> None:
        self.tracker, self._store, self._client, self._plan = tracker, tracker.store, tracker.store.client, plan
        self._began = time.monotonic()

    @_attempted
    def begin(self, parent: str | None) -> None:
        """Opens the run with all that is known before the work."""
        from mlflow.entities import Dataset, DatasetInput, InputTag

        plan, inputs = self._plan, []
        for file in plan.data:
            profile, source = json.dumps({"bytes": file.size, "sha256": file.sha256}), json.dumps({"uri": file.name})
            dataset = Dataset(file.name, file.sha256[:_DIGEST], "local", source, profile=profile)
            inputs.append(DatasetInput(dataset, [InputTag("mlflow.data.context", file.role)]))
        self.id = self._create(plan.name, parent, {"kind": plan.kind, **origin(), **plan.tags})
        self._log(self.id, params=flat(plan.configuration))
        if inputs:
            self._client.log_inputs(self.id, inputs)

    @_attempted
    def fold(self, fold: Fold) -> None:
        """See `RunRecord.fold`."""
        ended = round(time.time() * 1000)
        child = self._create(fold.name, self.id, {"kind": "fold"}, ended - round(fold.seconds * 1000))
        self._log(child, {**fold.metrics, "seconds": fold.seconds})
        self._client.set_terminated(child, "FINISHED", ended)

    @_attempted
    def file(self, path: str, content: bytes) -> None:
        """See `RunRecord.file`."""
        self._log_files({path: content})

    @_attempted
    def finish(self, outcome: RunOutcome) -> None:
        """See `RunRecord.finish`."""
        folder, run = outcome.model, str(self.id)
        model = log_model(self._store, run, folder) if folder else None
        size = {"model/bytes": sum(path.stat().st_size for path in folder.iterdir())} if folder else {}
        note = {"mlflow.note.content": outcome.note[:_LONGEST_NOTE]} if outcome.note else {}
        metrics = {**outcome.metrics, **size, "seconds/all": time.monotonic() - self._began}
        self._log(run, metrics, tags=note, model=model)
        # Several are drawn side by side, in the processes that have fitted the folds if they are there.
        draw = Parallel(n_jobs=min(cores(), len(outcome.pictures)) or 1)
        drawn = draw(delayed(as_png)(picture) for picture in outcome.pictures.values())
        pictures = {f"figures/{name}.png": content for name, content in zip(outcome.pictures, drawn, strict=True)}
        tables = {f"tables/{name}.csv": table.as_csv() for name, table in outcome.tables.items()}
        self._log_files({**pictures, **tables, **outcome.files})
        if folder and model:
            register(self._store, run, model, folder, self.tracker.registered)

    def end(self, status: str, failure: str) -> None:
        """Closes the run. If the store is what failed, the next training finds the run open and closes it."""
        if self.id:
            with suppress(Exception):
                if self.tracker.failed:
                    check_writable(self._store.uri)
                if failure:
                    self._client.set_tag(self.id, f"{PREFIX}.failure", failure)
                self._client.set_terminated(self.id, status)

    def _create(self, name: str, parent: str | None, tags: Mapping[str, str], began: int | None = None) -> str:
        """The id of a new run in the experiment of the plan; `began`: milliseconds since 1970, now if it is None. Tags
        get the project's prefix, but for those that are MLflow's own."""
        experiment = self._store.experiment(self._plan.experiment or self._plan.kind)
        all_tags = {name if name.startswith("mlflow.") else f"{PREFIX}.{name}": value for name, value in tags.items()}
        all_tags |= {PROCESS: own_process(), **({_PARENT: parent} if parent else {})}
        return str(self._client.create_run(experiment, began, all_tags, name).info.run_id)

    def _log(
        self,
        run: str,
        metrics: Mapping[str, float] | None = None,
        params: Mapping[str, str] | None = None,
        tags: Mapping[str, str] | None = None,
        model: str | None = None,
    ) -> None:
        from mlflow.entities import Metric, Param, RunTag

        now = round(time.time() * 1000)
        numbers = [
            Metric(name, float(value), now, 0, model) for name, value in (metrics or {}).items() if not isnan(value)
        ]
        settings = [Param(*pair) for pair in (params or {}).items()]
        self._client.log_batch(run, numbers[:_BATCH], settings, [RunTag(*pair) for pair in (tags or {}).items()])
        for start in range(_BATCH, len(numbers), _BATCH):
            self._client.log_batch(run, numbers[start : start + _BATCH])

    def _log_files(self, files: Mapping[str, bytes]) -> None:
        with tempfile.TemporaryDirectory() as folder:
            for name, content in files.items():
                path = Path(folder, name)
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content)
            self._client.log_artifacts(self.id, folder)


def flat(configuration: Mapping[str, Any], prefix: str = "") -> dict[str, str]:
    """The configuration as MLflow's parameters: keys joined by full stops, values as text, lists as JSON."""
    params: dict[str, str] = {}
    for key, value in configuration.items():
        if isinstance(value, Mapping) and value:
            params |= flat(value, f"{prefix}{key}.")
        else:
            text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
            params[f"{prefix}{key}"] = text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
    return params


def fetch_run(store: MlflowStore, run_id: str, folder: Path) -> PastRun:
    """A run, its files copied below `folder`. Raises TrackingError."""
    folder.mkdir(parents=True, exist_ok=True)
    with tracking_errors(store.uri):
        run = store.client.get_run(run_id)
        store.client.download_artifacts(run_id, "", str(folder))
    return _past_run(run)


def _past_run(run: Any) -> PastRun:
    return PastRun(
        id=run.info.run_id,
        name=run.info.run_name,
        status=run.info.status,
        params=run.data.params,
        metrics=run.data.metrics,
        tags={name.removeprefix(f"{PREFIX}."): value for name, value in run.data.tags.items()},
        started=run.info.start_time,
    )


class Terminated(SystemExit):
    """SIGTERM, as the reason why a run failed."""

    def __str__(self) -> str:
        return "somebody ended the process (SIGTERM)"


@contextmanager
def _sigterm_raises() -> Iterator[None]:
    """SIGTERM ends a run as Ctrl-C does: what is open is closed on the way out."""

    def leave(*signalled: object) -> None:  # noqa: ARG001
        raise Terminated(128 + signal.SIGTERM)

    if threading.current_thread() is not threading.main_thread():  # only the main thread may handle signals
        yield
        return
    before = signal.signal(signal.SIGTERM, leave)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def open_tracker(uri: str | None = None, *, registered: str = REGISTERED, tell: Tell = print) -> Tracker:
    """The tracker of the store at `uri`, else MLFLOW_TRACKING_URI, else `sqlite:///mlflow.db` in the working directory.

    Models become versions of the registered model `registered`. Without mlflow, or with a store that does not answer
    or cannot be written to, says so in a line and gives a tracker that keeps nothing. Runs of processes of this machine
    that were killed are marked as failed.
    """
    try:
        return MlflowTracker(connect(uri), registered, tell)
    except (MissingLibrary, TrackingError) as error:
        tell(f"not tracked: {error}")
        return Tracker(failed=isinstance(error, TrackingError))
