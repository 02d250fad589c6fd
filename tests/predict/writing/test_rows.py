"""The one list of fields: what every kind of output makes of it."""

from typing import Any

from locbao.predict.labelled import EvidenceSpan, LabelledLine, LabelledPage
from locbao.predict.spark.frames import ROW
from locbao.predict.writing.parquet_file import as_storable_row, schema
from locbao.predict.writing.rows import COLUMNS, FIELDS, Labelled, as_markdown, as_row, as_text, translated
from locbao.train.tracking.mlflow_models import signature

PAGE = LabelledPage(
    (LabelledLine(2, "tin", "body", 0.98765, {"body": 0.98765, "caption": 0.01, "sidebar": 0.00235}),),
    {"asean": 0.91234},
    {"asean": 0.91234, "drug_crime": 0.1},
    {"asean": (2,)},
    evidence_spans={"asean": (EvidenceSpan(2, 0, 3),)},
)


def test_a_row_has_the_fields_of_the_list_in_its_order() -> None:
    row = as_row("a", PAGE, "fake 0")
    assert list(row) == list(COLUMNS) == ["id", *(field.name for field in FIELDS), "model"]
    assert row["lines"] == [{"line": 2, "label": "body", "score": 0.9877, "text": "tin"}]
    assert row["evidence"] == {"asean": [2]}
    assert row["evidence_spans"] == {"asean": [{"line": 2, "start": 0, "end": 3}]}


def test_all_schemas_are_of_that_list() -> None:
    assert schema().names == list(ROW) == list(COLUMNS)
    assert [column.name for column in signature().outputs] == [*COLUMNS, "error"]
    assert ROW["lines"] == "array<struct<line: int, label: string, score: double, text: string>>"
    assert ROW["evidence"] == "map<string, array<int>>"
    assert ROW["evidence_spans"] == "map<string, array<struct<line: int, start: int, end: int>>>"
    assert str(schema().field("evidence").type) == "map<string, list<item: int32>>"


def test_values_are_of_their_types() -> None:
    row = as_row("a", PAGE, "fake 0")

    def fits(type: Any) -> Any:
        return translated(
            type,
            {kind: lambda value, kind=kind: isinstance(value, kind) for kind in (str, int, float)},
            array=lambda item: lambda value: isinstance(value, list) and all(map(item, value)),
            map=lambda item: lambda value: isinstance(value, dict) and all(map(item, value.values())),
            struct=lambda fields: (
                lambda value: value.keys() == fields.keys() and all(fits(value[name]) for name, fits in fields.items())
            ),
        )

    assert {name for name, type in COLUMNS.items() if not fits(type)(row[name])} == set()


def test_what_is_kept_of_a_row_is_text_or_null_in_a_table() -> None:
    row = as_storable_row(Labelled(1, LabelledPage(()), {"url": "a", "by": None, "tags": ["giá", 2]}), "fake 0")
    assert {name: row[name] for name in ("id", "url", "by", "tags")} == {
        "id": "1",
        "url": "a",
        "by": None,
        "tags": '["giá", 2]',
    }


def test_items_of_a_list_stay_together_unless_something_stands_between() -> None:
    scores = {"body": 1.0, "caption": 0.0, "sidebar": 0.0}
    lines = [(1, "- một"), (2, "- hai"), (4, "- ba"), (5, "bốn")]
    page = LabelledPage(tuple(LabelledLine(number, text, "body", 1.0, scores) for number, text in lines))
    assert as_markdown("a", page) == "# a\n\n- một\n- hai\n\n- ba\n\nbốn\n\n"


def test_an_id_of_several_lines_stays_out_of_the_body() -> None:
    for document in (as_text("a\nb\r\n", PAGE), as_markdown("a\nb\r\n", PAGE)):
        assert document == "# a b\n\ntin\n\n"
