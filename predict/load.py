"""Loading a model: the shipped one, a folder, or one that MLflow keeps."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from locbao.predict.model import Model
from locbao.predict.store.folder import read
from locbao.predict.store.from_mlflow import SCHEMES, fetched

SHIPPED = Path(__file__).parent / "shipped"


def load(source: str | Path | None = None) -> Model:
    """The model in folder `source`; without one, or as "shipped", the model that comes with locbao.

    `source` may be an address in MLflow as well, such as "models:/locbao@champion" or "runs:/RUN/model".
    Raises a `locbao.predict.store.manifest.ModelFolderError` or UnsafePart if the folder is not a model that can be
    trusted, and `OtherFeatures` if it was trained with another version's features; `MissingLibrary` or `UnknownModel`
    for an address that cannot be followed. All are LocbaoError.
    """
    with model_folder(source) as folder:
        return Model(read(folder))


@contextmanager
def model_folder(source: str | Path | None) -> Iterator[Path]:
    """The folder that `load` reads; a copy for a while if MLflow keeps it. Raises MissingLibrary, UnknownModel."""
    if isinstance(source, str) and source.startswith(SCHEMES):
        with fetched(source) as folder:
            yield folder
    else:
        yield SHIPPED if source in (None, "shipped") else Path(source)
