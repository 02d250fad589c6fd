"""Markdown as each renderer writes it; all pages are invented."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from locbao.features.notation.elements import HEADING, PICTURE, TEXT
from locbao.features.notation.markdown import is_markdown, markdown_lines, markdown_text
from locbao.features.page import Page
from locbao.features.text import split_lines
from tests.fuzz.strategies import MARKDOWN

CRAWL4AI = """[ ![Báo Làng](https://bao.example/logo.png) ](https://bao.example/ "Báo Làng")
  * [Thời sự](https://bao.example/thoi-su)
  *     * [ Đời sống ](https://bao.example/doi-song "Đời "sống" hôm nay")
  * [](javascript:;)
![](/icon.svg)
# Cầu treo bản Nà _đã thông_
**Sáng 5/3,**_bà con_ đi qua cầu (xem [ảnh](/anh_(1).html)).
![cau.jpg](https://bao.example/cau.jpg)Cầu mới. Ảnh: Thu Hà
[ Văn bản
quy định](https://bao.example/van-ban "Văn bản") [In](javascript:void\\(0\\);)
"""
JINA = """Title: Cầu treo

URL Source: https://bao.example/cau

Markdown Content:
[![Image 1: Báo Làng](https://bao.example/logo.png)](https://bao.example/)

Cầu treo bản Nà
===============

*   [Thời sự](https://bao.example/thoi-su)

* * *

![Image 2](https://bao.example/a.png)
"""
FIRECRAWL = """[**Cầu treo bản Nà**\\\\
\\\\
Sáng 5/3](https://bao.example/cau)

[![](data:image/svg+xml;base64,PHN2Zz4=)](https://bao.example/)

1\\. Qua cầu<br>an toàn

| Ngày | Người |
| --- | --- |
| 5/3 | 120 |
"""
HTML2TEXT = """  * [Tin](https://bao.example/tin-
moi.html)
Ngày | Người
---|---
5/3 | 120

> _Ảnh: Thu Hà_
Xem <https://bao.example/them> &amp; `tải`
"""


def plain(markup: str) -> list[str]:
    return [line for line in markdown_text(markup).split("\n") if line]


@pytest.mark.parametrize(
    ("markup", "lines"),
    [
        (
            CRAWL4AI,
            [
                "Báo Làng",
                "Thời sự",
                "Đời sống",
                "Cầu treo bản Nà đã thông",
                "Sáng 5/3,bà con đi qua cầu (xem ảnh).",
                "cau.jpg Cầu mới. Ảnh: Thu Hà",
                "Văn bản",
                "quy định In",
            ],
        ),
        (JINA, ["Báo Làng", "Cầu treo bản Nà", "Thời sự"]),
        (FIRECRAWL, ["Cầu treo bản Nà", "Sáng 5/3", "1. Qua cầu an toàn", "Ngày Người", "5/3 120"]),
        (
            HTML2TEXT,
            ["Tin", "Ngày Người", "5/3 120", "Ảnh: Thu Hà", "Xem https://bao.example/them & tải"],
        ),
    ],
    ids=["crawl4ai", "Jina", "Firecrawl", "html2text"],
)
def test_marks_of_every_renderer_go_and_texts_stay(markup: str, lines: list[str]) -> None:
    assert plain(markup) == lines
    assert is_markdown(CRAWL4AI)


@pytest.mark.parametrize(
    ("line", "rendered"),
    [
        ("[Tin [mới] hôm nay](https://a.example/)", "Tin [mới] hôm nay"),
        ("[Tin ] mới](https://a.example/)", "Tin ] mới"),
        ("[Luật (sửa đổi)](https://a.example/luat_(2024)/x)", "Luật (sửa đổi)"),
        ("[Tìm](/tag?q=hỗ trợ nhà nông), [khác](/x)", "Tìm, khác"),
        ("xem thêm](https://a.example/cut-off", "xem thêm"),
        ('[Tin](https://a.example/tin-\nmoi/\n"Tin mới") nay', "Tin\n\nnay"),
        ("[Tin](https://a.example/)[Ảnh](https://b.example/)", "Tin Ảnh"),
        ("[sic](theo lời ông Ba) nói [2020](2021)", "[sic](theo lời ông Ba) nói [2020](2021)"),
        ("5 * 3 = 15, a_b_c và (*) giá", "5 * 3 = 15, a_b_c và (*) giá"),
        ("**Một****hai** ba", "Một hai ba"),
        ("**C****ầ****n si****ế****t ch****ặ****t** nay", "Cần siết chặt nay"),
        ("**Bộ****Y tế****, Phường****Ba (****2026****):** 5", "Bộ Y tế, Phường Ba (2026): 5"),
        ("Cầu treo⟨3⟩ và ![bản Nà⟨4⟩]", "Cầu treo và bản Nà"),
        ("⟨3⟩", ""),
        ("⟨12⟩ https://bao.example/cau: Cầu treo", ""),
        ("_Tin (mới)_a nay", "_Tin (mới)_a nay"),
        ("Cầu treo [", "Cầu treo"),
        ("Cầu [ treo", "Cầu [ treo"),
        ("#hashtag của bản", "#hashtag của bản"),
        ("## [Tin](/tin) ##", "Tin"),
        ("1. Điều một", "1. Điều một"),
        ("\\*không nghiêng\\*", "*không nghiêng*"),
        ("[Nghị định][3] mới", "[Nghị định] mới"),
        ("[3]: https://a.example/nd", ""),
        ("][", ""),
        ("---", ""),
        ("![](a.png)", ""),
    ],
)
def test_a_line(line: str, rendered: str) -> None:
    assert markdown_text(line) == rendered


@pytest.mark.parametrize(
    "text",
    [
        "[Video] Cầu treo\n* Ghi chú: 5 * 3\n#baolang #cautreo\n1. Một\n2. Hai\n- ba\n[1] Nguồn (tư liệu)",
        "# LỜI\n# ĐÁP\n# HẾT\nGiá **rẻ",
        "Xem [bài này](https://bao.example/bai)",
        "| cột |\n---\n>> Xem thêm\n_",
    ],
)
def test_plain_text_with_a_few_marks_is_no_markdown(text: str) -> None:
    assert not is_markdown(text)
    assert Page.from_text_or_markdown(text).plain == tuple(split_lines(text))


@pytest.mark.parametrize(("marks", "enough"), [(2, False), (3, True)])
def test_three_points_make_markdown(marks: int, enough: bool) -> None:
    assert is_markdown("**Giá** rẻ\n" * marks) == enough


def test_bytes_are_refused_in_words() -> None:
    with pytest.raises(TypeError, match="Markdown is a str, not bytes: decode"):
        markdown_text(b"# Tin")  # type: ignore[arg-type]


def test_lines_of_marks_alone_are_neither_lines_nor_gaps() -> None:
    page = Page.from_markdown("# Cầu\n![](a.png)\nMột\n\n\n![](b.png)\n\nHai\n[")
    assert page.lines == ("Cầu", "Một", "Hai")
    assert page.numbers.tolist() == [1, 3, 8]
    assert page.gaps.tolist() == [0, 0, 1]
    assert page.marks.tolist() == [2, 6, 9]


@pytest.mark.parametrize(
    ("markdown", "shares"),
    [
        ("[Trang chủ](/)", [1]),
        ("* [Trang chủ](/) | ab", [8 / 11]),
        ("Xem [ab](/a) và [**cd**](/b)", [4 / 9]),
        ("[![Cầu treo](/cau.jpg)](/cau)", [1]),
        ("![Cầu treo](/cau.jpg)\nCầu treo", [0, 0]),
        ("[Cầu\ntreo\nNà](/cau) mới", [1, 1, 2 / 5]),
        ("[\n### Cầu treo\n](/cau)\nCầu", [0, 1, 0, 0]),
        ("[[HỎI] Vì sao](/hoi)", [1]),
        ("### [Cầu treo](/cau)[### Bản Nà](/na)", [1]),
        ("<https://bao.example/> đó", [20 / 22]),
        ("[Cầu\n\nBản Nà", [0, 0, 0]),
        ("lại](/cau) đó", [0]),
        ("Cầu\ufdd1 treo\ufdd2 Nà", [0]),
    ],
)
def test_the_share_of_link_text(markdown: str, shares: list[float]) -> None:
    assert markdown_lines(markdown.split("\n"))[1] == pytest.approx(shares)


@pytest.mark.parametrize(("lines", "is_link"), [(41, True), (42, False)])
def test_the_text_of_a_link_goes_over_forty_lines_at_the_most(lines: int, is_link: bool) -> None:
    markup = ["[Cầu treo", *["bản Nà"] * (lines - 2), "đã thông](/cau)"]
    assert markdown_lines(markup)[1] == [float(is_link)] * lines


@given(MARKDOWN | st.text())
def test_whatever_stands_there_lines_keep_their_number(text: str) -> None:
    assert len(split_lines(markdown_text(text))) == len(split_lines(text))
    page = Page.from_markdown(text)
    assert page.raw == tuple(split_lines(text))
    blank = {n for n, line in enumerate(Page.from_text(text).raw, 1)} - {*Page.from_text(text).numbers.tolist()}
    assert not blank & {*page.numbers.tolist(), *page.marks.tolist()}
    assert len(page.numbers) + len(page.marks) + len(blank) == len(page.raw)


@given(
    st.text(
        alphabet=st.characters(exclude_characters="[]*_`~|\\<&#>+=-\r\n\t \ufdd1\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029")
    )
)
def test_text_without_marks_is_untouched(text: str) -> None:
    assert markdown_text(text) == text


def _seconds(text: str) -> float:
    start = time.process_time()
    markdown_text(text)
    return time.process_time() - start


@pytest.mark.parametrize(
    "piece",
    [
        "[",
        "![",
        "(",
        "*",
        "**a",
        "_",
        "\\",
        "](",
        "](/a(",
        '[a](/b "',
        "[a\n",
        "](/-\n",
        "<a ",
        "`a",
        "| ",
        "# ",
        " |",
        "[a]",
    ],
)
def test_time_is_linear(piece: str) -> None:
    """Ten times the text takes some ten times as long; quadratic time would be a hundred times."""
    short, long = (piece * (size // len(piece)) for size in (20_000, 200_000))
    assert min(_seconds(long) for _ in range(2)) < 40 * max(min(_seconds(short) for _ in range(3)), 0.002)


@pytest.mark.parametrize(
    ("markdown", "elements"),
    [
        ("# Cầu treo\n## Bản Nà", [HEADING, TEXT]),
        ("Cầu treo\n===\nBản Nà\n---", [HEADING, TEXT, TEXT, TEXT]),
        ("[H1] Cầu treo\n[H2] Bản Nà", [HEADING, TEXT]),
        ("![Cầu](/cau.jpg)\n* ![](/a.svg)Tin\n![📧](/b.svg) Thư", [PICTURE, TEXT, TEXT]),
        ("Xem ![Cầu](/cau.jpg)\n#hashtag", [TEXT, TEXT]),
        ("# ![Báo Làng](/logo.png)\n# ![sao](/sao.svg) Cầu treo", [PICTURE, HEADING]),
        ("![Báo Làng](/logo.png)\n===", [PICTURE, TEXT]),
    ],
)
def test_headings_of_the_first_level_and_pictures(markdown: str, elements: list[int]) -> None:
    assert markdown_lines(markdown.split("\n"))[2] == elements


def test_a_heading_or_picture_that_is_a_link_is_text() -> None:
    page = Page.from_markdown("# [Báo Làng](/)\n# Cầu\n[![Cầu](/a.jpg)](/a)\n![Cầu](/a.jpg)")
    assert page.elements is not None
    assert page.elements.tolist() == [TEXT, HEADING, TEXT, PICTURE]
