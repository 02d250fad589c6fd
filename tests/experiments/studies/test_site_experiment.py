"""The experiment on site memory: its tables on pages that are made up."""

from dataclasses import replace

import numpy as np

from locbao.experiments.studies import site_gain as site_memory
from locbao.experiments.studies import site_signatures
from locbao.experiments.studies.site_cost import cost_table
from locbao.train.corpus.labelled_pages import CorpusPage
from locbao.train.evaluation.line_scores import ScoredPage
from locbao.train.lines.config import LineConfig
from tests.train.lines.test_site_fit import PAGES, believed
from tests.village import labelled


def scored() -> dict[str, list[ScoredPage]]:
    return {style: [believed(page) for page in PAGES if page.style == style] for style in ("full", "main")}


def test_each_site_is_told_by_weights_of_the_others() -> None:
    found = site_memory.tried(scored(), PAGES, LineConfig())
    assert len(found) == len(PAGES)
    assert [found[0].draw(size) for size in (1, 2, 4, 5, 9, None)] == [0, 5, 10, None, None, 19]
    alone = site_memory.tried(scored(), PAGES, LineConfig(groups=(("lang", "ban"),)))  # nobody is left to learn from
    for one in alone:
        assert all(np.array_equal(after.probabilities, one.page.probabilities) for after in one.after)


def test_tables_tell_what_is_mended() -> None:
    found = [one for one in site_memory.tried(scored(), PAGES, LineConfig()) if one.style == "full"]
    rows = site_memory.change_table(found).splitlines()[2:]
    assert len(rows) == 12
    assert {tuple(cell.strip() for cell in row.split("|")[3:8]) for row in rows} == {
        ("sidebar", "body", "sidebar", "0.83", "mended")
    }
    sizes = site_memory.size_table(found).splitlines()[2:]
    assert [row.split("|")[1].strip() for row in sizes[::3]] == [f"{size} (12 pages)" for size in (1, 2, 4, "all")]


def newspaper(signed: list[str]) -> list[CorpusPage]:
    """A page for each signature."""
    made = [labelled(f"p{n}", "lang", [(f"Đoạn {n}", "body"), (name, "body")]) for n, name in enumerate(signed)]
    return [replace(page, kinds=("body", "author")) for page in made]


def test_how_often_signatures_come_back() -> None:
    names = ["Lò Vân"] * 3 + [f"Sùng Mây {n}" for n in range(17)]
    assert sorted(site_signatures.coming_back(newspaper(names)), reverse=True) == [(2, 19)] * 3 + [(0, 19)] * 17
    assert site_signatures.coming_back(newspaper(names[:19])) == []  # too few pages to tell


def test_signatures_that_are_lost_are_counted() -> None:
    told = [told for one in site_memory.tried(scored(), PAGES, LineConfig()) for told in one.told]
    lines = [("Một đoạn dài hơn tám chữ về mùa nước nổi", "body"), ("Lò Vân", "body")]
    own = labelled("ban-9", "ban", lines, "article")
    text = site_signatures.signature_table({"article": [believed(own)]}, newspaper(["Lò Vân"] * 20), told)
    assert text.startswith("Of 20 signatures on the pages of newspapers with 20 pages or more, 100% stand on other")
    assert "Here are the 1 signatures" in text
    assert [row.split("|")[2].strip() for row in text.splitlines()[-2:]] == ["100.0%", "100.0%"]


def test_the_cost_is_measured() -> None:
    rows = cost_table(PAGES[:1]).splitlines()
    assert [row.split("|")[1].strip() for row in rows[2:]] == [
        "first pass: read and count",
        "label",
        "label with site memory",
    ]
