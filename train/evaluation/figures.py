"""Pictures of how a model does. Each function gives a `Picture`: it draws once somebody wants to see it."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from locbao.features.arrays import BoolArray, FloatArray, IntArray
from locbao.train.evaluation.estimates import CALIBRATION_BINS, Estimate, calibration_bins
from locbao.train.tracking.tracked_run import Picture

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_BLUE, _GREY, _RED = "#31688e", "#b8bec4", "#b5423c"
_LABEL = 64  # characters beside a bar


def confusion(labels: Sequence[str], counts: IntArray, title: str) -> Picture:
    """`counts` (k, k): how many of each true label (row) were given each label (column), shaded by share of the row."""

    def draw(figure: "Figure") -> None:
        figure.set_size_inches(1.6 + 1.3 * len(labels), 1.5 + 0.9 * len(labels))
        axes = figure.subplots()
        share = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
        axes.imshow(share, cmap="Blues", vmin=0, vmax=1, aspect="auto")
        for (row, column), count in np.ndenumerate(counts):
            text = f"{count:,}\n{share[row, column]:.1%}"
            color = "white" if share[row, column] > 0.6 else "black"
            axes.text(column, row, text, ha="center", va="center", color=color)
        axes.set_xticks(range(len(labels)), labels)
        axes.set_yticks(range(len(labels)), labels)
        axes.set(xlabel="predicted", ylabel="true", title=title)

    return draw


def reliability(
    probability: FloatArray, true: BoolArray, title: str, of: str = "what was predicted", counted: str = "lines"
) -> Picture:
    """How often what has a probability, (n,), came true, (n,): a point for each bin, at the mean of its probabilities,
    with its 95 % interval (Wilson, 1927), above the number in the bin."""

    def draw(figure: "Figure") -> None:
        from scipy.stats import binomtest

        above, below = figure.subplots(2, 1, sharex=True, height_ratios=(3, 1))
        bins = calibration_bins(probability)
        count, right = (np.bincount(bins, each, CALIBRATION_BINS) for each in (np.ones(len(bins)), true))
        mean = np.bincount(bins, probability, CALIBRATION_BINS) / np.maximum(count, 1)
        filled = np.flatnonzero(count)
        tests = [binomtest(int(right[bin]), int(count[bin])) for bin in filled]
        spans = [test.proportion_ci(method="wilson") for test in tests]
        above.plot([0, 1], [0, 1], color=_GREY, linestyle="--", label="what the probability says")
        above.vlines(mean[filled], [s.low for s in spans], [s.high for s in spans], color=_GREY, linewidth=3)
        above.plot(
            mean[filled], [t.statistic for t in tests], "o", color=_BLUE, label="what came true, with its 95 % interval"
        )
        above.set(ylabel="share that is true", title=title, ylim=(-0.02, 1.02), xlim=(-0.01, 1.01))
        above.legend(loc="upper left", frameon=False)
        edges = np.linspace(0, 1, CALIBRATION_BINS + 1)
        below.bar(edges[:-1], count, width=1 / CALIBRATION_BINS, align="edge", color=_BLUE, edgecolor="white")
        for bin in filled:
            middle = (edges[bin] + edges[bin + 1]) / 2
            below.text(middle, count[bin], f"{int(count[bin]):,}", ha="center", va="bottom", size=6)
        below.set(xlabel=f"probability of {of}", ylabel=counted, yscale="log", ylim=(0.5, 5 * max(count.max(), 1)))
        below.minorticks_off()  # they take as long to draw as all the rest

    return draw


def by_site(figures: Mapping[str, Estimate], name: str, title: str) -> Picture:
    """The figure `name` of each site with its interval, the worst on top."""

    def draw(figure: "Figure") -> None:
        order = sorted(figures, key=lambda site: -np.nan_to_num(figures[site].value, nan=2.0))
        figure.set_size_inches(6.4, 1.6 + 0.26 * len(order))
        axes = figure.subplots()
        for height, site in enumerate(order):
            estimate = figures[site]
            axes.plot([estimate.low, estimate.high], [height, height], color=_GREY, linewidth=3, solid_capstyle="butt")
            axes.plot(estimate.value, height, color=_BLUE, marker="o")
        axes.set_yticks(range(len(order)), order)
        axes.set(xlabel=f"{name}, 95 % interval", title=title, ylim=(-0.6, len(order) - 0.4))
        axes.set_xlim(right=1.01)
        axes.grid(axis="x", color="#e6e8ea")
        axes.set_axisbelow(True)

    return draw


def coefficients(weights: Mapping[str, tuple[Sequence[str], FloatArray]], measure: str, most: int = 12) -> Picture:
    """For each label the `most` features of the largest weights, names and (n,), the largest on top; `measure`: what a
    weight is. Each label has a scale of its own."""

    def draw(figure: "Figure") -> None:
        figure.set_size_inches(8 * len(weights), 0.8 + 0.28 * most)
        row = figure.subplots(1, len(weights), squeeze=False)[0]
        for (label, (names, of_label)), axes in zip(weights.items(), row, strict=True):
            strongest = np.argsort(-np.abs(of_label), kind="stable")[:most][::-1]
            values = of_label[strongest]
            axes.barh(range(len(values)), values, color=[_BLUE if value > 0 else _RED for value in values])
            written = [names[index] for index in strongest]
            written = [name if len(name) <= _LABEL else f"{name[: _LABEL - 1]}…" for name in written]
            axes.set_yticks(range(len(values)), written, fontsize=8)
            axes.axvline(0, color="black", linewidth=0.8)
            axes.set(title=f"for (blue) or against {label}", xlabel=measure)

    return draw


def precision_recall(curves: Mapping[str, tuple[BoolArray, FloatArray, float]]) -> Picture:
    """Precision and recall of each topic at every threshold, with the one that was chosen.

    `curves`: whether each article carries the topic (n,), its score (n,), and the score from which on it is carried.
    """

    def draw(figure: "Figure") -> None:
        figure.set_size_inches(4.2 * len(curves), 3.8)
        row = figure.subplots(1, len(curves), squeeze=False)[0]
        for (topic, (truth, scores, threshold)), axes in zip(curves.items(), row, strict=True):
            order = np.argsort(-scores, kind="stable")
            hits = np.cumsum(truth[order])
            chosen_so_far, true = np.arange(1, len(order) + 1), max(int(truth.sum()), 1)
            axes.plot(hits / true, hits / chosen_so_far, color=_BLUE)
            chosen = scores >= threshold
            if chosen.any():
                right = int((chosen & truth).sum())
                axes.plot(right / true, right / chosen.sum(), color=_RED, marker="o", linestyle="none")
            axes.set(xlabel="recall", title=f"{topic}, threshold {threshold:.2f}", xlim=(0, 1.02), ylim=(0, 1.02))
            axes.grid(color="#e6e8ea")
        row[0].set_ylabel("precision")

    return draw
