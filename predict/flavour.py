"""The model as MLflow's "python function": a frame of pages in, a frame with the columns of `locbao predict` out.

MLflow's loader imports this module and gives it the path of the saved folder: no pickle is read but by `read`, which
audits it first. Loaded by `mlflow.pyfunc.load_model`, `mlflow models serve` and `mlflow.pyfunc.spark_udf`.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from locbao.predict.model import Model
from locbao.predict.outputs import as_row, signature
from locbao.predict.store import read

if TYPE_CHECKING:
    import pandas as pd

MAX_CHARS = 2_000_000
"""Characters of the longest page that is labelled: a hundred times a long one, and some seconds' work."""

COLUMNS = ("id", "lines", "topics", "topic_scores", "evidence", "model")

EXAMPLE = (
    "Trang chủ\nThời sự\n\nĐoàn thanh niên xã trồng xong 2.000 cây phi lao chắn cát\n\n"
    "Sáng 12/3, hơn trăm đoàn viên đã trồng xong hàng phi lao dọc bãi biển sau ba ngày làm việc.\n\n"
    "Đoàn viên trồng cây trên bãi cát. Ảnh: Thu Hà\n\nChia sẻ"
)
"""The page that a logged model shows as its input."""


class PageLabeller:
    """What MLflow calls: `predict` takes a frame with the column `text`, a page a row, and maybe `id`."""

    def __init__(self, model: Model) -> None:
        self.model = model

    def predict(self, model_input: "pd.DataFrame", params: object = None) -> "pd.DataFrame":  # noqa: ARG002
        """A row of COLUMNS for each page, in order; `id` is null where none was given.

        `lines`: objects of line, label, score and text. `topics`, `topic_scores`: numbers by topic. `evidence`: line
        numbers by topic. Raises MlflowException, which a server answers with code 400: no column `text`, no row, a
        text that is no string or too long.
        """
        import pandas as pd

        texts, ids = _columns(model_input)
        made_by = signature(self.model.name, self.model.digest)
        pages = self.model.label_many(_checked(texts))
        rows = [{**as_row("", page, made_by), "id": id} for id, page in zip(ids, pages, strict=True)]
        return pd.DataFrame(rows, columns=list(COLUMNS))


def _load_pyfunc(data_path: str) -> PageLabeller:
    """The entry point that MLflow looks for; raises what `locbao.load` raises."""
    return PageLabeller(Model(read(Path(data_path))))


def _columns(frame: object) -> tuple[list[object], list[str | None]]:
    """Texts and ids, row by row. Raises MlflowException."""
    import pandas as pd

    if not isinstance(frame, pd.DataFrame) or "text" not in frame:
        raise _wrong("There is no column `text`")
    texts, ids = list(frame["text"]), list(frame["id"]) if "id" in frame else [None] * len(frame)
    if len(texts) == 1 and isinstance(texts[0], list):  # how a server hands on {"inputs": {"text": ["…", "…"]}}
        texts, ids = texts[0], ids[0] if isinstance(ids[0], list) else [None] * len(texts[0])
    if not texts:
        raise _wrong("There is no page: the list is empty")
    if len(ids) != len(texts):
        raise _wrong(f"There are {len(texts)} texts, but {len(ids)} ids")
    return texts, [None if id is None or id != id else str(id) for id in ids]  # noqa: PLR0124 (a missing one is nan)


def _checked(texts: Iterable[object]) -> Iterator[str]:
    """The texts, if they are. Raises MlflowException."""
    for number, text in enumerate(texts, start=1):
        if not isinstance(text, str):
            raise _wrong(f"`text` of row {number} is {'null' if text is None else type(text).__name__}, not a string")
        if len(text) > MAX_CHARS:
            raise _wrong(f"`text` of row {number} has {len(text):,} characters, more than {MAX_CHARS:,}")
        yield text


def _wrong(what: str) -> Exception:
    from mlflow.exceptions import MlflowException

    expected = 'a column `text` with the text of one page a row, such as {"dataframe_records": [{"text": "…"}]}'
    error: Exception = MlflowException.invalid_parameter_value(f"{what}. Give {expected}; `id` may come with it.")
    return error
