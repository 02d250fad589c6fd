"""What a training of topics has to show: figures, pictures, and its mistakes article by article."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from locbao.features.arrays import FloatArray
from locbao.features.topics.design import GROUP, PHRASE, RULE
from locbao.predict.topics.topic_model import Topic
from locbao.train.evaluation import figures
from locbao.train.evaluation.estimates import metric_key
from locbao.train.evaluation.judged_articles import (
    HELD_OUT_TOPICS,
    JudgedArticle,
    begins,
    mistakes,
    packed_judged,
)
from locbao.train.evaluation.predictions import DECIMALS
from locbao.train.evaluation.topic_scores import HeldOut, TopicScores
from locbao.train.topics.fit import TopicTrainer
from locbao.train.tracking.tracked_run import Picture, RunOutcome, Table


def topic_outcome(
    trainer: TopicTrainer,
    held_out: Mapping[str, HeldOut],
    scores: Mapping[str, TopicScores],
    parts: Mapping[str, Mapping[str, Any]],
) -> RunOutcome:
    """Everything but the timings and the model; `parts`: the fitted topics.

    Metrics are those that people look at first, as "kind/macro_f1" and "kind/topic/f1"; the table has all figures.
    """
    metrics: dict[str, float] = {}
    rows = []
    for kind, of_kind in scores.items():
        first, _, _ = kind.partition(" ")
        metrics[f"{first}/macro_f1"] = of_kind.macro_f1.value
        metrics |= {f"{first}/{metric_key(topic)}/f1": rates["f1"].value for topic, rates in of_kind.topics.items()}
        named = {("all", "macro_f1"): of_kind.macro_f1}
        named |= {(topic, name): rates[name] for topic, rates in of_kind.topics.items() for name in rates}
        rows += [(first, *name, *(round(v, 6) for v in (e.value, e.low, e.high))) for name, e in named.items()]
    weights = {topic: contributions(Topic(topic, part)) for topic, part in parts.items()}
    pictures = {"coefficients": figures.coefficients(weights, "log-odds that it adds, standing once")}
    if held_out:
        pictures["precision_recall"] = figures.precision_recall(
            {topic: (held.truth, held.probability, parts[topic]["threshold"]) for topic, held in held_out.items()}
        )
    pictures |= {f"{topic}/reliability": draw for topic, draw in topic_pictures(held_out).items()}
    judged = judged_articles(trainer, held_out)
    files = {HELD_OUT_TOPICS: packed_judged(judged)} if judged else {}
    columns = ("articles", "topic", "figure", "value", "low", "high")
    return RunOutcome(metrics, pictures, {"errors": mistakes(judged), "scores": Table(columns, rows)}, files)


def contributions(topic: Topic) -> tuple[list[str], FloatArray]:
    """Every phrase, group and rule of a topic, and the log-odds that each adds to a sentence in which it stands once,
    as `locbao explain` tells them."""
    rules = topic.design.rules
    counts = [len(topic.design.vocabulary), len(rules.words), len(rules.rules)]
    return topic.design.names, topic.weights * np.repeat([PHRASE, GROUP, RULE], counts)


def topic_pictures(held_out: Mapping[str, HeldOut]) -> dict[str, Picture]:
    """How far the probabilities of each topic can be believed."""
    return {
        topic: figures.reliability(
            held.probability, held.truth, f"Calibration of {topic}, articles unseen", topic, "articles"
        )
        for topic, held in held_out.items()
    }


def judged_articles(trainer: TopicTrainer, held_out: Mapping[str, HeldOut]) -> list[JudgedArticle]:
    """The articles of the trainer that were judged."""
    judged: dict[int, JudgedArticle] = {}
    for topic, held in held_out.items():
        columns = (held.article, held.truth, held.probability, held.predicted)
        for number, true, probability, predicted in zip(*(column.tolist() for column in columns), strict=True):
            article = trainer.articles[number]
            before = judged.get(number) or JudgedArticle(article.id, begins(article), {}, {}, (), article.sure)
            judged[number] = replace(
                before,
                truth=before.truth | {topic: true},
                scores=before.scores | {topic: round(probability, DECIMALS)},
                given=before.given + ((topic,) if predicted else ()),
            )
    return [judged[number] for number in sorted(judged)]
