"""The experiment on site memory: its tables on pages that are made up."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from locbao.experiments.studies.lines.site_gain import (
    change_table,
    coming_back,
    cost_table,
    run,
    signature_table,
    size_table,
    with_memory,
)
from locbao.train.corpus.corpus_files import write_rows
from locbao.train.corpus.labelled_pages import CorpusPage
from locbao.train.evaluation.line_scores import ScoredPage
from locbao.train.evaluation.predictions import write_held_out
from locbao.train.lines.config import LineConfig
from tests.support.tables import cells
from tests.support.village import labelled
from tests.train.lines.test_site_fit import PAGES, believed


def scored() -> dict[str, list[ScoredPage]]:
    return {style: [believed(page) for page in PAGES if page.style == style] for style in ("full", "main")}


def as_row(page: CorpusPage) -> dict[str, object]:
    columns = zip(page.lines, page.labels, page.kinds, strict=True)
    lines = [{"text": text, "label": label, "kind": kind} for text, label, kind in columns]
    return {"id": page.id, "site": page.site, "style": page.style, "lines": lines}


def test_each_site_is_told_by_weights_of_the_others() -> None:
    compared = with_memory(scored(), PAGES, LineConfig())
    assert len(compared) == len(PAGES)
    assert [compared[0].draw(size) for size in (1, 2, 4, 5, 9, None)] == [0, 5, 10, None, None, 19]
    alone = with_memory(scored(), PAGES, LineConfig(groups=(("lang", "ban"),)))  # nobody is left to learn from
    for one in alone:
        assert all(np.array_equal(after.probabilities, one.page.probabilities) for after in one.after)


def test_tables_tell_what_is_mended() -> None:
    compared = [one for one in with_memory(scored(), PAGES, LineConfig()) if one.style == "full"]
    changes = cells(change_table(compared))[2:]
    assert len(changes) == 12
    assert {(*row[2:],) for row in changes} == {("sidebar", "body", "sidebar", "0.83", "mended")}
    sizes = cells(size_table(compared))[2::3]
    assert [row[0] for row in sizes] == [f"{size} (12 pages)" for size in (1, 2, 4, "all")]


def newspaper(signed: list[str]) -> list[CorpusPage]:
    """A page for each signature."""
    made = [labelled(f"p{n}", "lang", [(f"Đoạn {n}", "body"), (name, "body")]) for n, name in enumerate(signed)]
    return [replace(page, kinds=("body", "author")) for page in made]


def test_how_often_signatures_come_back() -> None:
    names = ["Lò Vân"] * 3 + [f"Sùng Mây {n}" for n in range(17)]
    assert sorted(coming_back(newspaper(names)), reverse=True) == [(2, 19)] * 3 + [(0, 19)] * 17
    assert coming_back(newspaper(names[:19])) == []  # too few pages to tell


def test_signatures_that_are_lost_are_counted() -> None:
    examples = [example for one in with_memory(scored(), PAGES, LineConfig()) for example in one.examples]
    lines = [("Một đoạn dài hơn tám chữ về mùa nước nổi", "body"), ("Lò Vân", "body")]
    signed = labelled("ban-9", "ban", lines, "article")
    text = signature_table({"article": [believed(signed)]}, newspaper(["Lò Vân"] * 20), examples)
    assert text.startswith("Of 20 signatures on the pages of newspapers with 20 pages or more, 100% stand on other")
    assert "Here are the 1 signatures" in text
    assert [row[1] for row in cells(text)[2:]] == ["100.0%", "100.0%"]


def test_the_cost_is_measured() -> None:
    rows = cells(cost_table(PAGES[:1]))[2:]
    assert [row[0] for row in rows] == ["first pass: read and count", "label", "label with site memory"]


@pytest.mark.slow
def test_the_whole_study(tmp_path: Path) -> None:
    write_held_out(tmp_path / "predictions.jsonl", scored())
    write_rows(tmp_path / "corpus.jsonl", map(as_row, PAGES))
    write_rows(tmp_path / "newspapers.jsonl", map(as_row, newspaper(["Lò Vân"] * 20)))
    run(tmp_path / "predictions.jsonl", tmp_path / "newspapers.jsonl", [tmp_path / "corpus.jsonl"], results=tmp_path)
    text = (tmp_path / "site_memory.md").read_text(encoding="utf-8")
    headings = [line for line in text.splitlines() if line.startswith("#")]
    assert headings == ["# Site memory", "## Style `full`", "## Style `main`", "## Signatures", "## Cost"]
    assert text.count("| mended |") == 24
