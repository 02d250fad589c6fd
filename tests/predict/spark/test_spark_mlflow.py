"""Models that MLflow keeps, on Spark: shipped by their address, and as MLflow's own function for columns."""

from typing import TYPE_CHECKING, Any

import pytest

from locbao.predict.load import load
from locbao.predict.mlflow_pyfunc import EXAMPLE, LONGEST_PAGE
from locbao.predict.spark import label
from locbao.predict.spark.frames import broadcast_model, unpacked
from locbao.predict.store import from_mlflow as registry
from locbao.predict.store.from_mlflow import UnknownModel
from locbao.predict.writing.rows import COLUMNS, as_row
from tests.predict.spark.spark_session import needs_spark
from tests.support.tracked import Desk

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

FAIR = "models:/locbao/1"


class NoWorkers:
    """In the place of a session: what is broadcast stays here."""

    @property
    def sparkContext(self) -> "NoWorkers":  # noqa: N802
        return self

    def broadcast(self, value: object) -> object:
        return type("Broadcast", (), {"value": value})


def test_an_address_is_followed_once_and_by_the_driver_alone(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.store()
    session: Any = NoWorkers()
    shipped = broadcast_model(session, FAIR)
    monkeypatch.setattr(registry, "import_mlflow", None)  # whoever asks MLflow from here on fails
    assert shipped == broadcast_model(session, desk.folder / "fair")
    assert unpacked(shipped).digest == shipped.digest == load(desk.folder / "fair").digest


def test_an_address_that_leads_nowhere_is_told_before_anything_is_shipped(desk: Desk) -> None:
    desk.store()
    with pytest.raises(UnknownModel, match=r"models:/locbao/77: .*locbao models list"):
        broadcast_model(None, "models:/locbao/77")


@needs_spark
@pytest.mark.slow
def test_label_takes_an_address(spark: "SparkSession", desk: Desk) -> None:
    desk.store()
    fair = load(desk.folder / "fair")
    [row] = label(spark.createDataFrame([("a", EXAMPLE)], "id string, text string"), model=FAIR).collect()
    assert (row["model"], row["error"]) == (fair.signature, None)
    assert [line["label"] for line in row["lines"]] == [line.label for line in fair.label(EXAMPLE).lines]


@needs_spark
@pytest.mark.slow
def test_in_mlflows_function_a_bad_page_keeps_its_row_and_says_why(spark: "SparkSession", desk: Desk) -> None:
    import mlflow
    from pyspark.sql.functions import struct

    desk.store()
    fair = load(desk.folder / "fair")
    texts = [EXAMPLE, None, " \n", "a" * (LONGEST_PAGE + 1), None, EXAMPLE]
    rows = [(number, "b" if number == 5 else None, text) for number, text in enumerate(texts)]
    frame = spark.createDataFrame(rows, "number int, id string, text string").repartition(4, "number")
    labels = mlflow.pyfunc.spark_udf(spark, FAIR, env_manager="local")
    for found in (labels("text"), labels(struct("id", "text"))):
        labelled = frame.select("number", found.alias("row")).orderBy("number").collect()
        got = [labelled["row"].asDict(recursive=True) for labelled in labelled]
        assert list(got[0]) == [*COLUMNS, "error"]
        good = as_row("", fair.label(EXAMPLE), fair.signature)
        assert got[0] == {**good, "error": ""}
        assert {**got[5], "id": ""} == got[0]
        assert [row["error"] for row in got[1:5]] == [
            "`text` is null, not a string",
            "The page is empty",
            "`text` has 2,000,001 characters, more than 2,000,000",
            "`text` is null, not a string",
        ]
        assert all((row["lines"], row["topics"], row["evidence"], row["model"]) == ([], {}, {}, "") for row in got[1:5])
    assert [row["id"] for row in got] == [""] * 5 + ["b"]
    html = "<meta charset=windows-1252><p><a href=/>Trang chủ</a><p>Cây cầu treo đã được bà con dựng lại sau mùa lũ."
    pages = spark.createDataFrame([(html, None), (None, EXAMPLE)], "html string, text string")
    rows = pages.select(labels(struct("html", "text")).alias("row")).collect()
    expected = [fair.label(html, "html"), fair.label(EXAMPLE)]
    assert [row["row"].asDict(recursive=True)["lines"] for row in rows] == [
        as_row("", page, "")["lines"] for page in expected
    ]
