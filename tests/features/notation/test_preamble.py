"""What crawlers write above a page, and pages that merely begin alike; all are invented."""

import unicodedata

import pytest

from locbao.features.notation.preamble import preamble
from locbao.features.page import Page

JINA = "Title: Cầu treo - Báo\n\nURL Source: https://bao.example/cau\n\nPublished Time: 2026\n\nMarkdown Content:"
YAML = "---\ntitle: Cầu treo\nurl: https://bao.example/cau\ntags:\n  - cầu\n- đường\n---"
SCRIPT = "Title: Cầu treo\nURL: https://bao.example/cau\n\nContent with tag:"
BOLD = "- **Nguồn:** bao.example\n- **URL:** https://bao.example/cau\n- **Crawl lúc:** 2026-08-04T11:46:26"
VIETNAMESE = "Tiêu đề: Cầu treo\nĐường dẫn: https://bao.example/cau\nNội dung:"
LINKED = "**Source**: [cau](https://bao.example/cau)\n**Author**: Thu Hà"


@pytest.mark.parametrize(
    "above", [JINA, YAML, SCRIPT, BOLD, VIETNAMESE, LINKED, "\ufeff\n" + JINA], ids=lambda above: above.split()[0]
)
def test_a_preamble_counts_for_nothing_and_keeps_its_line_numbers(above: str) -> None:
    text = f"{above}\nCầu treo\nSáng 5/3, bà con ra đồng."
    page = Page.from_text_or_markdown(text)
    assert preamble(unicodedata.normalize("NFD", text).split("\n")) == preamble(text.split("\n"))
    lines = above.count("\n") + 1
    assert page.lines == ("Cầu treo", "Sáng 5/3, bà con ra đồng.")
    assert page.numbers.tolist() == [lines + 1, lines + 2]
    assert page.line_count == len([line for line in page.raw if line.strip("\ufeff")])


@pytest.mark.parametrize(("below", "silent"), [("# Cầu treo", True), ("Tin khác", False)])
def test_a_title_above_it_is_the_pages_own_unless_the_page_says_it_again(below: str, silent: bool) -> None:
    page = Page.from_markdown(f"# Cầu treo\n\n{BOLD}\n\n---\n\n{below}\nSáng 5/3, bà con ra đồng.")
    assert (page.lines[0], page.numbers[0]) == (("Cầu treo", 9) if silent else ("Cầu treo", 1))
    assert len(page.lines) == 2 + (not silent)


def test_front_matter_without_an_end_is_fields_below_a_rule() -> None:
    assert sorted(preamble(["---", "title: Cầu treo", "url: https://bao.example/cau", "", "Cầu treo"])) == [0, 1, 2]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Chủ đề: Bão số 3\nNguồn: TTXVN\nSáng 5/3, bão vào bờ.",
        "Title: Bản tình ca\nAuthor: Thu Hà",
        "Content:\nSáng 5/3, bà con ra đồng.",
        "Sáng 5/3, bão vào bờ.\nBão đã tan.\nNguồn: https://bao.example/bao",
        "Nguồn: xem https://bao.example/bao\nBão đã tan.",
        "---\nBão số 3: gió giật cấp 12\n---",
        "---\nBao: gió giật cấp 12\n---",
        "---\ntitle: Cầu treo\nSáng 5/3, bà con ra đồng.",
        "---\ntitle: Cầu treo",
    ],
)
def test_text_that_merely_begins_with_a_word_and_a_colon_has_no_preamble(text: str) -> None:
    assert not preamble(text.split("\n"))


def test_a_headline_with_a_colon_below_an_address_stays() -> None:
    assert sorted(preamble(["URL: https://bao.example/bao", "Bão số 3: gió giật cấp 12"])) == [0]
    assert sorted(preamble(["URL: https://bao.example/bao", "Content: gió giật cấp 12"])) == [0]


def test_names_of_elements_before_lines_are_marks() -> None:
    page = Page.from_text_or_markdown("[LI] Trang chủ\n[H1] Cầu treo [2026]\n[P] Sáng 5/3, bà con ra đồng.\n[LI]")
    assert page.lines == ("Trang chủ", "Cầu treo [2026]", "Sáng 5/3, bà con ra đồng.")
    assert page.marks.tolist() == [4]
    assert Page.from_text_or_markdown("[P] Sáng 5/3\n[Video] Chiều").lines == ("[P] Sáng 5/3", "[Video] Chiều")
