"""Text of fixed width is labelled by its paragraphs, and all that is said of it is said of the input's own lines."""

import json
import textwrap
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import locbao
from locbao.features.page import Page
from locbao.predict.labelled import LabelledPage
from locbao.predict.lines.sites import SiteMemory
from locbao.predict.model import Model
from locbao.predict.writing.rows import as_markdown
from locbao.train.corpus.labelled_pages import CorpusPage
from locbao.train.evaluation.evaluate import scored_by
from tests.support.command import locbao as command

HEADLINE = "Bộ đội biên phòng bắt giữ một người vận chuyển ma túy qua cửa khẩu trong đêm mưa, thu giữ ba lô ma túy"
PARAGRAPHS = [
    "Theo lãnh đạo đồn biên phòng Nậm Lạnh, khoảng hai giờ sáng 5/3, tổ tuần tra phát hiện một người đàn ông đeo ba lô "
    "lội qua suối. Kiểm tra ba lô, lực lượng chức năng thu giữ hai mươi nghìn viên ma túy tổng hợp và một điện thoại.",
    "Tại cơ quan điều tra, người này khai được thuê vận chuyển số ma túy trên từ bên kia biên giới về xuôi với giá năm "
    "mươi triệu đồng. Cơ quan công an đã khởi tố vụ án, tạm giam người này để điều tra về hành vi vận chuyển trái phép "
    "chất ma túy.",
    "Đồn biên phòng đề nghị bà con trong bản không nhận mang hộ hàng của người lạ, và báo ngay cho bộ đội khi thấy "
    "người đi đường rừng vào ban đêm.",
]
CAPTION = "Tang vật vụ vận chuyển ma túy được bộ đội biên phòng thu giữ tại suối Nậm Lạnh. Ảnh: Lò Văn Páo"
MENU = ["Trang chủ", "Thời sự", "Bản làng", "Thể thao"]
LINES = [*MENU, "", HEADLINE, "", PARAGRAPHS[0], "", CAPTION, "", *"\n\n".join(PARAGRAPHS[1:]).split("\n"), "", *MENU]
WIDTH = 72


def broken(lines: list[str]) -> str:
    return "\n".join("\n".join(textwrap.wrap(line, WIDTH, break_on_hyphens=False)) for line in lines)


WHOLE, TEXT = "\n".join(LINES), broken(LINES)


@pytest.fixture(scope="module")
def page(shipped: Model) -> LabelledPage:
    return shipped.label(TEXT)


def test_each_line_is_the_inputs_own_and_has_the_label_of_its_paragraph(shipped: Model, page: LabelledPage) -> None:
    raw = TEXT.split("\n")
    assert page.warnings == ("broken lines",)
    assert [(line.number, line.text) for line in page.lines] == [(n, text) for n, text in enumerate(raw, 1) if text]
    whole = iter(shipped.label(WHOLE).lines)
    expected = page.lines[0]
    for line in page.lines:
        expected = expected if line.continues else next(whole)
        assert line.text in expected.text
        assert line.label == expected.label
        assert line.scores == pytest.approx(expected.scores, abs=1e-6)
    assert next(whole, None) is None


def test_body_captions_and_headline_are_whole(page: LabelledPage) -> None:
    assert page.body == "\n\n".join([HEADLINE, *PARAGRAPHS])
    assert page.captions == (CAPTION,)
    assert page.headline == TEXT.split("\n").index(broken([HEADLINE]).split("\n")[0]) + 1
    assert as_markdown("a", page).replace("\n", " ").count(PARAGRAPHS[1]) == 1


def test_sentences_that_speak_for_a_topic_stand_in_the_inputs_lines(shipped: Model, page: LabelledPage) -> None:
    lines, whole = TEXT.split("\n"), shipped.label(WHOLE)
    assert page.topics.keys() == whole.topics.keys() >= {"drug_crime"}
    for topic, spans in whole.evidence_spans.items():
        sentences = " ".join(LINES[line - 1][start:end] for line, start, end in spans)
        assert " ".join(lines[line - 1][start:end] for line, start, end in page.evidence_spans[topic]) == sentences
        assert page.evidence[topic] == tuple(dict.fromkeys(span.line for span in page.evidence_spans[topic]))


@pytest.mark.parametrize("as_labelled", [True, False])
def test_explanations_are_those_of_the_paragraph(shipped: Model, page: LabelledPage, as_labelled: bool) -> None:
    source = page if as_labelled else TEXT
    by_label = {line.number: line.label for line in page.lines}
    for number, explanation in zip(by_label, shipped.explain_many(source, list(by_label)), strict=True):
        assert (explanation.line, explanation.label) == (number, by_label[number])
        assert explanation.text == TEXT.split("\n")[number - 1]
    first, *_, last = [line.number for line in page.lines if line.text in PARAGRAPHS[1]]
    one, other = (shipped.explain_topic(source, number, "drug_crime") for number in (first, last))
    assert replace(one, line=last) == other
    with pytest.raises(locbao.LocbaoError, match="blank"):
        shipped.explain(source, MENU.index(MENU[-1]) + 2)


def test_a_page_that_was_read_and_one_among_others(shipped: Model, page: LabelledPage) -> None:
    others = list(shipped.label_many([WHOLE, Page.from_text(TEXT), WHOLE]))
    assert others[1].to_dict() == page.to_dict()
    assert [other.warnings for other in others] == [(), ("broken lines",), ()]


def test_site_memory_knows_a_paragraph_however_it_is_broken() -> None:
    memory, notice = SiteMemory(), PARAGRAPHS[2]
    for number in range(4):
        article = [f"{paragraph} Tin số {number} của bản Nà, do bộ đội kể lại." for paragraph in PARAGRAPHS] * 2
        memory.add("a", broken([*article, notice]))
    assert memory.shares("a", [notice])[0] > 0.5


def test_markdown_that_was_wrapped_with_links_over_two_lines(shipped: Model) -> None:
    linked = [f"[{line}](/tin-moi)" for line in MENU]
    marked = [
        "# " + HEADLINE,
        PARAGRAPHS[0].replace("đồn biên phòng", "[đồn biên phòng](/don-bien-phong)"),
        *PARAGRAPHS[1:],
    ]
    text = broken([*linked, "", *"\n\n".join(marked).split("\n"), "", *linked])
    page = shipped.label(text)
    assert page.warnings == ("broken lines",)
    assert page.body == "\n\n".join([HEADLINE, *PARAGRAPHS])
    lines = text.split("\n")
    spoken = " ".join(lines[line - 1][start:end] for line, start, end in page.evidence_spans["drug_crime"])
    assert "hai mươi nghìn viên ma túy" in spoken
    explanations = shipped.explain_many(page, [line.number for line in page.lines])
    assert [one.score for one in explanations] == pytest.approx([line.score for line in page.lines], abs=1e-9)


def test_predict_writes_the_same_rows(tmp_path: Path, page: LabelledPage) -> None:
    (tmp_path / "mail.txt").write_text(TEXT, encoding="utf-8", newline="\r\n")
    for name in ("a.jsonl", "a.txt"):
        command("predict", str(tmp_path / "mail.txt"), "-o", str(tmp_path / name))
    row = json.loads((tmp_path / "a.jsonl").read_text(encoding="utf-8"))
    assert {name: row[name] for name in page.to_dict()} == page.to_dict()
    assert page.body in (tmp_path / "a.txt").read_text(encoding="utf-8")


def test_it_is_scored_as_it_is_labelled(shipped: Model, page: LabelledPage) -> None:
    lines = tuple(TEXT.split("\n"))
    of_line = {line.number: line for line in page.lines}
    labels = tuple(of_line[number].label if number in of_line else None for number in range(1, len(lines) + 1))
    sure = (True,) * len(lines)
    gold = CorpusPage("a", "a", lines, labels, sure, (None,) * len(lines), "", "a:1")
    (scored,) = scored_by(shipped.line_model, [gold])[""]
    assert np.allclose(scored.probabilities, [list(line.scores.values()) for line in page.lines], atol=1e-6)


@pytest.mark.parametrize(
    "hostile",
    [
        broken([" ".join(PARAGRAPHS * 300)]),
        broken([f"[{' '.join(PARAGRAPHS)}](/a)" for _ in range(300)]),
        broken([" ".join(PARAGRAPHS).replace(". ", ".\u0301 &amp; ")] * 300),
        broken(["ma túy " * 40_000]),
        TEXT.replace("\n", "\r\n\r") * 100,
    ],
)
def test_spans_of_long_paragraphs_stay_within_the_inputs_lines(shipped: Model, hostile: str) -> None:
    page = shipped.label(hostile)
    texts = {line.number: line.text for line in page.lines}
    assert page.body or page.captions
    for spans in page.evidence_spans.values():
        assert all(0 <= start < end <= len(texts[line]) for line, start, end in spans)
