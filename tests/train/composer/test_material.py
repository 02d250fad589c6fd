"""Articles and furniture taken out of labelled pages, and what is told from a line's look."""

from dataclasses import replace
from random import Random

import pytest

from locbao.train.composer.article import is_signature, parts_of_article, parts_of_page, tidy
from locbao.train.composer.material import gather
from locbao.train.corpus.labelled_pages import Article, CorpusPage, site_key
from tests.support.village import LEAD, real_page, village_material


def test_pages_give_parts_and_furniture() -> None:
    material = village_material()
    assert len(material.parts) == 6
    parts = next(parts for parts in material.parts if parts.site == "lang")
    assert parts.headline.startswith("Cầu treo số")
    assert parts.lead == LEAD.format("Lạnh")
    assert [block.kind for block in parts.blocks] == ["caption", *["paragraph"] * 3, "heading", *["paragraph"] * 3]
    assert parts.captions[0].startswith("Thuyền của ông Páo")
    assert parts.signature == ("Giàng Cầu Sơn",)

    runs = [run for page in material.pages_by_site["lang"] for run in page]
    assert {run.place for run in runs} == {"before", "under", "between", "after"}
    under = [run for run in runs if run.place == "under"]
    assert [run.lines for run in under] == [("mục ngày đăng lang",)] * 3
    assert {run.place for page in material.pages_by_site["nui"] for run in page} >= {"list"}


def test_cuts_of_one_page_count_once() -> None:
    page = real_page(1, "lang")
    short = CorpusPage(
        "lang/main", "lang", page.lines[2:16], page.labels[2:16], page.sure[2:16], page.kinds[2:16], "main", "x:1"
    )
    gathered = gather([short, page])
    assert len(gathered.parts) == 1
    assert {run.place for pages in gathered.furniture for run in pages} >= {"before", "after"}


def test_unsure_lines_are_not_used() -> None:
    page = real_page(1, "lang")
    doubtful = replace(page, sure=tuple("Páo" not in text and "mục đầu" not in text for text in page.lines))
    parts = parts_of_page(doubtful, "lang")
    assert parts is not None
    assert not parts.captions
    assert not any(run.place == "before" for pages in gather([doubtful]).furniture for run in pages)


def test_loose_articles() -> None:
    article = Article(
        "x/1",
        "Cầu mới",
        "",
        (
            "Ông ở TP.",
            "Vinh đã về quê .",
            "Một lối đi chung",
            "Ông kể.",
            "Ảnh: Vừ Sáy",
            "Xem thêm > > Chuyện khác",
            "Hà Vy",
        ),
        ("Thuyền về bến.", "Ảnh: Vừ Sáy."),
    )
    parts = parts_of_article(article, Random(1))
    assert parts is not None
    assert [block.text for block in parts.blocks if block.kind == "heading"] == ["Một lối đi chung"]
    assert [block.text for block in parts.blocks if block.kind == "paragraph"] == [
        "Ông ở TP. Vinh đã về quê.",
        "Ông kể.",
    ]
    assert parts.captions == ("Thuyền về bến. Ảnh: Vừ Sáy.",)
    assert parts.signature == ("Hà Vy",)


def test_an_article_without_line_breaks_is_not_used() -> None:
    assert parts_of_article(Article("x/1", "Cầu", "", ("Một câu dài. " * 200,), ()), Random(1)) is None


@pytest.mark.parametrize(
    "text", ["Hà Vy", "TRÍ DŨNG - MAI ANH", "Hà Vy (TH)", "Theo TTXVN", "Tin, ảnh: VĂN HẢI", "Lan và Mai", "T.H"]
)
def test_signatures(text: str) -> None:
    assert is_signature(text) == (text != "T.H")


@pytest.mark.parametrize(
    "text", ["Một lối đi chung", "Ông về quê.", "Thuốc: Paracetamol", "Sơn La", "Hà Vy nói rằng cầu đã xong"]
)
def test_what_is_no_signature(text: str) -> None:
    assert is_signature(text) == (text == "Sơn La")


def test_odd_spaces_are_put_right() -> None:
    assert tidy("lúc 24 h , giá 10 % , ' mới ' và / hoặc") == "lúc 24h, giá 10%, 'mới' và/hoặc"


@pytest.mark.parametrize(
    "site", ["nld", "nld.com.vn", "https://www.nld.com.vn/a.htm", "m.nld.com.vn", "Báo Người Lao Động"]
)
def test_a_site_has_one_key(site: str) -> None:
    assert site_key(site) == "nld"


def test_a_site_that_looks_like_an_address_and_is_none() -> None:
    assert site_key("http://[bản") == "http://[bản"
