"""The invented pages: what they are put together from, and that their labels are those of the articles."""

from collections import Counter

import pytest

from locbao.experiments.studies.lines.invented_pages import InventedPage, invented_pages, measure
from locbao.predict.load import load
from tests.support.tables import cells

KINDS = ["briefs", "poems", "lists", "video headlines", "comments"]


@pytest.fixture(scope="module")
def pages() -> list[InventedPage]:
    return list(invented_pages())


def test_there_are_sixty_of_each_kind_and_every_line_has_a_label(pages: list[InventedPage]) -> None:
    assert Counter(page.kind for page in pages) == dict.fromkeys(KINDS, 60)
    for page in pages:
        lines = page.text.split("\n")
        assert {n: lines[n - 1] for n in page.lines} == {n: line for n, line in enumerate(lines, 1) if line}
        assert [line.text for line in page.lines.values()] == [line for line in lines if line]


def test_they_are_the_same_every_time_and_others_with_another_seed(pages: list[InventedPage]) -> None:
    assert list(invented_pages()) == pages
    assert [page.text for page in invented_pages(seed=1)] != [page.text for page in pages]


def test_no_mark_of_the_file_is_left_on_a_page(pages: list[InventedPage]) -> None:
    for page in pages:
        assert not any(line.startswith(("@title", "@rest", "@each", "= ", "~ ")) for line in page.text.split("\n"))
        assert not {"{", "}"} & set(page.text)


def test_each_has_one_headline_and_a_comment_is_never_of_the_article(pages: list[InventedPage]) -> None:
    for page in pages:
        parts = Counter(line.part for line in page.lines.values())
        assert parts["headline"] == 1
        assert (parts["comment"] > 0) == (page.kind == "comments")
    lines = [line for page in pages for line in page.lines.values()]
    of_article = {line.part for line in lines if line.label != "sidebar"}
    assert of_article == {"headline", "paragraph", "verse or item", "name", "caption"}
    assert not of_article & {line.part for line in lines if line.label == "sidebar"}


def test_the_table_counts_all_lines_by_kind(pages: list[InventedPage]) -> None:
    some = pages[::30]
    rows = cells(measure(load(), some).split("\n\n")[2])[2:]
    assert [row[0] for row in rows] == KINDS
    for kind, _, lines, right, of_article, *_ in rows:
        labels = [line.label for page in some if page.kind == kind for line in page.lines.values()]
        assert (int(lines), int(of_article)) == (len(labels), len(labels) - labels.count("sidebar"))
        assert 0.5 < float(right) <= 1
