"""From the scores of sentences to what an article is judged by."""

import numpy as np

from locbao.features.arrays import FloatArray, IntArray

STRONGEST = 3  # sentences of an article that count
SIGNS = STRONGEST + 1
FLOOR = -4.0
"""Log-odds of a sentence that is not there; below it, how far a sentence is from the topic says nothing."""


def article_signs(scores: FloatArray, owner: IntArray, count: int) -> FloatArray:
    """(count, SIGNS) of articles from the log-odds of sentences, (s,), and the article of each, (s,), in order.

    The strongest sentences, best first, and the log of one more than the number of sentences. That the strongest
    instance decides is multiple-instance learning (Andrews, Tsochantaridis and Hofmann, 2003); the second and third
    tell a report from a mention in passing.
    """
    signs = np.full((count, SIGNS), FLOOR)
    sizes = np.bincount(owner, minlength=count)
    first = np.cumsum(sizes) - sizes
    order = np.lexsort((-scores, owner))
    rank = np.arange(len(order)) - first[owner[order]]
    kept = rank < STRONGEST
    signs[owner[order[kept]], rank[kept]] = np.maximum(scores[order[kept]], FLOOR)
    signs[:, STRONGEST] = np.log1p(sizes)
    return signs


def article_probabilities(signs: FloatArray, weights: FloatArray, intercept: float) -> FloatArray:
    """(a,) probabilities that articles carry a topic, from (a, SIGNS) and weights, (SIGNS,): logistic regression."""
    return np.asarray(1 / (1 + np.exp(-(signs @ weights + intercept))))
