"""What the links of a page tell of its lines."""

import numpy as np

from locbao.features.lines.design import LinkDesign
from locbao.features.lines.links import quantities
from locbao.features.page import Batch, Page

PROSE = "Sáng nay bà con ba bản cùng nhau dựng lại cây cầu treo qua suối Nậm sau một mùa lũ lớn, già bản kể lại."
LINES = ["Trang chủ", "Cầu treo bản Nà", PROSE, PROSE, "Tin khác: Mưa lớn", "Mưa lớn ở vùng cao", "Bản quyền"]
SHARES = [1.0, 0.0, 0.1, 0.0, 0.6, 0.9, 0.0]


def levels(batch: Batch) -> dict[str, list[int]]:
    return {quantity.name: quantity.levels().tolist() for quantity in quantities(batch)}


def test_runs_without_links_end_at_links_and_at_the_page() -> None:
    page = Page.from_lines(LINES, SHARES)
    measured = {quantity.name: quantity.values.tolist() for quantity in quantities(Batch.of([page, page]))}
    assert measured["share of link text"] == SHARES * 2
    assert measured["lines from link to link"] == [0, 4, 4, 4, 4, 0, 1] * 2
    assert measured["paragraphs from link to link"] == [0, 2, 2, 2, 2, 0, 0] * 2
    assert measured["half of the page's paragraphs from link to link"] == [0, 1, 1, 1, 1, 0, 0] * 2


def test_half_of_the_paragraphs_is_enough() -> None:
    page = Page.from_lines([PROSE, "Tin khác", PROSE], [0.0, 1.0, 0.0])
    measured = {quantity.name: quantity.values.tolist() for quantity in quantities(Batch.of([page]))}
    assert measured["half of the page's paragraphs from link to link"] == [1, 0, 1]


def test_a_page_does_not_depend_on_its_batch() -> None:
    page, plain = Page.from_lines(LINES, SHARES), Page.from_lines(LINES)
    alone = levels(Batch.of([page]))
    together = levels(Batch.of([plain, page, plain]))
    assert {name: of[7:14] for name, of in together.items()} == alone


def test_every_level_has_a_name_and_a_line_one_level_of_each_quantity() -> None:
    design = LinkDesign()
    matrix = design.columns(Batch.of([Page.from_lines(LINES, SHARES)])).matrix()
    assert len(design.names()) == len(set(design.names())) == design.width == matrix.shape[1]
    assert (matrix.sum(axis=1) == 4).all()


def test_links_are_unknown_where_hardly_a_line_is_one() -> None:
    assert Page.from_lines(LINES).links is None
    assert Page.from_lines(LINES, [0.0] * 7).links is None
    assert Page.from_lines([*LINES, *LINES], [0.0] * 12 + [0.5, 1.0]).links is None
    assert Page.from_lines(LINES, [0.0] * 6 + [0.8]).links is not None
    assert Batch.of([Page.from_lines(LINES)]).links is None
    assert Batch.of([]).links is None
    links = Batch.of([Page.from_lines(["", *LINES], [0.0, *SHARES]), Page.from_lines(["Tin"])]).links
    assert links is not None
    np.testing.assert_array_equal(links, [*SHARES, np.nan])
