"""Files of JSON: one object, a list of objects, and what is wrong with some of them."""

import json
from pathlib import Path
from typing import Any

import pytest

from locbao.predict.reading.inputs import Reader
from locbao.predict.reading.items import Input, Raw, ReadOptions, Rejected


def read(path: Path, content: str | bytes | None = None, **options: Any) -> list[Input | Rejected]:
    if content is not None:
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return list(Reader([str(path)], ReadOptions(**options)).pages())


def texts(items: list[Input | Rejected]) -> list[tuple[str | int, str]]:
    return [(item.id, item.page.text) for item in items if isinstance(item, Input)]


def faults(items: list[Input | Rejected]) -> list[tuple[int | None, str]]:
    return [(item.source.row, item.reason) for item in items if isinstance(item, Rejected)]


def test_one_object_is_a_page(tmp_path: Path) -> None:
    for content in (
        '{"id": 1, "text": "tin"}',
        '\ufeff\n {"id": 1,\n "markdown": "tin"}\n',
        '{"id":1,"html":"<p>tin"}',
    ):
        assert texts(read(tmp_path / "a.json", content)) == [(1, "tin")]


def test_a_list_gives_its_objects_whatever_stands_in_their_strings(tmp_path: Path) -> None:
    rows = [{"id": n, "text": f'tin {n} ], [ {{ " \\ \\" \n,'} for n in range(100)]
    for indent in (None, 2):
        pages = read(tmp_path / "a.json", json.dumps(rows, indent=indent, ensure_ascii=False))
        assert texts(pages) == [(row["id"], row["text"]) for row in rows]
        assert [page.source.row for page in pages] == list(range(1, 101))
    assert faults(read(tmp_path / "a.json", f"{json.dumps(rows)} \r\n")) == []


def test_a_bad_object_costs_no_other_one(tmp_path: Path) -> None:
    content = '[{"id": 1, "text": "tin"}, 5, {"id": 2}, {"id": tin}, {"id": 3, "text": "%s"}, {"id": 4, "text": "tin"}]'
    pages = read(tmp_path / "a.json", content % ("x" * 2_000_000), max_chars=1000)
    assert texts(pages) == [(1, "tin"), (4, "tin")]
    assert faults(pages) == [
        (2, 'The row is a number, not an object such as {"id": …, "text": …}'),
        (3, 'The row has neither "text" nor "html" nor "markdown" nor "lines"'),
        (4, "The row is not JSON: Expecting value at character 9"),
        (5, "The row is too long for a page of 1,000 characters (see --max-chars)"),
    ]


@pytest.mark.parametrize(
    ("content", "good", "fault"),
    [
        ("", 0, (None, "The file is empty")),
        ("[ ]", 0, (None, "There is no row to read")),
        ("{", 0, (None, "The row is not JSON: Expecting property name enclosed in double quotes at character 2")),
        ('[{"id": 1, "text": "tin"}, {"id": 2, "te', 1, (2, "The list breaks off in this object")),
        ('[{"id": 1, "text": "tin"}, {"id": "' + '\\"' * 100_000, 1, (2, "The list breaks off in this object")),
        ('[{"id": 1, "text": "tin"}] x', 1, (None, "Something follows the list; what is in the list was read")),
        ('{"id": 1, "text": "tin"}\n{"id": 2}', 0, (None, "The row is not JSON: Extra data at character 26")),
    ],
)
def test_what_is_wrong_with_a_file(tmp_path: Path, content: str, good: int, fault: tuple[int | None, str]) -> None:
    pages = read(tmp_path / "a.json", content)
    assert (len(texts(pages)), faults(pages)) == (good, [fault])


def test_folders_of_them_and_any_number_passed_over(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    read(tmp_path / "a.JSON", '[{"id": 1, "text": "tin"}, {"id": 2}]')
    read(tmp_path / "b" / "c.json", '{"id": 3, "text": "tin"}')
    (tmp_path / "d.txt").write_text("tin")
    reader = Reader([str(tmp_path)])
    items = list(reader.items())
    assert [str(item.source).removeprefix(f"{tmp_path}/") for item in items] == [
        "a.JSON:1",
        "a.JSON:2",
        "b/c.json",
        "d.txt",
    ]
    assert all(isinstance(item, Raw) for item in items)
    for skip in range(6):
        assert list(reader.items(skip)) == items[skip:]


def test_fields_are_kept(tmp_path: Path) -> None:
    rows = '[{"id": 1, "text": "tin", "url": "u", "tags": [1, {"a": null}]}, {"id": 2, "text": "tin"}]'
    pages = read(tmp_path / "a.json", rows, keep=("url", "tags"))
    assert [page.kept for page in pages if isinstance(page, Input)] == [
        {"url": "u", "tags": [1, {"a": None}]},
        {"url": None, "tags": None},
    ]
