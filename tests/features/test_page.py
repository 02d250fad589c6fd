"""Pages as lines, and batches of them as arrays."""

import numpy as np

from locbao.features.page import Batch, Page, cached

BATCH = Batch.of([Page.from_text("a\n\n\nb\nc"), Page.from_text("\n"), Page.from_text("\nd\ne")])


def test_numbers_and_gaps_of_lines_that_say_something() -> None:
    page = Page.from_text("\n\nmột\n \u200b\n&nbsp;\nhai\nba\n")
    assert page.lines == ("một", "hai", "ba")
    assert (page.numbers.tolist(), page.gaps.tolist()) == ([3, 6, 7], [2, 2, 0])
    assert BATCH.gaps.tolist() == [0, 2, 0, 1, 0]


def test_a_line_given_with_a_line_end_in_it_stays_one() -> None:
    page = Page.from_lines(["một\nhai", "ba"])
    assert page.lines == ("một hai", "ba")
    assert page.numbers.tolist() == [1, 2]


def test_the_first_of_some_lines_on_each_page() -> None:
    assert BATCH.first_on_page(np.array([1, 2, 3, 4])).tolist() == [1, -1, 3]
    assert BATCH.first_on_page(np.array([], dtype=np.int64)).tolist() == [-1, -1, -1]


def test_lines_further_on_are_those_of_the_same_page() -> None:
    values = np.arange(5)
    assert BATCH.shifted(values, 1, 9).tolist() == [1, 2, 9, 4, 9]
    assert BATCH.shifted(values, -2, 9).tolist() == [9, 9, 0, 9, 9]
    assert BATCH.shifted(values, 0, 9).tolist() == [0, 1, 2, 3, 4]


def test_a_result_is_kept_for_each_batch_and_number() -> None:
    calls = []

    @cached
    def plus(batch: Batch, number: int) -> int:
        calls.append(number)
        return len(batch) + number

    other = Batch.of([Page.from_text("a")])
    assert [plus(BATCH, 1), plus(BATCH, 2), plus(BATCH, 1), plus(other, 1)] == [6, 7, 6, 2]
    assert calls == [1, 2, 1]


def test_a_page_of_lines_that_are_links_in_part_alone_knows_no_links() -> None:
    lines = ["Tin"] * 10
    assert Page.from_lines(lines, [0.5] * 10).links is None
    assert Page.from_lines(lines, [0.5] * 9 + [1.0]).links is not None
