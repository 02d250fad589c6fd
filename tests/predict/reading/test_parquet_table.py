"""Parquet files of pages that are whole, odd or broken."""

import sys
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from locbao.predict.optional import MissingLibrary
from locbao.predict.reading.inputs import Reader
from locbao.predict.reading.items import Input, Raw, ReadOptions, Rejected


def table(path: Path, **columns: Any) -> Path:
    pq.write_table(pa.table(columns), path, row_group_size=2)
    return path


def read(path: Path, **options: Any) -> list[Input | Rejected]:
    return list(Reader([str(path)], ReadOptions(**options)).pages())


def only_reason(path: Path, **options: Any) -> str:
    (item,) = read(path, **options)
    assert isinstance(item, Rejected)
    return item.reason


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
    assert only_reason(table(tmp_path / "a.parquet", **columns), max_chars=1000) == reason


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
    assert only_reason(tmp_path / "b.parquet") == 'There are 2 columns "text", and nothing says which one is meant'


def test_a_page_that_is_too_long_is_rejected_before_it_takes_memory(tmp_path: Path) -> None:
    for count in (1, 3):  # alone in its row group, and one string for several rows
        pq.write_table(pa.table({"id": list(range(count)), "text": ["x" * 30_000_000] * count}), tmp_path / "a.parquet")
        items = list(Reader([str(tmp_path / "a.parquet")], ReadOptions(max_chars=1000)).items())
        reason = "The page has more than 1,000 characters (see --max-chars)"
        assert [item.reason for item in items if isinstance(item, Rejected)] == [reason] * count


def test_a_kept_value_that_python_cannot_hold_costs_its_row_alone(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    for values in (
        pa.array([10**7, 1], pa.date32()),
        pa.array([10**18, 1], pa.timestamp("us")),
        pa.array([10**15, 1], pa.duration("s")),
    ):
        pq.write_table(pa.table({"id": [1, 2], "text": ["tin", "tin"], "when": values}), path)
        rejected, page = Reader([str(path)], ReadOptions(keep=("when",))).items()
        assert isinstance(rejected, Rejected)
        assert rejected.reason.startswith('"when" cannot be kept (')
        assert isinstance(page, Raw)


def test_what_is_no_table(tmp_path: Path) -> None:
    (tmp_path / "a.parquet").write_bytes(b"no table")
    assert only_reason(tmp_path / "a.parquet").startswith("The Parquet file cannot be read (")


def test_a_column_whose_name_is_not_utf_8(tmp_path: Path) -> None:
    path = table(tmp_path / "a.parquet", id=[1], other=["tin"])
    path.write_bytes(path.read_bytes().replace(b"other", b"\x80ther"))
    reason = "The Parquet file cannot be read ('utf-8' codec can't decode byte 0x80"
    assert only_reason(path).startswith(reason)


def test_a_row_group_of_other_columns_than_the_file(tmp_path: Path) -> None:
    path = table(tmp_path / "a.parquet", id=[1], text=["x" * 3_000_000])
    path.write_bytes(b"fext".join(path.read_bytes().rsplit(b"text", 1)))
    reason = "The Parquet file cannot be read (a row group names other columns than the file)"
    assert only_reason(path, max_chars=1000) == reason


def test_a_row_group_of_other_rows_than_it_says(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    pq.write_table(pa.table({"id": [1, 2], "text": ["a", "b"]}), path, compression="none", write_statistics=False)
    whole = path.read_bytes()
    footer = len(whole) - 8 - int.from_bytes(whole[-8:-4], "little")
    for count in (b"\x16\x03", b"\x16\x06"):  # -2 rows and 3 in place of 2, for the file and its row group
        path.write_bytes(whole[:footer] + whole[footer:].replace(b"\x16\x04", count))
        last = read(path)[-1]
        assert isinstance(last, Rejected), count
    path.write_bytes(whole[:footer] + whole[footer:].replace(b"\x16\x04", b"\x16\x00", 1))  # the file has none, it says
    assert [page.id for page in read(path) if isinstance(page, Input)] == [1, 2]


def test_rows_before_the_damage_are_read(tmp_path: Path) -> None:
    path = table(tmp_path / "a.parquet", id=list(range(6)), text=[f"tin {n}" * 50 for n in range(6)])
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
    path = table(tmp_path / "a.parquet", id=[*range(6), None], text=[f"tin {n}" for n in range(7)])
    reader = Reader([str(path)])
    items = list(reader.items(skip))
    assert [item.id for item in items if isinstance(item, Raw)] == list(range(skip, 6))
    assert [item.source.row for item in items] == list(range(skip + 1, 8))
    assert reader.fraction == 1


def test_without_pyarrow_a_table_is_refused_with_the_name_of_the_extra(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = table(tmp_path / "a.parquet", id=[1], text=["tin"])
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(MissingLibrary, match=r"Reading \.parquet files needs pyarrow"):
        Reader([str(path)])
