"""How many articles of a batch carry each topic: not the share that reaches a threshold, which is off wherever topics
are rarer or more common than among the articles of the training.

By expectation maximisation, as Saerens, Latinne and Decaestecker, Adjusting the Outputs of a Classifier to New a Priori
Probabilities (2002): it holds as far as articles with a topic look as they did then, and only their number has changed.
"""

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from locbao.features.arrays import FloatArray

_STEPS, _CLOSE = 10_000, 1e-7


def topic_rates(scores: Iterable[Mapping[str, float]], trained_rates: Mapping[str, float]) -> dict[str, float]:
    """The share of articles that carry each topic of `trained_rates`, 0 to 1.

    `scores`: the `topic_scores` of the pages, or of rows, that hold an article: some hundreds or more. `trained_rates`:
    the share of each topic in the training, `"rate"` in `model.manifest["topics"]`. Raises KeyError if a page has no
    score of a topic, ValueError if there is no page or a rate is not between 0 and 1.

    >>> from locbao import topic_rates
    >>> scores = [{"asean": 0.9}] * 5 + [{"asean": 0.1}] * 95
    >>> {topic: round(rate, 3) for topic, rate in topic_rates(scores, {"asean": 0.3}).items()}
    {'asean': 0.02}
    """
    pages = list(scores)
    if not pages:
        raise ValueError("topic_rates needs the scores of some pages; there is none.")
    for topic, rate in trained_rates.items():
        if not 0 < rate < 1:
            raise ValueError(f"The rate of {topic} in the training must lie between 0 and 1, not {rate}.")
    return {
        topic: estimated_rate(np.array([page[topic] for page in pages]), rate) for topic, rate in trained_rates.items()
    }


def moved_thresholds(trained: Mapping[str, Mapping[str, Any]], rates: Mapping[str, float]) -> dict[str, float]:
    """The thresholds for a batch of these rates, to be given as `thresholds` of `Model.label_many`, or held against
    `topic_scores`.

    `trained`: `model.manifest["topics"]`, which has the `threshold` and the `rate` of each topic. A threshold stays
    where it is among the probabilities at the rate of the batch: it falls where the topic is more common than it was in
    the training, and rises where it is rarer. Raises KeyError if the training has kept no rate of a topic.

    >>> moved_thresholds({"asean": {"threshold": 0.4, "rate": 0.2}}, {"asean": 0.2})
    {'asean': 0.4}
    """
    moved = {}
    for topic, rate in rates.items():
        threshold = np.array(trained[topic]["threshold"])
        moved[topic] = round(float(at_rate(threshold, np.clip(rate, _CLOSE, 1 - _CLOSE), trained[topic]["rate"])), 6)
    return moved


def estimated_rate(probability: FloatArray, trained: float) -> float:
    """The share of articles with a topic, from the probability of each, (n,), and the share in the training."""
    rate = trained
    for _ in range(_STEPS):
        before, rate = rate, float(at_rate(probability, trained, rate).mean())
        if abs(rate - before) < _CLOSE:
            break
    return rate


def at_rate(probability: FloatArray, trained: float, rate: float) -> FloatArray:
    """(n,) the probabilities of articles among which the share `rate` carries the topic, where it was `trained`."""
    carried, not_carried = probability * rate / trained, (1 - probability) * (1 - rate) / (1 - trained)
    return carried / np.maximum(carried + not_carried, 1e-300)
