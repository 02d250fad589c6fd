"""The model as MLflow's "python function": a frame of pages in, a frame with the columns of `locbao predict` out.

MLflow's loader imports this module and gives it the path of the saved folder: no pickle is read but by `read`, which
audits it first. Loaded by `mlflow.pyfunc.load_model`, `mlflow models serve` and `mlflow.pyfunc.spark_udf`.

Who sends a request is waiting: the first page that cannot be labelled is the answer, as an error. A job on Spark is
not: there such a page keeps its row, which says why, as in the rows of `locbao.predict.spark.label`.
"""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_origin

from locbao.predict.model import Model
from locbao.predict.reading.items import Item, Kind, Raw, ReadOptions, Rejected, Source
from locbao.predict.spark.frames import outcomes
from locbao.predict.store.folder import read
from locbao.predict.writing.rows import COLUMNS, as_row, signature

if TYPE_CHECKING:
    import pandas as pd

MAX_CHARS = 2_000_000
"""Characters of the longest page that is labelled: a hundred times a long one, and some seconds' work."""

_EMPTY: dict[str, Any] = {name: (get_origin(type) or type)() for name, type in COLUMNS.items()}
"""What stands in a row that was not labelled: MLflow's function for Spark knows no null in arrays, maps and strings."""

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

    def predict(
        self,
        model_input: "pd.DataFrame | pd.Series | list[str]",
        params: object = None,  # noqa: ARG002
    ) -> "pd.DataFrame":
        """A row of COLUMNS and `error` for each page, in order and with the index of a frame or series; `id` is null
        where none was given, `error` is null.

        `lines`: objects of line, label, score and text. `topics`, `topic_scores`: numbers by topic. `evidence`: line
        numbers by topic. Raises MlflowException, which a server answers with code 400: no column `text`, no row, a
        text that is no string, empty or too long.

        In a task of Spark, a page that is null, too long or empty, or that the model fails on has the reason in `error`
        and nothing in the other columns; and what else would be a null string is "".
        """
        import pandas as pd

        if isinstance(model_input, pd.Series | list):
            model_input = pd.DataFrame({"text": model_input})
        texts, ids = _columns(model_input)
        if _in_spark_task():
            rows, ids = self._task_rows(texts), [id or "" for id in ids]
        else:
            rows = self._request_rows(texts)
        index = model_input.index if len(model_input) == len(rows) else None  # one row can hold lists of pages
        labelled = [{**row, "id": id} for row, id in zip(rows, ids, strict=True)]
        return pd.DataFrame(labelled, columns=[*COLUMNS, "error"], index=index)

    def _request_rows(self, texts: list[Any]) -> list[dict[str, Any]]:
        if not texts:
            raise _wrong("There is no page: the list is empty")
        for number, text in enumerate(texts, start=1):
            if fault := _fault(text):
                raise _wrong(f"`text` of row {number} {fault}")
        made_by = signature(self.model.name, self.model.digest)
        pages = list(self.model.label_many(texts))
        for number, page in enumerate(pages, start=1):
            if not page.lines:
                raise _wrong(f"`text` of row {number} is empty")
        return [{**as_row("", page, made_by), "error": None} for page in pages]

    def _task_rows(self, texts: list[Any]) -> list[dict[str, Any]]:
        made_by = signature(self.model.name, self.model.digest)
        return [
            {**_EMPTY, "error": outcome.reason}
            if isinstance(outcome, Rejected)
            else {**as_row("", outcome[1], made_by), "error": ""}
            for outcome in outcomes(self.model.label_many, map(_item, texts), ReadOptions())
        ]


def _load_pyfunc(data_path: str) -> PageLabeller:
    """The entry point that MLflow looks for; raises what `locbao.load` raises."""
    return PageLabeller(Model(read(Path(data_path))))


def _columns(frame: object) -> tuple[list[Any], list[str | None]]:
    """Texts and ids, row by row. Raises MlflowException."""
    import pandas as pd

    if not isinstance(frame, pd.DataFrame) or "text" not in frame:
        raise _wrong("There is no column `text`")
    texts, ids = list(frame["text"]), list(frame["id"]) if "id" in frame else [None] * len(frame)
    if len(texts) == 1 and isinstance(texts[0], list):  # how a server hands on {"inputs": {"text": ["…", "…"]}}
        texts, ids = texts[0], ids[0] if isinstance(ids[0], list) else [None] * len(texts[0])
    if len(ids) != len(texts):
        raise _wrong(f"There are {len(texts)} texts, but {len(ids)} ids")
    whole = (int(id) if isinstance(id, float) and id.is_integer() else id for id in ids)  # pandas made it of 1 and null
    return texts, [None if pd.isna(id) else str(id) for id in whole]


def _item(text: Any) -> Item:
    """A text of a job. Raises MlflowException if it is of another type, as then all of its column are."""
    fault = _fault(text)
    if fault and text is not None and not isinstance(text, str):
        raise _wrong(f"`text` {fault}")
    return Rejected(Source(""), f"`text` {fault}") if fault else Raw(Source(""), text.encode(), Kind.TEXT, "")


def _fault(text: object) -> str:
    """What is wrong with a text; nothing if it can be labelled."""
    if not isinstance(text, str):
        return f"is {'null' if text is None else type(text).__name__}, not a string"
    if text in ("None", "nan"):  # what MLflow makes of null in the format `inputs`
        return "is null, or the word that stands for it"
    return f"has {len(text):,} characters, more than {MAX_CHARS:,}" if len(text) > MAX_CHARS else ""


def _in_spark_task() -> bool:
    spark = sys.modules.get("pyspark")
    return spark is not None and spark.TaskContext.get() is not None


def _wrong(what: str) -> Exception:
    from mlflow.exceptions import MlflowException

    expected = 'a column `text` with the text of one page a row, such as {"dataframe_records": [{"text": "…"}]}'
    error: Exception = MlflowException.invalid_parameter_value(f"{what}. Give {expected}; `id` may come with it.")
    return error
