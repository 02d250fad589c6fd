"""Where an article begins, and whether there is one."""

import numpy as np
import pytest

from locbao import load
from locbao.features.labels import BODY, CAPTION
from locbao.features.page import Batch, Page
from locbao.predict.lines.headline import HEADLINE_WEIGHTS, HeadlineModel, with_headlines, with_no_body_above

MENU = ["Báo Sông Ngàn", "Đăng nhập", "Thời sự", "Kinh tế", "Thể thao"]
HEADLINE = "Xã Lũng Cao mở lớp xóa mù chữ ban đêm cho phụ nữ bản xa"
BETWEEN = ["Hoàng Thao", "Chia sẻ", "Thứ Ba, 21/10/2025, 08:15 (GMT+7)", "1x", "1.25x", "Nữ miền Bắc", "Nam miền Bắc"]
ARTICLE = [
    "Từ đầu tháng này, cứ tối thứ hai và thứ năm, lớp xóa mù chữ của xã Lũng Cao lại sáng đèn đón phụ nữ các bản xa.",
    "Cô giáo Vàng Thị Mỷ cho biết lớp ban đêm có 32 học viên, người lớn tuổi nhất đã 61 tuổi và chưa nghỉ buổi nào.",
    "Xã dự kiến mở thêm hai lớp nữa ở bản trên trong tháng sau, khi đường vào bản được sửa xong trước mùa mưa.",
]


def page(*parts: list[str]) -> str:
    return "\n".join(line for part in parts for line in part)


def test_the_headline_is_found_above_what_stands_between_it_and_the_article() -> None:
    labelled = load().label(page(MENU, [HEADLINE], BETWEEN, ARTICLE, ["Tin liên quan", "Liên hệ quảng cáo"]))
    assert labelled.headline == len(MENU) + 1
    assert labelled.lines[len(MENU)].label == "body"
    assert labelled.article > 0.9


def test_a_heading_of_markdown_is_the_headline_wherever_it_stands() -> None:
    """Above a list that is longer than any between headline and article."""
    topics = [f"- Chuyên đề số {number}" for number in range(1, 40)]
    text = page(MENU, ["# " + HEADLINE], topics, ARTICLE)
    labelled = load().label(text, markup="markdown")
    assert labelled.headline == len(MENU) + 1
    plain = load().label(text.replace("# ", ""), markup="text")
    assert plain.headline != labelled.headline


def test_a_heading_below_the_article_does_not_take_its_headline() -> None:
    text = page(MENU, ["## " + HEADLINE], ARTICLE, ["# Bạn đọc quan tâm đến lớp học"])
    labelled = load().label(text, markup="markdown")
    assert labelled.lines[-1].label == "body"  # where it is called furniture it says nothing
    assert labelled.headline == len(MENU) + 1


def test_explanation_names_it() -> None:
    reasons = load().explain(page(MENU, [HEADLINE], BETWEEN, ARTICLE), len(MENU) + 1).reasons
    assert "probability of being the headline" in [reason.feature for reason in reasons]
    above = load().explain(page(MENU, [HEADLINE], BETWEEN, ARTICLE), 1).reasons
    assert "probability that the headline is below" in [reason.feature for reason in above]


@pytest.mark.parametrize("text", ["", " \n", page(MENU), page(MENU * 20)])
def test_a_page_without_an_article_has_no_headline(text: str) -> None:
    labelled = load().label(text)
    assert labelled.headline is None
    assert labelled.article < 0.5


def test_one_short_sentence_is_no_article_and_its_headline_opens_none() -> None:
    labelled = load().label("Bản Nà có cầu treo\nSáng nay bà con ba bản đã ra nương từ rất sớm để gặt lúa.")
    assert [line.label for line in labelled.lines] == ["body"] * 2
    assert labelled.article < 0.5
    assert labelled.headline is None


def test_no_headline_where_none_is_likelier_than_each_line() -> None:
    batch = Batch.of([Page.from_text(page([HEADLINE], ARTICLE))])
    probabilities = np.tile([0.98, 0.01, 0.01], (len(batch), 1))
    none_likely = np.append(HEADLINE_WEIGHTS[:-1], 100.0)
    headlines = HeadlineModel(none_likely).headlines(batch, probabilities)
    assert headlines.best.tolist() == [-1]
    assert headlines.chance.max() < 0.01


def test_chances_of_a_page_and_of_no_headline_add_up_and_only_raise_body() -> None:
    batch = Batch.of([Page.from_text(page(MENU, [HEADLINE], BETWEEN, ARTICLE)), Page.from_text("Đăng nhập")])
    probabilities = np.full((len(batch), 3), 1 / 3)
    probabilities[-len(ARTICLE) - 1 : -1] = 0.98, 0.01, 0.01
    headlines = HeadlineModel(HEADLINE_WEIGHTS).headlines(batch, probabilities)
    assert 0 < headlines.chance.sum() <= 1
    assert headlines.best.tolist() == [len(MENU), -1]
    changed = with_headlines(probabilities, headlines)
    assert changed.sum(axis=1) == pytest.approx(1.0)
    assert (changed[:, BODY] >= probabilities[:, BODY]).all()


def test_no_line_above_the_headline_is_body_but_a_kicker_right_above_it() -> None:
    batch = Batch.of([Page.from_text(page(MENU, [HEADLINE], BETWEEN, ARTICLE)), Page.from_text("Đăng nhập")])
    probabilities = np.tile([0.4, 0.2, 0.4], (len(batch), 1))
    probabilities[-len(ARTICLE) - 1 : -1] = 0.98, 0.01, 0.01
    headlines = HeadlineModel(HEADLINE_WEIGHTS).headlines(batch, probabilities)
    chance = headlines.chance.max()
    changed = with_no_body_above(probabilities, headlines)
    above = len(MENU) - 1
    assert changed[:above, BODY] == pytest.approx(0.4 * (1 - chance))
    assert changed[:above, CAPTION] == pytest.approx(0.2)
    assert changed.sum(axis=1) == pytest.approx(1.0)
    assert (changed[above:] == probabilities[above:]).all()


def test_results_of_matches_above_a_brief_are_no_body_of_it() -> None:
    results = ["Báo Sông Ngàn Online", "Trang chủ", "1 Suối Mơ FC 21", "2 Bến Đá 19", "Cầu treo"]
    brief = ["Cầu dài 40 m, nối hai bờ suối Nà.", "Bà con góp 300 ngày công.", "Lũ trẻ hết phải lội suối tới lớp."]
    lines = load().label(page(results, ["Bản Nà có cầu treo sau ba mùa lũ", "14:20 - 03/06/2025"], brief)).lines
    assert [line.label for line in lines[:4]] == ["sidebar"] * 4
    assert lines[5].label == "body"
