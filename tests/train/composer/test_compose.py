"""Composed pages."""

from collections.abc import Sequence
from itertools import pairwise

import pytest

from locbao.train.composer.compose import ComposedPage, compose
from locbao.train.composer.layout import Layout
from locbao.train.composer.material import Material, gather
from locbao.train.composer.recipe import Recipe
from locbao.train.corpus.corpus_files import CorpusError
from tests.support.village import labelled, village_layouts, village_material

CARDS = {"cards_before": 0.0, "cards_between": 0.0, "cards_after": 0.0, "numbers_before": 0.0, "numbers_after": 0.0}
# What noise does to a line, and what cards and numbers are, is tested alone.
QUIET = Recipe(noisy_page=0, wrapped_page=0, author_twice=0).model_copy(update=CARDS)


@pytest.fixture(scope="module")
def layouts() -> list[Layout]:
    return village_layouts()


@pytest.fixture(scope="module")
def material() -> Material:
    return village_material()


MARKS = {"mục": "sidebar", "mưa": "sidebar", "thuyền": "caption", "bà con trong bản": "body"}


def labels_of(pages: Sequence[ComposedPage]) -> list[tuple[str, str]]:
    """The lines that are not blank, in lower case, with their labels."""
    lines = ((text.lower(), label) for page in pages for text, label in zip(page.lines, page.labels, strict=True))
    return [(text, label) for text, label in lines if label]


def texts_of(page: ComposedPage, label: str) -> list[str]:
    return [text for text, known in zip(page.lines, page.labels, strict=True) if known == label]


def test_every_line_has_the_label_of_what_it_is(material: Material, layouts: list[Layout]) -> None:
    pages = compose(material, layouts, 400, 1, QUIET.model_copy(update={"video": 0.0}))
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


def test_nothing_to_compose_with() -> None:
    with pytest.raises(CorpusError, match="no article"):
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
        return compose(material, layouts, 40, 5, QUIET.model_copy(update=cut | chances))

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
    for page in compose(material, layouts, 40, 6, QUIET.model_copy(update=policy)):
        assert blanks(page.labels)


def test_noise_keeps_labels_with_their_lines(material: Material, layouts: list[Layout]) -> None:
    noisy = Recipe(noisy_page=1.0, wrapped_page=0.0, video=0.0).model_copy(update=CARDS)
    for text, label in labels_of(compose(material, layouts, 200, 8, noisy)):
        for mark, right in MARKS.items():
            assert mark not in text or label == right
    wrapped = compose(material, layouts, 40, 9, Recipe(wrapped_page=1.0))
    assert max(len(text) for page in wrapped for text in page.lines) < 240


def test_real_furniture_takes_the_new_headline(material: Material, layouts: list[Layout]) -> None:
    real = QUIET.model_copy(
        update={"real_page": 1.0, "real_place": 1.0, "real_instead": 1.0, "whole_page": 1.0, "sticky_headline": 0.0}
    )
    ends = [texts_of(page, "sidebar")[-1] for page in compose(material, layouts, 60, 10, real) if "nui" in page.sites]
    assert any("nối lại đôi bờ" in text or "bản Nà" in text for text in ends)


def test_cards_of_other_articles_and_numbers_are_sidebar(material: Material, layouts: list[Layout]) -> None:
    def sidebar(**chances: float) -> list[int]:
        pages = compose(
            material, layouts, 60, 3, QUIET.model_copy(update={"real_page": 0.0, "whole_page": 1.0} | chances)
        )
        return [page.labels.count("sidebar") for page in pages]

    def others(**chances: float) -> int:
        pages = compose(
            material, layouts, 60, 3, QUIET.model_copy(update={"real_page": 0.0, "whole_page": 1.0} | chances)
        )
        return sum(label in ("body", "caption") for page in pages for label in page.labels) // len(pages)

    bare = sum(sidebar())
    for name in CARDS:
        assert sum(sidebar(**{name: 1.0})) > bare, name
        assert abs(others(**{name: 1.0}) - others()) <= 2, name


def test_the_authors_name_under_the_headline_is_body(material: Material, layouts: list[Layout]) -> None:
    always = QUIET.model_copy(update={"author_twice": 1.0, "real_page": 0.0, "sticky_headline": 0.0})
    twice = 0
    for page in compose(material, layouts, 60, 5, always):
        body = texts_of(page, "body")
        twice += any(one == other for one, other in pairwise(body))
    assert twice > 20


def test_every_chance_of_the_recipe_is_one() -> None:
    recipe = Recipe()
    for name, value in recipe:
        assert isinstance(value, tuple) or 0 <= value <= 1, name
    assert sum(recipe.between_blocks) == pytest.approx(1)
