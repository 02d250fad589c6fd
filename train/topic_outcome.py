"""What a training of topics has to show: figures, pictures, and its mistakes article by article."""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from locbao.train import figures
from locbao.train.line_outcome import plain_key
from locbao.train.topic_comparison import HELD_OUT_TOPICS, JudgedArticle, packed_judged
from locbao.train.topic_crossval import HeldOut
from locbao.train.topic_fit import TopicBench
from locbao.train.topic_score import TopicScores
from locbao.train.tracking import Outcome, Picture, Table

_TITLE = 200  # characters


def topic_outcome(
    bench: TopicBench,
    held_out: Mapping[str, HeldOut],
    scores: Mapping[str, TopicScores],
    parts: Mapping[str, Mapping[str, Any]],
) -> Outcome:
    """Everything but the timings and the model; `parts`: the fitted topics."""
    pictures: dict[str, Picture] = {"coefficients": _coefficients(parts)}
    if held_out:
        pictures["precision_recall"] = figures.precision_recall(
            {
                topic: figures.Curve(one.truth, one.probability, float(parts[topic]["threshold"]))
                for topic, one in held_out.items()
            }
        )
    for topic, one in held_out.items():
        sureness = np.where(one.predicted, one.probability, 1 - one.probability)
        pictures[f"{topic}/reliability"] = figures.reliability(
            sureness, one.predicted == one.truth, f"Calibration of {topic}, articles unseen"
        )
    files = {HELD_OUT_TOPICS: packed_judged(_judged(bench, held_out))} if held_out else {}
    return Outcome(_metrics(scores), pictures, {"errors": _errors(bench, held_out)}, files)


def _metrics(scores: Mapping[str, TopicScores]) -> dict[str, float]:
    """Every figure as "kind/topic/figure" with ".low" and ".high"."""
    found: dict[str, float] = {}
    for kind, own in scores.items():
        whole = {"macro_f1": own.macro_f1} | {
            f"{plain_key(topic)}/{name}": estimate
            for topic, estimates in own.topics.items()
            for name, estimate in estimates.items()
        }
        for name, estimate in whole.items():
            key = f"{kind.split(' ')[0]}/{name}"
            found |= {key: estimate.value, f"{key}.low": estimate.low, f"{key}.high": estimate.high}
    return found


def _judged(bench: TopicBench, held_out: Mapping[str, HeldOut]) -> list[JudgedArticle]:
    truth: dict[int, dict[str, bool]] = {}
    chance: dict[int, dict[str, float]] = {}
    given: dict[int, list[str]] = {}
    for topic, one in held_out.items():
        for article, true, probability, predicted in _rows(one):
            truth.setdefault(article, {})[topic] = true
            chance.setdefault(article, {})[topic] = round(probability, 6)
            given.setdefault(article, []).extend([topic] if predicted else [])
    return [
        JudgedArticle(bench.articles[i].id, _begins(bench, i), truth[i], chance[i], tuple(given[i]))
        for i in sorted(truth)
    ]


def _errors(bench: TopicBench, held_out: Mapping[str, HeldOut]) -> Table:
    """A row for each article that was judged wrongly, the surest mistakes first."""
    rows = [
        (topic, bench.articles[article].id, true, round(probability, 4), _begins(bench, article))
        for topic, one in held_out.items()
        for article, true, probability, predicted in _rows(one)
        if true != predicted
    ]
    rows.sort(key=lambda row: -abs(row[3] - 0.5))
    return Table(("topic", "article", "truth", "probability", "begins"), rows)


def _rows(one: HeldOut) -> Iterator[tuple[int, bool, float, bool]]:
    """Article, truth, probability and prediction of each held-out article."""
    columns = (one.article, one.truth, one.probability, one.predicted)
    yield from zip(*(column.tolist() for column in columns), strict=True)


def _begins(bench: TopicBench, article: int) -> str:
    return bench.articles[article].sentences[0][:_TITLE]


def _coefficients(parts: Mapping[str, Mapping[str, Any]]) -> Picture:
    """The heaviest phrases of each topic."""
    names = sorted({phrase for part in parts.values() for phrase in part["phrases"].split("\n") if phrase})
    place = {phrase: number for number, phrase in enumerate(names)}
    weights = np.zeros((len(names), len(parts)))
    for column, part in enumerate(parts.values()):
        phrases = part["phrases"].split("\n") if part["phrases"] else []
        weights[[place[phrase] for phrase in phrases], column] = part["weights"][: len(phrases)]
    return figures.coefficients(tuple(parts), names, weights)
