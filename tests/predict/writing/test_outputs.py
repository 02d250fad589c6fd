"""Rows, text, and output files that are complete or not there."""

import gzip
import json
import os
import sys
from pathlib import Path

import pyarrow
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from locbao.predict.labelled import LabelledPage
from locbao.predict.optional import MissingLibrary
from locbao.predict.reading.items import Id
from locbao.predict.writing.outputs import Format, Output, check_file, check_output
from locbao.predict.writing.part_files import UnwritableOutput, open_output
from locbao.predict.writing.rows import Labelled, as_row
from tests.support.fake_model import FakeModel

PAGE = """Trang chủ

Đồn biên phòng trồng thêm ba nghìn cây quế
Cây quế giống ở vườn ươm. Ảnh: Lò Thị Mây
Cây quế giống ở vườn ươm. Ảnh: Lò Thị Mây
  Sáng nay, bà con ba bản đã ra nương từ sớm.
"""


def encoded(id: Id, page: LabelledPage, format: Format = Format.JSONL) -> bytes:
    return Output.of(None, format).encode([Labelled(id, page)], "fake 0")


@pytest.fixture
def page() -> LabelledPage:
    return FakeModel().label(PAGE)


def test_a_row_has_the_fields_of_the_contract(page: LabelledPage) -> None:
    row = json.loads(encoded("a/b.txt", page))
    assert " ".join(row) == "id lines topics topic_scores evidence evidence_spans article headline warnings model"
    assert row["id"] == "a/b.txt"
    assert row["model"] == "fake 0"
    assert row["topics"] == row["topic_scores"] == row["evidence"] == row["evidence_spans"] == {}
    assert [line["line"] for line in row["lines"]] == [1, 3, 4, 5, 6]
    assert row["lines"][4] == {
        "line": 6,
        "label": "body",
        "score": 0.9,
        "text": "  Sáng nay, bà con ba bản đã ra nương từ sớm.",
    }


def test_topics_are_written_where_a_model_has_them(page: LabelledPage) -> None:
    carried = LabelledPage(page.lines, {"asean": 0.91234}, {"asean": 0.91234, "drug_crime": 0.1}, {"asean": (3, 6)})
    row = json.loads(encoded(1, carried))
    assert row["topics"] == {"asean": 0.9123}
    assert row["topic_scores"] == {"asean": 0.9123, "drug_crime": 0.1}
    assert row["evidence"] == {"asean": [3, 6]}


def test_body_and_captions_of_a_page(page: LabelledPage) -> None:
    assert page.body == "Đồn biên phòng trồng thêm ba nghìn cây quế\n\n  Sáng nay, bà con ba bản đã ra nương từ sớm."
    assert page.captions == ("Cây quế giống ở vườn ươm. Ảnh: Lò Thị Mây",) * 2


def test_text_is_the_body_with_each_caption_once_below(page: LabelledPage) -> None:
    assert encoded("a.txt", page, Format.TEXT).decode() == (
        "# a.txt\n\nĐồn biên phòng trồng thêm ba nghìn cây quế\n\n  Sáng nay, bà con ba bản đã ra nương từ sớm.\n\n"
        "> Cây quế giống ở vườn ươm. Ảnh: Lò Thị Mây\n\n"
    )


def test_lone_surrogates_come_back_from_a_row() -> None:
    row = encoded("x\udcff.txt", FakeModel().label("tin \ud800 \\ud800"))
    read = json.loads(row.decode("utf-8"))
    assert (read["id"], read["lines"][0]["text"]) == ("x\udcff.txt", "tin \ud800 \\ud800")


def test_an_output_appears_when_it_is_complete(tmp_path: Path) -> None:
    target = tmp_path / "new" / "out.jsonl"
    with open_output(target) as file:
        file.write(b"row\n")
        assert not target.exists()
    assert target.read_bytes() == b"row\n"
    assert os.listdir(target.parent) == ["out.jsonl"]


def test_an_output_is_on_the_disk_before_it_is_in_its_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    in_place = []
    monkeypatch.setattr(os, "fsync", lambda handle: in_place.append((tmp_path / "out.jsonl").exists()))
    with open_output(tmp_path / "out.jsonl") as file:
        file.write(b"row\n")
    assert in_place == [False, True]  # the file; the folder with its name


def test_a_batch_that_broke_off_is_kept(tmp_path: Path) -> None:
    (tmp_path / "out.jsonl.part").write_text("a thousand pages")
    with open_output(tmp_path / "out.jsonl") as file:
        file.write(b"row\n")
    assert (tmp_path / "out.jsonl.part").read_text() == "a thousand pages"


def test_a_run_that_breaks_off_leaves_what_was_there(tmp_path: Path) -> None:
    target = tmp_path / "out.jsonl"
    target.write_text("old")
    with pytest.raises(ZeroDivisionError), open_output(target) as file:
        file.write(b"half a row %d" % (1 // 0))
    assert target.read_text() == "old"
    assert os.listdir(tmp_path) == ["out.jsonl"]


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "real")
    with open_output(tmp_path / "link") as file:
        file.write(b"row\n")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").read_bytes() == b"row\n"


def test_a_device_is_written_to_and_not_replaced() -> None:
    with open_output(Path(os.devnull)) as file:
        file.write(b"row\n")
    assert not Path(os.devnull).is_file()


def test_outputs_that_would_do_harm(tmp_path: Path) -> None:
    page = tmp_path / "a.txt"
    page.write_text("tin")
    with pytest.raises(UnwritableOutput, match="is a folder"):
        check_file(tmp_path, [])
    with pytest.raises(UnwritableOutput, match="is an input as well"):
        check_output(Output.of(page), ["-", "none", str(tmp_path / "." / "a.txt")])
    with pytest.raises(UnwritableOutput, match="is an input as well"):
        check_output(Output.of(f"{tmp_path}/"), [str(tmp_path)])
    with pytest.raises(UnwritableOutput, match="is not empty"):
        check_output(Output.of(tmp_path), [])
    with pytest.raises(UnwritableOutput, match="is a file, not a folder"):
        check_output(Output.of(f"{page}/"), [])
    with pytest.raises(UnwritableOutput, match="root of all files"):
        Output.of("/")
    check_output(Output.of(tmp_path), [], resuming=True)
    check_output(Output.of(tmp_path / "new.jsonl"), [str(page)])
    check_output(Output.of(f"{tmp_path}/new/"), [str(page)])
    check_output(Output.of(None), [str(page)])


@pytest.mark.parametrize("name", ["a.jsonl", "a.jsonl.gz", "a.parquet", "a"])
def test_what_locbao_wrote_is_overwritten_and_nothing_else(tmp_path: Path, page: LabelledPage, name: str) -> None:
    output = Output.of(tmp_path / name)
    writer = output.open()
    writer.write(output.encode([Labelled("a", page)], "fake 0"))
    writer.close()
    output.settle()
    check_output(output, [])
    for foreign in (b"my notes", b'{"id": 1, "text": "tin"}\n', b"PAR1 and so on", gzip.compress(b"tin"), b"[]"):
        (tmp_path / name).write_bytes(foreign)
        with pytest.raises(UnwritableOutput, match=r"nothing in it shows that locbao wrote it.*--force"):
            check_output(output, [])
        with pytest.raises(UnwritableOutput, match="--force"):  # though there is no run to resume
            check_output(output, [], resuming=True)
        check_output(output, [], force=True)
    (tmp_path / name).write_bytes(b"")
    check_output(output, [])
    (tmp_path / f"{name}.errors.jsonl").write_text("mine")
    with pytest.raises(UnwritableOutput, match=r"errors\.jsonl: exists"):
        check_output(output, [])


def test_a_name_that_says_something_else_is_refused(tmp_path: Path) -> None:
    for name in ("x.csv", "x.csv.gz", "x.json", "x.xlsx"):
        with pytest.raises(UnwritableOutput, match=r"which locbao does not write\. Give a name"):
            Output.of(tmp_path / name)
        assert Output.of(tmp_path / name, Format.JSONL).format is Format.JSONL


@pytest.mark.parametrize(
    ("name", "format", "expected"),
    [
        ("a.jsonl", None, (Format.JSONL, "", False)),
        ("a.jsonl.gz", None, (Format.JSONL, "gz", False)),
        ("a.JSONL.ZST", None, (Format.JSONL, "zst", False)),
        ("a", None, (Format.JSONL, "", False)),
        ("a.gz", None, (Format.JSONL, "gz", False)),
        ("a.txt.gz", None, (Format.TEXT, "gz", False)),
        ("a.txt", Format.JSONL, (Format.JSONL, "", False)),
        ("a.parquet", None, (Format.PARQUET, "", False)),
        ("a.dat", Format.PARQUET, (Format.PARQUET, "", False)),
        ("a.gz/", Format.TEXT, (Format.TEXT, "", True)),
        ("a.parquet/", None, (Format.JSONL, "", True)),
    ],
)
def test_the_name_tells_format_and_compression(
    name: str, format: Format | None, expected: tuple[Format, str, bool]
) -> None:
    output = Output.of(name, format)
    assert (output.format, output.compression, output.mirrored) == expected


@pytest.mark.parametrize("name", [".", "./", "below/.."])
def test_the_working_directory_may_be_the_folder(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "here" / "below").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "here")
    assert Output.of(name).files[:2] == [tmp_path / "here", tmp_path / "here.errors.jsonl"]
    with pytest.raises(UnwritableOutput, match="here: is a folder that is not empty"):
        check_output(Output.of(name), [])


@pytest.mark.parametrize(
    ("name", "format", "message"),
    [
        (None, Format.PARQUET, "standard output: cannot take Parquet"),
        ("a/", Format.PARQUET, "is a folder"),
        ("a.jsonl.gz", Format.PARQUET, "cannot take Parquet"),
        (os.devnull, Format.PARQUET, "cannot take Parquet"),
        ("a.parquet", Format.TEXT, "is named like a Parquet file, but --format is text"),
    ],
)
def test_formats_that_do_not_fit(name: str | None, format: Format, message: str) -> None:
    with pytest.raises(UnwritableOutput, match=message):
        Output.of(name, format)


@pytest.mark.parametrize(("name", "library"), [("a.parquet", "pyarrow"), ("a.jsonl.zst", "zstandard")])
def test_a_missing_library_is_named_with_its_extra(name: str, library: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, library, None)
    monkeypatch.setitem(sys.modules, f"{library}.parquet", None)
    with pytest.raises(MissingLibrary, match=rf"needs {library}, .*pip install {library}"):
        Output.of(name)


@settings(deadline=None)
@given(st.lists(st.tuples(st.text() | st.integers(), st.text(max_size=200)), min_size=1, max_size=8), st.integers(0, 7))
def test_any_pages_come_back_from_every_format(texts: list[tuple[Id, str]], cut: int) -> None:
    pages = [Labelled(id, FakeModel().label(text)) for id, text in texts]
    halves = [half for half in (pages[:cut], pages[cut:]) if half]
    rows = [as_row(id, page, "fake 0") for id, page, _ in pages]
    plain, packed = (
        b"".join(Output.of(name).encode(half, "fake 0") for half in halves) for name in ("a.jsonl", "a.jsonl.gz")
    )
    assert gzip.decompress(packed) == plain
    assert [json.loads(line) for line in plain.split(b"\n")[:-1]] == rows
    streams = [pyarrow.ipc.open_stream(Output.of("a.parquet").encode(half, "fake 0")).read_all() for half in halves]
    assert [len(row["lines"]) for table in streams for row in table.to_pylist()] == [len(row["lines"]) for row in rows]
