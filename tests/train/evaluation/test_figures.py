"""Pictures show the numbers that they are made of."""

from typing import Any

import numpy as np
import pytest
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure

from locbao.features.topics.design import GROUP, PHRASE, RULE, Rule, Rules
from locbao.predict.topics.topic_model import Topic, packed_rules
from locbao.train.evaluation import figures
from locbao.train.evaluation.estimates import CALIBRATION_BINS, Estimate, calibration_bins
from locbao.train.topics.outcome import contributions
from locbao.train.tracking.tracked_run import Picture


def axes_of(picture: Picture) -> list[Any]:
    figure = Figure()
    picture(figure)
    return figure.axes


def points(axes: Any, marker: str = "o") -> list[tuple[float, float]]:
    lines = [line for line in axes.lines if line.get_marker() == marker]
    return [(float(x), float(y)) for line in lines for x, y in zip(line.get_xdata(), line.get_ydata(), strict=True)]


def test_a_confusion_says_each_count_and_its_share_of_the_row() -> None:
    counts = np.array([[8, 2], [0, 40]])
    [axes] = axes_of(figures.confusion(("body", "caption"), counts, "t"))
    texts = {(text.get_position()[1], text.get_position()[0]): text.get_text() for text in axes.texts}
    assert texts == {(0, 0): "8\n80.0%", (0, 1): "2\n20.0%", (1, 0): "0\n0.0%", (1, 1): "40\n100.0%"}
    assert np.asarray(axes.images[0].get_array()) == pytest.approx(np.array([[0.8, 0.2], [0, 1]]))


def test_reliability_has_a_point_a_count_and_an_interval_for_each_bin() -> None:
    random = np.random.default_rng(0)
    probability = np.append(random.random(300) ** 2, [0.0, 1.0])
    true = random.random(302) < probability
    above, below = axes_of(figures.reliability(probability, true, "t", "flood", "articles"))
    bins = calibration_bins(probability)
    filled = [number for number in range(CALIBRATION_BINS) if (bins == number).any()]
    expected = [(probability[bins == number].mean(), true[bins == number].mean()) for number in filled]
    assert points(above) == [pytest.approx(point) for point in expected]
    assert [bar.get_height() for bar in below.patches] == [(bins == number).sum() for number in range(CALIBRATION_BINS)]
    assert [text.get_text() for text in below.texts] == [str((bins == number).sum()) for number in filled]
    [intervals] = [one for one in above.collections if isinstance(one, LineCollection)]
    for (low, high), (mean, share) in zip(intervals.get_segments(), expected, strict=True):
        assert low[0] == high[0] == pytest.approx(mean)
        assert low[1] <= share + 1e-9
        assert high[1] >= share - 1e-9
    number = filled[0]
    count, share = (bins == number).sum(), true[bins == number].mean()
    spread = 1.96 * np.sqrt(share * (1 - share) / count + 1.96**2 / (4 * count**2)) / (1 + 1.96**2 / count)
    centre = (share + 1.96**2 / (2 * count)) / (1 + 1.96**2 / count)
    low, high = intervals.get_segments()[0]
    assert (low[1], high[1]) == (pytest.approx(centre - spread, abs=1e-4), pytest.approx(centre + spread, abs=1e-4))


def test_sites_stand_with_their_figure_and_interval_the_worst_on_top() -> None:
    sites = {"a": Estimate(0.9, 0.8, 0.95), "b": Estimate(0.5, 0.4, 0.7), "c": Estimate(0.95, 0.9, 1.0)}
    [axes] = axes_of(figures.by_site(sites, "macro F1", "t"))
    assert [label.get_text() for label in axes.get_yticklabels()] == ["c", "a", "b"]
    assert points(axes) == [(0.95, 0), (0.9, 1), (0.5, 2)]
    bars = [tuple(line.get_xdata()) for line in axes.lines if line.get_marker() == "None"]
    assert bars == [(0.9, 1.0), (0.8, 0.95), (0.4, 0.7)]


def test_coefficients_are_the_weights_of_each_label_as_they_are() -> None:
    names = [f"feature {number}" for number in range(30)]
    weights = {"flood": (names, np.linspace(-3, 2, 30)), "storm": (names[:4], np.array([0.5, -0.1, 0.0, 0.2]))}
    for axes, (label, (of_label, values)) in zip(
        axes_of(figures.coefficients(weights, "log-odds", most=5)), weights.items(), strict=True
    ):
        bars = zip(axes.get_yticklabels(), axes.patches, strict=True)
        shown = [(text.get_text(), bar.get_width()) for text, bar in bars]
        strongest = sorted(zip(of_label, values.tolist(), strict=True), key=lambda one: -abs(one[1]))[:5]
        assert shown[::-1] == strongest
        assert label in axes.get_title()
        for bar in axes.patches:
            assert (bar.get_facecolor()[2] > bar.get_facecolor()[0]) == (bar.get_width() > 0)


def test_topics_are_shown_with_phrases_groups_and_rules_as_explanations_tell_them() -> None:
    rules = Rules({"water": ("lũ", "ngập"), "harm": ("sơ tán",)}, (Rule("yes", ("water", "harm")),))
    part = {
        "phrases": "bản nà\nmốc",
        **packed_rules(rules),
        "weights": np.array([2, -4, 3, 1, 5], dtype=np.float32),
        "intercept": -1.0,
        "article": [1.0, 0.0, 0.0, 0.0],
        "article_intercept": 0.0,
        "threshold": 0.5,
    }
    topic = Topic("flood", part)
    names, values = contributions(topic)
    assert dict(zip(names, values.tolist(), strict=True)) == {
        "bản nà": 2 * PHRASE,
        "mốc": -4 * PHRASE,
        "one of water": 3 * GROUP,
        "one of harm": GROUP,
        "rule for yes: water + harm": 5 * RULE,
    }
    told = topic.reasons("Lũ về bản Nà, dân sơ tán.", "syllables")
    assert {name: weight for name, _, weight in told} == pytest.approx(
        {name: value for name, value in zip(names, values.tolist(), strict=True) if name != "mốc"}
    )


def test_precision_and_recall_at_every_threshold_and_at_the_one_chosen() -> None:
    truth, scores = np.array([True, False, True, True, False]), np.array([0.9, 0.8, 0.7, 0.3, 0.1])
    [axes] = axes_of(figures.precision_recall({"flood": (truth, scores, 0.7)}))
    [curve] = [line for line in axes.lines if line.get_marker() == "None"]
    assert list(curve.get_xdata()) == pytest.approx([1 / 3, 1 / 3, 2 / 3, 1, 1])
    assert list(curve.get_ydata()) == pytest.approx([1, 1 / 2, 2 / 3, 3 / 4, 3 / 5])
    assert points(axes)[0] == pytest.approx((2 / 3, 2 / 3))
