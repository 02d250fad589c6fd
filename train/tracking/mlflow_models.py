"""A saved model as an MLflow model: logged with its run, and made a version of the registered model."""

from importlib.metadata import version
from pathlib import Path
from typing import Any

from locbao.predict import mlflow_pyfunc as flavour
from locbao.predict.store.folder import Stored, read
from locbao.predict.store.manifest import PART_SUFFIX
from locbao.predict.writing.rows import COLUMNS, translated
from locbao.train.tracking.mlflow_store import PREFIX, Store

NAME = "model"
"""What the model is called in its run: `runs:/RUN/model`."""

_REQUIRED = ("locbao", "numpy", "scipy", "scikit-learn", "pandas", "mlflow")


def log_model(store: Store, run_id: str, folder: Path) -> str:
    """Logs the model folder, byte for byte; returns the id that its figures are to be logged with.

    To be done before the run has figures: MLflow would copy them to the model one by one, in a second or two.
    """
    import pandas as pd
    from mlflow.models import Model

    run = store.client.get_run(run_id)
    begun = store.client.create_logged_model(run.info.experiment_id, NAME, run_id, params=run.data.params)
    Model.log(
        None,
        flavor=store.mlflow.pyfunc,
        model_id=begun.model_id,
        run_id=run_id,
        loader_module=flavour.__name__,
        data_path=str(folder),
        signature=signature(),
        input_example=pd.DataFrame({"text": [flavour.EXAMPLE], "id": ["example.txt"]}),
        pip_requirements=[f"{library}=={version(library)}" for library in _REQUIRED],
    )
    return str(begun.model_id)


def register(store: Store, run_id: str, model_id: str, folder: Path, registered: str) -> None:
    """Makes a logged model a version; run and version carry the tags of `_tags`."""
    tags = _tags(read(folder))
    for name, value in tags.items():
        store.client.set_tag(run_id, name, value)
    store.made_once(
        lambda: store.client.search_registered_models(f"name = '{registered}'"),
        lambda: store.client.create_registered_model(registered),
    )
    store.client.create_model_version(registered, f"models:/{model_id}", run_id, tags=tags, model_id=model_id)


def _tags(stored: Stored) -> dict[str, str]:
    """`locbao.digest`, `.name`, `.parts`, `.topics` where there are any, and `.digest.PART` of each part."""
    parts = sorted(stored.parts)
    digests = {f"digest.{part}": stored.manifest["files"][part + PART_SUFFIX]["sha256"] for part in parts}
    found = {"digest": stored.digest, "name": str(stored.manifest["name"]), "parts": " ".join(parts), **digests}
    if stored.manifest["topics"]:
        found["topics"] = ", ".join(sorted(stored.manifest["topics"]))
    return {f"{PREFIX}.{name}": value for name, value in found.items()}


def signature() -> Any:
    """What goes in and comes out, in types that JSON and Spark have: `lines` is an array of structs, the rest maps."""
    from mlflow.models import ModelSignature
    from mlflow.types import ColSpec, DataType, Schema
    from mlflow.types.schema import AnyType, Array, Map, Object, Property

    def output(type: Any) -> Any:
        return translated(
            type,
            {str: DataType.string, int: DataType.long, float: DataType.double},
            array=Array,
            map=Map,
            struct=lambda fields: Object([Property(name, field) for name, field in fields.items()]),
        )

    # Were `text` declared as a string, a server would turn the number 5 and null into the pages "5" and "None".
    anything: Any = AnyType
    inputs = [ColSpec(anything(), "text"), ColSpec(anything(), "id", required=False)]
    outputs = [ColSpec(output(type), name) for name, type in {**COLUMNS, "error": str}.items()]
    return ModelSignature(Schema([*inputs]), Schema([*outputs]))
