"""Pages unlike those that the model learned from say so, and others do not."""

import textwrap
import unicodedata

import pytest

import locbao
from locbao.predict.page_warnings import WARNINGS
from tests.support.village import real_page

ARTICLE = [
    "Bộ đội biên phòng đã bắt giữ một người vận chuyển ma túy tại cửa khẩu trong đêm mưa",
    "Theo lãnh đạo đồn, người này khai được thuê mang hàng qua suối, mỗi chuyến vài trăm nghìn đồng, và không biết bên "
    "trong những gói nhỏ bọc kín ấy có gì cho tới khi bị giữ lại giữa đường mòn vắng vẻ cách bản chừng hai cây số",
    "Các xã dọc biên giới đang được nhắc nhở về những lời rủ rê như vậy, nhất là vào mùa giáp hạt, khi nhiều nhà thiếu "
    "gạo và thanh niên trong bản phải đi làm thuê xa nhà nhiều ngày mới có tiền gửi về cho bố mẹ nuôi các em ăn học",
] * 4
BARE = str.maketrans("đĐ", "dD")


def bare(text: str) -> str:
    letters = unicodedata.normalize("NFD", text.translate(BARE))
    return "".join(char for char in letters if not unicodedata.combining(char))


def warnings(text: str) -> tuple[str, ...]:
    return locbao.load().label(text).warnings


PAGE = "\n".join(ARTICLE)
ENGLISH = "The border guards stopped a man who carried parcels over the river at night, and told the village so. " * 6
FRENCH = "Les gardes ont vu sur le pont un homme qui portait trois gros paquets fermés avec de la corde rouge. " * 6


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (PAGE, ()),
        (unicodedata.normalize("NFD", PAGE), ()),
        (bare(PAGE), ("no diacritics",)),
        (ENGLISH, ("another language",)),
        (FRENCH, ("another language",)),
        (PAGE.encode().decode("latin-1").replace("\x85", " "), ("garbled letters",)),
        (" ".join(ARTICLE), ("one line",)),
        ("Báo Làng\n" + " ".join(ARTICLE), ("one line",)),
        ("\n".join("\n".join(textwrap.wrap(line, 72)) for line in ARTICLE), ("broken lines",)),
        ("Trang chủ", ()),
        ("Home", ()),
        ("", ()),
    ],
)
def test_what_a_page_is_warned_of(text: str, expected: tuple[str, ...]) -> None:
    assert warnings(text) == expected
    assert set(expected) <= set(WARNINGS)


def test_a_few_broken_lines_among_many_whole_ones_are_no_fixed_width() -> None:
    whole = "Sáng nay bà con bản Nà đã dọn xong đất đá ở ngầm tràn."
    broken = "Sáng nay bà con bản Nà đã dọn xong toàn bộ đất đá\nở ngầm tràn."
    assert warnings("\n".join([whole] * 8 + [broken] * 8)) == ("broken lines",)
    assert warnings("\n".join([whole] * 24 + [broken] * 8)) == ()


@pytest.mark.parametrize("number", range(4))
def test_news_pages_are_not_warned_of(number: int) -> None:
    assert warnings("\n".join(real_page(number, "lang").lines)) == ()


def test_rows_say_so() -> None:
    pages = list(locbao.load().label_many([PAGE, bare(PAGE), PAGE]))
    assert [page.to_dict()["warnings"] for page in pages] == [[], ["no diacritics"], []]
