"""How many articles of a batch carry a topic, where they are more or fewer than in the training."""

import numpy as np
import pytest

from locbao.predict.topics.topic_rates import at_rate, moved_thresholds, topic_rates

TRAINED = 0.3


def scores(rate: float, count: int = 4_000) -> tuple[list[dict[str, float]], float]:
    """What a calibrated model that has learned at the rate TRAINED says of articles of another, and how many of these
    carry the topic."""
    random = np.random.default_rng(1)
    carried = random.random(count) < rate
    sign = random.normal(np.where(carried, 2.0, -2.0), 1.5)
    odds = TRAINED / (1 - TRAINED) * np.exp(4 * sign / 1.5**2)
    return [{"flood": value} for value in (odds / (1 + odds)).tolist()], float(carried.mean())


@pytest.mark.parametrize("rate", [0.02, 0.1, 0.3, 0.7])
def test_the_rate_is_that_of_the_batch(rate: float) -> None:
    batch, true = scores(rate)
    estimate = topic_rates(batch, {"flood": TRAINED})["flood"]
    counted = float(np.mean([page["flood"] >= 0.5 for page in batch]))
    assert estimate == pytest.approx(true, abs=0.01)
    assert abs(estimate - true) <= abs(counted - true) + 0.005


def test_probabilities_at_the_rate_of_the_training_are_as_they_were() -> None:
    probability = np.array([0.0, 0.2, 0.9, 1.0])
    assert at_rate(probability, 0.3, 0.3) == pytest.approx(probability)
    assert (at_rate(probability, 0.3, 0.05) <= probability).all()
    assert at_rate(probability, 0.3, 0.0).tolist()[:3] == [0, 0, 0]


def test_thresholds_move_with_the_rates() -> None:
    trained = {"flood": {"threshold": 0.4, "rate": TRAINED}}
    batch, _ = scores(0.05)
    probability = np.array([page["flood"] for page in batch])
    for rate in (0.0, 0.05, TRAINED, 0.6, 1.0):
        moved = moved_thresholds(trained, {"flood": rate})["flood"]
        assert 0 <= moved <= 1
        assert (moved < 0.4) == (rate > TRAINED)
        if 0 < rate < 1:
            assert ((probability >= moved) == (at_rate(probability, TRAINED, rate) >= 0.4)).all()


def test_what_cannot_be_estimated() -> None:
    with pytest.raises(ValueError, match="there is none"):
        topic_rates([], {"flood": 0.3})
    for rate in (0.0, 1.0, float("nan")):
        with pytest.raises(ValueError, match="must lie between 0 and 1"):
            topic_rates([{"flood": 0.5}], {"flood": rate})
    with pytest.raises(KeyError):
        topic_rates([{"asean": 0.5}], {"flood": 0.3})
