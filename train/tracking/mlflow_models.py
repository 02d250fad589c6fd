"""A saved model as an MLflow model: logged with its run, and made a version of the registered model."""

import shutil
import sys
import tempfile
from importlib.metadata import requires, version
from pathlib import Path
from typing import Any

import locbao.features
import locbao.predict
from locbao.predict import mlflow_pyfunc
from locbao.predict.store.folder import read
from locbao.predict.store.manifest import PART_SUFFIX, without_front_matter
from locbao.predict.writing.rows import COLUMNS, translated
from locbao.train.tracking.mlflow_store import PREFIX, MlflowStore

NAME = "model"
"""What the model is called in its run: `runs:/RUN/model`."""

_LONGEST = 5000
"""Characters of a description."""


def log_model(store: MlflowStore, run_id: str, folder: Path) -> str:
    """Logs the model folder, byte for byte; returns the id that its figures are to be logged with.

    The code that labels is logged with it, so that the model can be served where locbao is not installed.
    To be done before the run has figures: MLflow would copy them to the model one by one, in a second or two.
    """
    import pandas as pd
    from mlflow.models import Model
    from packaging.requirements import Requirement

    run = store.client.get_run(run_id)
    begun = store.client.create_logged_model(run.info.experiment_id, NAME, run_id, params=run.data.params)
    needed = [Requirement(line) for line in requires("locbao") or ()]
    libraries = [each.name for each in needed if each.marker is None or each.marker.evaluate({"extra": ""})]
    import_path = sys.path.copy()
    try:
        with tempfile.TemporaryDirectory() as place:
            code = Path(place, "locbao")  # the package with no more than labelling needs
            code.mkdir()
            shutil.copy(str(locbao.__file__), code)
            for part in (locbao.features, locbao.predict):
                target = code / part.__name__.rpartition(".")[2]
                shutil.copytree(part.__path__[0], target, ignore=shutil.ignore_patterns("__pycache__", "shipped"))
            Model.log(
                None,
                flavor=store.mlflow.pyfunc,
                model_id=begun.model_id,
                run_id=run_id,
                loader_module=mlflow_pyfunc.__name__,
                data_path=str(folder),
                code_paths=[str(code)],
                signature=signature(),
                input_example=pd.DataFrame({"text": [mlflow_pyfunc.EXAMPLE], "id": ["example.txt"]}),
                pip_requirements=[f"{library}=={version(library)}" for library in (*libraries, "pandas", "mlflow")],
            )
    finally:
        sys.path[:] = import_path  # MLflow tries the model, and puts its copy of the code before the installed one
    return str(begun.model_id)


def register(store: MlflowStore, run_id: str, model_id: str, folder: Path, registered: str) -> None:
    """Makes a logged model a version.

    Run and version are tagged with `locbao.digest`, `.name`, `.parts`, `.topics` where there are any, and
    `.digest.PART` of each part.
    """
    stored = read(folder)
    parts = sorted(stored.parts)
    facts = {"digest": stored.digest, "name": str(stored.manifest["name"]), "parts": " ".join(parts)}
    facts |= {f"digest.{part}": stored.manifest["files"][part + PART_SUFFIX]["sha256"] for part in parts}
    if stored.manifest["topics"]:
        facts["topics"] = ", ".join(sorted(stored.manifest["topics"]))
    tags = {f"{PREFIX}.{name}": fact for name, fact in facts.items()}
    for name, value in tags.items():
        store.client.set_tag(run_id, name, value)
    store.made_once(
        lambda: store.client.search_registered_models(f"name = '{registered}'"),
        lambda: store.client.create_registered_model(registered),
    )
    source, card = f"models:/{model_id}", described(stored.card)
    store.client.create_model_version(registered, source, run_id, tags=tags, model_id=model_id, description=card)
    about = (
        f'`locbao.load("models:/{registered}@champion")` labels lines and tells topics of Vietnamese news pages. '
        "Each `locbao train` makes a version. The card of the newest one:"
    )
    if (store.client.get_registered_model(registered).description or about).startswith(about):  # not what people wrote
        store.client.update_registered_model(registered, f"{about}\n\n{described(stored.card, len(about) + 2)}")


def described(card: str, before: int = 0) -> str:
    """As much of a model card, without its front matter, as MLflow keeps as a description after `before` characters."""
    text = without_front_matter(card)
    if len(text) <= _LONGEST - before:
        return text
    whole = "\n\n(cut here: MODEL_CARD.md in the model's files has the rest)"
    return text[: _LONGEST - before - len(whole)].rpartition("\n")[0] + whole


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

    anything: Any = AnyType  # ids may be numbers
    pages = [ColSpec(DataType.string, name, required=False) for name in mlflow_pyfunc.MARKUPS]
    inputs = [pages[0], ColSpec(anything(), "id", required=False), *pages[1:]]
    outputs = [ColSpec(output(type), name) for name, type in {**COLUMNS, "error": str}.items()]
    return ModelSignature(Schema([*inputs]), Schema([*outputs]))
