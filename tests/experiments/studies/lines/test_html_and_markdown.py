"""The study of pages as HTML and Markdown."""

import gzip
from pathlib import Path

import numpy as np
import pytest

from locbao.experiments.result_files import finished
from locbao.experiments.studies.lines.html_and_markdown import (
    WAYS,
    SourcePage,
    agreement,
    by_way,
    confusions,
    figures,
    page_table,
    run,
    way_table,
)
from locbao.features.labels import LABELS
from locbao.predict.load import load
from locbao.predict.reading.markup import Markup
from locbao.predict.reading.parsing import page_of
from locbao.train.corpus.corpus_files import CorpusError, write_rows
from tests.predict.reading.test_markup import MARKDOWN, PLAIN
from tests.support.tables import cells
from tests.support.training import QUICK, TWO_SITES
from tests.support.village import labelled

TRUTH = ["sidebar", "sidebar", "body", "body", "body", "caption", "body", "sidebar"]
GOLD = labelled("bao/full", "bao", list(zip(PLAIN, TRUTH, strict=True)))
SOURCE = SourcePage(GOLD, MARKDOWN, Markup.MARKDOWN, page_of(MARKDOWN, "markdown"))


def test_hidden_links_are_plain_lines_and_a_page_is_counted_in_every_way() -> None:
    ways = by_way(load().line_model, SOURCE)
    assert list(ways) == [*WAYS, "Markdown taken for text"]
    assert ways[WAYS[0]].tolist() == ways[WAYS[1]].tolist()
    counts = confusions(GOLD, ways)
    assert {way: int(of.sum()) for way, of in counts.items()} == dict.fromkeys(ways, 8)
    assert page_table([SOURCE], [counts]).splitlines()[2].startswith("| bao       |     8 |")


def test_differences_are_paired() -> None:
    right = np.diag([2, 2, 2])
    wrong = right + np.eye(3, k=1, dtype=np.int64)
    pages = [{WAYS[0]: wrong, WAYS[1]: wrong, WAYS[2]: right} for _ in range(3)]
    rows = cells(way_table(pages, ["a", "b", "b"]))
    assert rows[2] == [WAYS[0], "6", "0.7556", "", ""]
    assert rows[3] == [WAYS[1], "6", "0.7556", "+0 [+0, +0]", "+0.000 [+0.000, +0.000]"]
    assert rows[4] == [WAYS[2], "0", "1.0000", "-6 [-8, -4]", "+0.244 [+0.244, +0.244]"]
    assert figures(right.reshape(1, -1).astype(float))["errors"].tolist() == [0]


def test_a_renderings_lines_are_held_against_those_of_the_html() -> None:
    html = "".join(f"<p>{line}</p>" for line in PLAIN)
    source = SourcePage(GOLD, html, Markup.HTML, page_of(html, "html"))
    assert agreement(load().line_model, source, "\n\n".join(PLAIN)) == (8, 8)


def test_pages_that_name_no_source_are_not_measured(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="no page names what it was labelled from"):
        run(sources=tmp_path, results=tmp_path)


@pytest.mark.slow
def test_the_whole_study(tmp_path: Path) -> None:
    pytest.importorskip("html2text")
    pytest.importorskip("markdownify")
    pytest.importorskip("trafilatura")
    config = tmp_path / "quick.toml"
    config.write_text(QUICK.replace("folds = 0", "folds = 3"), encoding="utf-8")
    html = "".join(f"<p>{line}</p>" for line in PLAIN)
    rows = []
    for name, content in (("bao.md.gz", MARKDOWN), ("tin.html.gz", html)):
        (tmp_path / name).write_bytes(gzip.compress(content.encode()))
        lines = [{"text": text, "label": label} for text, label in zip(PLAIN, TRUTH, strict=True)]
        rows.append({"id": name, "site": name[:3], "style": "full", "source": name, "lines": lines})
    gold = tmp_path / "gold.jsonl"
    write_rows(gold, rows)
    unseen = tmp_path / "unseen.jsonl"
    run([gold, *TWO_SITES], config=config, jobs=1, predictions=unseen, results=tmp_path, sources=tmp_path)
    text = (tmp_path / "markdown.md").read_text(encoding="utf-8")
    assert "## 1 pages, markdown" in text
    assert "| html2text" in text
    assert "Trang chủ" not in text
    (row,) = finished(unseen)
    assert np.array(row["probabilities"]).shape == (len(PLAIN), len(LABELS))
