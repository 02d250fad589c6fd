"""Which pages are to be labelled first."""

from locbao.features.page import Page
from locbao.predict.labelled import LabelledLine, LabelledPage
from locbao.predict.reading.items import Input, Source
from locbao.train.annotate.priority import labelling_order

TEMPLATE = [(f"Mục {name}", 0.8) for name in ("thời sự", "văn hóa", "du lịch", "đời sống")]


def page(id: str, *lines: tuple[str, float]) -> tuple[Input, LabelledPage]:
    labelled = tuple(LabelledLine(n, text, "body", score, {}) for n, (text, score) in enumerate(lines, start=1))
    return Input(id, Page.from_lines([]), Source(id)), LabelledPage(labelled)


def test_doubt_and_new_templates_come_first_and_copies_last() -> None:
    pages = [
        page("sure", ("Bà con góp công dựng cầu.", 0.99)),
        page("copy of cầu", *TEMPLATE, ("Cầu mới, năm 2024.", 0.6)),
        page("cầu", *TEMPLATE, ("Cầu mới, năm 2023.", 0.55)),
        page("further page", *TEMPLATE, ("Mùa quế ở Tà Lèng.", 0.7)),
        page("new template", *((f"Trang {text}", 0.8) for text, _ in TEMPLATE)),
        page("empty"),
    ]
    order = list(labelling_order(pages))
    assert [each.id for each in order] == ["cầu", "new template", "further page", "sure", "copy of cầu", "empty"]
    assert [each.doubtful for each in order] == [5, 4, 1, 0, 0, 0]
    assert (order[2].new, order[4].worth) == (0.2, 0.0)


def test_lines_that_are_labelled_already_are_not_new() -> None:
    [only] = labelling_order([page("cầu", *TEMPLATE)], ["Mục thời sự", "MỤC VĂN HÓA"])
    assert (only.new, only.doubtful) == (0.5, 2)
