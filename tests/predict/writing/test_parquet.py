"""Parquet: the schema that pandas, polars and DuckDB read, and tables of pages that are whole, odd or broken."""

import json
import sys
from pathlib import Path
from typing import Any

import pandas
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from locbao.predict.labelled import EvidenceSpan, LabelledPage
from locbao.predict.optional import MissingLibrary
from locbao.predict.reading.inputs import Reader
from locbao.predict.reading.items import Input, Raw, ReadOptions, Rejected
from locbao.predict.writing import parquet_file as parquet
from locbao.predict.writing.outputs import Output
from locbao.predict.writing.rows import as_row
from tests.fake_model import FakeModel

PLAIN = FakeModel().label("Chợ phiên\n\nSáng nay, bà con ba bản đã ra nương từ sớm.")
SPANS: dict[str, tuple[EvidenceSpan, ...]] = {"asean": (EvidenceSpan(3, 10, 43), EvidenceSpan(6, 0, 8))}
CARRYING = LabelledPage(
    PLAIN.lines, {"asean": 0.91}, {"asean": 0.91, "drug_crime": 0.1}, {"asean": (3, 6)}, evidence_spans=SPANS
)
PAGES: list[tuple[str | int, LabelledPage]] = [
    ("a", PLAIN),
    (2, CARRYING),
    ("x\ud800", FakeModel().label("tin \ud800")),
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
    writer.finish()
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
        writer.write(output.encode([(name, page)], "fake 0"))
        writer.finish()
        schemas.append(pq.read_schema(tmp_path / f"{name}.parquet"))
    assert schemas[0] == schemas[1] == schemas[2]


def test_many_pages_become_row_groups_and_the_same_file_again(tmp_path: Path) -> None:
    output = Output.of(tmp_path / "out.parquet")
    files = []
    for _ in range(2):
        writer = output.open()
        for start in range(0, 2100, 100):
            writer.write(output.encode([(n, PLAIN) for n in range(start, start + 100)], "fake 0"))
        writer.finish()
        files.append((tmp_path / "out.parquet").read_bytes())
    assert files[0] == files[1]
    found = pq.ParquetFile(tmp_path / "out.parquet")
    assert [found.metadata.row_group(group).num_rows for group in range(found.num_row_groups)] == [1000, 1000, 100]


def table(path: Path, **columns: Any) -> Path:
    pq.write_table(pa.table(columns), path, row_group_size=2)
    return path


def read(path: Path, **options: Any) -> list[Input | Rejected]:
    return list(Reader([str(path)], ReadOptions(**options)).pages())


def test_a_table_of_pages(tmp_path: Path) -> None:
    path = table(tmp_path / "a.parquet", id=[1, 2, None], text=["tin", None, "tin"], html=[None, "<p>mot<p>hai", None])
    first, second, third = read(path)
    assert isinstance(first, Input)
    assert isinstance(second, Input)
    assert (first.id, first.page.text, second.page.text) == (1, "tin", "mot\n\nhai")
    assert isinstance(third, Rejected)
    assert (third.source.row, third.reason) == (3, 'The row has no "id"')


@pytest.mark.parametrize(
    "kind", [pa.string(), pa.large_string(), pa.binary(), pa.large_binary(), pa.string_view(), pa.binary_view()]
)
def test_text_of_any_string_type(tmp_path: Path, kind: pa.DataType) -> None:
    path = table(tmp_path / "a.parquet", id=["x"], text=pa.array(["chữ".encode()], pa.binary()).cast(kind))
    (page,) = read(path)
    assert isinstance(page, Input)
    assert page.page.text == "chữ"


def test_categories_and_chosen_columns(tmp_path: Path) -> None:
    path = table(
        tmp_path / "a.parquet", url=pa.array(["u"]).dictionary_encode(), content=pa.array(["t"]).dictionary_encode()
    )
    (page,) = read(path, id_field="url", text_field="content")
    assert isinstance(page, Input)
    assert (page.id, page.page.text) == ("u", "t")


def test_html_as_string_is_never_decoded_twice(tmp_path: Path) -> None:
    markup = '<meta charset="windows-1252"><p>Chợ phiên'
    bytes_ = '<meta charset="windows-1252"><p>café'.encode("cp1252")
    (string,) = read(table(tmp_path / "a.parquet", id=["x"], html=[markup]))
    (raw,) = read(table(tmp_path / "b.parquet", id=["x"], html=[bytes_]))
    assert isinstance(string, Input)
    assert isinstance(raw, Input)
    assert (string.page.text, raw.page.text) == ("Chợ phiên", "café")


@pytest.mark.parametrize(
    ("columns", "reason"),
    [
        ({"text": ["tin"]}, 'There is no column "id"; the columns are text'),
        ({"id": [1], "body": ["tin"]}, 'There is no column "text" or "html" or "markdown"; the columns are id, body'),
        ({"id": [1], "text": [5]}, 'The column "text" holds int64, not strings or bytes'),
        ({"id": [1.5], "text": ["tin"]}, 'The column "id" holds double, not strings or whole numbers'),
        ({"id": pa.array([], pa.int64()), "text": pa.array([], pa.string())}, "There is no row to read"),
        ({"id": [1], "text": pa.array([None], pa.string())}, 'The row has neither "text" nor "html" nor "markdown"'),
        ({"id": [1], "text": [""]}, "The page is empty"),
        ({"id": [1], "text": [b"\xff"]}, "The text is not UTF-8: byte 0xff at offset 0, line 1"),
        ({"id": [1], "text": [b"a\0b"]}, "The data is binary: a zero byte at offset 1"),
        ({"id": [1], "text": ["x" * 1001]}, "The page has 1,001 characters, more than 1,000 (see --max-chars)"),
    ],
)
def test_unusable_tables_and_rows(tmp_path: Path, columns: dict[str, Any], reason: str) -> None:
    (item,) = read(table(tmp_path / "a.parquet", **columns), max_chars=1000)
    assert isinstance(item, Rejected)
    assert item.reason == reason


def test_a_kept_field_that_is_no_text_rejects_its_row_alone(tmp_path: Path) -> None:
    urls = pa.Array.from_buffers(
        pa.string(), 2, [None, pa.py_buffer(b"\0\0\0\0\1\0\0\0\2\0\0\0"), pa.py_buffer(b"\xffa")]
    )
    broken, whole = read(table(tmp_path / "a.parquet", id=[1, 2], text=["tin", "chợ"], url=urls), keep=("url",))
    assert isinstance(broken, Rejected)
    assert broken.reason == '"url" is not UTF-8'
    assert isinstance(whole, Input)
    assert whole.kept == {"url": "a"}


def test_two_columns_of_one_name(tmp_path: Path) -> None:
    columns = [pa.array([1]), pa.array(["tin"]), pa.array(["x"]), pa.array(["y"])]
    pq.write_table(pa.table(columns, names=["id", "text", "other", "other"]), tmp_path / "a.parquet")
    (page,) = read(tmp_path / "a.parquet")
    assert isinstance(page, Input)
    pq.write_table(pa.table(columns, names=["id", "text", "text", "other"]), tmp_path / "b.parquet")
    (item,) = read(tmp_path / "b.parquet")
    assert isinstance(item, Rejected)
    assert item.reason == 'There are 2 columns "text", and nothing says which one is meant'


def test_a_page_that_is_too_long_is_rejected_before_it_takes_memory(tmp_path: Path) -> None:
    for count in (1, 3):  # alone in its row group, and one string for several rows
        pq.write_table(pa.table({"id": list(range(count)), "text": ["x" * 30_000_000] * count}), tmp_path / "a.parquet")
        items = list(Reader([str(tmp_path / "a.parquet")], ReadOptions(max_chars=1000)).items())
        reason = "The page has more than 1,000 characters (see --max-chars)"
        assert [item.reason for item in items if isinstance(item, Rejected)] == [reason] * count


def test_what_is_no_table_and_what_breaks_off(tmp_path: Path) -> None:
    (tmp_path / "a.parquet").write_bytes(b"no table")
    (item,) = read(tmp_path / "a.parquet")
    assert isinstance(item, Rejected)
    assert item.reason.startswith("The Parquet file cannot be read (")
    table(path := tmp_path / "c.parquet", id=[1], other=["tin"])
    path.write_bytes(path.read_bytes().replace(b"other", b"\x80ther"))
    (item,) = read(path)
    assert isinstance(item, Rejected)
    assert item.reason.startswith("The Parquet file cannot be read ('utf-8' codec can't decode byte 0x80")
    path.write_bytes(b"fext".join(table(path, id=[1], text=["x" * 3_000_000]).read_bytes().rsplit(b"text", 1)))
    (item,) = read(path, max_chars=1000)
    assert isinstance(item, Rejected)
    assert item.reason == "The Parquet file cannot be read (a row group names other columns than the file)"
    pq.write_table(pa.table({"id": [1, 2], "text": ["a", "b"]}), path, compression="none", write_statistics=False)
    whole = bytearray(path.read_bytes())
    footer = len(whole) - 8 - int.from_bytes(whole[-8:-4], "little")
    for count in (b"\x16\x03", b"\x16\x06"):  # -2 rows and 3 in place of 2, for the file and its row group
        path.write_bytes(whole[:footer] + whole[footer:].replace(b"\x16\x04", count))
        last = read(path)[-1]
        assert isinstance(last, Rejected), count
    path.write_bytes(whole[:footer] + whole[footer:].replace(b"\x16\x04", b"\x16\x00", 1))  # the file has none, it says
    assert [page.id for page in read(path) if isinstance(page, Input)] == [1, 2]
    path = table(tmp_path / "b.parquet", id=list(range(6)), text=[f"tin {n}" * 50 for n in range(6)])
    whole = bytearray(path.read_bytes())
    start = pq.ParquetFile(path).metadata.row_group(2).column(1).dictionary_page_offset
    whole[start : start + 40] = b"\xff" * 40
    path.write_bytes(whole)
    *pages, last = read(path)
    assert [page.id for page in pages if isinstance(page, Input)] == [0, 1, 2, 3]
    assert isinstance(last, Rejected)
    assert last.source.row == 5
    assert last.reason.startswith("The Parquet file is damaged from this row on (")


@pytest.mark.parametrize("skip", range(8))
def test_rows_are_passed_over(tmp_path: Path, skip: int) -> None:
    path = table(tmp_path / "a.parquet", id=list(range(7)), text=[f"tin {n}" for n in range(7)])
    reader = Reader([str(path)])
    items = list(reader.items(skip))
    assert [item.id for item in items if isinstance(item, Raw)] == list(range(skip, 7))
    assert [item.source.row for item in items] == list(range(skip + 1, 8))
    assert reader.fraction == 1


def test_without_pyarrow_a_table_is_refused_with_the_name_of_the_extra(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = table(tmp_path / "a.parquet", id=[1], text=["tin"])
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(MissingLibrary, match=r"Reading \.parquet files needs pyarrow"):
        Reader([str(path)])


def test_rows_of_json_and_parquet_say_the_same(tmp_path: Path, labelled: Path) -> None:
    line = json.loads(Output.of(None).encode(PAGES[1:2], "fake 0"))
    row = pq.read_table(labelled).to_pylist()[1]
    assert line["lines"] == row["lines"]
    assert line["topic_scores"] == dict(row["topic_scores"])
