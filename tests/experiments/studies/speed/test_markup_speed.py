"""Speed on real pages: the same pages in every markup, every contender in every turn, and stages that add up."""

from time import process_time

import pytest

from locbao.experiments.studies.speed.markup_speed import numbered, race_table, stage_table, timed_stages, ways
from locbao.experiments.timing import take_turns
from locbao.predict.load import load
from locbao.predict.reading.markup import Markup
from tests.support.tables import cells

HTML = "<p>Bà con dựng lại <a href=/cau>cầu treo</a></p><script>x</script>"
PAGES = {Markup.HTML: [HTML], Markup.TEXT: ["Bà con\n\ndựng lại"], Markup.MARKDOWN: ["# Bà con\n\n[cầu](/cau)"]}


def test_texts_are_numbered_and_scripts_are_not() -> None:
    pages = numbered(PAGES, 7)
    assert pages[Markup.HTML] == ["<p>Bà con dựng lại <a href=/cau>cầu treo 7</a></p><script>x</script>"]
    assert pages[Markup.TEXT] == ["Bà con 7\n\ndựng lại 7"]
    assert pages[Markup.MARKDOWN] == ["# Bà con 7\n\n[cầu](/cau)"]


def test_each_way_runs_in_each_turn() -> None:
    works = ways(load())
    taken = take_turns(works, lambda turn: numbered(PAGES, turn), 2, process_time)
    assert len(works) == 6
    assert {name: len(turns) for name, turns in taken.items()} == dict.fromkeys(works, 2)


def test_ratios_are_taken_within_a_turn() -> None:
    _, _, *rows = cells(race_table({"trafilatura": [1.0, 4.0, 2.0], "text": [0.5, 1.0, 0.5]}, 10))
    assert rows[1] == ["text", "50.0 [50.0, 100.0]", "20", "4.00 [2.00, 4.00]"]


def test_stages_add_up_and_nothing_stays_patched() -> None:
    before = load().label(HTML, markup="html")
    _, _, (name, *figures), *_ = cells(stage_table(ways(load()), PAGES, repeats=1))
    assert name == "text, in batches"
    assert sum(map(float, figures[:-1])) == pytest.approx(float(figures[-1]), abs=0.05)
    with timed_stages() as taken:
        assert load().label(HTML, markup="html") == before
    during = dict(taken)
    load().label(HTML, markup="html")
    assert dict(taken) == during
    assert {"reading", "features", "scoring", "headlines"} <= set(during)
