"""Temperature scaling."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from locbao.features.arrays import FloatArray, IntArray
from locbao.predict.line_model import softmax
from locbao.train.lines.crossval import fit_temperature


def drawn(count: int, seed: int = 0) -> tuple[FloatArray, IntArray]:
    """Scores (count, 3) and labels drawn with the probabilities that these scores mean."""
    random = np.random.default_rng(seed)
    scores = random.normal(scale=2.0, size=(count, 3))
    below = softmax(scores).cumsum(axis=1) < random.random(count)[:, None]
    return scores, below.sum(axis=1)


def loss(scores: FloatArray, labels: IntArray) -> float:
    return float(-np.log(softmax(scores)[np.arange(len(labels)), labels]).mean())


@pytest.mark.parametrize("scale", [0.5, 1.0, 2.0, 4.0])
def test_a_known_scale_is_found(scale: float) -> None:
    scores, labels = drawn(20_000)
    assert fit_temperature(scores * scale, labels) == pytest.approx(scale, rel=0.03)


def test_what_is_added_to_all_scores_of_a_line_does_not_matter() -> None:
    scores, labels = drawn(500)
    moved = scores + np.random.default_rng(1).normal(size=(500, 1))
    assert fit_temperature(moved, labels) == pytest.approx(fit_temperature(scores, labels), abs=1e-3)


@settings(deadline=None, max_examples=30)
@given(st.integers(1, 60), st.integers(0, 10_000), st.floats(0.1, 10))
def test_no_label_changes_and_the_loss_never_grows(count: int, seed: int, scale: float) -> None:
    scores, labels = drawn(count, seed)
    scores = scores * scale
    temperature = fit_temperature(scores, labels)
    assert 0.2 <= temperature <= 5.0
    assert np.array_equal((scores / temperature).argmax(axis=1), scores.argmax(axis=1))
    assert loss(scores / temperature, labels) <= loss(scores, labels) + 1e-3


def test_the_ends_of_the_range() -> None:
    scores, _ = drawn(200)
    assert fit_temperature(scores, scores.argmax(axis=1)) == pytest.approx(0.2, abs=0.01)
    assert fit_temperature(scores, scores.argmin(axis=1)) == pytest.approx(5.0, abs=0.01)


def test_no_lines() -> None:
    assert fit_temperature(np.zeros((0, 3)), np.zeros(0, dtype=np.int64)) == 1.0
