"""Trials of the topic model: articles held out, like `locbao train topics`, and with what only experiments need."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import Annotated, Literal

import numpy as np
from pydantic import Field

from locbao.experiments.trials.kind import Figures, TrialKind, TrialOutcome
from locbao.experiments.trials.report_parts import Section, drawn
from locbao.features.amounts import counted
from locbao.features.arrays import FloatArray
from locbao.features.topics.design import Rules
from locbao.train.configuration import Configuration
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
from locbao.train.evaluation.tables import chapters, short, table
from locbao.train.evaluation.topic_scores import compare_scores, score_both, score_topics, topic_table
from locbao.train.topics.config import TopicConfig
from locbao.train.topics.crossval import cross_validate, enough, make_folds
from locbao.train.topics.fit import TopicTrainer
from locbao.train.topics.outcome import judged_articles, topic_pictures
from locbao.train.topics.rules import read_rules
from locbao.train.tracking.tracked_run import DataFile

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
    """What a trial of topics changes outside of its `TopicConfig`.

    `reads`: part of the single sentences that is learned from, drawn anew for every seed. `rules`: what is left of a
    topic's file. `judge`: the signs that an article is judged by.
    """

    reads: Annotated[float, Field(ge=0, le=1)] = 1.0
    rules: Literal["all", "groups", "none"] = "all"
    judge: Literal["all", "strongest"] = "all"


class TopicTrials(TrialKind):
    """The kind `topics`: what is held out are articles, judged."""

    figures = ("macro_f1",)
    fields = frozenset({"truth", "scores", "given"})
    config, changes = TopicConfig, TopicChanges

    def files(self, corpora: Sequence[Path], material: Sequence[Path]) -> list[DataFile]:
        if material:
            raise CorpusError(str(material[0]), "topics are learned from no material", "Give all files as CORPUS.")
        return data_files(topic_files(corpora))

    def read(self, corpora: Sequence[Path], material: Sequence[Path]) -> list[TopicArticle]:  # noqa: ARG002
        return read_topic_corpus(topic_files(corpora))

    def run(self, sources: Sequence[TopicArticle], settings: tuple[TopicConfig, TopicChanges]) -> TrialOutcome:
        config, changes = settings
        single = [place for place, article in enumerate(sources) if not article.is_article]
        drawn_places = np.random.default_rng(config.seed).permutation(single)
        left_out = set(drawn_places[round(changes.reads * len(single)) :].tolist())
        trainer = JUDGES[changes.judge]([one for place, one in enumerate(sources) if place not in left_out], config)
        topic_rules, folds = read_rules(None), make_folds(trainer, config.folds) if config.folds else None
        held_out = {}
        for topic in sorted(frozenset().union(*(article.topics for article in trainer.articles))):
            carried, judged = trainer.labels(topic)
            if folds is not None and enough(carried[trainer.is_article & judged], config.least):
                rules = as_tokens(RULES[changes.rules](topic_rules.get(topic, Rules())), config.tokens)
                held_out[topic], _ = cross_validate(trainer, topic, trainer.design(rules)[1], folds)
        if not held_out:
            raise ScoreError(
                f"Cannot score the trials: no topic has {config.least} articles with it and as many without it, or "
                "folds is 0",
                "Give more articles, a smaller `least`, or folds.",
            )
        articles = judged_articles(trainer, held_out)
        scores = {cut: score_topics(by_topic(articles), sure_only=sure).named for cut, sure in CUTS.items()}
        return TrialOutcome(articles, scores, {HELD_OUT_TOPICS: packed_judged(articles)})

    def compare(self, base: TrialOutcome, outcome: TrialOutcome) -> Figures:
        before, after = map(by_topic, shared_articles(base.held_out, outcome.held_out))
        return {cut: compare_scores(before, after, sure_only=sure) for cut, sure in CUTS.items()}

    def sections(self, held_out: Path) -> list[Section]:
        return topic_sections(read_judged(held_out))


def as_tokens(rules: Rules, tokens: str) -> Rules:
    """The rules for these tokens: as words, the groups hold each phrase of syllables in every way of joining them."""
    if tokens != "words":
        return rules
    ways: dict[str, tuple[str, ...]] = {}
    for name, phrases in rules.words.items():
        choices = (product(*(" _" if char == " " else char for char in phrase)) for phrase in phrases)
        ways[name] = tuple("".join(way) for choice in choices for way in choice)
    return replace(rules, words=ways)


def topic_sections(articles: Sequence[JudgedArticle]) -> list[Section]:
    """Tables and pictures of all topics, then the mistakes of each, the surest first."""
    held_out = by_topic(articles)
    pictures, missing = drawn(topic_pictures(held_out))
    lead = f"Each article is judged by a model that has not seen it. In brackets: 95 % intervals.{missing}"
    tables = chapters({kind: topic_table(scores) for kind, scores in score_both(held_out).items()})
    sections, wrong = [Section("Topics", f"{lead}\n\n{tables}", pictures)], mistakes(articles).rows
    for topic in held_out:
        of_topic = [row[1:] for row in wrong if row[0] == topic]
        shown = f"; the surest {WORST} of them" if len(of_topic) > WORST else ", the surest first"
        text = f"{counted(len(of_topic), 'article')} judged wrongly{shown}."
        if of_topic:
            rows = (
                [short(f"{article}: {begins}", _WIDTH), "yes" if true else "no", f"{probability:.2f}"]
                for article, true, probability, begins in of_topic[:WORST]
            )
            text += f"\n\n{table(['article', 'carries it', 'probability'], rows)}"
        sections.append(Section(f"Mistakes: {topic}", text))
    return sections
