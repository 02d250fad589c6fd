"""Invented pages of kinds that a model got wrong once: every line is right with the one that comes with locbao.

A line of a case is "label: text"; blank lines are the page's own.
"""

from pathlib import Path

import pytest

from locbao.predict.load import load

CASES = sorted((Path(__file__).parent / "line_cases").glob("*.txt"))


@pytest.mark.parametrize("case", CASES, ids=[case.stem for case in CASES])
def test_every_line_is_right_and_the_article_carries_no_topic(case: Path) -> None:
    rows = [line.partition(": ") for line in case.read_text(encoding="utf-8").splitlines()]
    page = load().label("\n".join(text for _, _, text in rows))
    wanted = [(number, label) for number, (label, _, _) in enumerate(rows, start=1) if label]
    assert [(line.number, line.label) for line in page.lines] == wanted
    assert page.topics == {}  # what readers say of drugs is no topic of the article
