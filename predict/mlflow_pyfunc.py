"""The model as MLflow's "python function": a frame of pages in, a frame with the columns of `locbao predict` out.

MLflow's loader imports this module and gives it the path of the saved folder: no pickle is read but by `read`, which
audits it first. Loaded by `mlflow.pyfunc.load_model`, `mlflow models serve` and `mlflow.pyfunc.spark_udf`.

Who sends a request is waiting: the first page that cannot be labelled is the answer, as an error. A job on Spark is
not: there such a page keeps its row, which says why, as in the rows of `locbao.predict.spark.label`.
"""

import codecs
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_origin

from locbao.predict.model import Model
from locbao.predict.reading.items import Item, Raw, ReadOptions, Rejected, Source, Unusable, byte_limit
from locbao.predict.reading.markup import Markup
from locbao.predict.reading.parsing import page_of
from locbao.predict.spark.frames import outcomes
from locbao.predict.store.folder import read
from locbao.predict.writing.rows import COLUMNS, as_row

if TYPE_CHECKING:
    import pandas as pd

    from locbao.features.page import Page

MARKUPS = {"text": "auto", "html": "html", "markdown": "markdown"}
"""The columns that may hold a page, and what it is written in there; the first that is not null counts."""

LONGEST_PAGE = 2_000_000
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
    """What MLflow calls: `predict` takes a frame with one of the columns MARKUPS or several, a page a row, and maybe
    `id`."""

    def __init__(self, model: Model) -> None:
        self.model = model

    def predict(
        self,
        model_input: "pd.DataFrame | pd.Series | list[str]",
        params: object = None,  # noqa: ARG002
    ) -> "pd.DataFrame":
        """A row of COLUMNS and `error` for each page, in order and with the index of a frame or series; `id` is null
        where none was given, `error` is null.

        `lines`: objects of line, label, score and text. `topics`, `topic_scores`: numbers by topic. `evidence`,
        `evidence_spans`: line numbers, and objects of line, start and end, by topic. Raises MlflowException, which a
        server answers with code 400: no column of pages, no row, a page that is no string, empty or too long.

        In a task of Spark, a page that is null, too long or empty, or that the model fails on has the reason in `error`
        and nothing in the other columns; and what else would be a null string is "".
        """
        import pandas as pd

        if isinstance(model_input, pd.Series | list):
            model_input = pd.DataFrame({"text": model_input})
        pages, ids = _columns(model_input)
        if _in_spark_task():
            rows, ids = self._task_rows(pages), [id or "" for id in ids]
        else:
            rows = self._request_rows(pages)
        index = model_input.index if len(model_input) == len(rows) else None  # one row can hold lists of pages
        frame = pd.DataFrame(rows, columns=[*COLUMNS, "error"], index=index)
        return frame.assign(id=pd.Series(ids, index=frame.index, dtype=object))  # pandas 3 makes NaN of None in texts

    def _request_rows(self, contents: "list[Content]") -> list[dict[str, Any]]:
        if not contents:
            raise _wrong("There is no page: the list is empty")
        for number, content in enumerate(contents, start=1):
            if fault := _fault(*content):
                raise _wrong(f"`{content[0]}` of row {number} {fault}")
        made_by = self.model.signature
        pages = self.model.label_many(_pages(contents))
        return [{**as_row("", page, made_by), "error": None} for page in pages]

    def _task_rows(self, contents: "list[Content]") -> list[dict[str, Any]]:
        made_by = self.model.signature
        return [
            {**_EMPTY, "error": outcome.reason}
            if isinstance(outcome, Rejected)
            else {**as_row("", outcome.page, made_by), "error": ""}
            for outcome in outcomes(self.model.label_many, (_item(*content) for content in contents), ReadOptions())
        ]


Content = tuple[str, Any]
"""The column that a page stands in, and what stands there."""


def _load_pyfunc(data_path: str) -> PageLabeller:
    """The entry point that MLflow looks for; raises what `locbao.load` raises."""
    return PageLabeller(Model(read(Path(data_path))))


def _columns(frame: object) -> tuple[list[Content], list[str | None]]:
    """Pages and ids, row by row. Raises MlflowException."""
    import pandas as pd

    names = [name for name in MARKUPS if isinstance(frame, pd.DataFrame) and name in frame]
    if not names or not isinstance(frame, pd.DataFrame):
        raise _wrong("There is no column `text`, `html` or `markdown`")
    columns = [list(frame[name]) for name in names]
    ids = list(frame["id"]) if "id" in frame else [None] * len(frame)
    if len(frame) == 1 and isinstance(columns[0][0], list):  # how a server hands on {"inputs": {"text": ["…", "…"]}}
        columns = [column[0] if isinstance(column[0], list) else column for column in columns]
        ids = ids[0] if isinstance(ids[0], list) else [None] * len(columns[0])
    for name, column in zip([*names[1:], "id"], [*columns[1:], ids], strict=True):
        if len(column) != len(columns[0]):
            raise _wrong(f"There are {len(columns[0])} of `{names[0]}`, but {len(column)} of `{name}`")
    for number, id in enumerate(ids, start=1):
        if not pd.api.types.is_scalar(id):
            raise _wrong(f"`id` of row {number} is {type(id).__name__}, not a string or a number")
    contents = [_first_content(names, row) for row in zip(*columns, strict=True)]
    whole = (int(id) if isinstance(id, float) and id.is_integer() else id for id in ids)  # pandas made it of 1 and null
    return contents, [None if pd.isna(id) else str(id) for id in whole]


def _first_content(names: list[str], row: tuple[Any, ...]) -> Content:
    """The first content that is not null, else the first."""
    import pandas as pd

    for name, content in zip(names, row, strict=True):
        if not pd.api.types.is_scalar(content) or not pd.isna(content):
            return name, content
    return names[0], row[0]


def _pages(contents: list[Content]) -> "Iterator[Page]":
    """The pages of contents without a fault. Raises MlflowException if one is empty or cannot be read."""
    for number, (name, content) in enumerate(contents, start=1):
        try:
            page = page_of(content, MARKUPS[name])
        except Unusable as error:
            raise _wrong(f"`{name}` of row {number} cannot be read: {error}") from None
        if not page.line_count:
            raise _wrong(f"`{name}` of row {number} is empty")
        yield page


def _item(name: str, content: Any) -> Item:
    """A page of a job. Raises MlflowException if it is of another type, as then all of its column are."""
    fault = _fault(name, content)
    if fault and content is not None and not isinstance(content, str):
        raise _wrong(f"`{name}` {fault}")
    if fault:
        return Rejected(Source(""), f"`{name}` {fault}")
    mark = codecs.BOM_UTF8 if name == "html" else b""  # it is UTF-8 whatever the HTML says
    return Raw(Source(""), mark + content.encode(), Markup(MARKUPS[name]), "")


def _fault(name: str, content: object) -> str:
    """What is wrong with a page; nothing if it can be labelled."""
    if not isinstance(content, str):
        return f"is {'null' if content is None else type(content).__name__}, not a string"
    if content in ("None", "nan"):  # what MLflow makes of null in the format `inputs`
        return "is null, or the word that stands for it"
    most = byte_limit(Markup.HTML, LONGEST_PAGE) if name == "html" else LONGEST_PAGE
    return f"has {len(content):,} characters, more than {most:,}" if len(content) > most else ""


def _in_spark_task() -> bool:
    spark = sys.modules.get("pyspark")
    return spark is not None and spark.TaskContext.get() is not None


def _wrong(what: str) -> Exception:
    from mlflow.exceptions import MlflowException

    expected = (
        'a column `text`, `html` or `markdown` with one page a row, such as {"dataframe_records": [{"text": "…"}]}'
    )
    error: Exception = MlflowException.invalid_parameter_value(f"{what}. Give {expected}; `id` may come with it.")
    return error
