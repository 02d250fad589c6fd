"""A batch of pages unlike those that the model learned from says so at its end, and others do not."""

import gzip
import json
import random
from collections import Counter
from pathlib import Path

import pytest

import locbao
from locbao.predict.batch.likeness import signs, unlikeness
from locbao.predict.reading.batches import PAGES_AT_ONCE
from tests.predict.batch.batch_runs import do, rows, run_for
from tests.predict.test_page_warnings import ENGLISH, PAGE, bare
from tests.support.command import locbao as command
from tests.support.village import real_page

WARNED = {"warned": 3, "no diacritics": 2, "another language": 1}


def said_of(texts: list[str]) -> str:
    return unlikeness(signs(locbao.load().label_many(texts)))


@pytest.mark.parametrize(
    ("counts", "told"),
    [
        ({}, ""),
        ({"pages": 30, "lines": 100, **WARNED}, "3 of 30 have warnings (another language 1, no diacritics 2), and 0%"),
        ({"pages": 31, "lines": 100, **WARNED}, ""),
        ({"pages": 2, "lines": 100, "warned": 2, "one line": 2}, ""),
        ({"pages": 20, "lines": 1000, "unsure": 150}, "0 of 20 have warnings, and 15% of lines are unsure, where news"),
        ({"pages": 20, "lines": 1000, "unsure": 149}, ""),
        ({"pages": 19, "lines": 1000, "unsure": 900}, ""),
    ],
)
def test_from_how_many_pages_and_lines_on_it_is_said(counts: dict[str, int], told: str) -> None:
    assert told in unlikeness(counts)
    assert bool(told) == bool(unlikeness(counts))


def test_pages_of_news_are_usual_and_others_are_not() -> None:
    news = ["\n".join(real_page(number, "lang").lines) for number in range(20)]
    assert said_of(news) == ""
    assert "20 of 20 have warnings (no diacritics 20)" in said_of([bare(PAGE)] * 20)
    assert "4 of 24 have warnings (another language 4)" in said_of([ENGLISH] * 4 + news)


@pytest.mark.slow
def test_no_draw_of_twenty_real_pages_is_unlike(shared_data: Path) -> None:
    with gzip.open(shared_data / "pages.jsonl.gz", "rt", encoding="utf-8") as file:
        texts = ["\n".join(line["text"] for line in json.loads(row)["lines"]) for row in file]
    of_pages = [signs([page]) for page in locbao.load().label_many(texts[::4])]
    chance = random.Random(0)
    draws = [sum(chance.sample(of_pages, 20), Counter()) for _ in range(500)]
    assert [*filter(None, map(unlikeness, draws))] == []


def test_a_run_says_it_at_its_end(tmp_path: Path) -> None:
    given = rows(tmp_path / "in.jsonl", [bare(PAGE)] * 3)
    done = command("predict", given, "-o", tmp_path / "out.jsonl", "--jobs", 1)
    assert [line for line in done.stderr.splitlines() if line.startswith("Unlike the pages that the model learned")]
    assert command("predict", given, "-o", tmp_path / "out.jsonl", "--jobs", 1, "--quiet").stderr == ""


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_resumed_run_counts_all_pages(tmp_path: Path, jobs: int) -> None:
    """To the stand-in model a line with a question mark is unsure."""
    given = rows(tmp_path / "in.jsonl", [*["Trang\nAi trồng?"] * 2 * PAGES_AT_ONCE, "", *["Trang"] * 10])
    with pytest.raises(locbao.LocbaoError):
        do(run_for(given, tmp_path / "out.jsonl", jobs=jobs, strict=True))
    resumed, _ = do(run_for(given, tmp_path / "out.jsonl", jobs=jobs, resume=True))
    whole, _ = do(run_for(given, tmp_path / "whole.jsonl"))
    assert f"0 of {2 * PAGES_AT_ONCE + 10} have warnings" in whole.unlike
    assert resumed.unlike == whole.unlike
