"""The way to Label Studio or a spreadsheet and back."""

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from locbao.features.labels import LABELS
from locbao.features.text import normalise
from locbao.predict.writing.rows import json_line
from locbao.train.annotate import label_studio, spreadsheet
from locbao.train.corpus.corpus_files import CorpusError, Row
from tests.support.docs import CORPUS, blocks

TEXT = st.text(st.characters(exclude_characters="\r\n"), max_size=20) | st.sampled_from(
    [
        "",
        " ",
        "=1+1",
        "'=1",
        "-",
        '"',
        'a "b"\tc',
        "14/11/2024",
        "&nbsp;",
        "\u2028",
        "\x0b",
        "\x85",
        "𝓗",
        "\ud800",
        "00123",
    ]
)
EXTRA = st.dictionaries(
    st.sampled_from(["kind", "url", "draft", "topics"]), st.none() | st.integers() | TEXT, max_size=3
)


@st.composite
def corpus_rows(draw: st.DrawFn) -> list[Row]:
    rows = []
    for number in range(draw(st.integers(1, 3))):
        lines: list[Row] = []
        for text in draw(st.lists(TEXT, min_size=1, max_size=6)):
            label = draw(st.sampled_from(LABELS)) if normalise(text) else None
            scores = st.fixed_dictionaries({}, optional={"score": st.floats(0, 1), "sure": st.booleans()})
            lines.append({"text": text, "label": label, **draw(scores), **draw(EXTRA)})
        rows.append({"id": f"{number}{draw(TEXT)}", "site": "bien", **draw(EXTRA), "lines": lines, "style": "full"})
    return rows


def by_table(rows: list[Row], folder: Path) -> list[Row]:
    (folder / "table.tsv").write_bytes(b"".join(spreadsheet.table(rows)))
    return list(spreadsheet.table_rows(folder / "table.tsv"))


def by_tasks(rows: list[Row], folder: Path, *people: str) -> list[Row]:
    """Each page annotated by these people, who leave the predictions as they are."""
    tasks: list[Any] = json.loads(json.dumps(list(label_studio.tasks(rows))))
    for task in tasks:
        task["annotations"] = [{"completed_by": who, "result": task["predictions"][0]["result"]} for who in people]
    (folder / "tasks.json").write_text(json.dumps(tasks), encoding="utf-8")
    return list(label_studio.annotated_rows(folder / "tasks.json"))


@settings(max_examples=200)
@given(corpus_rows())
def test_nothing_is_lost_on_the_way_there_and_back(tmp_path_factory: pytest.TempPathFactory, rows: list[Row]) -> None:
    folder = tmp_path_factory.getbasetemp()
    before = [json_line(row) for row in rows]
    assert [json_line(row) for row in by_table(rows, folder)] == before
    assert [json_line(row) for row in by_tasks(rows, folder)] == before
    assert [json_line(row) for row in by_tasks(rows, folder, "Mai")] == before


ROW: Row = {
    "id": "a",
    "site": "bien",
    "lines": [
        {"text": "Cầu mới", "label": "body", "score": 0.6},
        {"text": "", "label": None},
        {"text": "=Ảnh: Mai", "label": "body", "score": 0.5},
    ],
}


def test_labels_changed_in_a_spreadsheet_come_back_though_it_spoils_the_texts(tmp_path: Path) -> None:
    text = b"".join(spreadsheet.table([ROW])).decode("utf-8-sig")
    cells = list(csv.reader(io.StringIO(text, newline=""), dialect="excel-tab"))
    assert cells[4][4] == "'=Ảnh: Mai"
    cells[4][2:5] = ["caption", "no", "#NAME?"]
    saved = io.StringIO(newline="")
    csv.writer(saved, dialect="excel-tab", quoting=csv.QUOTE_ALL).writerows(cells)
    (tmp_path / "saved.tsv").write_bytes(saved.getvalue().encode("utf-8-sig"))
    [row] = spreadsheet.table_rows(tmp_path / "saved.tsv")
    assert row["lines"] == [*ROW["lines"][:2], {"text": "=Ảnh: Mai", "label": "caption", "sure": False}]


@pytest.mark.parametrize(
    ("change", "what"),
    [
        (lambda rows: rows[:-1], "ends 1 line too early"),
        (lambda rows: [*rows[:2], *rows[3:]], r":3: line 2 of page 'a' is not in its place"),
        (lambda rows: [rows[0], rows[2], rows[1]], "no row of a corpus"),
        (lambda rows: rows[:1], "holds no page"),
        (lambda rows: [rows[0], rows[1].replace('""lines"": 3', '""lines"": 1e999'), *rows[2:]], "no row of a corpus"),
        (lambda rows: ["a\tb", *rows[1:]], "no row of a corpus"),
        (lambda rows: [*rows[:2], rows[2].replace("body\t", "body\tdoubtful"), *rows[3:]], ":3: sure is 'doubtful'"),
    ],
)
def test_a_table_with_rows_gone_is_refused(tmp_path: Path, change: Any, what: str) -> None:
    rows = b"".join(spreadsheet.table([ROW])).decode().splitlines()
    (tmp_path / "table.tsv").write_text("\n".join(change(rows)), encoding="utf-8")
    with pytest.raises(CorpusError, match=what):
        list(spreadsheet.table_rows(tmp_path / "table.tsv"))


def region(start: int, end: int, label: str) -> dict[str, Any]:
    value = {"start": str(start), "end": str(end), "startOffset": 0, "endOffset": 3, "paragraphlabels": [label]}
    return {"type": "paragraphlabels", "from_name": "label", "to_name": "page", "value": value}


def exported(folder: Path, *annotations: dict[str, Any]) -> Path:
    [task] = label_studio.tasks([ROW])
    (folder / "export.json").write_text(json.dumps([{**task, "id": 7, "annotations": annotations}]), encoding="utf-8")
    return folder / "export.json"


def test_annotations_of_label_studio_become_labels(tmp_path: Path) -> None:
    cancelled = {"was_cancelled": True, "completed_by": 1, "result": []}
    one = {"completed_by": {"id": 1, "email": "mai@bien.example"}, "result": [region(0, 2, "sidebar")]}
    two = {"completed_by": 2, "result": [region(0, 0, "body")]}
    [row] = label_studio.annotated_rows(exported(tmp_path, cancelled, one))
    assert [line["label"] for line in row["lines"]] == ["sidebar", None, "sidebar"]
    assert "score" not in row["lines"][0]
    with pytest.raises(CorpusError, match=r"task 1: was labelled 2 times \(by 1, 2\)"):
        list(label_studio.annotated_rows(exported(tmp_path, one, two)))
    nameless: Row = {"completed_by": {}, "result": []}
    with pytest.raises(CorpusError, match=r"task 1: was labelled 2 times \(by 1, {}\)"):
        list(label_studio.annotated_rows(exported(tmp_path, one, nameless)))
    [row] = label_studio.annotated_rows(exported(tmp_path, one, two), "2")
    assert [line["label"] for line in row["lines"]] == ["body", None, None]
    [row] = label_studio.annotated_rows(exported(tmp_path, one, two), "mai@bien.example")
    assert row["lines"][0]["label"] == "sidebar"
    with pytest.raises(CorpusError, match=r"'3' has labelled nothing. Choose .*: 1, mai@bien.example"):
        list(label_studio.annotated_rows(exported(tmp_path, one), "3"))


def test_two_labels_of_a_line_and_other_files_are_refused(tmp_path: Path) -> None:
    twice = {"completed_by": 1, "result": [region(0, 1, "body"), region(0, 0, "caption")]}
    with pytest.raises(CorpusError, match="task 1: line 1 is body and caption"):
        list(label_studio.annotated_rows(exported(tmp_path, twice)))
    endless = region(0, 1, "body")
    endless["value"]["end"] = float("inf")
    with pytest.raises(CorpusError, match="is no task"):
        list(label_studio.annotated_rows(exported(tmp_path, {"completed_by": 1, "result": [endless]})))
    annotations = [{"completed_by": 1, "result": []}]
    for task in ({"text": "Cầu"}, {"row": "5"}, {"row": '{"lines": [1]}'}):
        (tmp_path / "other.json").write_text(json.dumps([{"data": task, "annotations": annotations}]), encoding="utf-8")
        with pytest.raises(CorpusError, match="is no task"):
            list(label_studio.annotated_rows(tmp_path / "other.json"))
    (tmp_path / "other.json").write_text("id,text", encoding="utf-8")
    with pytest.raises(CorpusError, match="is no JSON"):
        list(label_studio.annotated_rows(tmp_path / "other.json"))


def test_the_guide_shows_the_labelling_configuration() -> None:
    assert blocks(CORPUS, "xml") == [label_studio.CONFIGURATION + "\n"]
