"""Text of fixed width gets its paragraphs back, and no other text is touched."""

import doctest
import gzip
import json
import textwrap
import unicodedata
from collections.abc import Callable
from itertools import cycle, islice
from pathlib import Path

import numpy as np
import pytest

from locbao.features import fixed_width
from locbao.features.fixed_width import unwrapped
from locbao.features.page import Page
from locbao.predict.reading.parsing import page_of

PARAGRAPHS = [
    "Sáng nay bà con bản Nà đã dọn xong toàn bộ đất đá ở ngầm tràn, rồi mới lên nương hái nốt chỗ ngô còn lại từ tuần "
    "trước, theo lời ông Lò Văn Páo, người đã ở bản này hơn bốn mươi năm và chưa từng thấy mưa to như vậy.",
    "Cán bộ xã cho hay tuyến đường vào ba bản phía trên vẫn chưa thông, vì mỗi đêm lại có thêm một đoạn ta luy sạt "
    "xuống, còn máy xúc của huyện thì phải đợi nước rút mới sang được bên kia suối.",
    "Hai ngày nữa, nếu trời không mưa thêm, học sinh của điểm trường sẽ trở lại lớp.",
]


def wrapped(paragraphs: list[str], width: int, between: str = "") -> str:
    parts = ("\n".join(textwrap.wrap(text, width, break_on_hyphens=False)) for text in paragraphs)
    return f"\n{between}".join(parts)


def lines(text: str) -> tuple[str, ...]:
    return unwrapped(Page.from_text(text)).lines


def is_touched(text: str) -> bool:
    return unwrapped(Page.from_text(text)).wrapped is not None


def test_the_examples_of_the_docstrings_run() -> None:
    results = doctest.testmod(fixed_width)
    assert results.attempted
    assert not results.failed


@pytest.mark.parametrize("width", [50, 60, 72, 80, 100, 110])
@pytest.mark.parametrize("between", ["", "\n"])
def test_paragraphs_are_whole_again(width: int, between: str) -> None:
    paragraphs = PARAGRAPHS[:2] * 4
    page = Page.from_text(wrapped(paragraphs, width, between))
    whole = unwrapped(page)
    assert whole.wrapped is page
    assert whole.raw == page.raw
    assert " ".join(whole.lines) == " ".join(paragraphs)
    if between:  # without a blank line, a last line that is full by chance goes on
        assert whole.lines == tuple(paragraphs)
        assert whole.gaps.tolist() == [0] + [1] * 7
    assert unwrapped(whole) is whole


@pytest.mark.parametrize("end", ["\r\n", "\r", " \n", "\n\n"])
def test_line_ends_of_any_kind(end: str) -> None:
    assert lines(wrapped(PARAGRAPHS * 3, 72, "\n").replace("\n", end)) == tuple(PARAGRAPHS * 3)


def test_width_in_bytes_as_fold_and_fmt_count_it() -> None:
    broken: list[str] = []
    for paragraph in PARAGRAPHS * 3:
        broken.append("")
        for word in paragraph.split():
            if len(f"{broken[-1]} {word}".encode()) > 80:
                broken.append("")
            broken[-1] = f"{broken[-1]} {word}".strip()
        broken.append("")
    assert lines("\n".join(broken)) == tuple(PARAGRAPHS * 3)


def test_letters_that_were_decomposed_before_or_after_the_lines_were_broken() -> None:
    before = wrapped([unicodedata.normalize("NFD", text) for text in PARAGRAPHS * 3], 80, "\n")
    after = unicodedata.normalize("NFD", wrapped(PARAGRAPHS * 3, 72, "\n"))
    assert lines(before) == lines(after) == tuple(PARAGRAPHS * 3)


@pytest.mark.parametrize(
    "apart",
    [
        ["Kính gửi: Ban Quản lý bản Nà", "Người viết: Lò Văn Páo", "Điện thoại: 0100 555 018"],
        ["* mang theo áo mưa", "* mang theo đèn pin", "1. Lên xe lúc năm giờ", "2. Về bản trước khi trời tối"],
        ["Nước lên, nước lại về", "bên kia suối có người", "đợi ai qua ngầm tràn", "cho kịp buổi chợ phiên"],
        [f"Bản Nà{number:>12}{number * 3:>20}{number * 7:>38}" for number in range(10, 16)],
        [f"| Bản Nà | {number} | một trăm hai mươi cây số đường rừng và một con suối |" for number in range(6)],
        [f"> {'Nước lên nhanh quá, ' * 3}bà con ạ" for _ in range(6)],
        [f"https://ban-na.example/{'tin-' * 20}{number}" for number in range(2)],
    ],
)
def test_lines_of_their_own_stay_so_within_text_of_fixed_width(apart: list[str]) -> None:
    text = "\n".join([wrapped(PARAGRAPHS * 3, 72, "\n"), "", *apart, "", wrapped(PARAGRAPHS, 72, "\n")])
    assert lines(text) == (*PARAGRAPHS * 3, *(" ".join(line.split()) for line in apart), *PARAGRAPHS)


def test_an_item_of_a_list_that_goes_on() -> None:
    items = [f"* {text}" for text in PARAGRAPHS[:2]]
    assert lines(wrapped(items * 4, 72)) == tuple(items * 4)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Trang chủ",
        "\n".join(PARAGRAPHS * 9),
        "\n\n".join(PARAGRAPHS * 9),
        "\n".join(islice(cycle(["Trang chủ", "Thời sự", "Bản làng", "Đường vào bản Nà thông xe trở lại"]), 400)),
        "\n".join(["Nước lên, nước lại về", "bên kia suối có người", "đợi ai qua ngầm tràn"] * 30),
        "\n".join(f"Bản Nà dọn xong đất đá ở ngầm tràn số {number}, bà con lên nương" for number in range(200)),
        "\n".join(["- " * 30] * 300),
        "\n".join(["a"] * 5000),
        "\n".join(["một"] * 5000),
    ],
)
def test_other_text_stays_as_it_is(text: str) -> None:
    assert not is_touched(text)


def test_a_few_broken_lines_among_many_whole_ones_are_no_fixed_width() -> None:
    broken = wrapped(PARAGRAPHS * 2, 72)
    assert is_touched(broken)
    assert not is_touched("\n".join([broken, *PARAGRAPHS * 15]))


def test_one_long_line_is_not_the_width() -> None:
    odd = "Bản Nà, xã Nậm Lạnh: danh sách hộ được hỗ trợ giống ngô vụ này theo quyết định của huyện ban hành"
    assert lines("\n".join([wrapped(PARAGRAPHS * 3, 72, "\n"), "", odd, "kèm theo."]))[:9] == tuple(PARAGRAPHS * 3)


def test_shares_of_link_text_are_those_of_all_that_is_joined() -> None:
    page = Page.from_text(wrapped(PARAGRAPHS * 3, 72, "\n"))
    links = [1.0 if line.startswith("Cán bộ") else 0.0 for line in page.raw]
    whole = unwrapped(Page.from_lines([*page.raw, *["Trang chủ"] * 9], [*links, *[1.0] * 9]))
    assert whole.links is not None
    linked = len(textwrap.wrap(PARAGRAPHS[1], 72)[0])
    assert np.allclose(whole.links[1:9:3], linked / len(PARAGRAPHS[1].replace("\n", " ")), atol=0.01)
    assert whole.links[-9:].tolist() == [1.0] * 9


@pytest.mark.parametrize(
    "hostile",
    [
        lambda: wrapped([PARAGRAPHS[0] * 5000], 72),
        lambda: wrapped(PARAGRAPHS * 2500, 72, "\n"),
        lambda: wrapped(PARAGRAPHS * 2500, 72).replace(" ", "-"),
        lambda: "\r\n\n\r".join(wrapped(PARAGRAPHS * 2500, 72).split("\n")),
        lambda: (" " * 71 + "a\nb") * 14_000,
        lambda: ("a" * 71 + "\nb") * 14_000,
        lambda: wrapped(PARAGRAPHS * 9, 72) + "\n" + " \t" * 500_000 + "a",
    ],
)
def test_a_megabyte_of_anything_keeps_its_words(hostile: Callable[[], str]) -> None:
    text = hostile()
    assert " ".join(lines(text)).split() == " ".join(Page.from_text(text).lines).split()


def test_real_pages_stay_as_they_are(shared_data: Path) -> None:
    touched = []
    for name in ("gold_pages.jsonl", "section_pages.jsonl.gz", "pages.jsonl.gz", "unlabelled.jsonl.gz"):
        path = shared_data / name
        with gzip.open(path, "rt") if path.suffix == ".gz" else path.open(encoding="utf-8") as rows:
            for row in map(json.loads, rows):
                text = row.get("html") or row.get("markdown") or "\n".join(line["text"] for line in row["lines"])
                if page_of(text).wrapped is not None:
                    touched.append(row["id"])
    assert touched == []
