"""Scores: against scikit-learn's, against brute force, and on sets that have little or nothing to count."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import accuracy_score, confusion_matrix, precision_recall_fscore_support

from locbao.features.arrays import FloatArray
from locbao.features.labels import LABELS
from locbao.train.corpus.labelled_pages import CorpusPage
from locbao.train.evaluation.estimates import CALIBRATION_BINS
from locbao.train.evaluation.line_scores import FIGURES, OVERALL, ScoredPage, ScoreError, compare, score
from locbao.train.evaluation.tables import figure_table, label_table, site_table, table
from tests.support.tables import cells

BODY, CAPTION, SIDEBAR = np.eye(3)


def page(
    truth: list[str], probabilities: list[FloatArray], *, name: str = "a", site: str = "s", sure: str = ""
) -> ScoredPage:
    """A page whose lines read "dòng 0", "dòng 1", …; `sure` is a mark per line, "-" for a line that is not."""
    marks = np.array([mark != "-" for mark in sure or "+" * len(truth)], dtype=np.bool_)
    texts = tuple(f"dòng {'một' if number % 2 else 'hai'}" for number in range(len(truth)))
    return ScoredPage(name, site, texts, tuple(truth), np.array(probabilities).reshape(-1, 3), marks)


@st.composite
def some_pages(draw: st.DrawFn) -> list[ScoredPage]:
    """One to six pages of up to twelve lines, at least one of them sure, right more often than not."""
    random = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    labels = draw(st.lists(st.sampled_from(range(3)), min_size=1, max_size=3, unique=True))
    pages = []
    for number, lines in enumerate(draw(st.lists(st.integers(1, 12), min_size=1, max_size=6))):
        truth = random.choice(labels, lines)
        probabilities = random.dirichlet([1, 1, 1], lines) + np.eye(3)[truth] * random.random()
        probabilities /= probabilities.sum(axis=1, keepdims=True)
        sure = "".join(random.choice(["+", "-"], lines, p=[0.8, 0.2])) if number else ""
        site = f"s{number % 2}"
        pages.append(page([LABELS[i] for i in truth], list(probabilities), name=str(number), site=site, sure=sure))
    return pages


def scored_lines(pages: list[ScoredPage]) -> tuple[list[str], list[str], FloatArray]:
    truth = [label for p in pages for label, sure in zip(p.truth, p.sure, strict=True) if sure]
    probabilities = np.concatenate([p.probabilities[p.sure] for p in pages])
    return truth, [LABELS[i] for i in probabilities.argmax(axis=1)], probabilities


@settings(deadline=None, max_examples=50)
@given(some_pages())
def test_agrees_with_scikit_learn(pages: list[ScoredPage]) -> None:
    truth, predicted, _ = scored_lines(pages)
    found = score(pages, draws=20)
    assert found.confusion.tolist() == confusion_matrix(truth, predicted, labels=LABELS).tolist()
    assert found["accuracy"].value == pytest.approx(accuracy_score(truth, predicted))
    theirs = precision_recall_fscore_support(truth, predicted, labels=LABELS, zero_division=np.nan)
    for label, precision, recall, f1, support in zip(LABELS, *theirs, strict=True):
        assert found[f"{label}_precision"].value == pytest.approx(precision, nan_ok=True)
        assert found[f"{label}_recall"].value == pytest.approx(recall, nan_ok=True)
        assert found[f"{label}_f1"].value == pytest.approx(f1, nan_ok=True)
        assert found.support[label] == support
    macro = precision_recall_fscore_support(truth, predicted, average="macro", zero_division=0)[2]
    assert found["macro_f1"].value == pytest.approx(macro)


@settings(deadline=None, max_examples=50)
@given(some_pages())
def test_calibration_error_agrees_with_its_definition(pages: list[ScoredPage]) -> None:
    truth, predicted, probabilities = scored_lines(pages)
    top, right = probabilities.max(axis=1), np.array(truth) == np.array(predicted)
    expected = 0.0
    for number in range(CALIBRATION_BINS):
        inside = (top > number / CALIBRATION_BINS) & (top <= (number + 1) / CALIBRATION_BINS)
        if inside.any():
            expected += inside.mean() * abs(right[inside].mean() - top[inside].mean())
    assert score(pages, draws=2)["calibration_error"].value == pytest.approx(expected)


def test_calibrated_and_overconfident_probabilities() -> None:
    eight_tenths = [np.array([0.8, 0.15, 0.05])] * 10
    calibrated = page(["body"] * 8 + ["caption", "sidebar"], eight_tenths)
    assert score([calibrated])["calibration_error"].value == pytest.approx(0)
    certain = page(["body", "caption"] * 5, [BODY] * 10)
    assert score([certain])["calibration_error"].value == pytest.approx(0.5)


@settings(deadline=None, max_examples=30)
@given(some_pages())
def test_sites_are_scored_as_if_alone(pages: list[ScoredPage]) -> None:
    found = score(pages[:1] + pages, draws=20)  # the first page twice: its site never lacks a sure line
    alone = score([p for p in [pages[0], *pages] if p.site == "s0"], draws=20)
    assert figure_table({"": found.sites["s0"]}, FIGURES) == figure_table({"": alone}, FIGURES)
    assert sum(site.lines for site in found.sites.values()) == found.lines


def test_a_site_whose_lines_are_all_unsure_has_no_figures() -> None:
    found = score([page(["body"], [BODY]), page(["body"], [BODY], site="t", sure="-")])
    assert found["macro_f1"].value == 1
    assert found.sites["t"].lines == 0
    assert all(np.isnan(found.sites["t"][figure].value) for figure in FIGURES)


def test_let_through_as_body() -> None:
    found = score(
        [page(["caption"] * 4 + ["sidebar"] * 5, [BODY, CAPTION, CAPTION, SIDEBAR, BODY, BODY, *[SIDEBAR] * 3])]
    )
    assert found["captions_as_body"].value == pytest.approx(1 / 4)
    assert found["sidebar_as_body"].value == pytest.approx(2 / 5)


def test_a_label_that_is_neither_true_nor_predicted_is_left_out_of_macro_f1() -> None:
    without = score([page(["body", "sidebar"], [BODY, SIDEBAR])])
    assert without["macro_f1"].value == 1
    assert np.isnan(without["caption_f1"].value)
    predicted = score([page(["body", "sidebar"], [BODY, CAPTION])])
    assert predicted["caption_f1"].value == 0
    assert predicted["macro_f1"].value == pytest.approx(1 / 3)


def test_body_token_f1_compares_multisets_of_syllables() -> None:
    texts = ("Đoàn kiểm tra đến xã", "kiểm tra xong", "Xem thêm", "Thủ tướng")
    truth = ("body", "body", "sidebar", "body")
    probabilities = np.array([BODY, SIDEBAR, BODY, BODY])
    sure = np.array([True, True, True, False])
    found = score([ScoredPage("a", "s", texts, truth, probabilities, sure)])
    # true: 5 + 3 syllables, predicted: 5 + 2, in common: the first line's 5
    assert found["body_token_f1"].value == pytest.approx(2 * 5 / (8 + 7))


def test_body_token_f1_of_nothing_and_the_mean_over_pages() -> None:
    empty, right = page(["sidebar"], [SIDEBAR]), page(["body"], [BODY])
    wrong, unscored = page(["sidebar"], [BODY]), page(["body"], [SIDEBAR], sure="-")
    assert score([empty, right])["body_token_f1"].value == 1
    assert score([empty, wrong])["body_token_f1"].value == 0.5
    assert score([right, wrong, unscored])["body_token_f1"].value == 0.5


def test_intervals_cover_the_truth() -> None:
    """Pages whose lines are right with a rate of their own, 0.8 on average: some 95 of 100 intervals hold 0.8."""
    random = np.random.default_rng(7)
    covered, sets = 0, 100
    for _ in range(sets):
        pages = []
        for rate in random.beta(8, 2, size=40):
            right = random.random(20) < rate
            pages.append(page(["body"] * 20, [BODY if hit else SIDEBAR for hit in right]))
        accuracy = score(pages, draws=200)["accuracy"]
        covered += accuracy.low <= 0.8 <= accuracy.high
    assert 0.88 <= covered / sets <= 0.99


def test_intervals_are_seeded_and_hold_the_value() -> None:
    random = np.random.default_rng(3)
    pages = [page(["body", "caption", "sidebar"] * 4, list(random.dirichlet([1, 1, 1], 12))) for _ in range(30)]
    first, again = score(pages), score(pages)
    assert dict(first.figures) == dict(again.figures)
    for figure in set(FIGURES) - {"calibration_error"}:
        assert first[figure].low < first[figure].value < first[figure].high, figure


def test_one_page_has_figures_but_no_interval() -> None:
    found = score([page(["body", "sidebar"], [BODY, SIDEBAR])])
    assert str(found["macro_f1"]) == "1.000"
    assert str(found["caption_f1"]) == "–"
    assert str(score([page(["body"], [BODY])] * 2)["body_f1"]) == "1.000 [1.000, 1.000]"


def test_compare_pairs_the_pages() -> None:
    """The pages differ far more from each other than the two models do: only a paired draw sees the difference."""
    random = np.random.default_rng(5)
    old, new = [], []
    for rate in random.random(60):
        right = random.random(40) < rate
        better = right | (random.random(40) < 0.05)
        old.append(page(["body"] * 40, [BODY if hit else SIDEBAR for hit in right]))
        new.append(page(["body"] * 40, [BODY if hit else SIDEBAR for hit in better]))
    change = compare(old, new)["accuracy"]
    assert change.value == pytest.approx(score(new)["accuracy"].value - score(old)["accuracy"].value)
    assert 0 < change.low < change.value < change.high
    assert score(new)["accuracy"].low < score(old)["accuracy"].value
    assert compare(old, old)["macro_f1"].high == 0


def test_what_cannot_be_scored() -> None:
    with pytest.raises(ScoreError, match="no line to score"):
        score([])
    with pytest.raises(ScoreError, match="no line to score"):
        score([page(["body"], [BODY], sure="-")])
    with pytest.raises(ScoreError, match="2 lines"):
        page(["body", "body"], [BODY])
    with pytest.raises(ScoreError, match="cannot be scored"):
        page(["title"], [BODY])
    with pytest.raises(ScoreError, match="cannot be scored"):
        page(["body"], [np.array([np.nan, 0, 1])])
    with pytest.raises(ScoreError, match="same lines"):
        compare([page(["body"], [BODY])], [page(["sidebar"], [BODY])])


def test_scored_page_of_a_corpus_page_leaves_blank_lines_out() -> None:
    corpus = CorpusPage(
        "a", "s", ("Tin", "", "Mới"), ("body", None, "sidebar"), (True, True, False), (None,) * 3, "", "f:1"
    )
    scored = ScoredPage.of(corpus, np.array([BODY, BODY]))
    assert scored.texts == ("Tin", "Mới")
    assert scored.truth == ("body", "sidebar")
    assert scored.sure.tolist() == [True, False]


def test_tables_line_up() -> None:
    scores = score([page(["body", "caption"], [BODY, BODY]), page(["sidebar"], [SIDEBAR], site="t")])
    assert table(["", "x"], [["một", 1], ["hai", 20]]).splitlines()[1:] == [
        "| --- | --: |",
        "| một |   1 |",
        "| hai |  20 |",
    ]
    for text in (label_table(scores), site_table(scores), figure_table({"a": scores})):
        assert len({len(line) for line in text.splitlines()}) == 1
    assert [row[0] for row in cells(site_table(scores))[2:]] == ["s", "t"]
    caption = cells(label_table(scores))[3]
    assert caption == ["caption", "–", "0.000 [0.000, 0.000]", "0.000 [0.000, 0.000]", "1", "1", "0", "0"]
    assert len(cells(figure_table({"a": scores}))[0]) == len(OVERALL) + 1
