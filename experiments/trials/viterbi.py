"""Viterbi over the line probabilities: the alternative to the second pass, to be measured (it is not in the product).

Scores of a page's label sequence are the probabilities over the labels' priors, times the transitions counted on
labelled pages, as in hybrid taggers (Bourlard and Morgan, Connectionist Speech Recognition, 1994).
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from locbao.features.arrays import FloatArray, IntArray
from locbao.train.evaluation.line_scores import ScoredPage
from locbao.train.lines.samples import Samples


def transitions(samples: Samples) -> tuple[FloatArray, FloatArray]:
    """Log probabilities (3, 3) of a label after another, and (3,) of a label: counted on the samples, plus one."""
    counts, priors = np.ones((3, 3)), np.ones(3)
    for item in samples.items:
        np.add.at(counts, (item.labels[:-1], item.labels[1:]), item.weight)
        np.add.at(priors, item.labels, item.weight)
    return np.log(counts / counts.sum(axis=1, keepdims=True)), np.log(priors / priors.sum())


def decode(probabilities: FloatArray, transition: FloatArray, prior: FloatArray) -> IntArray:
    """(n,) the most probable label sequence of a page's lines, (n, 3)."""
    emission = np.log(np.maximum(probabilities, 1e-9)) - prior
    best, back = emission[0] + prior, []
    for row in emission[1:]:
        step = best[:, None] + transition
        back.append(step.argmax(axis=0))
        best = step.max(axis=0) + row
    path = [int(best.argmax())]
    for pointers in reversed(back):
        path.append(int(pointers[path[-1]]))
    return np.array(path[::-1])


def decoded(pages: Sequence[ScoredPage], samples: Samples) -> list[ScoredPage]:
    """The pages with the decoded label as their most probable one; probabilities mean nothing further."""
    transition, prior = transitions(samples)
    result = []
    for page in pages:
        labels = decode(page.probabilities, transition, prior)
        result.append(replace(page, probabilities=0.8 * np.eye(3)[labels] + 0.2 * page.probabilities))
    return result
