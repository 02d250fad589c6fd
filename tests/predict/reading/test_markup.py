"""Pages in Markdown and HTML through the model; all are invented."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from locbao.features.page import Page
from locbao.predict.labelled import LabelledPage
from locbao.predict.model import Model
from locbao.predict.reading.markup import is_html
from tests.support.command import locbao as run

PLAIN = [
    "Trang chủ",
    "Thời sự",
    "Cầu treo bản Nà thông xe sau ba tháng sửa chữa",
    "Sáng 5/3, Ủy ban nhân dân xã cho biết cầu treo bản Nà đã thông xe, bà con đi lại bình thường.",
    "Trước đó, mưa lũ đã làm hỏng toàn bộ mặt cầu, hơn 200 hộ dân phải đi đường vòng suốt ba tháng.",
    "Người dân qua cầu sáng 5/3. Ảnh: Thu Hà",
    "Ông Lò Văn Ba, trưởng bản, nói rằng dân bản đã góp hơn ba trăm ngày công để dựng lại cây cầu này.",
    "Tin liên quan",
]
MARKDOWN = """  * [Trang chủ](https://bao.example/)
  * [Thời sự](https://bao.example/thoi-su "Thời sự")
![](https://bao.example/icon.svg)
# Cầu treo bản Nà thông xe sau ba tháng sửa chữa
**Sáng 5/3,** Ủy ban nhân dân xã cho biết [cầu treo bản Nà](/cau-treo) đã thông xe, bà con đi lại bình thường.
Trước đó, mưa lũ đã làm hỏng toàn bộ mặt cầu, hơn 200 hộ dân phải đi đường vòng suốt ba tháng.
![](https://bao.example/cau.jpg)_Người dân qua cầu sáng 5/3. Ảnh: Thu Hà_
Ông Lò Văn Ba, trưởng bản, nói rằng dân bản đã góp hơn ba trăm ngày công để dựng lại cây cầu này.
[Tin liên quan](https://bao.example/lien-quan)
"""


def seen(page: LabelledPage) -> list[tuple[str, str, float]]:
    return [(line.plain, line.label, line.score) for line in page.lines if line.plain]


def test_markdown_is_labelled_as_its_plain_lines(shipped: Model) -> None:
    page = shipped.label(replace(Page.from_markdown(MARKDOWN), links=None, elements=None))
    plain = shipped.label("\n".join(PLAIN))
    assert seen(page) == seen(plain)
    assert [line.text for line in page.lines] == MARKDOWN.splitlines()
    assert [line.number for line in page.lines] == list(range(1, 10))
    assert (page.body, page.captions, page.topic_scores) == (plain.body, plain.captions, plain.topic_scores)
    marks = page.lines[2]
    assert (marks.label, marks.score, marks.plain, sum(marks.scores.values())) == ("sidebar", 1.0, "", 1.0)


def test_markup_may_be_told(shipped: Model) -> None:
    assert shipped.label(MARKDOWN, markup="markdown") == shipped.label(MARKDOWN)
    assert shipped.label(MARKDOWN, markup="text").lines[3].plain.startswith("# Cầu")
    html = "<!DOCTYPE html>" + "".join(f"<p>{line}" for line in PLAIN)
    assert seen(shipped.label(html)) == seen(shipped.label(html, markup="html"))
    assert [line.plain for line in shipped.label(html).lines] == PLAIN
    pages = list(shipped.label_many([MARKDOWN, MARKDOWN], markup=["text", "markdown"]))
    assert [page.lines[3].plain[:3] for page in pages] == ["# C", "Cầu"]
    with pytest.raises(ValueError, match="in auto, text, markdown, html, not 'rtf'"):
        shipped.label("tin", markup="rtf")


def test_reasons_are_those_of_the_plain_line(shipped: Model) -> None:
    page = shipped.label(MARKDOWN)
    numbers = [line.number for line in page.lines]
    assert shipped.explain_many(page, numbers) == shipped.explain_many(MARKDOWN, numbers)
    assert shipped.explain(page, line=3).reasons == ()
    scores = [explanation.score for explanation in shipped.explain_many(page, numbers)]
    assert scores == pytest.approx([line.score for line in page.lines])  # the last digit depends on the batch


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("\n<!-- a - b --><!doctype html>", True),
        ("<!-- a -->\n<!-- b --> <html>", True),
        ('<?xml version="1.0"?>\n<html lang="vi">', True),
        ("<htmlx>", False),
        ("Tin <html>", False),
        ("<!--" * 50_000, False),
    ],
)
def test_what_begins_as_html(text: str, is_one: bool) -> None:
    assert is_html(text) is is_one


def test_every_door_takes_markdown(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text(
        "# Cầu\n\nchữ", encoding="utf-8"
    )  # too little to be known for Markdown without its name
    (tmp_path / "b.txt").write_text(MARKDOWN, encoding="utf-8")
    rows = tmp_path / "c.jsonl"
    rows.write_text(
        "".join(json.dumps(row) + "\n" for row in ({"id": 1, "markdown": MARKDOWN}, {"id": 2, "md": "# Cầu"}))
    )
    out = tmp_path / "out.jsonl"
    assert run("predict", tmp_path, "-o", out, "--jobs", "1").exit_code == 0
    a, b = map(json.loads, out.read_text(encoding="utf-8").splitlines())
    assert a["lines"][0]["text"] == "# Cầu"
    assert [line["text"] for line in b["lines"]] == MARKDOWN.splitlines()
    done = run("predict", rows, "--markdown-field", "md", "--format", "jsonl")
    assert (done.exit_code, len(done.stdout.splitlines())) == (3, 1)
    assert 'nor "md"' in done.stderr
    done = run("predict", rows, "--format", "markdown", "--quiet")
    assert "\n\n**Sáng 5/3,** Ủy ban" in done.stdout
    assert "> ![](https://bao.example/cau.jpg)_Người dân" in done.stdout
    assert "marks of Markdown alone" in run("explain", tmp_path / "b.txt", 3).stdout
    done = run("predict", rows, "--format", "text", "--quiet")
    assert "\n\nSáng 5/3, Ủy ban" in done.stdout
    assert "> Người dân" in done.stdout


def test_a_heading_is_the_headline_and_a_pictures_text_no_body(shipped: Model) -> None:
    text = "Cầu treo bản Nà\nSáng 5/3, bà con qua cầu mới, sau mùa lũ lớn nhất mười năm.\nBà con dựng cầu mới."
    plain, heading, picture = text.splitlines()
    page = Page.from_markdown(f"# {plain}\n{heading}\n![{picture}](/cau.jpg)")
    labelled, hidden = shipped.label(page), shipped.label(replace(page, elements=None))
    assert [line.element for line in labelled.lines] == ["heading", "text", "picture"]
    assert [line.element for line in hidden.lines] == ["text"] * 3
    for line, label in ((0, "sidebar"), (2, "body")):
        assert labelled.lines[line].scores[label] < hidden.lines[line].scores[label]
    for source in (page, labelled):
        explained = shipped.explain(source, 1)
        assert explained.score == labelled.lines[0].score
        assert "element: heading" in [reason.feature for reason in explained.reasons]


def test_of_several_headings_of_the_first_level_none_is_as_sure_to_be_the_headline(shipped: Model) -> None:
    article = (
        "# Bản Nà dựng lại trường sau lũ",
        "Sáng 5/3, hơn hai trăm người dân bản Nà đã cùng bộ đội dựng lại ba phòng học bị lũ cuốn trôi hồi tháng tám.",
        "Theo lãnh đạo xã, kinh phí gần một tỷ đồng do bà con và các nhà hảo tâm đóng góp, phần còn lại xã vay.",
    )
    cards = ("# Tin liên quan", "# Chợ phiên họp lại sau lũ", "# Mận hậu được giá", "# Đường lên bản đã thông xe")
    labelled = shipped.label("\n\n".join((*article, *cards, "Giấy phép số 12")), markup="markdown")
    assert [line.element for line in labelled.lines] == ["heading", "text", "text", *["heading"] * 4, "text"]
    assert [line.label for line in labelled.lines] == [*["body"] * 3, *["sidebar"] * 5]
    explained = shipped.explain(labelled, labelled.lines[-2].number)
    [heading] = [reason for reason in explained.reasons if reason.feature == "element: heading"]
    assert abs(heading.weight) == pytest.approx(3 / 5)


def test_links_make_menus_furniture_and_hidden_ones_change_nothing(shipped: Model) -> None:
    page = Page.from_markdown(MARKDOWN)
    with_links, without = shipped.label(MARKDOWN), shipped.label(replace(page, links=None))
    assert page.links is not None
    assert [line.link_share for line in with_links.lines if line.plain] == page.links.tolist()
    assert {line.link_share for line in without.lines} == {None}
    for number in (1, 2, 9):
        before, after = (p.lines[number - 1].scores["sidebar"] for p in (without, with_links))
        assert after > before
    texts = ["\n".join(PLAIN), MARKDOWN, "\n".join(PLAIN)]
    assert [seen(labelled) for labelled in shipped.label_many(texts)] == [seen(shipped.label(text)) for text in texts]
    for source in (MARKDOWN, with_links):
        explained = shipped.explain(source, 9)
        assert explained.score == with_links.lines[8].score
        assert "share of link text ≥ 0.8" in [reason.feature for reason in explained.reasons]
    assert not any("link" in reason.feature for reason in shipped.explain(without, 9).reasons)
