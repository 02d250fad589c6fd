"""The model as MLflow's python function: what goes in, what comes out, and what is refused with a sentence."""

import sys
from collections.abc import Iterator
from typing import Any

import pandas as pd
import pytest

from locbao.predict.mlflow_pyfunc import EXAMPLE, LONGEST_PAGE, PageLabeller
from locbao.predict.writing.rows import COLUMNS, as_row
from tests.support.tracked import Desk

PAGE = "Trang chủ\n\nCây cầu treo qua suối đã được bà con dựng lại sau mùa lũ.\n\nẢnh: Thu Hà"


@pytest.fixture(scope="module")
def served(desk: Desk) -> Iterator[Any]:
    """The fair model, loaded by MLflow, which puts the model's own copy of the code before the installed one."""
    import mlflow

    desk.store()
    import_path = sys.path.copy()
    yield mlflow.pyfunc.load_model("models:/locbao/1")
    sys.path[:] = import_path


def test_rows_are_those_of_predict(served: Any) -> None:
    model = served._model_impl.model
    found = served.predict(pd.DataFrame({"text": [PAGE, PAGE], "id": ["a", None]}))
    expected = as_row("a", model.label(PAGE), model.signature)
    assert list(found.columns) == [*COLUMNS, "error"] == [*expected, "error"]
    first, second = found.to_dict("records")
    assert first == {**expected, "error": None}
    assert second == {**first, "id": None}


@pytest.mark.parametrize(
    "frame",
    [
        {"text": [PAGE, EXAMPLE]},
        {"text": [PAGE, EXAMPLE], "id": [1, 2]},
        {"text": [[PAGE, EXAMPLE]]},
        {"text": [[PAGE, EXAMPLE]], "id": [[1, 2]]},
    ],
)
def test_what_is_taken(served: Any, frame: dict[str, list[Any]]) -> None:
    found = served.predict(pd.DataFrame(frame))
    assert [len(lines) for lines in found["lines"]] == [3, 6]
    assert list(found["id"]) == (["1", "2"] if "id" in frame else [None, None])


def test_the_index_stays_and_missing_ids_are_null(served: Any) -> None:
    labeller: PageLabeller = served._model_impl
    for missing in ([1, None], [1, pd.NA], pd.array([1, None], dtype="Int64"), ["1", float("nan")]):
        found = labeller.predict(pd.DataFrame({"text": [PAGE, PAGE], "id": missing}, index=["x", "y"]))
        assert (list(found.index), list(found["id"])) == (["x", "y"], ["1", None])


@pytest.mark.parametrize(
    ("frame", "sentence"),
    [
        ({"body": [PAGE]}, "There is no column `text`, `html` or `markdown`"),
        ({"html": ["<div>" * 40_000]}, "`html` of row 1 cannot be read: The HTML is nested too deep"),
        ({"html": ["<p>Tin", "<p> "]}, "`html` of row 2 is empty"),
        ({"text": [None], "markdown": [None]}, "`text` of row 1 is null, not a string"),
        ({"text": [PAGE, 5]}, "`text` of row 2 is int, not a string. Give a column `text`"),
        ({"text": [None]}, "`text` of row 1 is null, not a string"),
        ({"text": [{"a": 1}]}, "`text` of row 1 is dict"),
        ({"text": [PAGE, " \n\u200b"]}, "`text` of row 2 is empty"),
        ({"text": ["None"]}, "`text` of row 1 is null, or the word"),
        ({"text": ["nan"]}, "`text` of row 1 is null, or the word"),
        ({"text": [5]}, "Incompatible input types for column text"),
        ({"text": [[]]}, "There is no page: the list is empty"),
        ({"text": [[PAGE, PAGE]], "id": [["a"]]}, "There are 2 of `text`, but 1 of `id`"),
        ({"text": [PAGE], "id": [["a", "b"]]}, "`id` of row 1 is list, not a string or a number"),
        ({"text": ["a" * (LONGEST_PAGE + 1)]}, "has 2,000,001 characters, more than 2,000,000"),
    ],
)
def test_what_is_refused(served: Any, frame: dict[str, list[Any]], sentence: str) -> None:
    from mlflow.exceptions import MlflowException

    with pytest.raises(MlflowException, match=sentence) as caught:
        served.predict(pd.DataFrame(frame))
    assert caught.value.error_code in {"INVALID_PARAMETER_VALUE", "BAD_REQUEST"}


def test_what_is_no_frame(desk: Desk, served: Any) -> None:
    from mlflow.exceptions import MlflowException

    labeller: PageLabeller = served._model_impl
    with pytest.raises(MlflowException, match="There is no column `text`"):
        labeller.predict({"text": PAGE})
    with pytest.raises(MlflowException, match="There is no page"):
        labeller.predict([])


def test_html_and_markdown_are_labelled_as_such(served: Any) -> None:
    model = served._model_impl.model
    html = "<p><a href=/>Trang chủ</a><p>Cây cầu treo qua suối đã được bà con dựng lại sau mùa lũ."
    markdown = "[Trang chủ](/)\n\n# Cây cầu\n\n**Cây cầu treo** qua suối đã được bà con dựng lại sau mùa lũ."
    frame = pd.DataFrame({"html": [html, None, html], "markdown": [None, markdown, "x"], "text": [None, None, PAGE]})
    made_by = model.signature
    expected = [model.label(html, "html"), model.label(markdown, "markdown"), model.label(PAGE)]
    for found in (served.predict(frame), served._model_impl.predict(frame.fillna(float("nan")))):
        assert found.drop(columns=["error", "id"]).to_dict("records") == [
            {name: value for name, value in as_row("", page, made_by).items() if name != "id"} for page in expected
        ]
    (alone,) = served.predict(pd.DataFrame({"markdown": [markdown]}))["lines"]
    assert [line["text"] for line in alone] == [line.text for line in expected[1].lines]
    both = served._model_impl.predict(pd.DataFrame({"html": [[html, html]], "id": [["a", "b"]]}))
    assert list(both["id"]) == ["a", "b"]


def test_texts_without_a_frame(served: Any) -> None:
    labeller: PageLabeller = served._model_impl
    expected = served.predict(pd.DataFrame({"text": [PAGE, EXAMPLE]})).to_dict("records")
    assert labeller.predict([PAGE, EXAMPLE]).to_dict("records") == expected
    assert served.predict({"text": [PAGE, EXAMPLE]}).to_dict("records") == expected
    series = pd.Series([PAGE, EXAMPLE], ["x", "y"], name="text")
    for predict in (labeller.predict, served.predict):
        found = predict(series)
        assert (list(found.index), found.to_dict("records")) == (["x", "y"], expected)


def test_the_signature_names_types(served: Any) -> None:
    assert {each.name: str(each.type) for each in served.metadata.get_input_schema()} == {
        "text": "DataType.string", "id": "Any", "html": "DataType.string", "markdown": "DataType.string",
    }  # fmt: skip
