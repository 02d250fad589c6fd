"""Reading pages: every kind of input, and every way in which one can be unusable."""

import gzip
import io
import json
import os
import subprocess
import sys
from pathlib import Path
from threading import Thread

import pytest

from locbao.predict.reading.inputs import Reader, UnreadableInput, read_page
from locbao.predict.reading.items import MAX_LINES, Input, Raw, ReadOptions, Rejected
from locbao.predict.reading.markup import Markup
from locbao.predict.reading.parsing import page_of


def read(*arguments: Path | str, max_chars: int = 1000) -> list[Input | Rejected]:
    return list(Reader([str(argument) for argument in arguments], ReadOptions(max_chars)).pages())


def only_reason(*arguments: Path | str, max_chars: int = 1000) -> str:
    (item,) = read(*arguments, max_chars=max_chars)
    assert isinstance(item, Rejected)
    return item.reason


def ids(items: list[Input | Rejected]) -> list[str | int]:
    return [item.id for item in items if isinstance(item, Input)]


def write(path: Path, data: bytes | str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return path


def rows(path: Path, *lines: object) -> Path:
    return write(path, "".join(f"{json.dumps(line)}\n" for line in lines))


def test_a_file_is_a_page_named_after_the_file(tmp_path: Path) -> None:
    (page,) = read(write(tmp_path / "tin" / "a.txt", "Một dòng\r\nHai dòng\n"))
    assert isinstance(page, Input)
    assert (page.id, page.page.text) == ("a.txt", "Một dòng\nHai dòng\n")


def test_the_byte_order_mark_is_no_text(tmp_path: Path) -> None:
    (page,) = read(write(tmp_path / "a.txt", b"\xef\xbb\xbfTin"))
    assert isinstance(page, Input)
    assert page.page.text == "Tin"


def test_a_folder_gives_its_pages_in_order_with_relative_ids(tmp_path: Path) -> None:
    for name in ("b.txt", "a/2.txt", "a/10.TXT", "c/x/y.htm", "c/y.Html", "a/skip.csv", "d.MD"):
        write(tmp_path / name, "chữ")
    assert ids(read(tmp_path)) == ["a/10.TXT", "a/2.txt", "b.txt", "c/x/y.htm", "c/y.Html", "d.MD"]


def test_pages_are_found_by_their_names_as_crawlers_write_them(tmp_path: Path) -> None:
    for name in ("a.html?id=1", "b?p=x.HTML", "c.xhtml", "d.txt", "e.aspx?id=1", "f", "g.vnp"):
        write(tmp_path / name, "<p>chữ</p>")
    for name in ("h.css", "i.js?v=1", "k.png", "l.jsonl.gz", "m.csv", "n.jsonl.part", "n.jsonl.part.journal"):
        write(tmp_path / name, "không")
    assert ids(read(tmp_path)) == ["a.html?id=1", "b?p=x.HTML", "c.xhtml", "d.txt"]
    pages = list(Reader([str(tmp_path)], ReadOptions(markup=Markup.HTML)).pages())
    assert ids(pages) == ["a.html?id=1", "b?p=x.HTML", "c.xhtml", "d.txt", "e.aspx?id=1", "f", "g.vnp"]
    assert {page.page.text for page in pages if isinstance(page, Input)} == {"chữ"}
    (page,) = Reader([str(tmp_path / "g.vnp")], ReadOptions(markup=Markup.HTML)).pages()
    assert isinstance(page, Input)
    with pytest.raises(UnreadableInput, match="predict --input html"):
        Reader([str(tmp_path / "g.vnp")])


def test_a_circle_of_links_ends(tmp_path: Path) -> None:
    write(tmp_path / "a" / "1.txt", "chữ")
    (tmp_path / "a" / "loop").symlink_to(tmp_path, target_is_directory=True)
    assert ids(read(tmp_path)) == ["a/1.txt"]


def test_a_link_that_leads_nowhere_is_rejected(tmp_path: Path) -> None:
    (tmp_path / "gone.txt").symlink_to(tmp_path / "nothing")
    assert "cannot be read" in only_reason(tmp_path)


def test_a_folder_without_pages_is_rejected(tmp_path: Path) -> None:
    assert only_reason(tmp_path) == "The folder holds no page (.txt, .html, .htm, .xhtml, .md, .markdown, .json)"


def test_a_file_name_that_is_not_utf8_is_read(tmp_path: Path) -> None:
    (tmp_path / os.fsdecode(b"x\xff.txt")).write_text("chữ", encoding="utf-8")
    assert ids(read(tmp_path)) == ["x\udcff.txt"]


def test_rows_give_text_or_joined_lines_and_keep_their_id(tmp_path: Path) -> None:
    lines = [{"text": "một", "label": "body"}, {"text": "", "label": None}, {"text": "hai", "label": "body"}]
    path = rows(tmp_path / "a.jsonl", {"id": 7, "text": "tin"}, {"id": "x", "lines": lines})
    pages = read(path)
    assert [(page.id, page.page.text) for page in pages if isinstance(page, Input)] == [(7, "tin"), ("x", "một\n\nhai")]
    assert [page.source.row for page in pages] == [1, 2]


def test_blank_rows_are_passed_over_but_counted(tmp_path: Path) -> None:
    path = write(tmp_path / "a.jsonl", '\ufeff\n{"id": 1, "text": "tin"}\r\n\n{"id": 2}')
    first, second = read(path)
    assert (first.source.row, second.source.row) == (2, 4)


def test_compressed_rows(tmp_path: Path) -> None:
    path = write(tmp_path / "a.jsonl.gz", gzip.compress(b'{"id": 1, "text": "tin"}\n'))
    assert ids(read(path)) == [1]


def test_a_damaged_archive_gives_what_comes_before_the_damage(tmp_path: Path) -> None:
    whole = gzip.compress(b"".join(b'{"id": %d, "text": "tin"}\n' % n for n in range(20000)))
    *pages, last = read(write(tmp_path / "a.jsonl.gz", whole[: len(whole) // 2]))
    assert isinstance(last, Rejected)
    assert last.source.row == len(pages) + 1 > 1000
    assert "damaged" in last.reason


def test_what_is_no_archive_at_all(tmp_path: Path) -> None:
    assert "damaged" in only_reason(write(tmp_path / "a.jsonl.gz", "plain text"))


def test_standard_input_is_rows_for_a_batch_and_text_for_a_page(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b'{"id": "a", "text": "tin"}\n')))
    assert ids(read("-")) == ["a"]
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO("một\nhai".encode())))
    assert read_page("-").page.text == "một\nhai"


def test_a_lone_surrogate_is_kept(tmp_path: Path) -> None:
    (page,) = read(write(tmp_path / "a.jsonl", rb'{"id": "a", "text": "tin \ud800"}'))
    assert isinstance(page, Input)
    assert page.page.text == "tin \ud800"


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "The page is empty"),
        ("\n \u00a0\u200b\n&nbsp;\n".encode(), "The page is empty"),
        (b"tin\nt\xe9t\n", "The text is not UTF-8: byte 0xe9 at offset 5, line 2"),
        (b"\x89PNG\r\n\x1a\n\0\0", "The data is binary: a zero byte at offset 8"),
        ("tin".encode("utf-16"), "The text is UTF-16, not UTF-8 (iconv -f UTF-16 -t UTF-8 converts it)"),
        (b"x" * 1001, "The page has 1,001 characters, more than 1,000 (see --max-chars)"),
        (b"x" * 4001, "The page has more than 1,000 characters (see --max-chars)"),
    ],
)
def test_unusable_pages(tmp_path: Path, data: bytes, reason: str) -> None:
    assert only_reason(write(tmp_path / "a.txt", data)) == reason


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (b"{", "The row is not JSON: Expecting property name enclosed in double quotes at character 2"),
        (b'"tin"', 'The row is a string, not an object such as {"id": …, "text": …}'),
        (b'{"text": "tin"}', 'The row has no "id"'),
        (b'{"id": 1.5, "text": "tin"}', '"id" is a number, not a string or a whole number'),
        (b'{"id": true, "text": "tin"}', '"id" is true or false, not a string or a whole number'),
        (b'{"id": 1}', 'The row has neither "text" nor "html" nor "markdown" nor "lines"'),
        (b'{"id": 1, "html": 5}', '"html" is a number, not a string'),
        (b'{"id": 1, "html": "<p hidden>tin</p>"}', "The page is empty"),
        (b'{"id": 1, "text": ["tin"]}', '"text" is a list, not a string'),
        (b'{"id": 1, "lines": "tin"}', '"lines" is a string, not a list'),
        (
            b'{"id": 1, "lines": [{"text": "a"}, {"text": null}]}',
            '"lines" number 2 is not an object with a "text" that',
        ),
        (b'{"id": 1, "text": ""}', "The page is empty"),
        (b'{"id": 1, "text": "\xff"}', "The text is not UTF-8: byte 0xff at offset 19, line 1"),
        (b"[" * 100_000, "The row is not usable JSON: it is nested too deeply"),
        (b'{"id": ' + b"9" * 5000 + b"}", "The row is not usable JSON: Exceeds the limit"),
        (b'{"id": 1, "text": "' + b"x" * 1001 + b'"}', "The page has 1,001 characters, more than 1,000"),
        (b'{"id": 1, "text": "' + b"x" * 2_000_000 + b'"}', "The row is too long for a page of 1,000 characters"),
    ],
)
def test_unusable_rows_do_not_stop_the_rest(tmp_path: Path, row: bytes, reason: str) -> None:
    bad, good = read(write(tmp_path / "a.jsonl", row + b'\n{"id": 2, "text": "tin"}\n'))
    assert isinstance(bad, Rejected)
    assert bad.reason.startswith(reason)
    assert (bad.source.file, bad.source.row) == (str(tmp_path / "a.jsonl"), 1)
    assert isinstance(good, Input)


def test_a_file_without_rows_is_rejected(tmp_path: Path) -> None:
    assert only_reason(write(tmp_path / "a.jsonl", "\n\n")) == "There is no row to read"


def test_an_argument_that_cannot_be_read_is_told_before_the_first_page(tmp_path: Path) -> None:
    page = write(tmp_path / "a.txt", "tin")
    for name, hint in ((tmp_path / "none.txt", "Check the path"), (write(tmp_path / "a.pdf", "%PDF"), "What is read")):
        with pytest.raises(UnreadableInput, match=hint):
            Reader([str(page), str(name)]).pages()
    with pytest.raises(UnreadableInput):
        Reader(["a\0b"]).pages()


def test_one_page_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    with pytest.raises(UnreadableInput, match=r"a\.txt: The page is empty\. Give a page as UTF-8 text"):
        read_page(str(write(tmp_path / "a.txt", "\n")))


def test_one_page_is_not_read_from_a_batch(tmp_path: Path) -> None:
    with pytest.raises(UnreadableInput, match="one page"):
        read_page(str(rows(tmp_path / "a.jsonl", {"id": 1, "text": "tin"})))


def test_rows_are_read_one_at_a_time(tmp_path: Path) -> None:
    """What is asked for is read, no more: a file that grows while it is read shows it."""
    path = rows(tmp_path / "a.jsonl", *({"id": n, "text": "tin"} for n in range(3)))
    stream = Reader([str(path)]).pages()
    next(stream)
    with path.open("a", encoding="utf-8") as file:
        file.write('{"id": 3, "text": "tin"}\n')
    assert len(list(stream)) == 3


def test_what_a_folder_holds_beside_pages_is_counted(tmp_path: Path) -> None:
    for name in ("pages/a.txt", "pages/b.css", "pages/c/d.CSS", "pages/e.php?id=1", "pages/f", "other/g.txt"):
        write(tmp_path / name, "chữ")
    (tmp_path / "pages" / "link").symlink_to(tmp_path / "other")
    reader = Reader([str(tmp_path / "pages")])
    for _ in range(2):
        assert ids(list(reader.pages())) == ["a.txt"]
        assert reader.left_out == {".css": 2, ".php": 1, "links to folders": 1, "other names": 1}


def test_a_pipe_is_never_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "x.txt")
    os.mkfifo(tmp_path / "x.json")
    reasons = [item.reason for item in read(tmp_path) if isinstance(item, Rejected)]
    assert reasons == ["The file is a pipe or a device"] * 2
    for name in ("x.txt", "x.json"):
        with pytest.raises(UnreadableInput, match="is a pipe or a device"):
            Reader([str(tmp_path / name)])


def test_rows_are_read_from_a_pipe(tmp_path: Path) -> None:
    row = b'{"id": 1, "text": "tin"}\n'
    for name, content in (("x.jsonl", row), ("x.jsonl.gz", gzip.compress(row))):
        os.mkfifo(tmp_path / name)
        writer = Thread(target=(tmp_path / name).write_bytes, args=(content,), daemon=True)
        writer.start()
        assert ids(read(tmp_path / name)) == [1]
        writer.join()


@pytest.mark.parametrize(("name", "depth"), [("d", 1100), ("d" * 200, 25)])
def test_folders_in_folders_however_deep_take_no_page_with_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, depth: int
) -> None:
    write(tmp_path / "z.txt", "chữ")
    monkeypatch.chdir(tmp_path)
    for _ in range(depth):
        os.mkdir(name)
        os.chdir(name)
    os.chdir(tmp_path)
    assert ids(read(tmp_path)) == ["z.txt"]
    subprocess.run(["rm", "-r", tmp_path / name], check=True)  # Python's own removal is a recursion


def test_the_path_of_the_input_goes_before_an_id_that_an_earlier_input_has(tmp_path: Path) -> None:
    for name in ("a/x.txt", "a/y.txt", "b/x.txt", "c/x.txt"):
        write(tmp_path / name, "chữ")
    expected = ["x.txt", "y.txt", f"{tmp_path}/b/x.txt", f"{tmp_path}/c/x.txt"]
    arguments = [tmp_path / "a", tmp_path / "b" / "x.txt", tmp_path / "c"]
    assert ids(read(*arguments)) == expected
    reader = Reader([str(argument) for argument in arguments])
    for skip in range(4):
        assert [item.id for item in reader.items(skip) if isinstance(item, Raw)] == expected[skip:]


def test_a_page_of_as_many_lines_as_a_page_may_have() -> None:
    assert page_of("x\n" * MAX_LINES).line_count == MAX_LINES


def test_a_page_of_four_bytes_a_character_may_be_as_long_as_any(tmp_path: Path) -> None:
    (page,) = read(write(tmp_path / "a.txt", "🌾" * 1000))
    assert isinstance(page, Input)


def test_a_page_of_too_many_lines(tmp_path: Path) -> None:
    path = write(tmp_path / "a.txt", b"x\n" * 50_001)
    assert only_reason(path, max_chars=200_000) == "The page has 50,001 lines that are not blank, more than 50,000"
