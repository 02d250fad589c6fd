"""The topic model: sentences scored by linear models, one a topic, and articles judged by their strongest sentences."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from locbao.features.arrays import FloatArray, IntArray
from locbao.features.text import split_sentences
from locbao.features.topics.article_signals import SIGNS, article_probabilities, article_signs
from locbao.features.topics.design import Rule, Rules, TopicDesign
from locbao.features.topics.phrases import Phrases
from locbao.predict.line_model import OtherFeatures

LONGEST_PHRASE = 4
"""Tokens of the longest phrase that a group may name."""

_EVIDENCE = 3  # lines at the most


@dataclass(frozen=True, slots=True)
class Judgement:
    """What an article is about: every topic's probability, and for each topic carried its evidence.

    `scores`: probability by topic. `carried`: those that reach their threshold. `evidence`: by topic carried, indices
    of the lines that speak most for it, strongest first.
    """

    scores: dict[str, float]
    carried: dict[str, float]
    evidence: dict[str, tuple[int, ...]]


class Topic:
    """One topic of the part `topics`; every value of it is plain: text, numbers, lists and arrays."""

    def __init__(self, name: str, part: Mapping[str, Any]) -> None:
        self.name, self.part = name, part
        self.design = TopicDesign(part["phrases"].split("\n") if part["phrases"] else [], unpacked_rules(part))
        self.weights = np.asarray(part["weights"], dtype=np.float64)
        self.intercept, self.threshold = float(part["intercept"]), float(part["threshold"])
        if len(self.weights) != self.design.width or len(part["article"]) != SIGNS:
            raise OtherFeatures(len(self.weights), self.design.width)

    def sentence_scores(self, phrases: Phrases) -> FloatArray:
        """(phrases.count,) log-odds that a sentence reports on the topic."""
        return self.design.scores(phrases, self.weights) + self.intercept

    def probabilities(self, scores: FloatArray, owner: IntArray, count: int) -> FloatArray:
        """(count,) probabilities that the articles carry the topic, from the log-odds of their sentences."""
        signs = article_signs(scores, owner, count)
        weights = np.asarray(self.part["article"], dtype=np.float64)
        return article_probabilities(signs, weights, float(self.part["article_intercept"]))

    def reasons(self, sentence: str, tokens: str) -> list[tuple[str, float, float]]:
        """Name, value and log-odds of everything that the model sees in a sentence."""
        row = self.design.matrix(Phrases.of([sentence], LONGEST_PHRASE, tokens))
        columns, values = row.indices.tolist(), row.data.tolist()
        return [(self.design.names[c], v, float(v * self.weights[c])) for c, v in zip(columns, values, strict=True)]


class TopicModel:
    """Built from the part `topics` of a model folder: `tokens` (see `features.phrases.TOKENS`) and `topics` by name.

    Raises OtherFeatures if the weights are not those of this version's columns.
    """

    def __init__(self, part: Mapping[str, Any]) -> None:
        self.tokens = str(part["tokens"])
        self.topics = tuple(Topic(name, own) for name, own in part["topics"].items())

    def judge(self, articles: Sequence[Sequence[str]]) -> Iterator[Judgement]:
        """What each article, given as its normalised lines, is about."""
        sentences, line, article = _sentences(articles)
        phrases = Phrases.of(sentences, LONGEST_PHRASE, self.tokens)
        found = {topic: topic.sentence_scores(phrases) for topic in self.topics}
        chances = {t.name: t.probabilities(scores, article, len(articles)).tolist() for t, scores in found.items()}
        bounds = article.searchsorted(np.arange(len(articles) + 1)).tolist()
        for number, (start, stop) in enumerate(pairwise(bounds)):
            scores = {name: own[number] if stop > start else 0.0 for name, own in chances.items()}
            carried = {topic.name for topic in self.topics if scores[topic.name] >= topic.threshold and stop > start}
            evidence = {
                topic.name: _strongest_lines(own[start:stop], line[start:stop])
                for topic, own in found.items()
                if topic.name in carried
            }
            yield Judgement(scores, {name: scores[name] for name in evidence}, evidence)

    def explain(self, text: str, name: str) -> tuple[float, list[tuple[str, float, float]]]:
        """The log-odds of the strongest sentence of a normalised line, and that sentence's `Topic.reasons`.

        Raises KeyError for an unknown topic.
        """
        topic = {topic.name: topic for topic in self.topics}[name]
        sentences = split_sentences(text) or [""]
        scores = topic.sentence_scores(Phrases.of(sentences, LONGEST_PHRASE, self.tokens))
        strongest = int(scores.argmax())
        return float(scores[strongest]), topic.reasons(sentences[strongest], self.tokens)


def packed_rules(rules: Rules) -> dict[str, Any]:
    """The rules as plain values of a topic's part."""
    return {
        "words": {name: "\n".join(phrases) for name, phrases in rules.words.items()},
        "rules": [[rule.says, list(rule.when), list(rule.unless)] for rule in rules.rules],
        "iptc": list(rules.iptc),
    }


def unpacked_rules(part: Mapping[str, Any]) -> Rules:
    """The rules of a topic's part."""
    words = {name: tuple(phrases.split("\n")) for name, phrases in part["words"].items()}
    rules = tuple(Rule(says, tuple(when), tuple(unless)) for says, when, unless in part["rules"])
    return Rules(words, rules, tuple(part["iptc"]))


def _sentences(articles: Sequence[Sequence[str]]) -> tuple[list[str], IntArray, IntArray]:
    """All sentences, and for each the index of its line and of its article."""
    sentences: list[str] = []
    lines: list[int] = []
    owners: list[int] = []
    for number, article in enumerate(articles):
        for place, text in enumerate(article):
            found = split_sentences(text)
            sentences += found
            lines += [place] * len(found)
            owners += [number] * len(found)
    return sentences, np.array(lines, dtype=np.int64), np.array(owners, dtype=np.int64)


def _strongest_lines(scores: FloatArray, line: IntArray) -> tuple[int, ...]:
    """The line of the strongest sentence, then those of others that are more likely than not to report."""
    order = np.argsort(-scores, kind="stable")
    chosen = dict.fromkeys(line[i] for place, i in enumerate(order.tolist()) if place == 0 or scores[i] > 0)
    return tuple(int(place) for place in list(chosen)[:_EVIDENCE])
