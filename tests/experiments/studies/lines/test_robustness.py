"""Pages written in other ways: what is rewritten, and what it costs."""

import unicodedata
from pathlib import Path

import numpy as np
import pytest

from locbao.experiments.studies.lines.robustness import REWRITINGS, loss_table, measure, run
from locbao.train.composer.sources import read_sources
from locbao.train.evaluation.line_scores import score
from locbao.train.lines.config import LineConfig
from tests.support.tables import cells
from tests.support.training import QUICK, TWO_SITES
from tests.support.village import labelled
from tests.train.evaluation.test_score import page as scored_page

PAGE = labelled("a", "s", [("Hòa bình ở thuỷ điện", "body"), ("", None), ("Quỳ và hoà, khoẻ", "sidebar")])
QUICK_CONFIG = LineConfig(composed=10, words=50, folds=2, iterations=3)


def test_rewritings() -> None:
    lines = {name: rewrite(PAGE).lines for name, rewrite in REWRITINGS.items()}
    assert lines["NFD"] == tuple(unicodedata.normalize("NFD", line) for line in PAGE.lines) != PAGE.lines
    assert lines["old tone placement"] == ("Hòa bình ở thủy điện", "", "Quỳ và hòa, khỏe")
    assert lines["new tone placement"] == ("Hoà bình ở thuỷ điện", "", "Quỳ và hoà, khoẻ")
    assert lines["CRLF"] == PAGE.lines
    bare = REWRITINGS["without blank lines"](PAGE)
    assert (bare.lines, bare.labels) == ((PAGE.lines[0], PAGE.lines[2]), ("body", "sidebar"))


def test_what_is_lost_is_against_the_same_style() -> None:
    body, _, sidebar = np.eye(3)
    right, wrong = [body, sidebar], [body, body]
    scores = {"main": score([scored_page(["body", "sidebar"], right)])}
    scores |= {f"main, {name}": score([scored_page(["body", "sidebar"], wrong)]) for name in REWRITINGS}
    rows = cells(loss_table(scores))[2:]
    assert rows[0] == ["main", "1.0000", ""]
    assert rows[1:] == [[f"main, {name}", "0.3333", "+0.6667"] for name in REWRITINGS]


def test_every_page_is_scored_in_every_way_and_nothing_is_learned_from_it() -> None:
    scores = measure(read_sources(TWO_SITES, []), QUICK_CONFIG, jobs=1)
    assert list(scores) == ["", *(f", {name}" for name in REWRITINGS)]
    assert len({(each.pages, each.lines) for each in scores.values()}) == 1
    assert scores[", CRLF"].confusion.tolist() == scores[", NFD"].confusion.tolist() == scores[""].confusion.tolist()


@pytest.mark.slow
def test_the_whole_study(tmp_path: Path) -> None:
    config = tmp_path / "quick.toml"
    config.write_text(QUICK.replace("folds = 0", "folds = 2"), encoding="utf-8")
    run(list(TWO_SITES), config=config, jobs=1, results=tmp_path)
    assert len((tmp_path / "robustness.md").read_text(encoding="utf-8").splitlines()) == 2 + 1 + len(REWRITINGS)
