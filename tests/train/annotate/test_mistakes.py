"""Suspected mistakes: what is named, and what is left alone."""

import random
from dataclasses import replace
from pathlib import Path

import pytest

from locbao.train.annotate.mistakes import suspicions
from locbao.train.corpus.corpus_files import example_corpus
from locbao.train.corpus.labelled_pages import CorpusPage, read_corpus
from tests.support.village import labelled, real_page


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("14/11/2024 - 06:30", "body"),
        ("Thứ năm, 14/11/2024, 06:30 (GMT+7)", "body"),
        ("Ngày 14 tháng 11 năm 2024", "caption"),
        ("Hạ Vy - 14/11/2024 06:30", "body"),
        ("2 giờ trước", "body"),
        ("Theo Báo Dải Biên Cương Sao chép liên kết", "body"),
        ("Hạ Vy và 2 tác giả khác", "body"),
        ("Nguồn: https://daibiencuong.example/tin-42", "body"),
        ("Ảnh: Vàng Seo", "body"),
        ("cau-treo-1.jpg", "body"),
    ],
)
def test_what_the_guideline_contradicts_is_named(text: str, label: str) -> None:
    page = labelled("a", "làng", [("Cầu mới thông xe", "body"), ("", None), (text, label)])
    [suspicion] = suspicions([page])
    assert suspicion.line == 3
    assert str(suspicion).startswith(f"a:1, line 3 of page 'a': {label}, and ")
    assert not list(suspicions([replace(page, sure=(True, True, False))]))


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("14/11/2024 - 06:30", "sidebar"),
        ("Ngày 12/11, tại xã Tà Lèng, bà con dựng lại cây cầu treo bị lũ cuốn.", "body"),
        ("Theo Báo Dải Biên Cương", "body"),
        ("Hạ Vy", "body"),
        ("Ảnh: Vàng Seo", "caption"),
        ("Ảnh: Vàng Seo", "sidebar"),
        ("cau-treo-1.jpg", "caption"),
        ("Lũng Cao, ngày 14 tháng 11 năm 2024", "body"),
        ("Cây cầu dài 1.200 m, rộng 3,5 m", "body"),
    ],
)
def test_what_the_guideline_allows_is_left_alone(text: str, label: str) -> None:
    assert not list(suspicions([labelled("a", "làng", [("Cầu mới thông xe", "body"), (text, label)])]))


def test_halves_of_a_double_line_have_one_label() -> None:
    lines = [("Cầu mới thông xe", "body"), ("Bà con qua cầu", "caption"), ("", None), ("Bà con  qua cầu", "body")]
    [suspicion] = suspicions([labelled("a", "làng", lines)])
    assert (suspicion.line, suspicion.what) == (4, "body, and the same text just before is caption")


def test_a_page_that_stands_twice_is_named_unless_it_is_another_cut() -> None:
    page = real_page(1, "lang")
    again, cut = replace(page, id="b", source="b:2"), replace(page, id="c", style="main")
    [suspicion] = suspicions([page, labelled("d", "lang", [("Trang chủ", "sidebar")]), cut, again])
    assert (suspicion.page_id, suspicion.line) == ("b", None)
    assert page.source in suspicion.what


def seeded(pages: list[CorpusPage], draw: random.Random) -> tuple[list[CorpusPage], set[tuple[str, int | None]]]:
    """The pages with up to 60 mistakes against the guideline, and where they are: stamps called body, halves of double
    lines with two labels, pages that stand twice."""
    changed, mistakes = {page.id: page for page in pages}, set()
    wrong: list[tuple[str, int, str]] = []
    for page in pages:
        for number, (text, label) in enumerate(zip(page.lines, page.labels, strict=True)):
            before = page.lines[number - 1] if number else ""
            if label and page.sure[number] and text == before:
                wrong.append((page.id, number, "sidebar" if label != "sidebar" else "body"))
            elif label == "sidebar" and page.sure[number] and "/20" in text and ":" in text and len(text) < 25:
                wrong.append((page.id, number, "body"))
    for id, number, label in draw.sample(wrong, min(50, len(wrong))):
        page = changed[id]
        changed[id] = replace(page, labels=(*page.labels[:number], label, *page.labels[number + 1 :]))
        mistakes.add((id, number + 1))
    twice = [replace(page, id=f"{page.id}/again", source=f"again:{page.id}") for page in draw.sample(pages, 10)]
    return [*changed.values(), *twice], mistakes | {(page.id, None) for page in twice}


def test_seeded_mistakes_in_real_pages_are_named_and_little_else(shared_data: Path) -> None:
    gold = read_corpus([shared_data / "gold_pages.jsonl"])
    in_vain = {(each.page_id, each.line) for each in suspicions(gold)}
    pages, mistakes = seeded(gold, random.Random(16))
    named = {(each.page_id, each.line) for each in suspicions(pages)}
    assert len(in_vain) <= 3
    assert len(mistakes) == 60
    assert len(mistakes & named) >= 54
    assert len(named - mistakes - in_vain) <= 3


def test_the_example_corpus_raises_few_suspicions() -> None:
    pages = read_corpus(example_corpus())
    assert len(list(suspicions(pages))) <= len(pages) / 10
