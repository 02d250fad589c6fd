"""Lines near a sentence: what may feed the second pass's idea of where the article is."""

import numpy as np

from locbao.features.lines.first_pass import quantities
from locbao.features.lines.sentence_lines import near_sentences, sentence_lines
from locbao.features.page import Batch, Page

SENTENCE = "Bà con trong bản đã dựng lại cây cầu treo sau mùa lũ."
CALENDAR = [str(day) for day in range(1, 31)]


def batch(*lines: str) -> Batch:
    return Batch.of([Page.from_lines(lines)])


def test_a_sentence_closes_is_long_enough_and_has_a_function_word() -> None:
    lines = [SENTENCE, SENTENCE[:-1], "Đã dựng lại.", "Cầu Treo Bản Nà Lũng Cao Tà Lèng Mường Khe.", "Trang chủ"]
    assert sentence_lines(batch(*lines)).tolist() == [True, False, False, False, False]


def test_lines_with_a_word_within_six_of_a_sentence_are_near() -> None:
    page = batch(*["mục"] * 8, SENTENCE, "12", *["mục"] * 8)
    assert near_sentences(page).tolist() == [False] * 2 + [True] * 7 + [False] + [True] * 5 + [False] * 3
    other = Batch.of([Page.from_lines([SENTENCE]), Page.from_lines(["mục"])])
    assert near_sentences(other).tolist() == [True, False]


def test_a_calendar_that_the_first_pass_calls_body_is_no_body_around_its_neighbours() -> None:
    page = batch(*CALENDAR, "Thứ hai", *CALENDAR)
    sure_of_body = np.tile([0.98, 0.01, 0.01], (len(page), 1))
    around = next(q for q in quantities(page, sure_of_body) if q.name == "body within 3 lines")
    assert not around.values.any()
