"""The bench against peers: the rules, the tools, and how a tool's output is set against the lines."""

import csv
import sys
from itertools import product
from pathlib import Path

import numpy as np
import pytest

from locbao.experiments.measurement import tool
from locbao.experiments.studies.peers import plain_text_peers as peers
from locbao.experiments.studies.peers.extractors import LINE_KEEPERS, as_html, c4, c4_once, carry_over, long_lines
from locbao.predict.optional import MissingLibrary
from locbao.train.corpus.corpus_files import CorpusError, write_rows
from locbao.train.corpus.labelled_pages import read_corpus

PARAGRAPH = (
    "Sáng 12/5, đoàn công tác của huyện đã đến kiểm tra đoạn kè mới xây bên bờ sông, nơi mùa mưa năm ngoái nước đã "
    "cuốn trôi gần hai trăm mét đường và làm ngập hơn ba mươi căn nhà của người dân trong xã. Đoàn cũng đã thăm hỏi "
    "những gia đình phải dời nhà."
)
SECOND = (
    "Theo ông trưởng thôn, từ khi có kè, bà con yên tâm trồng lại vườn cây ăn trái, còn học sinh thì không phải đi "
    "vòng qua con dốc phía sau núi mỗi khi nước lên như những năm trước đây nữa. Người dân chỉ mong đoạn còn lại sớm "
    "được làm xong trước mùa mưa này."
)
LINES = [
    ("Thời sự", "sidebar"),
    ("Kè mới giữ yên bờ sông", "body"),
    (PARAGRAPH, "body"),
    ("Đoạn kè nhìn từ cầu. Ảnh: Minh Thư", "caption"),
    ("", None),
    (SECOND, "body"),
    ("Chia sẻ", "sidebar"),
    ("Thời sự", "sidebar"),
    ("Giá < 5 triệu & “nhiều” quà tặng", "sidebar"),
]
TEXTS = [text for text, label in LINES if label]


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """Two pages in two styles; the last line of the first is not sure."""
    path, rows = tmp_path / "pages.jsonl", []
    for name, style in product(("one", "two"), ("main", "full")):
        lines: list[dict[str, object]] = [{"text": text, "label": label} for text, label in LINES]
        lines[-1]["sure"] = name == "two"
        rows.append({"id": f"{name}/{style}", "site": name, "style": style, "lines": lines})
    write_rows(path, rows)
    return path


def kept(lines: list[str], pieces: list[str]) -> list[bool]:
    flags: list[bool] = carry_over(lines, [(piece, True) for piece in pieces]).tolist()
    return flags


def test_pieces_are_found_in_order() -> None:
    assert kept(["a", "b", "c", "d"], ["b", "d"]) == [False, True, False, True]
    assert kept(["a", "b"], []) == [False, False]
    assert kept([], ["a"]) == []
    assert kept(["a", "b"], ["", "x", " "]) == [False, False]


def test_a_repeated_line_is_found_where_its_neighbours_are() -> None:
    assert kept(["tin", "a", "tin", "b"], ["a", "tin", "b"]) == [False, True, True, True]
    assert kept(["tin", "a", "tin"], ["tin"]) == [True, False, False]
    pieces = [("tin", False), ("a", True), ("tin", True)]
    assert carry_over(["tin", "a", "tin"], pieces).tolist() == [False, True, True]


def test_pieces_that_a_tool_rewrote_joined_or_cut() -> None:
    assert kept(["Hoà\u00a0bình", "b"], ["Hòa bình"]) == [True, False]
    assert kept(["a", "một hai", "ba bốn", "c"], ["a", "một hai ba bốn", "c"]) == [True] * 4
    assert kept(["một hai", "ba bốn", "c"], ["a", "một hai ba bốn"]) == [True, True, False]
    assert kept(["một hai ba", "bốn năm sáu"], ["hai ba", "sáu"]) == [True, False]


def test_rules() -> None:
    assert long_lines(["x" * 99, "x" * 100]).tolist() == [False, True]
    lines = [
        "Nước lên rất nhanh.",
        "Nước lên rất nhanh đêm qua.",
        "“Nước lên rất nhanh đêm qua”",
        "Nước lên rất nhanh đêm qua...",
        "Nước lên rất nhanh đêm qua",
        "Hãy bật JavaScript để xem trang này.",
        "nước lên rất nhanh đêm qua.",
    ]
    assert c4(lines).tolist() == [False, True, True, False, False, False, True]
    assert c4_once(lines).tolist() == [False, True, True, False, False, False, False]


def test_html_keeps_the_text() -> None:
    assert "<p>Giá &lt; 5 triệu &amp; “nhiều” quà tặng</p>" in as_html(TEXTS)


@pytest.mark.parametrize("peer", LINE_KEEPERS)
def test_every_peer_answers_for_every_line(peer: str) -> None:
    for name in ("justext", "boilerpy3", "trafilatura"):
        pytest.importorskip(name)
    flags = LINE_KEEPERS[peer](TEXTS)
    assert flags.shape == (len(TEXTS),)
    assert flags.dtype == np.bool_
    assert flags[TEXTS.index(PARAGRAPH)]
    assert flags[TEXTS.index(SECOND)]


def test_a_missing_tool_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("boilerpy3.extractors", "readability"):
        monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(MissingLibrary, match=r"boilerpy3, which is not installed.*pip install boilerpy3"):
        tool("boilerpy3.extractors")
    with pytest.raises(MissingLibrary, match="pip install readability-lxml"):
        tool("readability")


def test_the_bench_scores_rules_and_our_probabilities(corpus: Path) -> None:
    pages = peers.read_styles(corpus)
    keepers = {name: LINE_KEEPERS[name] for name in ("keep all", "long lines")}
    truth = {"body": [1.0, 0, 0], "caption": [0, 1.0, 0], "sidebar": [0, 0, 1.0]}
    ours = {page.id: np.array([truth[label] for label in page.labels if label]) for page in read_corpus([corpus])}
    main, full = (peers.bench(pages[style], ours, keepers) for style in ("main", "full"))
    assert main[peers.OURS]["body_f1"].value == 1
    assert main[peers.OURS]["captions_as_body"].value == 0
    assert main["keep all"]["body_precision"].value == pytest.approx(0.4)
    assert full["long lines"]["body_recall"].value == pytest.approx(2 / 3)
    table = peers.peer_table("Style `full`", full, {"body_f1": "body F1"})
    assert table.startswith("## Style `full`: 2 pages, lines: 6 body, 2 caption, 7 sidebar\n\n|")
    assert "| locbao (sites unseen) | 1.000 [1.000, 1.000] |" in table


@pytest.mark.slow
def test_the_bench_writes_its_tables(corpus: Path, tmp_path: Path) -> None:
    for name in ("justext", "boilerpy3", "trafilatura"):
        pytest.importorskip(name)
    peers.run(corpus, results=tmp_path / "results")
    text = (tmp_path / "results" / "peers.md").read_text(encoding="utf-8")
    assert text.startswith("# The same lines, labelled by peers\n")
    with (tmp_path / "results" / "peers.csv").open(encoding="utf-8", newline="") as file:
        rows = {(row["style"], row["peer"], row["figure"]): row["value"] for row in csv.DictReader(file)}
    assert rows["main", "keep all", "body_precision"] == "0.4000"
    assert {peer for _, peer, _ in rows} == set(LINE_KEEPERS)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("{", "cannot be read"),
        ("[]", "cannot be read"),
        ('{"id": "one/full"}', "cannot be read"),
        ('{"id": "one/full", "probabilities": [[1, 0, 0]]}', "'one/main' is missing"),
        ('{"id": "one/main", "probabilities": [[1, 0, 0]]}', "shape"),
    ],
)
def test_predictions_that_do_not_fit(corpus: Path, tmp_path: Path, content: str, message: str) -> None:
    path = tmp_path / "ours.jsonl"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(CorpusError, match=message):
        peers.run(corpus, path, tmp_path)


def test_pages_without_a_style(corpus: Path, tmp_path: Path) -> None:
    path = tmp_path / "plain.jsonl"
    path.write_text(corpus.read_text(encoding="utf-8").replace('"full"', '""'), encoding="utf-8")
    with pytest.raises(CorpusError, match="no page of style 'full'"):
        peers.read_styles(path)
