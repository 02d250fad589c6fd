"""Trials of the topic model: articles held out, like `locbao train topics`, and with what only experiments need."""

from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import product
from pathlib import Path
from typing import Annotated, Any, Literal

import numpy as np
from pydantic import Field

from locbao.experiments.trials.kind import Figures, Section, drawn, split
from locbao.features.arrays import FloatArray
from locbao.features.topics.design import Rules
from locbao.train.configuration import Configuration, checked
from locbao.train.corpus.corpus_files import CorpusError, data_files
from locbao.train.corpus.topic_articles import TopicArticle, read_topic_corpus, topic_files
from locbao.train.evaluation.judged_articles import (
    HELD_OUT_TOPICS,
    JudgedArticle,
    by_topic,
    mistakes,
    packed_judged,
    read_judged,
    shared_articles,
)
from locbao.train.evaluation.line_scores import ScoreError
from locbao.train.evaluation.tables import cell, table
from locbao.train.evaluation.topic_scores import HeldOut, compare_scores, score_both, score_topics, topic_table
from locbao.train.topics.config import TopicConfig
from locbao.train.topics.crossval import cross_validate, enough, make_folds
from locbao.train.topics.fit import TopicTrainer
from locbao.train.topics.outcome import judged_articles, topic_pictures
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
        signs = super().signs(scores)
        signs[:, 1:] = 0
        return signs


JUDGES: dict[str, type[TopicTrainer]] = {"all": TopicTrainer, "strongest": StrongestAlone}
"""The signs that an article is judged by."""

WORST = 40
"""Mistakes of each topic that a report lists."""

_WIDTH = 110  # characters of an article's cell


class TopicChanges(Configuration):
    """What a trial may be given beside the keys of `TopicConfig`.

    `reads`: part of the single sentences that is learned from, drawn anew for every seed. `rules`: what is left of a
    topic's file. `judge`: the signs that an article is judged by.
    """

    reads: Annotated[float, Field(ge=0, le=1)] = 1.0
    rules: Literal["all", "groups", "none"] = "all"
    judge: Literal["all", "strongest"] = "all"


@dataclass(frozen=True, slots=True)
class TopicTrial:
    """A configuration, and what is changed outside of it."""

    config: TopicConfig
    changes: TopicChanges


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


class TopicTrials:
    """The kind `topics`."""

    figures: Sequence[str] = ("macro_f1",)
    held_out: Set[str] = frozenset({"truth", "scores", "given"})

    def configure(self, values: Mapping[str, Any], source: str) -> TopicTrial:
        changes, rest = split(TopicChanges, values, source)
        return TopicTrial(checked(TopicConfig, rest, source), changes)

    def files(self, corpora: Sequence[Path], material: Sequence[Path]) -> list[DataFile]:
        if material:
            raise CorpusError(str(material[0]), "topics are learned from no material", "Give all files as CORPUS.")
        return data_files(topic_files(corpora))

    def read(self, corpora: Sequence[Path], material: Sequence[Path]) -> list[TopicArticle]:  # noqa: ARG002
        return read_topic_corpus(topic_files(corpora))

    def run(self, sources: Sequence[TopicArticle], configuration: TopicTrial) -> TopicOutcome:
        config, changes = configuration.config, configuration.changes
        trainer = JUDGES[changes.judge](_some(sources, changes.reads, config.seed), config)
        topics = _scored(trainer)
        if not topics:
            raise ScoreError(
                f"Cannot score the trials: no topic has {config.least} articles with it and as many without it, or "
                "folds is 0",
                "Give more articles, a smaller `least`, or folds.",
            )
        topic_rules, folds = read_rules(None), make_folds(trainer, config.folds)
        held_out = {}
        for topic in topics:
            rules = as_tokens(RULES[changes.rules](topic_rules.get(topic, Rules())), config.tokens)
            held_out[topic], _ = cross_validate(trainer, topic, trainer.design(rules)[1], folds)
        return TopicOutcome(judged_articles(trainer, held_out))

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
    ways = product(" _", repeat=len(rest))
    return [first + "".join(map("".join, zip(joints, rest, strict=True))) for joints in ways]


def _scored(trainer: TopicTrainer) -> list[str]:
    """The topics with enough articles to be scored; none where there are no folds."""
    if not trainer.config.folds:
        return []
    topics = sorted(frozenset().union(*(article.topics for article in trainer.articles)))
    labels = {topic: trainer.labels(topic) for topic in topics}
    return [
        topic
        for topic, (carried, known) in labels.items()
        if enough(carried[trainer.is_article & known], trainer.config.least)
    ]


def _some(articles: Sequence[TopicArticle], part: float, seed: int) -> list[TopicArticle]:
    """All articles, and a part of the single sentences."""
    single = [place for place, article in enumerate(articles) if not article.is_article]
    kept = np.random.default_rng(seed).permutation(single)[: round(part * len(single))]
    chosen = set(kept.tolist())
    return [article for place, article in enumerate(articles) if article.is_article or place in chosen]


def topic_sections(articles: Sequence[JudgedArticle]) -> list[Section]:
    """Tables and pictures of all topics, then the mistakes of each, the surest first."""
    held_out = by_topic(articles)
    tables = [f"### {kind}\n\n{topic_table(scores)}" for kind, scores in score_both(held_out).items()]
    pictures, missing = drawn(topic_pictures(held_out))
    lead = f"Each article is judged by a model that has not seen it. In brackets: 95 % intervals.{missing}"
    whole = Section("Topics", "\n\n".join((lead, *tables)), pictures)
    return [whole, *(_mistakes(topic, articles) for topic in held_out)]


def _mistakes(topic: str, articles: Sequence[JudgedArticle]) -> Section:
    """What was judged wrongly, article by article."""
    wrong = [row[1:] for row in mistakes(articles).rows if row[0] == topic]
    rows = [
        [cell(f"{article}: {begins}", _WIDTH), "yes" if true else "no", f"{probability:.2f}"]
        for article, true, probability, begins in wrong[:WORST]
    ]
    shown = f"; the surest {WORST} of them" if len(wrong) > WORST else ", the surest first"
    lead = f"{len(wrong):,} articles judged wrongly{shown}."
    tables = [table(["article", "carries it", "probability"], rows)] if rows else []
    return Section(f"Mistakes: {topic}", "\n\n".join((lead, *tables)))
