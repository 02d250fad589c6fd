"""`locbao train topics`: from labelled articles to topics in a model folder."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from locbao.features.topics.design import Rules
from locbao.predict.load import SHIPPED
from locbao.predict.store.folder import Stored, check_target, read, save
from locbao.predict.store.manifest import MANIFEST, SHORT_DIGEST
from locbao.predict.topic_model import packed_rules
from locbao.train.configuration import ConfigError, read_configuration
from locbao.train.corpus.corpus_files import CorpusError, data_file
from locbao.train.corpus.topic_articles import TopicArticle, read_topic_corpus, topic_files
from locbao.train.evaluation.tables import chapters
from locbao.train.evaluation.topic_scores import HeldOut, TopicScores, score_both, topic_table
from locbao.train.topics.config import TopicConfig
from locbao.train.topics.crossval import AS_IT_STANDS, Judge, cross_validate, enough, make_folds
from locbao.train.topics.fit import Scorer, TopicTrainer
from locbao.train.topics.outcome import topic_outcome
from locbao.train.topics.rules import read_rules
from locbao.train.tracking.run import RunPlan, Tell, Tracker
from locbao.train.training_record import Clock, provenance, refit, with_topics


@dataclass(frozen=True, slots=True)
class FittedTopic:
    """A fitted topic: its `part` of the model folder, and its held-out articles, None where they are too few."""

    part: dict[str, Any]
    held_out: HeldOut | None


def train_topics(
    corpora: Sequence[Path],
    output: Path,
    *,
    topics: Sequence[str] = (),
    rules: Path | None = None,
    config: Path | None = None,
    seed: int | None = None,
    base: Path | None = None,
    tracker: Tracker | None = None,
    tell: Tell = print,
) -> str:
    """Trains topics, scores them on articles held out, and saves them with the lines and the other topics of a model.

    That model is `base`; without it, the one in `output`; without that, the one that comes with locbao. Nothing of it
    changes but the topics trained: `topics`, or all that the corpora name. Returns the digest. Raises LocbaoError.
    """
    settings = read_configuration(TopicConfig, config, seed=seed)
    check_target(output.resolve())
    replaced = (output / MANIFEST).exists()
    before = read(base or (output if replaced else SHIPPED))
    old_topics = dict((before.parts.get("topics") or {"topics": {}})["topics"])
    files = topic_files(corpora)
    articles, data = read_topic_corpus(files), [data_file(path, "corpus") for path in files]
    wanted, rules_of = _wanted(topics, articles), read_rules(rules)
    _check_tokens(before, settings, old_topics.keys() - {*wanted})
    clock, name = Clock(), str(before.manifest["name"]) if replaced else output.resolve().name
    with (tracker or Tracker()).run(RunPlan("topics", name, settings.as_dict(), data)) as run:
        trainer = TopicTrainer(articles, settings)
        tell(f"read {sum(trainer.is_article):,} articles and {sum(~trainer.is_article):,} sentences")
        fitted = {topic: fit_topic(trainer, topic, rules_of.get(topic, Rules()), tell) for topic in wanted}
        clock.lap("fit")
        tell(f"fitted in {clock.total:.0f} s")
        held_out = {topic: one.held_out for topic, one in fitted.items() if one.held_out}
        scores = score_both(held_out)
        tables = {kind: topic_table(of_kind) for kind, of_kind in scores.items()}
        for kind, text in tables.items():
            tell(f"\n{kind}: each article judged by a model that has not seen it\n\n{text}")
        again = refit("topics", corpora, topic=topics, rules=rules, config=config, seed=seed)
        manifest = _manifest(before, name, fitted, provenance(settings.as_dict(), data, again), scores)
        parts = {topic: one.part for topic, one in fitted.items()}
        part = {"tokens": settings.tokens, "topics": old_topics | parts}
        card = with_topics(before.card, manifest["topics"], tables)
        digest = save(output, {**before.parts, "topics": part}, manifest, card)
        tell(f"\nsaved {output} ({digest[:SHORT_DIGEST]})")
        outcome = topic_outcome(trainer, held_out, scores, parts)
        metrics = {**outcome.metrics, **clock.metrics()}
        run.finish(replace(outcome, metrics=metrics, model=output, note=chapters(tables)))
    return digest


def fit_topic(trainer: TopicTrainer, topic: str, rules: Rules, tell: Tell) -> FittedTopic:
    """The topic fitted on all articles, with judge and threshold from those held out in turn."""
    carried, judged = trainer.labels(topic)
    design, X = trainer.design(rules)
    truth = carried[trainer.is_article & judged]
    held_out, judge = None, AS_IT_STANDS
    if trainer.config.folds and enough(truth, trainer.config.least):
        held_out, judge = cross_validate(trainer, topic, X, make_folds(trainer, trainer.config.folds))
    else:
        tell(
            f"{topic}: not scored, and its probabilities not calibrated: {int(truth.sum())} articles have it and "
            f"{int((~truth).sum())} do not; {trainer.config.least} of each are needed, and folds"
        )
    return FittedTopic(_part(design.vocabulary, rules, trainer.fit(X, carried, judged), judge), held_out)


def _part(phrases: Sequence[str], rules: Rules, scorer: Scorer, judge: Judge) -> dict[str, Any]:
    """Plain values; phrases without weight are left out."""
    of_phrases, of_rules = np.split(scorer.weights, [len(phrases)])
    kept = np.flatnonzero(of_phrases)
    return {
        "phrases": "\n".join(phrases[place] for place in kept.tolist()),
        **packed_rules(rules),
        "weights": np.concatenate((of_phrases[kept], of_rules)).astype(np.float32),
        "intercept": scorer.intercept,
        "article": judge.weights.tolist(),
        "article_intercept": judge.intercept,
        "threshold": judge.threshold,
    }


def _wanted(topics: Sequence[str], articles: Sequence[TopicArticle]) -> list[str]:
    named = sorted({topic for article in articles for topic in article.topics})
    missing = sorted(set(topics) - set(named))
    if missing:
        hint = f"The corpora have: {', '.join(named) or 'no topic'}."
        raise CorpusError("the corpora", f"no article carries {missing[0]!r}", hint)
    if not named:
        hint = 'Write them into "topics" of the corpus, see docs/topics.md.'
        raise CorpusError("the corpora", "no article carries any topic", hint)
    return sorted(topics) or named


def _check_tokens(before: Stored, settings: TopicConfig, others: set[str]) -> None:
    """All topics of a model share their tokens; `others` are those that are kept."""
    if others and (tokens := before.parts["topics"]["tokens"]) != settings.tokens:
        raise ConfigError(
            "tokens",
            f"the model's other topics ({', '.join(sorted(others))}) are made of {tokens}, these would be of "
            f"{settings.tokens}",
            "Set the same tokens in the configuration, or train all topics anew.",
        )


def _manifest(
    before: Stored,
    name: str,
    fitted: Mapping[str, FittedTopic],
    entry: Mapping[str, Any],
    scores: Mapping[str, TopicScores],
) -> dict[str, Any]:
    """The manifest of the model before, with what its new topics are made of and how they do."""
    topics = dict(before.manifest.get("topics") or {})
    for topic, one in fitted.items():
        figures = {kind: of_kind.figures(topic) for kind, of_kind in scores.items() if topic in of_kind.topics}
        topics[topic] = {"threshold": one.part["threshold"], "iptc": one.part["iptc"], **entry, "scores": figures}
    added_by_saving = ("digest", "files", "format", "versions")
    kept = {key: value for key, value in before.manifest.items() if key not in added_by_saving}
    return {**kept, "name": name, "topics": topics}
