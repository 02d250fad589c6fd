"""Pages that are broken at a width: how they are broken, and what is counted of them."""

from dataclasses import replace

from locbao.experiments.studies.lines.wrapped_pages import STYLES, WAYS, broken, measure, shares, size_in_bytes
from locbao.predict.model import Model
from tests.predict.test_fixed_width_pages import CAPTION, LINES, MENU
from tests.support.tables import cells
from tests.support.village import labelled

SHORT: list[tuple[str, str | None]] = [("Nước lên rất nhanh", "body"), ("", None), ("Trang chủ", "sidebar")]
LABELS = {"": None, CAPTION: "caption", **dict.fromkeys(MENU, "sidebar")}
PAGE = [(text, LABELS.get(text, "body")) for text in LINES]


def test_lines_are_broken_between_words() -> None:
    parts = [("Nước lên", "body"), ("rất nhanh", "body"), ("", None), ("Trang chủ", "sidebar")]
    assert broken(SHORT, 9) == parts
    assert broken(SHORT, 3)[:4] == [("Nước", "body"), ("lên", "body"), ("rất", "body"), ("nhanh", "body")]
    assert broken(SHORT, 12, size_in_bytes)[:2] == parts[:2]
    assert broken(SHORT[:1], 9, blank=True) == [parts[0], ("", None), parts[1], ("", None)]


def test_joined_lines_are_labelled_as_the_paragraphs_that_they_were(shipped: Model) -> None:
    assert shares(shipped, [PAGE], joined=True) == (1.0, 0.0, 0)
    assert shares(shipped, [broken(PAGE, 72)], joined=True) == (1.0, 0.0, 1)
    kept, _, recognised = shares(shipped, [broken(PAGE, 72)], joined=False)
    assert kept < 1
    assert recognised == 1


def test_a_row_for_each_style_and_way(shipped: Model) -> None:
    pages = [replace(labelled("a", "a", PAGE), style=style) for style in STYLES]
    rows = cells(measure(shipped, pages))[2:]
    assert [row[:2] for row in rows] == [[style or "all", way] for style in STYLES for way in WAYS]
    assert {row[3] for row in rows if row[2] == "0 of 1"} == {"1.0000 (1.0000)"}
