"""A trained model in use: labelling, streaming, odd pages, reasons."""

import unicodedata
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

from locbao.features.errors import LocbaoError
from locbao.features.labels import LABELS
from locbao.features.lines.design import LinkDesign
from locbao.features.page import Batch, Page
from locbao.predict.explain import UnknownLine
from locbao.predict.labelled import LabelledPage
from locbao.predict.lines.line_model import LineModel
from locbao.predict.lines.sites import SiteMemory
from locbao.predict.load import SHIPPED
from locbao.predict.model import Model
from locbao.predict.reading.items import MAX_LINES
from locbao.predict.store.folder import read
from locbao.train.corpus.corpus_files import example_corpus
from locbao.train.corpus.labelled_pages import read_corpus
from tests.support.training import Training

PAGE = """Trang chủ
Thời sự

Bản Nà có cầu treo mới trước mùa mưa
05/03/2024 08:30
Sau ba tháng góp công, lối qua suối Nà đã mở lại cho học trò đến trường kịp ngày khai giảng, già bản Lò Văn Páo kể.
Cầu treo bản Nà nhìn từ đỉnh dốc. Ảnh: Hoà Thuỷ
Cây cầu treo qua suối Nà đã được bà con trong bản dựng lại sau mùa lũ bằng gỗ, dây cáp và những tấm ván cũ.
Tin liên quan
Chia sẻ
"""
PAGES = ["\n".join(page.lines) for page in read_corpus(example_corpus()[:10])]


def test_the_odds_of_caption_are_multiplied_before_the_label_is_taken(model: Model) -> None:
    plain, leaning = model.label(PAGE), model.label(PAGE, caption_odds=50)
    for before, after in zip(plain.lines, leaning.lines, strict=True):
        odds = before.scores["caption"] / (1 - before.scores["caption"])
        assert after.scores["caption"] == pytest.approx(50 * odds / (1 + 50 * odds))
        assert after.scores["body"] * before.scores["sidebar"] == pytest.approx(
            after.scores["sidebar"] * before.scores["body"]
        )
        assert after.label == max(after.scores, key=lambda label: after.scores[label])
    assert len(leaning.captions) > len(plain.captions)
    assert model.label(PAGE, caption_odds=1) == plain
    assert list(model.label_many([PAGE, PAGE], caption_odds=50)) == [leaning, leaning]
    for line in leaning.lines:
        explanation = model.explain(PAGE, line.number, caption_odds=50)
        assert (explanation.label, explanation.score) == (line.label, line.score)


@pytest.mark.parametrize("odds", [0, -1, float("nan"), float("inf")])
def test_odds_of_caption_that_are_no_number_above_zero_are_refused(model: Model, odds: float) -> None:
    with pytest.raises(ValueError, match="caption_odds must be a number greater than 0"):
        model.label(PAGE, caption_odds=odds)


def labels(page: LabelledPage) -> list[tuple[int, str]]:
    return [(line.number, line.label) for line in page.lines]


def test_what_links_add_is_not_calibrated_again() -> None:
    plain = {**read(SHIPPED).parts["lines"], "second": None, "temperature": 4.0, "links": None}
    columns = LinkDesign().width
    linked = {**plain, "links": np.full(columns, 0.5)}
    batch = Batch.of([Page.from_lines(["Trang chủ", "Tin khác", "Liên hệ"], [1.0, 0.0, 1.0])])
    before, after = (LineModel(part).read(batch).probabilities for part in (plain, linked))
    odds = [of[:, 2] / of[:, 0] for of in (before, after)]
    assert np.log(odds[1] / odds[0]) == pytest.approx([2.0] * 3)  # each line has four of the columns


class TestLabelling:
    def test_a_line_holds_its_number_text_label_and_probabilities(self, model: Model) -> None:
        page = model.label(PAGE)
        raw = PAGE.split("\n")
        assert [line.number for line in page.lines] == [1, 2, *range(4, 11)]
        for line in page.lines:
            assert line.text == raw[line.number - 1]
            assert list(line.scores) == list(LABELS)
            assert line.score == line.scores[line.label] == max(line.scores.values())
            assert sum(line.scores.values()) == pytest.approx(1.0)
        assert (page.topics, page.topic_scores, page.evidence) == ({}, {}, {})

    def test_body_and_captions_are_the_lines_with_that_label(self, model: Model) -> None:
        page = model.label(PAGE)
        assert page.body == "\n\n".join(line.text for line in page.lines if line.label == "body")
        assert page.captions == tuple(line.text for line in page.lines if line.label == "caption")
        assert "bà con trong bản dựng lại" in page.body
        assert "Chia sẻ" not in page.body

    @pytest.mark.parametrize(
        "other",
        [
            PAGE.replace("\n", "\r\n"),
            PAGE.replace("\n", "\r"),
            "\ufeff" + PAGE,
            unicodedata.normalize("NFD", PAGE),
            PAGE.replace(" ", "\u00a0"),
            PAGE.replace(" ", "&nbsp;"),
            PAGE.replace("à", "&agrave;"),
            PAGE.replace("Hoà Thuỷ", "Hòa Thủy"),
            PAGE.replace("n", "n\u200b"),
            PAGE.replace("\n\n", "\n \u200b&nbsp;\n"),
        ],
        ids=["CRLF", "CR", "BOM", "NFD", "nbsp", "entity", "letter entity", "tones", "zero width", "odd blank line"],
    )
    def test_another_writing_changes_neither_labels_nor_the_text_given_back(self, model: Model, other: str) -> None:
        wanted, found = model.label(PAGE), model.label(other)
        assert labels(found) == labels(wanted)
        assert [line.scores for line in found.lines] == [line.scores for line in wanted.lines]
        raw = other.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        assert [line.text for line in found.lines] == [raw[line.number - 1] for line in found.lines]

    @pytest.mark.parametrize("text", ["", "\n", "\r\n \r\n", "\u200b\n&nbsp;\n\ufeff"])
    def test_a_page_without_lines(self, model: Model, text: str) -> None:
        page = model.label(text)
        assert (page.lines, page.body, page.captions) == ((), "", ())

    @pytest.mark.parametrize("nothing", [None, 3, b"Trang"])
    def test_what_is_no_text(self, model: Model, nothing: object) -> None:
        calls: tuple[Callable[[Any], object], ...] = (
            model.label, lambda page: model.explain(page, 1), lambda page: SiteMemory().add("a", page)
        )  # fmt: skip
        for call in calls:
            with pytest.raises(TypeError, match=r"A page is a str, not (NoneType|int|bytes): decode bytes"):
                call(nothing)

    def test_one_text_is_not_many(self, model: Model) -> None:
        with pytest.raises(TypeError, match="takes many texts"):
            next(model.label_many("Trang chủ"))

    def test_too_many_lines_are_refused_and_blank_ones_do_not_count(self, model: Model) -> None:
        assert len(model.label("a\r\n \n\n" * 20_000).lines) == 20_000
        for text, markup in (("a\n" * (MAX_LINES + 1), "auto"), ("<p>a" * (MAX_LINES + 1), "html")):
            with pytest.raises(LocbaoError, match="50,001 lines that are not blank, more than 50,000"):
                model.label(text, markup)

    def test_lone_surrogates(self, model: Model) -> None:
        assert [line.text for line in model.label("\ud800 cầu\n\udfff\nmới").lines] == ["\ud800 cầu", "\udfff", "mới"]

    def test_a_line_of_two_megabytes(self, model: Model) -> None:
        for long in ("a" * 2_000_000, "Bà con dựng lại cầu. " * 95_000):
            page = model.label(f"Trang chủ\n{long}\nChia sẻ")
            assert [len(line.text) for line in page.lines] == [9, len(long), 7]

    def test_twenty_thousand_lines(self, model: Model) -> None:
        page = model.label("\n".join(f"dòng số {number}" for number in range(20_000)))
        assert [line.number for line in page.lines] == list(range(1, 20_001))


class TestMany:
    def test_order_is_kept_and_batches_change_nothing(self, model: Model) -> None:
        texts = [*PAGES, "", PAGE, "\n", *PAGES[::-1]]
        assert len(texts) > 64
        assert list(model.label_many(texts)) == [model.label(text) for text in texts]

    def test_pages_are_read_a_batch_at_a_time(self, model: Model) -> None:
        asked: list[int] = []

        def endless() -> Iterator[str]:
            while True:
                asked.append(len(asked))
                yield PAGE

        labelled = model.label_many(endless())
        assert not asked
        assert next(labelled) == model.label(PAGE)
        assert len(asked) < 100

    def test_a_large_page_ends_its_batch(self, model: Model) -> None:
        left = iter(["từ " * 400_000, PAGE, PAGE])
        next(model.label_many(left))
        assert len(list(left)) == 2

    def test_fewer_markups_than_texts(self, model: Model) -> None:
        with pytest.raises(ValueError, match="fewer markups than texts"):
            list(model.label_many([PAGE, PAGE], markup=["text"]))

    def test_none_at_all(self, model: Model) -> None:
        assert list(model.label_many([])) == []


class TestReasons:
    def test_weights_add_up_to_the_log_odds_but_for_the_intercepts(self, model: Model, trained: Training) -> None:
        part = read(trained.folder).parts["lines"]
        intercept = part["second"]["intercept"].astype(float) / part["temperature"]
        page = model.label(PAGES[0])
        for line, found in zip(page.lines, model.explain_many(page, [line.number for line in page.lines]), strict=True):
            first, second = sorted(range(len(LABELS)), key=lambda index: -line.scores[LABELS[index]])[:2]
            odds = np.log(line.scores[LABELS[first]] / line.scores[LABELS[second]])
            reasons = sum(reason.weight for reason in found.reasons)
            assert reasons + intercept[first] - intercept[second] == pytest.approx(odds, abs=1e-4)

    def test_the_strongest_reason_comes_first_and_none_comes_twice(self, model: Model) -> None:
        found = model.explain(PAGE, 4)
        sizes = [abs(reason.weight) for reason in found.reasons]
        assert sizes == sorted(sizes, reverse=True)
        assert len({reason.feature for reason in found.reasons}) == len(sizes) > 10
        assert (found.line, found.text) == (4, "Bản Nà có cầu treo mới trước mùa mưa")
        line = next(line for line in model.label(PAGE).lines if line.number == 4)
        assert (found.label, found.score) == (line.label, line.score)

    def test_a_labelled_page_and_its_text_have_the_same_reasons(self, model: Model) -> None:
        for number in (1, 4, 7):
            assert model.explain(model.label(PAGE), number) == model.explain(PAGE, number)

    def test_words_are_named(self, model: Model) -> None:
        names = {reason.feature for reason in model.explain(PAGE, 8).reasons}
        assert any(name.startswith("word “") for name in names)

    def test_several_lines_in_the_order_asked_for(self, model: Model) -> None:
        assert [found.line for found in model.explain_many(PAGE, [8, 1, 8])] == [8, 1, 8]
        assert model.explain_many(PAGE, []) == []

    @pytest.mark.parametrize(
        ("number", "told"),
        [(3, "line 3 is blank"), (0, "there is no line 0"), (-1, "there is no line -1"), (12, "the page has 11 lines")],
    )
    def test_a_line_that_is_none(self, model: Model, number: int, told: str) -> None:
        with pytest.raises(UnknownLine, match=told):
            model.explain(PAGE, number)

    def test_an_empty_page_has_none(self, model: Model) -> None:
        with pytest.raises(UnknownLine):
            model.explain("", 1)
        with pytest.raises(UnknownLine):
            model.explain(LabelledPage(()), 1)
