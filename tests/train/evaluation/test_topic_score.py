"""Scores of topics: the figures are those of scikit-learn, the intervals hold them, the table shows them."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import average_precision_score, f1_score, precision_score, recall_score

from locbao.train.evaluation.topic_scores import (
    HeldOut,
    average_precision,
    score_topics,
    topic_table,
)
from tests.support.tables import cells

CASES = st.lists(st.tuples(st.booleans(), st.integers(0, 100)), min_size=1, max_size=40)


def held_out(cases: Sequence[tuple[bool, int]], threshold: int = 50, sure: Sequence[bool] | None = None) -> HeldOut:
    """Articles from pairs of truth and probability in per cent."""
    truth, probability = (np.array(column) for column in zip(*cases, strict=True))
    kept = np.ones(len(truth), dtype=bool) if sure is None else np.array(sure)
    return HeldOut(np.arange(len(truth)), truth, kept, probability / 100, probability >= threshold)


@settings(max_examples=30, deadline=None)
@given(CASES)
def test_figures_are_those_of_scikit_learn(cases: list[tuple[bool, int]]) -> None:
    one = held_out(cases)
    found = score_topics({"flood": one}, sure_only=False, draws=20)
    for figure, reference in (("precision", precision_score), ("recall", recall_score), ("f1", f1_score)):
        wanted = reference(one.truth, one.predicted, zero_division=0)
        assert found.topics["flood"][figure].value == pytest.approx(wanted)
    assert found.macro_f1.value == found.topics["flood"]["f1"].value
    assert found.positives == {"flood": int(one.truth.sum())}


def test_a_figure_that_there_is_not_is_left_out_of_a_manifest() -> None:
    doubted = held_out([(True, 90), (True, 80), (False, 10)], sure=[False, False, True])
    figures = score_topics({"flood": doubted}, sure_only=True, draws=0).figures("flood")
    assert figures.keys() == {"positives", "precision", "recall", "f1", "calibration_error"}


@settings(max_examples=40, deadline=None)
@given(st.lists(st.booleans(), min_size=1, max_size=30), st.randoms(use_true_random=False))
def test_average_precision_too(truth: list[bool], random: Any) -> None:
    probability = np.array(random.sample(range(1000), len(truth))) / 1000  # no ties, which ours breaks by order
    found = average_precision(probability, np.array(truth))
    if any(truth):
        assert found == pytest.approx(average_precision_score(truth, probability))
    else:
        assert np.isnan(found)


def test_calibration() -> None:
    assert calibration_of([(True, 70)] * 7 + [(False, 70)] * 3) == pytest.approx(0)
    assert calibration_of([(False, 70)] * 10) == pytest.approx(0.7)
    assert calibration_of([(True, 100)] * 3) == 0


def calibration_of(cases: Sequence[tuple[bool, int]]) -> float:
    scores = score_topics({"flood": held_out(cases)}, sure_only=False, draws=2)
    return scores.topics["flood"]["calibration_error"].value


def test_the_mean_is_over_topics_and_the_sure_may_be_scored_alone() -> None:
    sure = [True, True, False, True]
    good = held_out([(True, 90), (False, 10), (False, 90), (True, 80)], sure=sure)
    bad = held_out([(True, 10), (True, 90), (True, 90), (False, 10)], sure=sure)
    found = score_topics({"good": good, "bad": bad}, sure_only=True)
    assert (found.articles, found.positives) == (3, {"good": 2, "bad": 2})
    assert found.topics["good"]["f1"].value == 1
    assert found.topics["bad"]["f1"].value == pytest.approx(2 / 3)
    assert found.macro_f1.value == pytest.approx(5 / 6)
    assert score_topics({"good": good}, sure_only=False).topics["good"]["f1"].value < 1


def test_intervals_hold_the_value_and_the_table_every_topic() -> None:
    cases = [(n % 3 == 0, 90 if n % 7 else 20) for n in range(60)]
    found = score_topics({"flood": held_out(cases), "storm": held_out(cases[::-1])}, sure_only=False)
    f1 = found.topics["flood"]["f1"]
    assert 0 < f1.low < f1.value < f1.high < 1
    rows = cells(topic_table(found))
    assert [row[0] for row in rows[2:]] == ["flood", "storm", "mean"]
    assert len({*map(len, rows)}) == 1
