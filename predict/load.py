"""Loading a model: the shipped one, or a folder."""

from pathlib import Path

from locbao.predict.model import Model
from locbao.predict.store import read

SHIPPED = Path(__file__).parent / "shipped"


def load(source: str | Path | None = None) -> Model:
    """The model in folder `source`; without one, the model that comes with locbao.

    Raises LocbaoError (one of those of `locbao.predict.folder_errors`) if the folder is not a model that can be trusted.
    """
    return Model(read(SHIPPED if source is None else Path(source)))
