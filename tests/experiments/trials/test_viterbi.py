"""The decoder that the second pass is measured against."""

from itertools import pairwise, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from locbao.experiments.trials.line_trials import decoded, transitions, viterbi
from locbao.features.arrays import FloatArray
from locbao.train.evaluation.line_scores import ScoredPage
from locbao.train.lines.samples import Samples, labelled_sample
from tests.support.village import labelled

LINES = [("mục", "sidebar"), ("", None), ("Cầu", "body"), ("Bến", "body"), ("Ảnh", "caption")]


def tables(seed: int, count: int) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Random probabilities (count, 3), and log tables of transitions and priors."""
    random = np.random.default_rng(seed)
    rows, steps, prior = (random.dirichlet([0.5] * 3, size) for size in (count, 3, 1))
    return rows, np.log(steps + 1e-6), np.log(prior[0] + 1e-6)


def worth(path: tuple[int, ...], rows: FloatArray, transition: FloatArray, prior: FloatArray) -> float:
    emission = np.log(np.maximum(rows, 1e-9)) - prior
    lines = sum(float(emission[line, label]) for line, label in enumerate(path))
    steps = sum(float(transition[left, right]) for left, right in pairwise(path))
    return float(prior[path[0]]) + lines + steps


@settings(deadline=None, max_examples=60)
@given(st.integers(0, 10**6), st.integers(1, 6))
def test_no_path_is_worth_more(seed: int, count: int) -> None:
    rows, transition, prior = tables(seed, count)
    path = tuple(viterbi(rows, transition, prior).tolist())
    best = max(worth(other, rows, transition, prior) for other in product(range(3), repeat=count))
    assert worth(path, rows, transition, prior) == pytest.approx(best)


def test_without_preferences_each_line_keeps_its_label() -> None:
    rows, _, _ = tables(1, 50)
    even = np.log(np.full(3, 1 / 3))
    assert np.array_equal(viterbi(rows, np.zeros((3, 3)), even), rows.argmax(axis=1))


def test_a_probability_of_nothing() -> None:
    rows = np.array([[1.0, 0, 0], [0, 0, 1.0]])
    assert viterbi(rows, np.zeros((3, 3)), np.log(np.full(3, 1 / 3))).tolist() == [0, 2]


def test_transitions_are_counted_by_weight_and_smoothed() -> None:
    sample = labelled_sample(labelled("a", "a", LINES), 2.0)
    transition, prior = transitions(Samples((sample,)))
    assert np.allclose(np.exp(transition), [[3 / 7, 3 / 7, 1 / 7], [1 / 3] * 3, [3 / 5, 1 / 5, 1 / 5]])
    assert np.allclose(np.exp(prior), [5 / 11, 3 / 11, 3 / 11])


def test_decoded_pages_keep_all_but_their_probabilities() -> None:
    page = labelled("a", "a", LINES)
    scored = ScoredPage.of(page, np.array([[0.4, 0.2, 0.4], [0.9, 0.05, 0.05], [0.8, 0.1, 0.1], [0.1, 0.8, 0.1]]))
    samples = Samples((labelled_sample(page, 50.0),))
    (page_decoded,) = decoded([scored], samples)
    assert page_decoded.probabilities.argmax(axis=1).tolist() == [2, 0, 0, 1]
    assert np.allclose(page_decoded.probabilities.sum(axis=1), 1.0)
    assert (page_decoded.id, page_decoded.texts, page_decoded.truth) == (scored.id, scored.texts, scored.truth)
