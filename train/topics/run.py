"""`locbao train topics`: from labelled articles to topics in a model folder."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from locbao.features.errors import LocbaoError
from locbao.features.topics.design import Rules
from locbao.predict.load import SHIPPED
from locbao.predict.store.folder import Stored, check_target, read, save
from locbao.predict.store.manifest import MANIFEST, SHORT_DIGEST
from locbao.predict.topic_model import packed_rules
from locbao.train.configuration import read_configuration
from locbao.train.corpus.sources import data_file
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


class TopicError(LocbaoError):
    """Topics that cannot be trained."""

    def __init__(self, what: str, hint: str) -> None:
        super().__init__(f"{what}. {hint}")


@dataclass(frozen=True, slots=True)
class Fitted:
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
    before = read(base or (output if (output / MANIFEST).exists() else SHIPPED))
    files = topic_files(corpora)
    articles, data = read_topic_corpus(files), [data_file(path, "corpus") for path in files]
    wanted, known_rules = _wanted(topics, articles), read_rules(rules)
    _check_tokens(before, settings, wanted)
    clock, called = Clock(), _name(before, output)
    with (tracker or Tracker()).run(RunPlan("topics", called, settings.as_dict(), data)) as run:
        trainer = TopicTrainer(articles, settings)
        tell(f"read {sum(trainer.is_article):,} articles and {sum(~trainer.is_article):,} sentences")
        fitted = {topic: fit_topic(trainer, topic, known_rules.get(topic, Rules()), tell) for topic in wanted}
        clock.lap("fit")
        tell(f"fitted in {clock.total:.0f} s")
        held_out = {topic: one.held_out for topic, one in fitted.items() if one.held_out}
        scores = score_both(held_out)
        tables = _told(scores, tell)
        again = refit("topics", corpora, topic=topics, rules=rules, config=config, seed=seed)
        manifest = _manifest(before, called, fitted, provenance(settings.as_dict(), data, again), scores)
        parts = {topic: one.part for topic, one in fitted.items()}
        digest = _save(output, before, manifest, {"tokens": settings.tokens, "topics": parts}, tables)
        tell(f"\nsaved {output} ({digest[:SHORT_DIGEST]})")
        outcome = topic_outcome(trainer, held_out, scores, parts)
        metrics = {**outcome.metrics, **clock.metrics()}
        run.finish(replace(outcome, metrics=metrics, model=output, note=chapters(tables)))
    return digest


def fit_topic(trainer: TopicTrainer, topic: str, rules: Rules, tell: Tell) -> Fitted:
    """The topic fitted on all articles, with judge and threshold from those held out in turn."""
    carried, known = trainer.labels(topic)
    design, seen = trainer.design(rules)
    truth = carried[trainer.is_article & known]
    held_out, judge = None, AS_IT_STANDS
    if trainer.config.folds and enough(truth, trainer.config.least):
        held_out, judge = cross_validate(trainer, topic, seen, make_folds(trainer, trainer.config.folds))
    else:
        tell(
            f"{topic}: not scored, and its probabilities not calibrated: {int(truth.sum())} articles have it and "
            f"{int((~truth).sum())} do not; {trainer.config.least} of each are needed, and folds"
        )
    return Fitted(_part(design.known, rules, trainer.fit(seen, carried, known), judge), held_out)


def _part(known: Sequence[str], rules: Rules, scorer: Scorer, judge: Judge) -> dict[str, Any]:
    """Plain values; phrases without weight are left out."""
    phrases = len(known)
    kept = np.flatnonzero(np.abs(scorer.weights[:phrases]) > 0)
    weights = np.concatenate((scorer.weights[:phrases][kept], scorer.weights[phrases:]))
    return {
        "phrases": "\n".join(known[place] for place in kept.tolist()),
        **packed_rules(rules),
        "weights": weights.astype(np.float32),
        "intercept": scorer.intercept,
        "article": judge.weights.tolist(),
        "article_intercept": judge.intercept,
        "threshold": judge.threshold,
    }


def _wanted(topics: Sequence[str], articles: Sequence[TopicArticle]) -> list[str]:
    named = sorted({topic for article in articles for topic in article.topics})
    missing = sorted(set(topics) - set(named))
    if missing:
        raise TopicError(f"no article carries {missing[0]!r}", f"The corpora have: {', '.join(named) or 'no topic'}.")
    if not named:
        raise TopicError("no article carries any topic", 'Write them into "topics" of the corpus, see docs/topics.md.')
    return sorted(topics) or named


def _check_tokens(before: Stored, settings: TopicConfig, wanted: Sequence[str]) -> None:
    """All topics of a model share their tokens."""
    others = set(_old_topics(before)) - set(wanted)
    if others and before.parts["topics"]["tokens"] != settings.tokens:
        raise TopicError(
            f"the model's other topics ({', '.join(sorted(others))}) are made of {before.parts['topics']['tokens']}, "
            f"these would be of {settings.tokens}",
            "Set the same tokens in the configuration, or train all topics anew.",
        )


def _old_topics(before: Stored) -> dict[str, Any]:
    part = before.parts.get("topics")
    return dict(part["topics"]) if part else {}


def _told(scores: Mapping[str, TopicScores], tell: Tell) -> dict[str, str]:
    """The tables of the scores, which are told as well."""
    tables = {kind: topic_table(found) for kind, found in scores.items()}
    for kind, found in tables.items():
        tell(f"\n{kind}: each article judged by a model that has not seen it\n\n{found}")
    return tables


def _save(
    output: Path, before: Stored, manifest: Mapping[str, Any], part: Mapping[str, Any], tables: Mapping[str, str]
) -> str:
    """Saves the model before with the topics of `part` added, or in place of older ones of their names."""
    topics = {**part, "topics": _old_topics(before) | part["topics"]}
    card = with_topics(before.card, manifest["topics"], tables)
    return save(output, {**before.parts, "topics": topics}, manifest, card)


def _name(before: Stored, output: Path) -> str:
    return str(before.manifest["name"]) if (output / MANIFEST).exists() else output.resolve().name


def _manifest(
    before: Stored, name: str, fitted: Mapping[str, Fitted], entry: Mapping[str, Any], scores: Mapping[str, TopicScores]
) -> dict[str, Any]:
    """The manifest of the model before, with what its new topics are made of and how they do."""
    topics = dict(before.manifest.get("topics") or {})
    for topic, one in fitted.items():
        figures = {kind: found.figures(topic) for kind, found in scores.items() if topic in found.topics}
        topics[topic] = {"threshold": one.part["threshold"], "iptc": one.part["iptc"], **entry, "scores": figures}
    own = {key: value for key, value in before.manifest.items() if key not in ("digest", "files", "format", "versions")}
    return {**own, "name": name, "topics": topics}
