"""Loading a model: the shipped one, or a folder."""

from pathlib import Path

from locbao.predict.model import Model
from locbao.predict.store import read

SHIPPED = Path(__file__).parent / "shipped"


def load(source: str | Path | None = None) -> Model:
    """The model in folder `source`; without one, the model that comes with locbao.

    Raises one of the errors of `locbao.predict.folder_errors` if the folder is not a model that can be trusted, and
    `OtherFeatures` if it was trained with another version's features; all are LocbaoError.
    """
    return Model(read(SHIPPED if source is None else Path(source)))
