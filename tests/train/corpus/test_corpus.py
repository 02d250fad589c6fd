"""Readers of corpora: what they give, and what they say about a bad file."""

import gzip
import json
from pathlib import Path

import pytest

from locbao.train.corpus.corpus_files import CorpusError
from locbao.train.corpus.labelled_pages import read_articles, read_corpus, read_headlines

LINES = [
    {"text": "Cầu mới thông xe", "label": "body"},
    {"text": "", "label": None},
    {"text": "Chia sẻ", "label": "sidebar"},
]


def page(**fields: object) -> str:
    return json.dumps({"id": "a", "site": "làng", "lines": LINES} | fields, ensure_ascii=False)


def written(folder: Path, *rows: str, name: str = "corpus.jsonl") -> Path:
    path = folder / name
    path.write_text("\n".join(rows), encoding="utf-8")
    return path


def test_a_page_keeps_its_lines_and_says_where_it_stood(tmp_path: Path) -> None:
    path = written(tmp_path, "", page(style="main"))
    (read,) = read_corpus([path])
    assert (read.id, read.site, read.style, read.source) == ("a", "làng", "main", f"{path}:2")
    assert read.lines == ("Cầu mới thông xe", "", "Chia sẻ")
    assert read.labels == ("body", None, "sidebar")
    assert read.sure == (True, True, True)
    assert read.kinds == (None, None, None)


def test_unsure_lines_and_kinds_are_kept(tmp_path: Path) -> None:
    lines = [{"text": "Cầu mới", "label": "body", "kind": "title"}, {"text": "Mai Anh", "label": "body", "sure": False}]
    (read,) = read_corpus([written(tmp_path, page(lines=lines))])
    assert read.kinds == ("title", None)
    assert read.sure == (True, False)


@pytest.mark.parametrize(
    ("fields", "site"),
    [
        ({"site": "một", "newspaper": "hai", "url": "https://ba.example/x"}, "một"),
        ({"site": None, "newspaper": "hai", "url": "https://ba.example/x"}, "hai"),
        ({"site": None, "url": "https://www.ba.example/x"}, "ba.example"),
    ],
)
def test_the_site_is_the_first_of_site_newspaper_and_host(tmp_path: Path, fields: dict[str, str], site: str) -> None:
    assert read_corpus([written(tmp_path, page(**fields))])[0].site == site


def test_gzip_and_a_byte_order_mark_are_read(tmp_path: Path) -> None:
    path = tmp_path / "corpus.jsonl.gz"
    path.write_bytes(gzip.compress(b"\xef\xbb\xbf" + page().encode()))
    assert read_corpus([path])[0].id == "a"


@pytest.mark.parametrize(
    ("row", "what"),
    [
        ("{", "not JSON"),
        ("[1]", "not an object"),
        (page(id=""), 'no "id"'),
        (page(site=None), "no site"),
        (page(lines=[]), 'no "lines"'),
        (page(lines=[{"text": " ", "label": None}]), "empty"),
        (page(lines=["Cầu"]), "line 1 of page 'a': not an object with a text"),
        (page(lines=[*LINES, {"text": "Cầu", "label": "menu"}]), "line 4 of page 'a': unknown label 'menu'"),
        (page(lines=[{"text": "Cầu", "label": None}]), "line 1 of page 'a': no label"),
        (page(lines=[*LINES, {"text": "\u200b", "label": "body"}]), "label 'body' on a blank line"),
        (page(lines=[{"text": "Cầu\nmới", "label": "body"}]), "a line break inside"),
        (page(lines=[*LINES, {"text": "Cầu", "label": "body", "sure": "no"}]), "line 4 of page 'a': \"sure\" is 'no'"),
        (page(lines=[{"text": "Cầu", "label": "body", "sure": 0}]), '"sure" is 0'),
    ],
)
def test_a_fault_is_named_with_file_and_line(tmp_path: Path, row: str, what: str) -> None:
    path = written(tmp_path, page(id="good"), row)
    with pytest.raises(CorpusError) as caught:
        read_corpus([path])
    assert str(caught.value).startswith(f"{path}:2")
    assert what in str(caught.value)


def test_a_file_that_is_named_twice_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path, page())
    with pytest.raises(CorpusError, match=r"id 'a' stands already at "):
        read_corpus([path, path])


def test_an_id_met_in_another_file_is_refused(tmp_path: Path) -> None:
    first, second = written(tmp_path, page(), name="a.jsonl"), written(tmp_path, page(), name="b.jsonl")
    with pytest.raises(CorpusError, match=r"b\.jsonl:1: id 'a' stands already at .*a\.jsonl:1"):
        read_corpus([first, second])


@pytest.mark.parametrize(
    ("name", "data", "where"),
    [
        ("bad.jsonl", page().encode() + b"\n\xff\n", "bad.jsonl:2: The text is not UTF-8"),
        ("bad.jsonl", b"\n\n", "bad.jsonl: There is no row"),
        ("bad.jsonl.gz", page().encode(), "bad.jsonl.gz:1: The compressed file is damaged"),
        (
            "bad.jsonl.gz",
            gzip.compress(page().encode(), mtime=0)[:30],
            "bad.jsonl.gz:1: The compressed file is damaged",
        ),
    ],
)
def test_files_that_cannot_be_read(tmp_path: Path, name: str, data: bytes, where: str) -> None:
    (tmp_path / name).write_bytes(data)
    with pytest.raises(CorpusError) as caught:
        read_corpus([tmp_path / name])
    assert where in str(caught.value)


def test_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="No such file"):
        read_corpus([tmp_path / "none.jsonl"])


def test_headlines(tmp_path: Path) -> None:
    whole = '{"title": "Gió mùa về", "summary": "Trời lạnh.", "newspaper": "núi - Thời tiết"}'
    assert [
        (read.title, read.summary, read.site) for read in read_headlines(written(tmp_path, whole, '{"title": "Mưa"}'))
    ] == [
        ("Gió mùa về", "Trời lạnh.", "núi"),
        ("Mưa", "", ""),
    ]
    with pytest.raises(CorpusError, match=r':2: no "title"'):
        read_headlines(written(tmp_path, '{"title": "Mưa"}', "{}"))


def test_articles(tmp_path: Path) -> None:
    row = {"id": "x/1", "source": "x", "title": "Mưa", "lead": "", "body": ["Một.", "Hai."], "captions": ["Ảnh"]}
    (read,) = read_articles(written(tmp_path, json.dumps(row)))
    assert (read.id, read.title, read.lead) == ("x/1", "Mưa", "")
    assert (read.body, read.captions) == (("Một.", "Hai."), ("Ảnh",))
    with pytest.raises(CorpusError, match=r':1: "body" is not a list of texts'):
        read_articles(written(tmp_path, json.dumps(row | {"body": "Một."})))
