"""What every kind of score shares: figures with bootstrap intervals, and how far probabilities can be believed."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from locbao.features.arrays import BoolArray, FloatArray, IntArray

DRAWS = 1000
_SEED = 0
CALIBRATION_BINS = 15  # as in Guo et al. 2017
_INTERVAL = (2.5, 97.5)  # percentiles of the draws
_BLOCK = 4_000_000  # weights held in memory at once while drawing

Figures = Callable[[FloatArray], dict[str, FloatArray]]


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure with its 95 % interval: nan where there is nothing to count, no interval (nan) for a single page."""

    value: float
    low: float
    high: float

    @classmethod
    def of(cls, value: float, draws: FloatArray) -> "Estimate":
        """The value with percentiles of its draws, (d,), but for those without anything to count (nan)."""
        draws = draws[~np.isnan(draws)]
        low, high = np.percentile(draws, _INTERVAL) if len(draws) else (np.nan, np.nan)
        return cls(float(value), float(low), float(high))

    def __str__(self) -> str:
        return self.signed(".3f")

    def signed(self, form: str = "+.3f") -> str:
        """As a difference is written, + or - before each number."""
        if np.isnan(self.value):
            return "–"
        interval = "" if np.isnan(self.low) else f" [{self.low:{form}}, {self.high:{form}}]"
        return f"{self.value:{form}}{interval}"

    def metrics(self, name: str) -> dict[str, float]:
        """The metrics of a run: `name`, `name.low` and `name.high`."""
        return {name: self.value, f"{name}.low": self.low, f"{name}.high": self.high}


def metric_key(name: str) -> str:
    """The name with the signs replaced that MLflow takes in no metric's name."""
    return "".join(char if char.isalnum() or char in "_-. " else "_" for char in name)


def resampled(counts: FloatArray, draws: int = DRAWS) -> FloatArray:
    """(draws, columns) sums of the rows of `counts` (pages or articles, columns), drawn with replacement.

    The same rows are drawn of any `counts` with as many rows, which pairs two models. There are no draws from a single
    row, which would not differ.
    """
    rows = len(counts)
    if rows < 2:
        return np.empty((0, counts.shape[1]))
    random, even = np.random.default_rng(_SEED), np.full(rows, 1 / rows)
    block = max(1, _BLOCK // rows)
    sizes = (min(block, draws - start) for start in range(0, draws, block))
    drawn = (random.multinomial(rows, even, size) @ counts for size in sizes)
    return np.concatenate([np.empty((0, counts.shape[1])), *drawn])


def bootstrap(counts: FloatArray, figures: Figures, draws: int) -> dict[str, Estimate]:
    """Every figure with its interval. The rows of `counts` are drawn, so one is a page or an article, not a line.

    `figures` gives for summed counts, (d, columns), every figure by name, (d,).
    """
    values, drawn = figures(counts.sum(axis=0, keepdims=True)), figures(resampled(counts, draws))
    return {name: Estimate.of(values[name][0], drawn[name]) for name in values}


def paired_bootstrap(old: FloatArray, new: FloatArray, figures: Figures) -> dict[str, Estimate]:
    """new minus old for every figure: each draw takes the same rows of both. An interval without 0 is a difference that
    other pages of this kind would show too."""
    value, value_of_new = (figures(counts.sum(axis=0, keepdims=True)) for counts in (old, new))
    drawn, drawn_of_new = (figures(resampled(counts)) for counts in (old, new))
    return {
        name: Estimate.of((value_of_new[name] - value[name])[0], drawn_of_new[name] - drawn[name]) for name in value
    }


def calibration_bins(probability: FloatArray) -> IntArray:
    """(n,) the bin of each probability, (n,): CALIBRATION_BINS of equal width, each with its upper end."""
    bins = np.ceil(probability * CALIBRATION_BINS).astype(np.int64) - 1
    return np.clip(bins, 0, CALIBRATION_BINS - 1)


def calibration_gaps(probability: FloatArray, right: BoolArray, owner: IntArray, owners: int) -> FloatArray:
    """(owners, CALIBRATION_BINS) how often each bin was right minus how often its probabilities promise it.

    `probability`, `right`, `owner` (n,): of each prediction, and the row that it is counted in. The rows may be summed.
    """
    cells = owner * CALIBRATION_BINS + calibration_bins(probability)
    gaps = np.bincount(cells, right - probability, minlength=owners * CALIBRATION_BINS)
    return gaps.astype(np.float64).reshape(owners, CALIBRATION_BINS)


def calibration_error(gaps: FloatArray, count: FloatArray) -> FloatArray:
    """(d,) expected calibration error (Naeini et al. 2015; Guo et al. 2017) of gaps, (d, CALIBRATION_BINS), and the
    number of predictions, (d,)."""
    return np.asarray(np.abs(gaps).sum(axis=1) / count)
