"""The bench on real HTML, here on an invented page: every tool answers, and what it keeps is scored."""

import gzip
from pathlib import Path

import numpy as np
import pytest

from locbao.experiments.studies.lines.html_and_markdown import SourcePage
from locbao.experiments.studies.peers.extractors import HTML_TOOLS
from locbao.experiments.studies.peers.html_peers import measure, run
from locbao.experiments.studies.peers.plain_text_peers import OURS
from locbao.features.labels import LABELS
from locbao.predict.reading.markup import Markup
from locbao.predict.reading.parsing import page_of
from locbao.train.corpus.corpus_files import write_rows
from tests.support.village import labelled

HEADLINE = "Kè mới giữ yên bờ sông sau ba mùa lũ liên tiếp"
LINES = [
    *[(f"Mục {name}", "sidebar") for name in ("thời sự", "kinh tế", "đời sống", "văn hóa", "thể thao", "bạn đọc")],
    (HEADLINE, "body"),
    *[
        (f"Người dân xóm {place} chỉ mong đoạn kè còn lại sớm được làm xong trước mùa mưa này, trưởng xóm cho biết "
         "trong buổi gặp mặt bà con ở nhà văn hóa, nơi ai cũng có điều muốn nói về sông. Năm ngoái nước lên tới bậc "
         "thềm của những nhà gần bờ, và cả xóm đã thức trắng hai đêm để đắp lại con đê đất bằng bao cát.", "body")
        for place in ("Trong", "Ngoài", "Đông", "Đoài", "Thượng", "Hạ")
    ],
    ("Đoạn kè nhìn từ cầu. Ảnh: Minh Thư", "caption"),
    ("Giấy phép số 1", "sidebar"),
]  # fmt: skip
GOLD = labelled("a", "s", LINES)
MENU = "".join(f"<li><a href=/>{text}</a></li>" for text, _ in LINES[:6])
ARTICLE = "".join(f"<p>{text}</p>" for text, label in LINES[7:] if label == "body")
HTML = (
    f"<html><head><title>{HEADLINE}</title></head><body><nav><ul>{MENU}</ul></nav><article><h1>{HEADLINE}</h1>{ARTICLE}"
    "<figure><img src=a.jpg><figcaption>Đoạn kè nhìn từ cầu. Ảnh: Minh Thư</figcaption></figure></article><footer>"
    "<p>Giấy phép số 1</p></footer></body></html>"
)
TRUTH = np.eye(len(LABELS))[[LABELS.index(label) for _, label in LINES]]


@pytest.mark.parametrize("name", HTML_TOOLS)
def test_every_tool_finds_the_article(name: str) -> None:
    for module in ("trafilatura", "readability", "justext", "boilerpy3", "resiliparse"):
        pytest.importorskip(module)
    page = SourcePage(GOLD, HTML, Markup.HTML, page_of(HTML))
    scores = measure([page], {"a": TRUTH}, {name: HTML_TOOLS[name]})
    assert list(scores) == [name, OURS]
    assert scores[name]["body_token_f1"].value > 0.7
    assert scores[name]["sidebar_as_body"].value < 0.5
    assert scores[OURS]["body_token_f1"].value == 1


def test_pages_with_html_count(tmp_path: Path) -> None:
    for module in ("trafilatura", "readability", "justext", "boilerpy3", "resiliparse"):
        pytest.importorskip(module)
    (tmp_path / "a.html.gz").write_bytes(gzip.compress(HTML.encode()))
    lines = [{"text": text, "label": label} for text, label in LINES]
    rows = [
        {"id": "a", "site": "s", "style": "full", "source": "a.html.gz", "lines": lines},
        {"id": "b", "site": "s", "style": "full", "lines": lines},
    ]
    gold, ours = tmp_path / "gold.jsonl", tmp_path / "ours.jsonl"
    write_rows(gold, rows)
    write_rows(ours, [{"id": "a", "probabilities": TRUTH.tolist()}])
    run(gold, tmp_path, ours, tmp_path)
    text = (tmp_path / "html.md").read_text(encoding="utf-8")
    assert "## Whole pages: 1 pages, lines: 7 body, 1 caption, 7 sidebar" in text
    assert HEADLINE not in text
