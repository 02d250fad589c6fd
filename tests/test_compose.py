"""Composed pages.

The material is made so that words show what a line is: paragraphs speak of people who built a bridge, captions of a
boat ("thuyền"), furniture of a menu ("mục"), other articles of the weather ("mưa").
"""

from collections.abc import Sequence
from dataclasses import fields, replace
from random import Random

import pytest

from locbao.train.compose import ComposedPage, compose, layouts_without
from locbao.train.corpus import Article, CorpusPage, Headline
from locbao.train.layout import Layout, parse_layout
from locbao.train.material import Material, MaterialError, gather, site_key
from locbao.train.parts import is_signature, parts_of_article, parts_of_page, tidy
from locbao.train.recipe import Recipe

SENTENCE = "Cây cầu treo qua suối {} đã được bà con trong bản dựng lại sau mùa lũ bằng gỗ và dây cáp."
LEAD = "Sau ba tháng góp công, lối qua suối {} đã mở lại cho học trò đến trường kịp ngày khai giảng."
QUIET = Recipe(noisy_page=0, wrapped_page=0)  # what noise does to a line is tested alone

LAYOUT = """
after: {host}
order: menu HEADLINE stamp LEAD CONTENT SIGNATURE box? related footer
between: more
[menu]
mục Thời sự

mục Kinh tế
[stamp]
mục {{date}} {{time}}
[more]
mục đọc thêm: {{headline}}
[box]
b> Hà Cầu Vy
mục theo dõi tác giả
[related]
mục liên quan

*3 {{headline}}
* {{headline}}
*
* {{teaser}}
[footer]
mục © {{year}} {{site}}
"""


def labelled(page_id: str, site: str, lines: Sequence[tuple[str, str | None]], style: str = "full") -> CorpusPage:
    texts, labels = zip(*lines, strict=True)
    return CorpusPage(page_id, site, texts, labels, (True,) * len(texts), (None,) * len(texts), style, f"{page_id}:1")


def real_page(number: int, site: str) -> CorpusPage:
    """A page with furniture in every place."""
    title = f"Cầu treo số {number} nối lại đôi bờ"
    return labelled(
        f"{site}/{number}",
        site,
        [
            (f"mục đầu trang {site}", "sidebar"),
            ("", None),
            (title, "body"),
            ("Lò Cầu Vân", "body"),
            (f"mục ngày đăng {site}", "sidebar"),
            (LEAD.format("Lạnh"), "body"),
            (f"{title} - Ảnh 1.", "caption"),
            (f"Thuyền của ông Páo chở bà con lần thứ {number}. Ảnh: Vừ Sáy", "caption"),
            *[(SENTENCE.format(place), "body") for place in ("Nậm", "Hoa", "Pa")],
            (f"mục xen giữa {site}", "sidebar"),
            ("Cầu cho ngày mai", "body"),
            *[(SENTENCE.format(place), "body") for place in ("Mường", "Tà", "Sìn")],
            ("Giàng Cầu Sơn", "body"),
            ("", None),
            (f"mục cuối trang {site}", "sidebar"),
            (title, "sidebar"),
        ],
    )


@pytest.fixture(scope="module")
def layouts() -> list[Layout]:
    return [parse_layout(LAYOUT.format(host=host), host, host) for host in ("lang.example", "ban.example")]


@pytest.fixture(scope="module")
def material() -> Material:
    pages = [real_page(number, site) for number in range(3) for site in ("lang", "nui")]
    section = labelled(
        "nui/s", "nui", [(f"mục trang mục số {n}" if n % 4 else "", "sidebar" if n % 4 else None) for n in range(1, 60)]
    )
    article = Article(
        "loose/1",
        "kho",
        "Cầu mới ở bản Nà",
        LEAD.format("Nà"),
        tuple(SENTENCE.format(place) for place in ("Nà", "Ka", "Lũng", "Cao")),
        ("Thuyền cũ bên cầu mới.",),
        "kho:1",
    )
    others = [Headline(f"mưa lớn ở miền số {n}", f"mưa kéo dài {n} ngày ở nhiều nơi.", "") for n in range(20)]
    return gather([*pages, section], [article], others)


MARKS = {"mục": "sidebar", "mưa": "sidebar", "thuyền": "caption", "bà con trong bản": "body"}


def labels_of(pages: Sequence[ComposedPage]) -> list[tuple[str, str]]:
    """The lines that are not blank, in lower case, with their labels."""
    lines = ((text.lower(), label) for page in pages for text, label in zip(page.lines, page.labels, strict=True))
    return [(text, label) for text, label in lines if label]


def texts_of(page: ComposedPage, label: str) -> list[str]:
    return [text for text, known in zip(page.lines, page.labels, strict=True) if known == label]


def test_every_line_has_the_label_of_what_it_is(material: Material, layouts: list[Layout]) -> None:
    pages = compose(material, layouts, 400, 1, replace(QUIET, video=0.0))
    seen = set()
    for text, label in labels_of(pages):
        for mark, right in MARKS.items():
            if mark in text:
                seen.add(mark)
                assert label == right, text
    assert seen == set(MARKS)


def test_the_headline_is_body_once_and_its_repetitions_are_not(material: Material, layouts: list[Layout]) -> None:
    repeated = set()
    for page in compose(material, layouts, 300, 1, QUIET):
        title = next(text for text in texts_of(page, "body") if "nối lại đôi bờ" in text or text == "Cầu mới ở bản Nà")
        assert texts_of(page, "body").count(title) == 1
        repeated |= {label for text, label in zip(page.lines, page.labels, strict=True) if text == title}
    assert repeated == {"body", "caption", "sidebar"}


def test_only_blank_lines_have_no_label(material: Material, layouts: list[Layout]) -> None:
    for page in compose(material, layouts, 300, 2):
        assert len(page.lines) == len(page.labels)
        assert all((label is None) == (not text.strip()) for text, label in zip(page.lines, page.labels, strict=True))
        assert "body" in page.labels


def test_a_page_depends_on_seed_and_number_alone(material: Material, layouts: list[Layout]) -> None:
    pages = compose(material, layouts, 30, 7)
    assert compose(material, layouts, 30, 7) == pages
    assert compose(material, layouts, 10, 7) == pages[:10]
    assert compose(material, layouts, 30, 8) != pages
    assert len({page.id for page in pages}) == 30


def test_all_sites_of_a_page_are_named(material: Material, layouts: list[Layout]) -> None:
    for page in compose(material, layouts, 200, 3, QUIET):
        assert page.layout in ("lang.example", "ban.example")
        for site in ("lang", "nui"):
            if any(
                f"mục {place} {site}" in text
                for text in page.lines
                for place in ("đầu trang", "xen giữa", "cuối trang")
            ):
                assert site in page.sites
        assert not {"lang.example", "ban.example", "", "kho"} & page.sites


def test_a_held_out_site_leaves_no_trace(material: Material, layouts: list[Layout]) -> None:
    kept = layouts_without(layouts, ["https://www.lang.example/tin"])
    assert [layout.name for layout in kept] == ["ban.example"]
    pages = compose(material.without(["lang.example"]), kept, 200, 4, QUIET)
    assert any(page.sites == {"ban", "nui"} for page in pages)
    assert not any("lang" in page.sites or "trang lang" in text for page in pages for text in page.lines)


def test_nothing_left_to_compose_with(material: Material) -> None:
    with pytest.raises(MaterialError):
        Material(material.parts, (), (), ()).without(["lang", "nui"])
    with pytest.raises(MaterialError):
        gather([labelled("a", "a", [("mục", "sidebar")])])


def test_the_three_cuts(material: Material, layouts: list[Layout]) -> None:
    def pages(**chances: float) -> list[ComposedPage]:
        cut = {
            "whole_page": 0.0,
            "main_page": 0.0,
            "real_page": 0.0,
            "drop_block": 0.0,
            "sticky_headline": 0.0,
            "between_blocks": (1.0,),
        }
        return compose(material, layouts, 40, 5, replace(QUIET, **(cut | chances)))  # type: ignore[arg-type]

    for page in pages(whole_page=1.0):
        assert page.lines[0] == "mục Thời sự"
        assert page.lines[-1].startswith("mục ©")
    for page in pages(main_page=1.0):
        assert page.labels[0] == "body"
        assert not any(
            "Thời sự" in text and label == "sidebar" for text, label in zip(page.lines, page.labels, strict=True)
        )
    for page in pages():
        assert page.labels.count("sidebar") <= 1


@pytest.mark.parametrize(
    ("policy", "blanks"),
    [
        ({"blank_nowhere": 1.0, "blank_everywhere": 0.0}, lambda labels: None not in labels),
        (
            {"blank_everywhere": 1.0},
            lambda labels: all(label is None for label in labels[1::2]) and None not in labels[::2],
        ),
    ],
)
def test_blank_lines(material: Material, layouts: list[Layout], policy: dict[str, float], blanks: object) -> None:
    assert callable(blanks)
    for page in compose(material, layouts, 40, 6, replace(QUIET, **policy)):  # type: ignore[arg-type]
        assert blanks(page.labels)


def test_noise_keeps_labels_with_their_lines(material: Material, layouts: list[Layout]) -> None:
    noisy = replace(Recipe(), noisy_page=1.0, wrapped_page=0.0, video=0.0)
    for text, label in labels_of(compose(material, layouts, 200, 8, noisy)):
        for mark, right in MARKS.items():
            assert mark not in text or label == right
    wrapped = compose(material, layouts, 40, 9, replace(Recipe(), wrapped_page=1.0))
    assert max(len(text) for page in wrapped for text in page.lines) < 240


def test_real_furniture_takes_the_new_headline(material: Material, layouts: list[Layout]) -> None:
    real = replace(QUIET, real_page=1.0, real_place=1.0, real_instead=1.0, whole_page=1.0, sticky_headline=0.0)
    ends = [texts_of(page, "sidebar")[-1] for page in compose(material, layouts, 60, 10, real) if "nui" in page.sites]
    assert any("nối lại đôi bờ" in text or "bản Nà" in text for text in ends)


def test_pages_give_parts_and_furniture(material: Material) -> None:
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
        "x",
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
        "x:1",
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
    assert parts_of_article(Article("x/1", "x", "Cầu", "", ("Một câu dài. " * 200,), (), "x:1"), Random(1)) is None


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


def test_every_chance_of_the_recipe_is_one() -> None:
    recipe = Recipe()
    for field in fields(recipe):
        value = getattr(recipe, field.name)
        assert isinstance(value, tuple) or 0 <= value <= 1, field.name
    assert sum(recipe.between_blocks) == pytest.approx(1)
