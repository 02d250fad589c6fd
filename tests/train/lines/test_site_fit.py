"""What site memory learns from: pages with others of their site, each page once however it is cut."""

from collections.abc import Sequence

import numpy as np
import pytest

from locbao.predict.model import Model
from locbao.train.corpus.labelled_pages import CorpusPage
from locbao.train.evaluation.line_scores import ScoredPage
from locbao.train.lines.site_fit import (
    DRAWS,
    SIZES,
    STEPS,
    SiteExample,
    fit_weights,
    page_name,
    site_examples,
    site_facts,
    site_pages,
    site_part,
)
from tests.support.village import labelled

FURNITURE = "Mời bà con theo dõi bản tin sáng của chúng tôi trên mọi nẻo đường"


def corpus_page(number: int, site: str, style: str = "full") -> CorpusPage:
    own = [(f"Chuyện thứ {number} ở {site}, đoạn {n}, kể về mùa nước nổi", "body") for n in range(4)]
    rest = [("Trang chủ", "sidebar")] if style == "full" else []
    lines = [*rest, (f"Tựa đề bài số {number}", "body"), *own, (FURNITURE, "sidebar")]
    return labelled(f"{site}-{number}/{style}", site, lines, style)


def believed(page: CorpusPage, body: float = 0.8) -> ScoredPage:
    """A line model that takes all lines but menus for body."""
    sidebar = np.array([0.99 if line == "Trang chủ" else 1 - body - 0.01 for line in page.lines])
    return ScoredPage.of(page, np.column_stack([1 - sidebar - 0.01, np.full(len(sidebar), 0.01), sidebar]))


def told_of(pages: Sequence[CorpusPage]) -> list[SiteExample]:
    scored: dict[str, list[ScoredPage]] = {}
    for page in pages:
        scored.setdefault(page.style, []).append(believed(page))
    return site_examples(scored, pages, seed=1)


SITES = ("lang", "ban")
PAGES = [corpus_page(number, site, style) for site in SITES for number in range(6) for style in ("full", "main")]


def test_cuts_of_a_page_are_one_page() -> None:
    assert (page_name("lang-1/full", "full"), page_name("lang-1", "")) == ("lang-1", "lang-1")
    known = site_pages(PAGES)
    assert {site: list(own) for site, own in known.items()} == {s: [f"{s}-{n}" for n in range(6)] for s in SITES}
    assert all("Trang chủ" in lines for own in known.values() for lines in own.values())


def test_shares_are_those_of_few_and_of_all_other_pages() -> None:
    told = told_of(PAGES)
    assert {one.others for one in told} == {*SIZES, 5}
    first = [one for one in told if one.page.id == "lang-0/full"]
    assert [one.others for one in first] == [size for size in (*SIZES, 5) for _ in range(DRAWS)]
    assert sum(one.weight for one in first) == pytest.approx(1)
    assert first[-1].shares.tolist() == [5 / 6, 0, 0, 0, 0, 0, 5 / 6]


def test_an_article_that_stands_there_twice_is_one_page() -> None:
    lines = [*zip(PAGES[0].lines, PAGES[0].labels, strict=True), ("Mới", "sidebar")]
    again = labelled("lang-9/full", "lang", lines, "full")
    told = told_of([PAGES[0], again, corpus_page(3, "lang")])
    assert {one.others for one in told} == {1}


def test_what_stands_on_more_pages_is_likelier_furniture() -> None:
    weights = fit_weights(told_of(PAGES))
    assert (weights >= 0).all()
    assert weights.sum() > 2  # the line model was wrong about all furniture, by some 1.4


def test_what_newspapers_repeat_in_their_articles_is_learned_too() -> None:
    signed = [
        labelled(f"lang-{n}", "lang", [(f"Tựa đề bài số {n}", "body"), (f"Đoạn {n}", "body"), ("Lò Vân", "body")], "")
        for n in range(6)
    ]
    assert fit_weights(told_of(signed)).tolist() == [0] * len(STEPS)


def test_pages_that_are_alone_tell_nothing() -> None:
    assert told_of([corpus_page(0, "lang"), corpus_page(0, "lang", "main"), corpus_page(1, "ban")]) == []


def test_the_part_and_what_is_said_of_it() -> None:
    told = told_of(PAGES)
    part = site_part(fit_weights(told))
    assert part["steps"] == list(STEPS)
    assert site_facts(told, part) == {**part, "weights": part["weights"].tolist(), "pages": 24, "sites": 2}


def test_a_trained_model_has_it(model: Model) -> None:
    assert model.site_model
    assert model.manifest["site"]["sites"] == 19
