"""Rows, text, and output files that are complete or not there."""

import gzip
import json
import os
from pathlib import Path

import pytest

from locbao.predict.inputs import Rejected, Source
from locbao.predict.labelled import LabelledPage
from locbao.predict.outputs import Format, Quarantine, UnwritableOutput, check_output, encode, open_output
from tests.fake_model import FakeModel

PAGE = """Trang chủ

Đồn biên phòng trồng thêm ba nghìn cây quế
Cây quế giống ở vườn ươm. Ảnh: Lò Thị Mây
Cây quế giống ở vườn ươm. Ảnh: Lò Thị Mây
  Sáng nay, bà con ba bản đã ra nương từ sớm.
"""


@pytest.fixture
def page() -> LabelledPage:
    return FakeModel().label(PAGE)


def test_a_row_has_the_fields_of_the_contract(page: LabelledPage) -> None:
    row = json.loads(encode("a/b.txt", page, "fake 0", Format.JSONL))
    assert list(row) == ["id", "lines", "topics", "topic_scores", "evidence", "model"]
    assert row["id"] == "a/b.txt"
    assert row["model"] == "fake 0"
    assert row["topics"] == row["topic_scores"] == row["evidence"] == {}
    assert [line["line"] for line in row["lines"]] == [1, 3, 4, 5, 6]
    assert row["lines"][4] == {
        "line": 6,
        "label": "body",
        "score": 0.9,
        "text": "  Sáng nay, bà con ba bản đã ra nương từ sớm.",
    }


def test_topics_are_written_where_a_model_has_them(page: LabelledPage) -> None:
    carried = LabelledPage(page.lines, {"asean": 0.91234}, {"asean": 0.91234, "drug_crime": 0.1}, {"asean": (3, 6)})
    row = json.loads(encode(1, carried, "fake 0", Format.JSONL))
    assert row["topics"] == {"asean": 0.9123}
    assert row["topic_scores"] == {"asean": 0.9123, "drug_crime": 0.1}
    assert row["evidence"] == {"asean": [3, 6]}


def test_body_and_captions_of_a_page(page: LabelledPage) -> None:
    assert page.body == "Đồn biên phòng trồng thêm ba nghìn cây quế\n\n  Sáng nay, bà con ba bản đã ra nương từ sớm."
    assert page.captions == ("Cây quế giống ở vườn ươm. Ảnh: Lò Thị Mây",) * 2


def test_text_is_the_body_with_each_caption_once_below(page: LabelledPage) -> None:
    assert encode("a.txt", page, "fake 0", Format.TEXT).decode() == (
        "# a.txt\n\nĐồn biên phòng trồng thêm ba nghìn cây quế\n\n  Sáng nay, bà con ba bản đã ra nương từ sớm.\n\n"
        "> Cây quế giống ở vườn ươm. Ảnh: Lò Thị Mây\n\n"
    )


def test_lone_surrogates_come_back_from_a_row() -> None:
    row = encode("x\udcff.txt", FakeModel().label("tin \ud800 \\ud800"), "fake 0", Format.JSONL)
    read = json.loads(row.decode("utf-8"))
    assert (read["id"], read["lines"][0]["text"]) == ("x\udcff.txt", "tin \ud800 \\ud800")


def test_an_output_appears_when_it_is_complete(tmp_path: Path) -> None:
    target = tmp_path / "new" / "out.jsonl"
    with open_output(target) as file:
        file.write(b"row\n")
        assert not target.exists()
    assert target.read_bytes() == b"row\n"
    assert os.listdir(target.parent) == ["out.jsonl"]


def test_a_run_that_breaks_off_leaves_what_was_there(tmp_path: Path) -> None:
    target = tmp_path / "out.jsonl"
    target.write_text("old")
    with pytest.raises(ZeroDivisionError), open_output(target) as file:
        file.write(b"half a row %d" % (1 // 0))
    assert target.read_text() == "old"
    assert os.listdir(tmp_path) == ["out.jsonl"]


def test_a_name_with_gz_is_compressed_and_the_same_every_time(tmp_path: Path) -> None:
    for name in ("a.jsonl.gz", "b.jsonl.gz"):
        with open_output(tmp_path / name) as file:
            file.write(b"row\n")
    assert gzip.decompress((tmp_path / "a.jsonl.gz").read_bytes()) == b"row\n"


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
    with pytest.raises(UnwritableOutput, match="is a folder"):
        check_output(tmp_path, [])
    page = tmp_path / "a.txt"
    page.write_text("tin")
    with pytest.raises(UnwritableOutput, match="is an input as well"):
        check_output(page, ["-", "none", str(tmp_path / "." / "a.txt")])
    check_output(tmp_path / "new.jsonl", [str(page)])


def test_the_quarantine_holds_one_row_for_each_and_goes_when_it_is_stale(tmp_path: Path) -> None:
    output = tmp_path / "out.jsonl"
    quarantine = Quarantine(output)
    quarantine.add(Rejected(Source("a.jsonl", 3), "The page is empty"))
    quarantine.add(Rejected(Source("b\udcff.txt"), "The page is empty"))
    found = [json.loads(line) for line in (tmp_path / "out.jsonl.errors.jsonl").read_text().splitlines()]
    assert found == [
        {"file": "a.jsonl", "row": 3, "reason": "The page is empty"},
        {"file": "b\udcff.txt", "row": None, "reason": "The page is empty"},
    ]
    Quarantine(output)
    assert not quarantine.path.exists()
