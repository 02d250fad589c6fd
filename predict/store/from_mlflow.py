"""Models kept by MLflow: `models:/locbao@champion`, `runs:/RUN/model`. The one place where mlflow is imported.

Of what MLflow stores only the model folder is used, and it is read like any other folder: hashes first, then the audit
of every name in it. Nothing of MLflow's own loading, which imports and unpickles what the model asks for, is run.
"""

import importlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from locbao.features.errors import LocbaoError
from locbao.predict.optional import MissingLibrary

SCHEMES = ("models:/", "runs:/")
REGISTERED = "locbao"
"""Name of the registered model whose versions trainings make."""

CHAMPION = "champion"
"""Alias of the version in use."""

_QUIET = {
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "DO_NOT_TRACK": "true",
    "MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR": "false",
    "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "2",  # a server that is down is told of in seconds, not minutes
}


class UnknownModel(LocbaoError):
    """MLflow has no model under this address, or it is not one of locbao's."""

    def __init__(self, uri: str, store: str, reason: str) -> None:
        super().__init__(
            f"{uri}: {reason} (looked in {store}). `locbao models list` shows what there is; MLFLOW_TRACKING_URI says "
            "where to look."
        )


def import_mlflow(purpose: str) -> Any:
    """The module mlflow, which reports nothing to its makers. Raises MissingLibrary."""
    for name, value in _QUIET.items():
        os.environ.setdefault(name, value)
    try:
        return importlib.import_module("mlflow")
    except ModuleNotFoundError as error:
        if error.name != "mlflow":
            raise
        raise MissingLibrary("mlflow", purpose) from None


@contextmanager
def fetched(uri: str) -> Iterator[Path]:
    """The model folder at `uri`, copied from where mlflow's tracking URI points.

    Raises MissingLibrary without mlflow, UnknownModel if nothing, or no model of locbao, is there.
    """
    mlflow = import_mlflow(uri)
    store = mlflow.get_tracking_uri()
    missing = missing_file(store)
    if missing:
        raise UnknownModel(uri, store, f"there is no {missing}")
    with tempfile.TemporaryDirectory() as place:
        try:
            copy = Path(mlflow.artifacts.download_artifacts(artifact_uri=uri, dst_path=place))
        except (mlflow.MlflowException, OSError) as error:
            raise UnknownModel(uri, store, plain(error)) from None
        folders = list((copy / "data").glob("*/"))
        if len(folders) != 1:
            raise UnknownModel(uri, store, "it holds no model that locbao has saved")
        yield folders[0]


def missing_file(store: str) -> Path | None:
    """The database of a sqlite store that is not there; asking mlflow for it would make an empty one."""
    path = sqlite_path(store)
    return path if path and not path.exists() else None


def sqlite_path(store: str) -> Path | None:
    """The file of a sqlite store, None for any other."""
    return Path(store.removeprefix("sqlite:///")) if store.startswith("sqlite:///") else None


def plain(error: BaseException) -> str:
    """The first line of an error's message, without its full stop."""
    lines = str(error).strip().splitlines()
    return (lines[0] if lines else type(error).__name__)[:300].rstrip(".")
