"""Labelled pages in Parquet: the schema, and what pandas, polars and DuckDB read of it."""

import json
from pathlib import Path

import pandas
import pyarrow.parquet as pq
import pytest

from locbao.predict.labelled import EvidenceSpan, LabelledPage
from locbao.predict.writing import parquet_file as parquet
from locbao.predict.writing.outputs import Output
from locbao.predict.writing.rows import Labelled, as_row
from tests.support.fake_model import FakeModel

PLAIN = FakeModel().label("Chợ phiên\n\nSáng nay, bà con ba bản đã ra nương từ sớm.")
SPANS: dict[str, tuple[EvidenceSpan, ...]] = {"asean": (EvidenceSpan(3, 10, 43), EvidenceSpan(6, 0, 8))}
CARRYING = LabelledPage(
    PLAIN.lines, {"asean": 0.91}, {"asean": 0.91, "drug_crime": 0.1}, {"asean": (3, 6)}, evidence_spans=SPANS
)
PAGES = [
    Labelled("a", PLAIN),
    Labelled(2, CARRYING),
    Labelled("x\ud800", FakeModel().label("tin \ud800")),
]


@pytest.fixture
def labelled(tmp_path: Path) -> Path:
    """Three labelled pages, written in two chunks with a break between them."""
    path = tmp_path / "out.parquet"
    output = Output.of(path)
    writer = output.open()
    writer.write(output.encode(PAGES[:1], "fake 0"))
    position = writer.checkpoint()
    writer.write(b"half a chunk")
    writer.close()
    writer = output.open(position)
    writer.write(output.encode(PAGES[1:], "fake 0"))
    writer.close()
    output.settle()
    assert [path.name for path in tmp_path.iterdir()] == ["out.parquet"]
    return path


def test_rows_are_those_of_json(labelled: Path) -> None:
    table = pq.read_table(labelled)
    assert table.schema.equals(parquet.schema())
    first, second, third = (
        {**row, **{name: dict(row[name]) for name in ("topics", "topic_scores", "evidence", "evidence_spans")}}
        for row in table.to_pylist()
    )
    assert first == as_row("a", PLAIN, "fake 0")
    assert second == as_row("2", CARRYING, "fake 0")
    assert (third["id"], third["lines"][0]["text"]) == ("x\\ud800", "tin \\ud800")


def test_pandas_reads_it(labelled: Path) -> None:
    frame = pandas.read_parquet(labelled)
    assert frame.id.tolist() == ["a", "2", "x\\ud800"]
    assert dict(frame.topics[1]) == {"asean": 0.91}
    assert pandas.DataFrame(list(frame.lines[0])).label.tolist() == ["sidebar", "body"]


def test_polars_reads_it(labelled: Path) -> None:
    polars = pytest.importorskip("polars")
    frame = polars.read_parquet(labelled)
    assert frame["lines"][0].struct.field("label").to_list() == ["sidebar", "body"]
    as_lists, as_maps = [[], [{"key": "asean", "value": 0.91}], []], [{}, {"asean": 0.91}, {}]  # polars 1 and 2
    assert frame["topics"].to_list() in (as_lists, as_maps)


def test_duckdb_reads_it(labelled: Path) -> None:
    duckdb = pytest.importorskip("duckdb")
    spans = "evidence_spans['asean'][1].\"end\""
    query = f"select id, topics['asean'], evidence['asean'], {spans}, len(lines) from '{labelled}'"
    assert duckdb.sql(query).fetchall()[1] == ("2", 0.91, [3, 6], 43, 2)


def test_the_schema_does_not_depend_on_the_pages(tmp_path: Path) -> None:
    schemas = []
    for name, page in (("one", PLAIN), ("two", CARRYING), ("three", LabelledPage(()))):
        output = Output.of(tmp_path / f"{name}.parquet")
        writer = output.open()
        writer.write(output.encode([Labelled(name, page)], "fake 0"))
        writer.close()
        output.settle()
        schemas.append(pq.read_schema(tmp_path / f"{name}.parquet"))
    assert schemas[0] == schemas[1] == schemas[2]


def test_many_pages_become_row_groups_and_the_same_file_again(tmp_path: Path) -> None:
    output = Output.of(tmp_path / "out.parquet")
    files = []
    for _ in range(2):
        writer = output.open()
        for start in range(0, 2100, 100):
            writer.write(output.encode([Labelled(n, PLAIN) for n in range(start, start + 100)], "fake 0"))
        writer.close()
        output.settle()
        files.append((tmp_path / "out.parquet").read_bytes())
    assert files[0] == files[1]
    found = pq.ParquetFile(tmp_path / "out.parquet")
    assert [found.metadata.row_group(group).num_rows for group in range(found.num_row_groups)] == [1000, 1000, 100]


def test_rows_of_json_and_parquet_say_the_same(tmp_path: Path, labelled: Path) -> None:
    line = json.loads(Output.of(None).encode(PAGES[1:2], "fake 0"))
    row = pq.read_table(labelled).to_pylist()[1]
    assert line["lines"] == row["lines"]
    assert line["topic_scores"] == dict(row["topic_scores"])
