"""`locbao train topics`: from labelled articles to topics in a model folder."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from locbao.features.amounts import counted
from locbao.features.topics.design import Rules
from locbao.predict.load import model_folder
from locbao.predict.store.folder import check_target, read, save
from locbao.predict.store.manifest import MANIFEST, SHORT_DIGEST
from locbao.predict.store.schema import MAX_TOPICS
from locbao.predict.topics.topic_model import packed_rules
from locbao.train.configuration import ConfigError, read_configuration
from locbao.train.corpus.corpus_files import Corpora, CorpusError, corpus_paths, data_files
from locbao.train.corpus.topic_articles import TopicArticle, read_topic_corpus, topic_files
from locbao.train.evaluation.tables import chapters
from locbao.train.evaluation.topic_scores import HeldOut, score_both, topic_table
from locbao.train.topics.config import TopicConfig
from locbao.train.topics.crossval import AS_IT_STANDS, cross_validate, enough, make_folds, never, trained_rate
from locbao.train.topics.fit import TopicTrainer
from locbao.train.topics.outcome import topic_outcome
from locbao.train.topics.rules import read_rules, rule_sentences
from locbao.train.tracking.tracked_run import RunPlan, Tell, Tracker
from locbao.train.training_record import Clock, provenance, refit, with_topics


def train_topics(  # noqa: PLR0913 (the options of the command)
    corpus: Corpora,
    output: str | Path,
    *,
    topics: Sequence[str] = (),
    rules: str | Path | None = None,
    config: str | Path | None = None,
    seed: int | None = None,
    base: str | Path | None = None,
    force: bool = False,
    tracker: Tracker | None = None,
    tell: Tell = print,
) -> str:
    """What `locbao train topics` does: trains topics, scores them on articles held out, saves them into a model.

    Lines and other topics are those of `base`; without it, of the model in `output`; without that, of the one that
    comes with locbao. Nothing of it changes but the topics trained: `topics`, or all that the corpus names. Returns the
    digest. Raises LocbaoError.

    `corpus`: files or folders of articles; `()` for the example articles. `base`: what `locbao.load` takes. `rules`: a
    folder of topic files. `config`: a TOML file. `force`: replace a model in `output` by one made from another base.
    `tell` gets each message. Nothing is tracked without a `tracker`.

    >>> import locbao
    >>> digest = locbao.train_topics("articles.jsonl", "my-topics", tell=lambda message: None)
    >>> "border_security" in locbao.load("my-topics").topics
    True
    """
    corpora, output = corpus_paths(corpus), Path(output)
    rules, config = (None if path is None else Path(path) for path in (rules, config))
    settings = read_configuration(TopicConfig, config, seed=seed)
    replaced, name = (output / MANIFEST).exists(), output.resolve().name
    check_target(output.resolve(), "" if replaced else name, force=force or base is None or Path(base) == output)
    with model_folder(base or (output if replaced else None)) as folder:
        before = read(folder)
    old_part = before.parts.get("topics") or {"tokens": settings.tokens, "topics": {}}
    files = topic_files(corpora)
    articles, data = read_topic_corpus(files), data_files(files)
    wanted, rules_of = _wanted(topics, articles), read_rules(rules)
    others = sorted(old_part["topics"].keys() - {*wanted})
    if len(others) + len(wanted) > MAX_TOPICS:
        what = f"{len(wanted)} topics, beside {len(others)} others of the model, and {MAX_TOPICS} are allowed in all"
        raise CorpusError("the corpora", what, "Choose some of them: --topic NAME.")
    if others and old_part["tokens"] != settings.tokens:
        raise ConfigError(
            "tokens",
            f"the model's other topics ({', '.join(others)}) have the tokens {old_part['tokens']!r}, these would have "
            f"{settings.tokens!r}",
            "Set the same tokens in the configuration, or train all topics anew.",
        )
    clock, name = Clock(), str(before.manifest["name"]) if replaced else name
    with (tracker or Tracker()).run(RunPlan("topics", name, settings.as_dict(), data)) as run:
        trainer = TopicTrainer(articles, settings)
        sentences = counted(int(sum(~trainer.is_article)), "sentence")
        tell(f"read {counted(int(sum(trainer.is_article)), 'article')} and {sentences}")
        fitted = {topic: fit_topic(trainer, topic, rules_of.get(topic, Rules()), tell) for topic in wanted}
        parts = {topic: part for topic, (part, _) in fitted.items()}
        held_out = {topic: judged for topic, (_, judged) in fitted.items() if judged}
        clock.lap("fit")
        tell(f"fitted in {clock.total:.0f} s")
        scores = score_both(held_out)
        tables = {kind: topic_table(of_kind) for kind, of_kind in scores.items()}
        for kind, text in tables.items():
            tell(f"\n{kind}: each article judged by a model that has not seen it\n\n{text}")
        again = refit("topics", corpora, topic=topics, rules=rules, config=config, seed=seed)
        made = provenance(settings.as_dict(), data, again)
        entries = dict(before.manifest.get("topics") or {})
        for topic, part in parts.items():
            figures = {kind: of_kind.figures(topic) for kind, of_kind in scores.items() if topic in of_kind.topics}
            entries[topic] = {"threshold": part["threshold"], "iptc": part["iptc"], **made, "scores": figures}
            if judged := held_out.get(topic):
                entries[topic]["rate"] = round(trained_rate(judged, settings), 4)
        topics_part = {"tokens": settings.tokens, "topics": {**old_part["topics"], **parts}}
        manifest = {**before.manifest, "name": name, "topics": entries}
        parts_of_all = {**before.parts, "topics": topics_part}
        digest = save(output, parts_of_all, manifest, with_topics(before.card, manifest, tables))
        tell(f"\nsaved {output} ({digest[:SHORT_DIGEST]})")
        outcome = topic_outcome(trainer, held_out, scores, parts)
        metrics = {**outcome.metrics, **clock.metrics()}
        run.finish(replace(outcome, metrics=metrics, model=output, note=chapters(tables)))
    return digest


def fit_topic(trainer: TopicTrainer, topic: str, rules: Rules, tell: Tell) -> tuple[dict[str, Any], HeldOut | None]:
    """The topic's part of the model folder, as plain values, and its held-out articles, None where they are too few.

    It is fitted on all articles, with judge and threshold from those held out in turn. Phrases without weight are left
    out.
    """
    if all(article.is_article or topic in article.unknown for article in trainer.articles):
        trainer = TopicTrainer([*trainer.articles, *rule_sentences(topic, rules)], trainer.config)
    carried, judged = trainer.labels(topic)
    design, X = trainer.design(rules)
    truth = carried[trainer.is_article & judged]
    held_out, judge = None, AS_IT_STANDS if carried[judged].any() else never(len(truth))
    if trainer.config.folds and enough(truth, trainer.config.least):
        held_out, judge = cross_validate(trainer, topic, X, make_folds(trainer, trainer.config.folds))
    else:
        articles = f"{counted(int(truth.sum()), 'article')} with it and {int((~truth).sum())} without"
        needed = f"{trainer.config.least} of each are needed, and folds"
        tell(f"{topic}: not scored, and its probabilities not calibrated: {articles}; {needed}")
    scorer = trainer.fit(X, carried, judged)
    of_phrases, of_rules = np.split(scorer.weights, [len(design.vocabulary)])
    kept = np.flatnonzero(of_phrases)
    part = {
        "phrases": "\n".join(design.vocabulary[place] for place in kept.tolist()),
        **packed_rules(rules),
        "weights": np.concatenate((of_phrases[kept], of_rules)).astype(np.float32),
        "intercept": scorer.intercept,
        "article": judge.weights.tolist(),
        "article_intercept": judge.intercept,
        "threshold": judge.threshold,
    }
    return part, held_out


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
