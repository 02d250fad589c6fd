"""The connection to MLflow's store: tried before anything depends on it, and tidied of runs that were killed."""

import logging
import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from locbao.features.errors import LocbaoError
from locbao.predict.store.from_mlflow import import_mlflow, missing_file, plain, sqlite_path
from locbao.train.tracking.run_origin import gone
from locbao.train.tracking.tracked_run import TrackingError

PREFIX = "locbao"
"""Experiments are named `locbao-KIND`, tags `locbao.NAME`."""

PROCESS = f"{PREFIX}.process"
"""Tag with the process that a run belongs to, to see later whether it is still there."""

_TRAINING = {"mlflow.experimentKind": "custom_model_development"}
"""What MLflow's pages go by: without it they are those for language models."""

_NOTE = """Runs of locbao: {kind}. A run holds its configuration, the digests of its data, the figures people look at
first (`tables/scores.csv` has all of them, with intervals), pictures, and its mistakes (`tables/errors.csv`).
The model card is the description of the version that its model became."""

PATIENCE = 5.0
"""Seconds that another writer is waited for."""


@dataclass(frozen=True, slots=True)
class MlflowStore:
    """MLflow's client and the address it talks to."""

    uri: str
    client: Any
    mlflow: Any

    def experiment(self, kind: str) -> str:
        """The id of the experiment `locbao-KIND`, which is made if it is not there. Raises MLflow's own errors."""
        name = f"{PREFIX}-{kind}"
        path = sqlite_path(self.uri)  # files beside their database, wherever the training was started
        note = {"mlflow.note.content": _NOTE.format(kind=kind)}
        place = (path.resolve().parent / "mlruns" / name).as_uri() if path else None
        self.made_once(
            lambda: self.client.get_experiment_by_name(name),
            lambda: self.client.create_experiment(name, artifact_location=place, tags=_TRAINING | note),
        )
        return str(self.client.get_experiment_by_name(name).experiment_id)

    def made_once(self, exists: Callable[[], object], make: Callable[[], object]) -> None:
        """Makes what does not exist, unless another training at the same time is quicker."""
        if exists():
            return
        try:
            make()
        except self.mlflow.MlflowException:
            if not exists():
                raise


def connect(uri: str | None, *, writing: bool = True) -> MlflowStore:
    """The store at `uri`, else the one of MLFLOW_TRACKING_URI, else `sqlite:///mlflow.db` in the working directory.

    Runs that still count as running though their process is gone are marked as failed, their models too.
    Raises MissingLibrary; TrackingError: a database that is not there (unless `writing`), locked, read-only or no
    database, or a server that does not answer.
    """
    store = uri or os.environ.get("MLFLOW_TRACKING_URI") or f"sqlite:///{Path('mlflow.db').resolve().as_posix()}"
    mlflow = import_mlflow("Tracking")
    for name in ("mlflow", "alembic"):
        logging.getLogger(name).setLevel(logging.CRITICAL)  # what goes wrong is told here, in a sentence
    if not writing and (missing := missing_file(store)):
        raise TrackingError(store, f"there is no {missing}", "Train a model here first, or give --tracking-uri.")
    with tracking_errors(store), _alone(sqlite_path(store)):
        if writing:
            check_writable(store)
        mlflow.set_tracking_uri(store)
        client = mlflow.MlflowClient(store)
        experiments = client.search_experiments(filter_string=f"name LIKE '{PREFIX}-%'")
    with suppress(Exception):  # tidying up is a courtesy: a reader of a store need not be able to write to it
        ids = [experiment.experiment_id for experiment in experiments]
        for run in client.search_runs(ids, "attributes.status = 'RUNNING'", max_results=1000) if ids else ():
            if gone(run.data.tags.get(PROCESS, "")):
                client.set_tag(run.info.run_id, f"{PREFIX}.failure", "killed: its process is gone")
                client.set_terminated(run.info.run_id, "FAILED")
    return MlflowStore(store, client, mlflow)


@contextmanager
def tracking_errors(store: str) -> Iterator[None]:
    """Turns whatever MLflow, its database or its server throw into a TrackingError."""
    try:
        yield
    except LocbaoError:
        raise
    except Exception as error:  # sqlalchemy's, alembic's, requests', MLflow's own: all mean that it cannot be used
        hint = "Check the address, and that what it names is up and can be written to."
        raise TrackingError(store, f"MLflow cannot use it ({plain(error)})", hint) from error


def check_writable(store: str) -> None:
    """Raises TrackingError if the store is a database that cannot be written to; MLflow would try for a minute."""
    path = sqlite_path(store)
    if path is None:
        return
    hint = "Close what uses it, or give another place with --tracking-uri sqlite:///FILE."
    try:
        with closing(sqlite3.connect(path, timeout=PATIENCE, isolation_level=None)) as database:
            database.execute("BEGIN IMMEDIATE")
            database.execute("CREATE TABLE locbao_probe (id)")  # a read-only file lets a transaction begin
            database.execute("ROLLBACK")
    except sqlite3.OperationalError as error:
        if "locked" in str(error):
            raise TrackingError(store, "the database is locked by another program", hint) from None
        hint = "Check its rights and those of its folder, or give another place with --tracking-uri sqlite:///FILE."
        raise TrackingError(store, f"the database cannot be written to ({error})", hint) from None
    except (sqlite3.DatabaseError, OSError) as error:
        hint = "Give another place with --tracking-uri sqlite:///FILE."
        raise TrackingError(store, f"it cannot be used as a database ({plain(error)})", hint) from None


@contextmanager
def _alone(path: Path | None) -> Iterator[None]:
    """Two trainings that start side by side in an empty folder must not both lay out the database."""
    if path:
        path.parent.mkdir(parents=True, exist_ok=True)
    if path is None or os.name != "posix":
        yield
        return
    import fcntl

    handle = os.open(path.parent, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
