"""Speed as ratios: what is compared, and how turns become a table."""

from math import isfinite

import pytest

from locbao.experiments.studies.speed.plain_text_speed import race, race_table, scale_table
from locbao.predict.load import load
from tests.support.tables import cells
from tests.support.village import real_page

PAGES = [real_page(number, "lang") for number in range(4)]


def test_ratios_are_taken_within_a_turn() -> None:
    taken = {"trafilatura": [1.0, 4.0, 2.0], "label_many": [0.5, 1.0, 0.5]}
    lines = sum(label is not None for page in PAGES for label in page.labels)
    assert cells(race_table(taken, PAGES))[2:] == [
        ["trafilatura", "2", f"{lines / 2:,.0f}", "1.00 [1.00, 1.00]"],
        ["label_many", "8", f"{lines / 0.5:,.0f}", "4.00 [2.00, 4.00]"],
    ]


def test_every_contender_runs_in_every_turn() -> None:
    pytest.importorskip("trafilatura")
    taken = race(load(), PAGES[:1], repeats=2)
    assert list(taken) == ["label_many", "label, page by page", "trafilatura", "trafilatura, fast mode"]
    assert all(len(turns) == 2 and min(turns) > 0 for turns in taken.values())


def test_longer_pages_are_timed() -> None:
    texts = ["\n".join(page.lines) for page in PAGES]
    rows = cells(scale_table(load(), texts, scales=(1, 5, 10)))[2:]
    assert [row[0] for row in rows] == ["different pages joined", "one page repeated"]
    lengths = [[float(cell.split(":")[0].replace(",", "")) for cell in row[1:4]] for row in rows]
    assert lengths == [[18, 90, 180]] * 2
    assert all(isfinite(float(row[4])) for row in rows)
