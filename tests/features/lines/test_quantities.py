"""Features: what they say of lines written for the purpose, and what holds for any text at all."""

import unicodedata
from collections.abc import Iterator
from itertools import chain

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from locbao.features.lines import first_pass
from locbao.features.lines.design import FAMILIES, Design, SecondDesign
from locbao.features.lines.line_kinds import KINDS
from locbao.features.lines.one_hot import Quantity
from locbao.features.page import Batch, Page
from tests.fuzz.strategies import TEXT

PAGE = """Trang chủ
Thời sự

Hội nghị bàn cách giữ rừng đầu nguồn trước mùa mưa
05/03/2024 08:30
Hôm nay, tại huyện Na Hang, các xã vùng cao đã họp để bàn cách giữ rừng trước khi mùa mưa đến.
Rừng đầu nguồn nhìn từ đỉnh đèo
Rừng đầu nguồn nhìn từ đỉnh đèo. Ảnh: Hoà Thuỷ
Ông Lò Văn Bình cho biết người dân sẽ được giao khoán từng khoảnh rừng, mỗi thôn cử ra một tổ tuần tra.
Tin liên quan
Xuất khẩu gạo tăng 12,5% trong quý I
Xuất khẩu gạo tăng 12,5% trong quý I
Liên hệ: 024 3999 0000 - toasoan@bao.example.vn
"""
OTHER_PAGE = "Giá vàng hôm nay\nGiá vàng hôm nay\n\n\n12/3\n© 2024 (toàn văn) | RSS > Về chúng tôi"


def measured(text: str, family: str, field: str) -> list[float]:
    """A field's value on every line of a text."""
    by_name = {quantity.name: quantity.values for quantity in FAMILIES[family](Batch.of([Page.from_text(text)]))}
    return [float(value) for value in by_name[field]]


def quantities(*texts: str) -> Iterator[Quantity]:
    """All that is measured of the lines of some texts."""
    batch = Batch.of([Page.from_text(text) for text in texts])
    return chain.from_iterable(family(batch) for family in FAMILIES.values())


def all_levels(*texts: str) -> np.ndarray:
    return np.array([quantity.levels() for quantity in quantities(*texts)])


def random_beliefs(count: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).dirichlet([0.3, 0.3, 0.3], count)


class TestInvariance:
    @pytest.mark.parametrize(
        "other",
        [
            unicodedata.normalize("NFD", PAGE),
            PAGE.replace("\n", "\r\n"),
            PAGE.replace("\n", "\r"),
            PAGE.replace(" ", "\u00a0"),
            PAGE.replace(" ", "  "),
            PAGE.replace(" ", "&nbsp;"),
            PAGE.replace("i", "i\u200b"),
            PAGE.replace("Hoà", "Hòa").replace("Thuỷ", "Thủy"),
            PAGE.replace("\n", " \t\n"),
            PAGE.replace("à", "&agrave;"),
        ],
        ids=["NFD", "CRLF", "CR", "nbsp", "two spaces", "entity", "zero width", "tones", "trailing", "letter entity"],
    )
    def test_writings_of_one_page(self, other: str) -> None:
        assert np.array_equal(all_levels(PAGE), all_levels(other))

    @settings(deadline=None)
    @given(st.lists(TEXT, max_size=4))
    def test_a_page_does_not_see_the_others_of_its_batch(self, texts: list[str]) -> None:
        pages = [Page.from_text(text) for text in [*texts, PAGE, OTHER_PAGE]]
        design, second, batch = Design(list(FAMILIES), ["ảnh", "^ giá"]), SecondDesign(), Batch.of(pages)
        # Multiples of a power of two, so that sums over a batch are exact.
        believed = np.round(random_beliefs(len(batch)) * 1024) / 1024
        alone = [Batch.of([page]) for page in pages]
        cut = np.split(believed, batch.first[1:-1])
        together = design.columns(batch).matrix().toarray(), second.columns(batch, believed).matrix().toarray()
        apart = (
            np.vstack([design.columns(one).matrix().toarray() for one in alone]),
            np.vstack([second.columns(one, part).matrix().toarray() for one, part in zip(alone, cut, strict=True)]),
        )
        assert np.array_equal(together[0], apart[0])
        assert np.array_equal(together[1], apart[1])

    @settings(deadline=None)
    @given(TEXT)
    def test_any_text_has_levels_within_range(self, text: str) -> None:
        for quantity in quantities(text):
            assert 0 <= quantity.levels().min(initial=0) <= quantity.levels().max(initial=0) < quantity.level_count

    @pytest.mark.parametrize("text", ["", "\n\n", " ", "...\n—\n!!", "\ud800", "12\n3", "\0\1", "a" * 999, "x\n" * 999])
    def test_odd_pages(self, text: str) -> None:
        page = Page.from_text(text)
        batch = Batch.of([page])
        count = len(page.lines)
        assert Design(list(FAMILIES), ["a"]).columns(batch).matrix().shape[0] == count
        assert SecondDesign().columns(batch, random_beliefs(count)).matrix().shape[0] == count

    def test_no_pages_and_pages_without_lines(self) -> None:
        design = Design(list(FAMILIES), ["a"])
        assert design.columns(Batch.of([])).matrix().shape == (0, design.width)
        empty, full = Page.from_text("\n"), Page.from_text(PAGE)
        between = Batch.of([empty, full, empty])
        rows = [design.columns(batch).matrix().toarray() for batch in (between, Batch.of([full]))]
        assert np.array_equal(*rows)
        assert between.first.tolist() == [0, 0, len(full.lines), len(full.lines)]


class TestNames:
    def test_every_column_has_its_own_name(self) -> None:
        for design in (Design(list(FAMILIES), ["ảnh", "^ ảnh"]), SecondDesign()):
            names = design.names()
            assert len(names) == len(set(names)) == design.width

    def test_every_level_has_a_name(self) -> None:
        second = first_pass.quantities(Batch.of([]), np.empty((0, 3)))
        for quantity in [*quantities(), *second]:
            names = [quantity.level_name(level) for level in range(quantity.level_count)]
            assert len(set(names)) == len(names)

    def test_levels_in_words(self) -> None:
        words = Quantity("words", np.array([]), (1, 3.5, 10))
        assert [words.level_name(level) for level in range(4)] == [
            "words < 1",
            "words 1–3.5",
            "words 3.5–10",
            "words ≥ 10",
        ]
        date = Quantity("date", np.array([]))
        assert [date.level_name(level) for level in range(2)] == ["date: no", "date: yes"]

    def test_scores_are_the_matrix_times_the_weights(self) -> None:
        batch, random = Batch.of([Page.from_text(PAGE), Page.from_text(OTHER_PAGE)]), np.random.default_rng(1)
        for context in (True, False):
            design = Design(list(FAMILIES), ["ảnh", "giá vàng", "^ giá", "0 $"], context)
            weights = random.normal(size=(design.width, 6)).astype(np.float32)
            columns = design.columns(batch)
            assert np.allclose(columns.scores(weights), columns.matrix() @ weights, atol=1e-4)
            second, believed = SecondDesign(context), random_beliefs(len(batch))
            weights = random.normal(size=(second.width, 3)).astype(np.float32)
            columns = second.columns(batch, believed)
            assert np.allclose(columns.scores(weights), columns.matrix() @ weights, atol=1e-4)


class TestMarks:
    @pytest.mark.parametrize(
        ("field", "lines"),
        [
            ("date", ["05/03/2024", "Thứ hai, 5-3-24", "2024-03-05T08:00", "Tháng 3 năm 2024", "x 1.2.2023."]),
            ("day and month", ["ngày 5/3", "12-4"]),
            ("time of day", ["8:05", "lúc 08h05", "(21:30 GMT+7)"]),
            ("so long ago", ["2 giờ trước", "15 phút trước"]),
            ("credit such as “Ảnh:”", ["Đèo Gió. Ảnh: Thanh Lam", "Nguồn: Báo Gió", "Ảnh TL: An"]),
            ("credit near the line's end", ["Đèo Gió. Ảnh: Thanh Lam", "Đèo Gió (Ảnh minh họa)"]),
            ("opens with “Ảnh”, “Video”, “Nguồn”", ["Ảnh minh họa", "VIDEO: mưa"]),
            ("ends in “Ảnh” and a number", ["Đèo Gió - Ảnh 3"]),
            ("number after a dash at the end", ["Đèo Gió - 3", "Đèo Gió – 12"]),
            ("e-mail or web address", ["toasoan@bao.example", "xem bao.vn", "https://x", "www.bao"]),
            ("picture file name", ["anh-1.jpg", "phim.mp4"]),
            ("opens with “Tin”, “Bài”, “Theo”", ["Theo TTXVN", "Tin, ảnh: An"]),
        ],
    )
    def test_found(self, field: str, lines: list[str]) -> None:
        assert measured("\n".join(lines), "marks", field) == [1.0] * len(lines)

    @pytest.mark.parametrize(
        ("field", "lines"),
        [
            ("date", ["5/3", "tháng ba năm ngoái", "1 / 2 / 2024", "5/3\n/2024"]),
            ("time of day", ["tỷ số 3:1", "8 giờ", "100:20", "8h"]),
            ("credit such as “Ảnh:”", ["Ảnh đẹp", "cảnh: một"]),
            ("picture file name", ["tăng 3.4", "jpg", "giá 12.4 triệu"]),
            ("e-mail or web address", ["vn", "Hà Nội"]),
            ("so long ago", ["Trong 2 giờ tới mưa to", "sau 2 giờ", "giờ trước"]),
            ("number after a dash at the end", ["Đèo Gió -", "3"]),
        ],
    )
    def test_not_found(self, field: str, lines: list[str]) -> None:
        assert not any(measured("\n".join(lines), "marks", field))

    def test_a_credit_is_near_the_end_up_to_eight_words_before_it(self) -> None:
        lines = ("Đèo. Ảnh: " + "An " * words for words in (8, 9))
        assert measured("\n".join(lines), "marks", "credit near the line's end") == [1.0, 0.0]

    def test_digits_of_a_telephone_number(self) -> None:
        name = "digits as in a telephone number"
        assert measured("Gọi 024 3999 0000", "marks", name) == [11.0]


class TestShape:
    def test_counts(self) -> None:
        line = "“Mưa lớn”, ông An nói. Nước lên 1.5 m | Xem >"
        assert measured(line, "shape", "quotation marks") == [2.0]
        assert measured(line, "shape", "commas") == [1.0]
        assert measured(line, "shape", "sentences") == [1.0]
        assert measured(line, "shape", "separators such as | and >") == [2.0]
        assert measured(line, "shape", "syllables") == [9.0]

    def test_dots_and_brackets(self) -> None:
        assert measured("Còn nữa…\nCòn nữa...\nHết.\nHết..", "shape", "ends in three dots") == [1.0, 1.0, 0.0, 1.0]
        name = "opens with a bracket and closes it soon"
        assert measured("(TTXVN) - Sáng nay\n(mở\n[Ảnh]\n(" + "a" * 19 + ")", "shape", name) == [1.0, 0.0, 1.0, 0.0]


class TestRepeats:
    def test_same_lines(self) -> None:
        text = "một hai ba\nbốn năm\nmột hai ba\nMột, hai ba."
        assert measured(text, "repeats", "times the line stands on the page") == [3.0, 1.0, 3.0, 3.0]
        assert measured(text, "repeats", "same as the line before") == [0.0, 0.0, 0.0, 1.0]
        assert measured(text, "repeats", "same as the line after") == [0.0, 0.0, 1.0, 0.0]
        assert measured(text, "repeats", "distance to the same line (lines)") == [2.0, 1000.0, 1.0, 1.0]

    def test_likeness_is_jaccard(self) -> None:
        text = "một hai ba\nhai ba bốn năm\nsáu\nmột hai"
        assert measured(text, "repeats", "likeness to the line before") == pytest.approx([0, 2 / 5, 0, 0])
        assert measured(text, "repeats", "likeness to the line after") == pytest.approx([2 / 5, 0, 0, 0])
        assert measured(text, "repeats", "likeness to a line 2 or 3 before") == pytest.approx([0, 0, 0, 2 / 3])

    def test_openings_and_doubles(self) -> None:
        text = "mưa lớn ở Na Hang\nmưa lớn ở Na Hang. Ảnh: An\nxem thêm xem thêm"
        assert measured(text, "repeats", "opens with the whole line before") == [0.0, 1.0, 0.0]
        assert measured(text, "repeats", "the line after opens with it") == [1.0, 0.0, 0.0]
        assert measured(text, "repeats", "says the same twice") == [0.0, 0.0, 1.0]
        assert measured("xem xem\nxem thêm mưa", "repeats", "says the same twice") == [0.0, 0.0]

    def test_blank_lines_to_the_repeat(self) -> None:
        text = "mưa lớn ở Na Hang\n\n\nmưa lớn ở Na Hang\nnắng"
        assert measured(text, "repeats", "blank lines to its repeat (9: no repeat)") == [2.0, 2.0, 9.0]
        text = "mưa lớn ở Na Hang\n\nmưa lớn ở Na Hang\n\n\nmưa lớn ở Na Hang"
        assert measured(text, "repeats", "blank lines to its repeat (9: no repeat)") == [1.0, 1.0, 2.0]


class TestPage:
    def test_kinds_of_lines(self) -> None:
        kinds = measured(PAGE, "patterns", "kind of line")
        names = [KINDS[int(kind)] for kind in kinds]
        assert names == [
            *("label", "label", "headline", "stamp", "sentence", "headline", "credit", "sentence"),
            *("label", "headline", "headline", "headline"),
        ]

    @pytest.mark.parametrize(
        ("end", "edges"),
        [
            ("", {6: "headline", 16: "long headline", 40: "paragraph"}),
            (".", {4: "short sentence", 14: "sentence", 25: "paragraph"}),
        ],
    )
    def test_lengths_from_which_on_a_line_is_of_another_kind(self, end: str, edges: dict[int, str]) -> None:
        before = "label"
        for edge, kind in edges.items():
            text = "\n".join(" ".join(["mưa"] * length) + end for length in (edge - 1, edge))
            assert [KINDS[int(value)] for value in measured(text, "patterns", "kind of line")] == [before, kind]
            before = kind

    def test_pairs_and_triples_of_kinds_are_in_the_order_of_the_lines(self) -> None:
        text = "Trang chủ\nXã Lũng Cao mở lớp xóa mù\n5/3/2024"
        names = {quantity.name: [*map(quantity.level_name, quantity.levels())] for quantity in quantities(text)}
        assert names["kinds before, here, after"][1].endswith(": label, headline, stamp")
        assert names["kinds two before and here"][2].endswith(": label, stamp")
        assert names["kinds here and after next"][0].endswith(": label, stamp")

    def test_the_segment_and_the_headline(self) -> None:
        assert measured(PAGE, "density", "inside the article's segment")[4:8] == [1.0] * 4
        assert measured(PAGE, "ties", "lines below the headline")[2] == 0.0
        paragraph = "Hôm nay, tại huyện Na Hang, các xã đã họp để bàn cách giữ rừng trước khi mùa mưa đến."
        text = f"Hội nghị bàn cách giữ rừng đầu nguồn trước mùa mưa ở các xã vùng cao\n{paragraph}"
        assert measured(text, "density", "inside the article's segment") == [1.0, 1.0]
        assert measured(text, "ties", "lines below the headline") == [0.0, 1.0]

    def test_a_page_without_paragraphs_is_held_against_one_of_twenty_syllables(self) -> None:
        name = "length against the page's usual paragraph"
        assert measured("Tin khác\nngày", "density", name) == pytest.approx([0.1, 0.05])

    def test_place(self) -> None:
        assert measured("a\nb\n\nc", "place", "lines from the top") == [0.0, 1.0, 2.0]
        assert measured("a\nb\n\nc", "place", "lines from the bottom") == [2.0, 1.0, 0.0]
        assert measured("a\nb\n\nc", "place", "blank lines before, as this page uses them") == [1.0, 1.0, 2.0]
        assert measured("a\nb\nc", "place", "blank lines before, as this page uses them") == [0.0, 0.0, 0.0]


def test_what_the_first_pass_tells_of_the_article_around_a_line() -> None:
    lines = ["Trang chủ", "Mưa lớn ở bản Nà hôm nay.", "Bà con đã dọn bùn và đá trên đường.", "Tin khác", "Trang chủ"]
    body = np.array([0.25, 0.75, 0.75, 0.25, 0.75])
    measured = first_pass.quantities(Batch.of([Page.from_lines(lines)]), np.stack((body, 0 * body, 1 - body), axis=1))
    values = {quantity.name: quantity.values.tolist() for quantity in measured}
    assert values["lines before the article's first"] == [1, 0, -1, -2, -3]
    assert values["lines after the article's last"] == [-4, -3, -2, -1, 0]
    assert values["body belief of the same line elsewhere"] == [0.75, 0, 0, 0, 0.25]
