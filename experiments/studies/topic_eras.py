"""Topics carried over to another era and style: learned from one source alone, tested on another.

    python -m locbao.experiments.studies.topic_eras CORPUS…

Every row of the corpora needs an `origin`; ERAS are the two that have labelled articles.
"""

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from locbao.experiments.studies.command import foreseen
from locbao.experiments.trials.trial_results import write_table
from locbao.features.arrays import BoolArray, FloatArray
from locbao.features.topics.design import Rules
from locbao.train.corpus.labelled_pages import rows
from locbao.train.corpus.topic_articles import TopicArticle, read_topic_corpus
from locbao.train.evaluation.estimates import DRAWS, Estimate
from locbao.train.evaluation.tables import table
from locbao.train.evaluation.topic_scores import HeldOut, average_precision
from locbao.train.topics.config import TopicConfig
from locbao.train.topics.crossval import best_threshold, cross_validate, make_folds
from locbao.train.topics.fit import TopicTrainer, sentence_scores
from locbao.train.topics.rules import read_rules

ERAS = ("vietnews", "diata")
SEEDS = (1, 2, 3)

EVERYTHING, OWN, OTHER = "everything, out of fold", "its own era alone, out of fold", "the other era alone"
THRESHOLD, BARE = "the other era alone, threshold of its own", "the other era alone, neither groups nor rules"

Judged = dict[str, HeldOut]
"""The articles of one era by topic, `article` counting those of the era."""

NOTES = f"""\
The articles of one source are judged by models that learned from: everything (all labelled articles and read sentences
but those of the fold); the articles and read sentences of the same source alone, out of fold; those of the other source
alone, with its judge and its thresholds. The read sentences of pages and headlines belong to neither era, so only
"everything" has them. "Threshold of its own": the probabilities of the row above, with the threshold from the other
folds of the articles judged: what is won by it was lost by the threshold, the rest by the model.

Means of {len(SEEDS)} seeds of folds. In brackets: 95 % intervals, {DRAWS} bootstrap draws over articles, the same for
all rows; `lost` is against "everything", within a draw. The rules were written by people who had read articles of both
eras, so the last row shows what carries over without them."""


def judge_all(articles: Sequence[TopicArticle], origins: Mapping[str, str], seed: int) -> dict[tuple[str, str], Judged]:
    """The articles of each era as each model judges them."""
    config, rules = TopicConfig(seed=seed), read_rules(None)
    own = {era: [article for article in articles if origins[article.id] == era] for era in ERAS}
    benches = {era: TopicTrainer(of_era, config) for era, of_era in own.items()}
    judged = {era: TopicTrainer([article for article in own[era] if article.is_article], config) for era in ERAS}
    whole = _out_of_fold(TopicTrainer(articles, config), rules)
    found = {}
    for era, other in (ERAS, ERAS[::-1]):
        kept = [origins[article.id] == era for article in articles if article.is_article]
        found[era, EVERYTHING] = {topic: _part(one, np.array(kept)) for topic, one in whole.items()}
        found[era, OWN] = _out_of_fold(benches[era], rules)
        found[era, OTHER] = _carried_over(benches[other], judged[era], rules)
        found[era, THRESHOLD] = {topic: _own_threshold(judged[era], one) for topic, one in found[era, OTHER].items()}
        found[era, BARE] = _carried_over(benches[other], judged[era], dict.fromkeys(rules, Rules()))
    return found


def _out_of_fold(bench: TopicTrainer, rules: Mapping[str, Rules]) -> Judged:
    folds = make_folds(bench, bench.config.folds)
    return {topic: cross_validate(bench, topic, bench.design(own)[1], folds)[0] for topic, own in rules.items()}


def _part(one: HeldOut, kept: BoolArray) -> HeldOut:
    """Some of the articles; `kept` has an entry for each."""
    return HeldOut(
        np.arange(int(kept.sum())), one.truth[kept], one.sure[kept], one.probability[kept], one.predicted[kept]
    )


def _carried_over(bench: TopicTrainer, judged: TopicTrainer, rules: Mapping[str, Rules]) -> Judged:
    """The articles of `judged` by models, judges and thresholds from `bench`."""
    folds = make_folds(bench, bench.config.folds)
    found = {}
    for topic, own in rules.items():
        design, seen = bench.design(own)
        carried, known = bench.labels(topic)
        _, judge = cross_validate(bench, topic, seen, folds)
        scores = sentence_scores(design.matrix(judged.phrases), bench.fit(seen, carried, known))
        probability = judge.probabilities(judged.signs(scores))
        truth, _ = judged.labels(topic)
        found[topic] = HeldOut(np.arange(len(truth)), truth, judged.sure, probability, probability >= judge.threshold)
    return found


def _own_threshold(judged: TopicTrainer, one: HeldOut) -> HeldOut:
    """The same probabilities, cut where the other folds of the same articles say."""
    config = judged.config
    folds = make_folds(judged, config.folds)
    weight = np.where(judged.sure, 1.0, config.unsure_weight)
    predicted = np.zeros(len(folds), dtype=bool)
    for number in range(config.folds):
        others = folds != number
        threshold = best_threshold(one.probability[others], one.truth[others], weight[others], config.seed)
        predicted[~others] = one.probability[~others] >= threshold
    return replace(one, predicted=predicted)


def f1_draws(judged: Sequence[Judged], sure_only: bool) -> dict[str, FloatArray]:
    """(1 + DRAWS,) F1 of each topic, mean over runs: of the articles as they are, then of the draws."""
    first = next(iter(judged[0].values()))
    count = len(first.truth)
    drawn = np.random.default_rng(0).multinomial(count, np.full(count, 1 / count), size=DRAWS)
    weights: FloatArray = np.vstack((np.ones(count), drawn)).astype(np.float64)
    weights[:, ~first.sure & sure_only] = 0
    return {topic: np.mean([_f1(run[topic], weights) for run in judged], axis=0) for topic in judged[0]}


def _f1(one: HeldOut, weights: FloatArray) -> FloatArray:
    hits, both = weights @ (one.truth & one.predicted), weights @ one.truth + weights @ one.predicted
    return np.asarray(2 * hits / np.maximum(both, 1e-9))


def _table(found: Mapping[str, Sequence[Judged]], sure_only: bool) -> str:
    draws = {name: f1_draws(runs, sure_only) for name, runs in found.items()}
    means = {name: np.mean(list(own.values()), axis=0) for name, own in draws.items()}
    whole = means[EVERYTHING]
    lines = [
        [
            name,
            Estimate.of(means[name][0], means[name][1:]),
            "" if name == EVERYTHING else Estimate.of(lost[0], lost[1:]),
            *(f"{own[0]:.3f}" for own in draws[name].values()),
            f"{_ranked(runs, sure_only):.3f}",
        ]
        for name, runs in found.items()
        for lost in [whole - means[name]]
    ]
    topics = next(iter(draws.values()))
    return table(["learned from", "mean F1", "lost", *(f"F1 {t}" for t in topics), "mean average precision"], lines)


def _ranked(runs: Sequence[Judged], sure_only: bool) -> float:
    kept = [(one, one.sure | (not sure_only)) for run in runs for one in run.values()]
    return float(np.mean([average_precision(one.probability[own], one.truth[own]) for one, own in kept]))


def compare_eras(paths: Sequence[Path]) -> str:
    """The tables as Markdown. Raises CorpusError."""
    articles = read_topic_corpus(paths)
    origins = {row["id"]: str(row.get("origin")) for path in paths for _, row in rows(path)}
    runs = [judge_all(articles, origins, seed) for seed in SEEDS]
    parts = ["# Topics in another era and style", NOTES]
    for era in ERAS:
        found = {name: [run[key] for run in runs] for key in runs[0] if key[0] == era for name in [key[1]]}
        for cut, sure_only in (("sure", True), ("all", False)):
            first = found[EVERYTHING][0]
            counts = {topic: one.truth & (one.sure | (not sure_only)) for topic, one in first.items()}
            carried = ", ".join(f"{int(own.sum())} {topic}" for topic, own in counts.items())
            parts += [f"## {era}, {cut} articles, with {carried}", _table(found, sure_only)]
    return "\n\n".join(parts)


def main() -> None:
    """The command line of this module."""
    parser = argparse.ArgumentParser(description="Topics learned from one source and judged on another.")
    parser.add_argument("corpus", nargs="+", type=Path)
    write_table("topic_eras", compare_eras(parser.parse_args().corpus))


if __name__ == "__main__":
    with foreseen():
        main()
