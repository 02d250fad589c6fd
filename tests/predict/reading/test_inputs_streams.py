"""Reading as a stream: passing over what is done, compressed files, chosen fields, and any bytes at all."""

import gzip
import io
import json
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from threading import Event, Thread, get_ident

import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from locbao.predict.optional import MissingLibrary
from locbao.predict.reading.inputs import Reader, UnreadableInput, read_page
from locbao.predict.reading.items import Input, Raw, ReadOptions, Rejected
from locbao.predict.reading.jsonl import row_limit

ROWS = b"".join(b'{"id": %d, "text": "tin"}\n' % number for number in range(20_000))
PACK: dict[str, Callable[[bytes], bytes]] = {
    "jsonl": bytes,
    "jsonl.gz": gzip.compress,
    "jsonl.zst": zstandard.ZstdCompressor().compress,
}


@pytest.fixture
def inputs(tmp_path: Path) -> list[str]:
    """Something of every kind, with bad pages among the good ones."""
    folder = tmp_path / "pages"
    (folder / "sub").mkdir(parents=True)
    (folder / "empty").mkdir()
    (folder / "a.txt").write_text("tin")
    (folder / "b.txt").write_bytes(b"\xff")
    (folder / "sub" / "c.html").write_text("<p>tin")
    (tmp_path / "one.txt").write_text("tin")
    (tmp_path / "rows.jsonl").write_bytes(b'{"id": 1, "text": "tin"}\n\n{\n' + b" " * 2_000_000 + b'{"id": 2}\n')
    (tmp_path / "none.jsonl").write_bytes(b"\n")
    (tmp_path / "cut.jsonl.gz").write_bytes(gzip.compress(ROWS[:250])[:-9])
    (tmp_path / "cut.jsonl.zst").write_bytes(PACK["jsonl.zst"](ROWS[:250])[:-1])
    names = ("pages", "one.txt", "pages/empty", "rows.jsonl", "none.jsonl", "cut.jsonl.gz", "cut.jsonl.zst")
    return [str(tmp_path / name) for name in names]


def test_a_row_as_long_as_a_row_may_be_takes_none_with_it(tmp_path: Path) -> None:
    options = ReadOptions(max_chars=10)
    row = b'{"id": 1, "text": "tin"}'
    path = tmp_path / "rows.jsonl"
    for spare in (0, 1):
        longest = row.ljust(row_limit(options) - 1 + spare) + b"\n"
        path.write_bytes(longest + row + b"\n")
        items = list(Reader([str(path)], options).items())
        assert [type(item) for item in items] == [Rejected if spare else Raw, Raw]
        assert [item.source.row for item in items] == [1, 2]


def test_any_number_of_items_is_passed_over(inputs: list[str]) -> None:
    reader = Reader(inputs, ReadOptions(max_chars=1000))
    whole = list(reader.items())
    assert reader.fraction == pytest.approx(1)
    assert len(whole) > 10
    assert sum(isinstance(item, Rejected) for item in whole) >= 4
    for skip in range(len(whole) + 2):
        assert list(reader.items(skip)) == whole[skip:]


def test_what_is_passed_over_is_not_opened(tmp_path: Path) -> None:
    for name in "abc":
        (tmp_path / f"{name}.txt").write_text("tin")
    stream = Reader([str(tmp_path)]).items(2)
    (tmp_path / "a.txt").unlink()
    (tmp_path / "a.txt").symlink_to("nowhere")
    assert [item.id for item in stream if isinstance(item, Raw)] == ["c.txt"]


def test_the_fraction_grows(inputs: list[str]) -> None:
    reader = Reader(inputs)
    shares = [reader.fraction or 0.0 for _ in reader.items()]
    assert shares == sorted(shares)
    assert shares[0] < shares[-1] <= 1


def test_the_fraction_of_standard_input_is_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(ROWS)))
    reader = Reader(["-"])
    assert len(list(reader.items())) == 20_000
    assert reader.fraction is None


def test_ctrl_c_ends_the_wait_for_a_pipe(tmp_path: Path) -> None:
    """Another thread gets the signal, so that no call of the system is interrupted: Python alone is told."""
    path, ended = tmp_path / "rows.jsonl", Event()
    os.mkfifo(path)

    def interrupt() -> None:
        with open(path, "wb") as file:
            file.write(ROWS[:25])
            file.flush()
            ended.wait(0.1)
            signal.pthread_kill(get_ident(), signal.SIGINT)
            assert ended.wait(30)

    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    writer = Thread(target=interrupt)
    writer.start()
    try:
        with pytest.raises(KeyboardInterrupt):
            list(Reader([str(path)], ReadOptions()).items())
    finally:
        ended.set()
        writer.join()
        signal.signal(signal.SIGINT, before)


@pytest.mark.parametrize("suffix", PACK)
def test_rows_of_every_packing(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"a.{suffix}"
    path.write_bytes(PACK[suffix](ROWS[:500_000]) + PACK[suffix](ROWS[500_000:]))
    items = list(Reader([str(path)]).items())
    assert [item.source.row for item in items] == list(range(1, 20_001))
    assert b"".join(item.data + b"\n" for item in items if isinstance(item, Raw)) == ROWS


@pytest.mark.parametrize("suffix", ["jsonl.gz", "jsonl.zst"])
@pytest.mark.parametrize("damage", ["cut", "cut off by a byte", "torn", "followed by something else"])
def test_damage_loses_no_row_before_it(tmp_path: Path, suffix: str, damage: str) -> None:
    packed = PACK[suffix](ROWS[:500_000]) + PACK[suffix](ROWS[500_000:])
    middle = len(packed) * 3 // 4
    data = {
        "cut": packed[:middle],
        "cut off by a byte": packed[:-1],
        "torn": packed[:middle] + b"\xff" * 64 + packed[middle + 64 :],
        "followed by something else": packed + b"something else",
    }[damage]
    (tmp_path / f"a.{suffix}").write_bytes(data)
    *rows, last = Reader([str(tmp_path / f"a.{suffix}")]).items()
    assert all(isinstance(row, Raw) for row in rows[:-1])
    assert isinstance(last, Rejected)
    assert last.source.row is not None
    assert last.source.row >= len(rows) > 5000
    assert "The compressed file is damaged from this row on (" in last.reason


@pytest.mark.parametrize("suffix", ["jsonl.gz", "jsonl.zst"])
@pytest.mark.parametrize("end", [b"", b"\n"])
def test_what_follows_the_compressed_data_costs_no_row_of_it(tmp_path: Path, suffix: str, end: bytes) -> None:
    path = tmp_path / f"a.{suffix}"
    for garbage in (b"x", b"garbage", b"\x1f\x8b\x08", b"\x28\xb5", b"{}" * 5000):
        path.write_bytes(PACK[suffix](ROWS.rstrip(b"\n") + end) + garbage)
        *rows, last = Reader([str(path)]).items()
        assert [row.data for row in rows if isinstance(row, Raw)] == ROWS.splitlines()
        assert isinstance(last, Rejected)
        assert (last.source.row, last.reason[:45]) == (20_001, "The compressed file is damaged from this row ")


def test_zeros_may_follow_a_gzip_member(tmp_path: Path) -> None:
    data = b"".join(gzip.compress(rows) + b"\0" * 5000 for rows in (ROWS[:250], ROWS[250:500]))
    (tmp_path / "a.jsonl.gz").write_bytes(data)
    assert all(isinstance(item, Raw) for item in Reader([str(tmp_path / "a.jsonl.gz")]).items())


def test_zst_without_its_library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.jsonl.zst").write_bytes(b"")
    monkeypatch.setitem(sys.modules, "zstandard", None)
    with pytest.raises(MissingLibrary, match=r"needs zstandard, .*pip install zstandard, or use"):
        Reader([str(tmp_path / "a.jsonl.zst")])


def test_chosen_fields(tmp_path: Path) -> None:
    rows = [{"url": "u1", "content": "tin"}, {"url": "u2", "page": "<p>tin</p><p>hai</p>"}, {"id": 3, "text": "tin"}]
    (tmp_path / "a.jsonl").write_text("".join(f"{json.dumps(row)}\n" for row in rows))
    options = ReadOptions(text_field="content", html_field="page", id_field="url")
    first, second, third = Reader([str(tmp_path / "a.jsonl")], options).pages()
    assert isinstance(first, Input)
    assert isinstance(second, Input)
    assert isinstance(third, Rejected)
    assert (first.id, first.page.text, second.id, second.page.text) == ("u1", "tin", "u2", "tin\n\nhai")
    assert third.reason == 'The row has no "url"'


def test_text_comes_before_html(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text(
        '{"id": 1, "text": "tin", "html": "<p>x"}\n{"id": 1, "text": null, "html": "<p>x"}\n'
    )
    assert [page.page.text for page in Reader([str(tmp_path / "a.jsonl")]).pages() if isinstance(page, Input)] == [
        "tin",
        "x",
    ]


def test_an_html_file_is_a_page(tmp_path: Path) -> None:
    (tmp_path / "a.htm").write_text("<title>x</title><h1>Chợ phiên</h1><p>Sáng nay", encoding="utf-8")
    assert read_page(str(tmp_path / "a.htm")).page.text == "Chợ phiên\n\nSáng nay"
    (tmp_path / "b.html").write_bytes(b"\x1f\x8b\0")
    with pytest.raises(UnreadableInput, match="The data is binary"):
        read_page(str(tmp_path / "b.html"))


def test_an_html_file_may_be_larger_than_its_text(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text("<script>" + "x" * 100_000 + "</script><p>tin")
    reader = Reader([str(tmp_path / "a.html")], ReadOptions(max_chars=10))
    (page,) = reader.pages()
    assert isinstance(page, Input)
    assert page.page.text == "tin"
    (tmp_path / "a.html").write_text("<script>" + "x" * 5_000_000 + "</script><p>tin")
    (rejected,) = reader.pages()
    assert isinstance(rejected, Rejected)
    assert rejected.reason == "The file is too large for a page of 10 characters (see --max-chars)"


@settings(deadline=None)
@given(st.lists(st.binary(max_size=40), max_size=20))
def test_any_rows_are_read_one_for_one(tmp_path_factory: pytest.TempPathFactory, lines: list[bytes]) -> None:
    lines = [line.replace(b"\n", b"") for line in lines]
    path = tmp_path_factory.mktemp("rows") / "a.jsonl"
    path.write_bytes(b"".join(line + b"\n" for line in lines))
    rows: list[int | None] = [number for number, line in enumerate(lines, 1) if line.strip(b"\xef\xbb\xbf \t\r\n")]
    assert [item.source.row for item in Reader([str(path)]).pages()] == (rows or [None])
