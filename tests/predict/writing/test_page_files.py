"""One file per page in a folder: where each goes, whatever its id, and that none is lost."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from locbao.predict.writing.outputs import Format, Output
from locbao.predict.writing.page_files import pack, place, unpack
from locbao.predict.writing.rows import Labelled
from tests.support.fake_model import FakeModel

PAGE = FakeModel().label("Chợ phiên\nSáng nay, bà con ba bản đã ra nương từ sớm.")


@pytest.mark.parametrize(
    ("id", "expected"),
    [
        ("a/b.html", "a/b.html.json"),
        ("a/b.json", "a/b.json"),
        (7, "7.json"),
        ("", "page.json"),
        ("/etc/passwd", "etc/passwd.json"),
        ("../../x/./y", "%2E%2E/%2E%2E/x/y.json"),
        ("https://a.vn/tin?id=1", "https%3A/a.vn/tin%3Fid=1.json"),
        ("chợ phiên", "chợ phiên.json"),
        ("x\udcff\0", "x%DCFF%00.json"),
    ],
)
def test_where_a_page_goes(id: str | int, expected: str) -> None:
    assert place(id, ".json") == expected


def test_long_ids_are_cut_and_stay_apart() -> None:
    one, two = (place("ờ" * 300 + end, ".json") for end in "ab")
    assert one != two
    assert len(one.encode()) < 255
    assert len(place("/".join(["thư mục"] * 400), ".json")) < 100


@settings(deadline=None)
@given(st.text())
def test_no_id_leads_out_of_the_folder(id: str) -> None:
    path = Path(place(id, ".txt"))
    assert not path.is_absolute()
    assert ".." not in path.parts
    assert all(0 < len(part.encode()) < 255 for part in path.parts)


def test_pages_become_files(tmp_path: Path) -> None:
    output = Output.of(f"{tmp_path}/out/")
    assert output.part
    writer = output.open()
    writer.write(output.encode([Labelled("a.txt", PAGE), Labelled("b/c.html", PAGE)], "fake 0"))
    assert not (tmp_path / "out").exists()
    writer.close()
    output.settle()
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["a.txt.json", "b", "c.html.json", "out"]
    assert json.loads((tmp_path / "out" / "b" / "c.html.json").read_bytes())["id"] == "b/c.html"


def test_text_keeps_its_name(tmp_path: Path) -> None:
    output = Output.of(f"{tmp_path}/out/", Format.TEXT)
    writer = output.open()
    writer.write(output.encode([Labelled("a.txt", PAGE)], "fake 0"))
    writer.close()
    output.settle()
    assert (tmp_path / "out" / "a.txt").read_text(encoding="utf-8").startswith("# a.txt\n")


def test_pages_of_one_name_stay_apart_and_nothing_changes_the_second_time(tmp_path: Path) -> None:
    files = [
        ("a.json", b"1"),
        ("a.json", b"2"),
        ("a.json", b"1"),
        ("a.json/b.json", b"3"),
        ("c/d.json", b"4"),
        ("c", b"5"),
    ]
    (tmp_path / "packed").write_bytes(pack(files))
    for _ in range(2):
        unpack(tmp_path / "packed", tmp_path / "out")
        found = {
            path.relative_to(tmp_path / "out").as_posix(): path.read_bytes()
            for path in (tmp_path / "out").rglob("*")
            if path.is_file()
        }
        assert found == {"a.json": b"1", "a~2.json": b"2", "a.json%2Fb.json": b"3", "c/d.json": b"4", "c~2": b"5"}


def test_no_id_stands_in_the_way_of_another(tmp_path: Path) -> None:
    """Called like the file in the making, like a folder, or longer than any file; with many pages of one id."""
    ids = [".part/x", ".part", "a.json", "a.json/b/c", "a", "a/b", "c/d", "c", "ờ" * 300, f"a.json/{'x' * 300}"]
    ids += [f"{'ờ' * 60}/" * 3 + "x", f"a/{'ờ' * 60}/{'x' * 200}/y", *["same"] * 5]
    files = [(place(id, ".json"), f"{number} {id}".encode()) for number, id in enumerate(ids)]
    (tmp_path / "packed").write_bytes(pack(files))
    for _ in range(2):
        unpack(tmp_path / "packed", tmp_path / "out")
        contents = [path.read_bytes() for path in (tmp_path / "out").rglob("*") if path.is_file()]
        assert sorted(contents) == sorted(content for _, content in files)
    assert {path.name for path in (tmp_path / "out").glob("same*")} == {
        "same.json",
        *(f"same~{number}.json" for number in range(2, 6)),
    }


def test_each_of_many_pages_of_one_id_looks_at_two_places_at_most(tmp_path: Path, monkeypatch: Any) -> None:
    looked = 0
    exists = Path.exists

    def counted(path: Path) -> bool:
        nonlocal looked
        looked += 1
        return exists(path)

    monkeypatch.setattr(Path, "exists", counted)
    (tmp_path / "packed").write_bytes(pack(("a.json", b"%d" % number) for number in range(300)))
    unpack(tmp_path / "packed", tmp_path / "out")
    assert looked <= 2 * 300
    assert len(list((tmp_path / "out").iterdir())) == 300
