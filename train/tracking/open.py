"""The tracker that a training is given."""

from locbao.predict.optional import MissingLibrary
from locbao.predict.store.from_mlflow import REGISTERED
from locbao.train.tracking.mlflow_runs import MlflowTracker
from locbao.train.tracking.mlflow_store import connect
from locbao.train.tracking.run import Tell, Tracker, TrackingError


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
