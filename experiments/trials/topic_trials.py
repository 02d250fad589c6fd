"""Trials of the topic model: articles held out, like `locbao train topics`, and with what only experiments need."""

from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np

from locbao.experiments.trials.sections import Section
from locbao.experiments.trials.topic_report import topic_sections
from locbao.experiments.trials.trial_rows import Figures
from locbao.features.arrays import FloatArray
from locbao.features.errors import LocbaoError
from locbao.features.topics.design import Rules
from locbao.train.configuration import ConfigError
from locbao.train.corpus.labelled_pages import CorpusError
from locbao.train.corpus.sources import data_files
from locbao.train.corpus.topic_articles import TopicArticle, read_topic_corpus, topic_files
from locbao.train.evaluation.judged_articles import (
    HELD_OUT_TOPICS,
    JudgedArticle,
    by_topic,
    packed_judged,
    read_judged,
    shared_articles,
)
from locbao.train.evaluation.topic_scores import HeldOut, compare_scores, score_topics
from locbao.train.topics.config import TopicConfig, make_topic_config
from locbao.train.topics.crossval import cross_validate, enough, make_folds
from locbao.train.topics.fit import TopicTrainer
from locbao.train.topics.outcome import judged_articles
from locbao.train.topics.rules import read_rules
from locbao.train.tracking.run import DataFile, RunOutcome

CUTS = {"sure": True, "all": False}
"""Groups of scores: the articles whose readers were sure, and all."""

RULES: dict[str, Callable[[Rules], Rules]] = {
    "all": lambda rules: rules,
    "groups": lambda rules: replace(rules, rules=()),
    "none": lambda _: Rules(),
}
"""What is left of a topic's file."""


class StrongestAlone(TopicTrainer):
    """Articles judged by their strongest sentence, and nothing else."""

    def signs(self, scores: FloatArray) -> FloatArray:
        found = super().signs(scores)
        found[:, 1:] = 0
        return found


JUDGES: dict[str, type[TopicTrainer]] = {"all": TopicTrainer, "strongest": StrongestAlone}
"""The signs that an article is judged by."""

_CHOICES: dict[str, Mapping[str, object]] = {"rules": RULES, "judge": JUDGES}

OWN_KEYS = ("reads", *_CHOICES)
"""What a trial may be given beside the keys of `TopicConfig`."""


@dataclass(frozen=True, slots=True)
class TopicTrial:
    """A configuration, and what is changed outside of it.

    `reads`: part of the single sentences that is learned from, drawn anew for every seed. `rules`: a key of RULES.
    `judge`: a key of JUDGES.
    """

    config: TopicConfig
    reads: float
    rules: str
    judge: str


@dataclass(frozen=True)
class TopicOutcome:
    """Articles, each judged while it was held out."""

    articles: Sequence[JudgedArticle]

    @cached_property
    def held_out(self) -> dict[str, HeldOut]:
        """The articles by topic."""
        return by_topic(self.articles)

    @cached_property
    def figures(self) -> Figures:
        return {cut: score_topics(self.held_out, sure_only=sure).named for cut, sure in CUTS.items()}

    def change_from(self, base: "TopicOutcome") -> Figures:
        before, after = map(by_topic, shared_articles(base.articles, self.articles))
        return {cut: compare_scores(before, after, sure_only=sure) for cut, sure in CUTS.items()}

    def tracked(self, metrics: Mapping[str, float]) -> RunOutcome:
        return RunOutcome(metrics, files={HELD_OUT_TOPICS: packed_judged(self.articles)})


class NoTopicHeldOut(LocbaoError):
    """A corpus that no topic can be scored on."""

    def __init__(self, config: TopicConfig) -> None:
        super().__init__(
            f"Cannot score the trials: no topic has {config.least} articles with it and as many without it, or folds "
            "is 0. Give more articles, a smaller `least`, or folds."
        )


class Topics:
    """The kind `topics`."""

    figures: Sequence[str] = ("macro_f1",)
    held_out: Set[str] = frozenset({"truth", "scores", "given"})

    def configure(self, values: Mapping[str, Any], source: str) -> TopicTrial:
        rest = {key: value for key, value in values.items() if key not in OWN_KEYS}
        reads = values.get("reads", 1)
        if type(reads) not in (int, float) or not 0 <= reads <= 1:
            raise ConfigError(f"{source}: reads", f"{reads!r} is no part of a whole", "Give a number from 0 to 1.")
        chosen = {key: values.get(key, "all") for key in _CHOICES}
        for key, value in chosen.items():
            if value not in list(_CHOICES[key]):
                raise ConfigError(f"{source}: {key}", f"unknown {value!r}", f"Known: {', '.join(_CHOICES[key])}.")
        return TopicTrial(make_topic_config(rest, source), float(reads), **chosen)

    def files(self, corpora: Sequence[Path], material: Sequence[Path]) -> list[DataFile]:
        if material:
            raise CorpusError(str(material[0]), "topics are learned from no material", "Give all files as CORPUS.")
        return data_files(topic_files(corpora))

    def read(self, corpora: Sequence[Path], material: Sequence[Path]) -> list[TopicArticle]:  # noqa: ARG002
        return read_topic_corpus(topic_files(corpora))

    def run(self, sources: Sequence[TopicArticle], configuration: TopicTrial) -> TopicOutcome:
        config = configuration.config
        bench = JUDGES[configuration.judge](_some(sources, configuration.reads, config.seed), config)
        topics = _scored(bench)
        if not topics:
            raise NoTopicHeldOut(config)
        known, folds = read_rules(None), make_folds(bench, config.folds)
        held_out = {}
        for topic in topics:
            rules = as_tokens(RULES[configuration.rules](known.get(topic, Rules())), config.tokens)
            held_out[topic], _ = cross_validate(bench, topic, bench.design(rules)[1], folds)
        return TopicOutcome(judged_articles(bench, held_out))

    def sections(self, held_out: Path) -> list[Section]:
        return topic_sections(read_judged(held_out))


def as_tokens(rules: Rules, tokens: str) -> Rules:
    """The rules for these tokens: as words, the groups hold each phrase of syllables in every way of joining them."""
    if tokens != "words":
        return rules
    ways = {name: tuple(way for phrase in phrases for way in _ways(phrase)) for name, phrases in rules.words.items()}
    return replace(rules, words=ways)


def _ways(phrase: str) -> list[str]:
    first, *rest = phrase.split(" ")
    found = product(" _", repeat=len(rest))
    return [first + "".join(map("".join, zip(joints, rest, strict=True))) for joints in found]


def _scored(bench: TopicTrainer) -> list[str]:
    """The topics with enough articles to be scored."""
    found = []
    for topic in sorted(frozenset().union(*(article.topics for article in bench.articles))):
        carried, known = bench.labels(topic)
        if bench.config.folds and enough(carried[bench.is_article & known], bench.config.least):
            found.append(topic)
    return found


def _some(articles: Sequence[TopicArticle], part: float, seed: int) -> list[TopicArticle]:
    """All articles, and a part of the single sentences."""
    single = [place for place, article in enumerate(articles) if not article.is_article]
    kept = np.random.default_rng(seed).permutation(single)[: round(part * len(single))]
    chosen = set(kept.tolist())
    return [article for place, article in enumerate(articles) if article.is_article or place in chosen]
