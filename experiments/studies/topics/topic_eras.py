"""Topics carried over to another era and style: learned from one source alone, tested on another.

    python -m locbao.experiments.studies.topics.topic_eras CORPUS…

Every row of the corpora needs an `origin`; ERAS are the two that have labelled articles.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from locbao.experiments.measurement import Corpus, document, records, start
from locbao.experiments.result_files import RESULTS, Results, write_table
from locbao.experiments.studies.topics.topic_peers import out_of_fold, with_thresholds
from locbao.experiments.trials.topic_trials import CUTS
from locbao.features.arrays import FloatArray
from locbao.features.topics.design import Rules
from locbao.predict.topics.topic_rates import at_rate, estimated_rate
from locbao.train.corpus.corpus_files import CorpusError, rows
from locbao.train.corpus.topic_articles import TopicArticle, read_topic_corpus, topic_files
from locbao.train.evaluation.estimates import DRAWS, Estimate, resampled
from locbao.train.evaluation.topic_scores import HeldOut, average_precision
from locbao.train.topics.config import TopicConfig
from locbao.train.topics.crossval import cross_validate, make_folds, trained_rate
from locbao.train.topics.fit import TopicTrainer, sentence_scores
from locbao.train.topics.rules import read_rules

ERAS = ("vietnews", "diata")
SEEDS = (1, 2, 3)

EVERYTHING, OWN_ERA, OTHER = "everything, out of fold", "its own era alone, out of fold", "the other era alone"
RATES, THRESHOLD = "the other era alone, rates estimated", "the other era alone, threshold of its own"
BARE = "the other era alone, neither groups nor rules"

Judged = dict[str, HeldOut]
"""The articles of one era by topic, `article` counting those of the era."""

NOTES = f"""\
The articles of one source are judged by models that learned from: everything (all labelled articles and read sentences
but those of the fold); the articles and read sentences of the same source alone, out of fold; those of the other source
alone, with its judge and its thresholds. The read sentences of pages and headlines belong to neither era, so only
"everything" has them. "Rates estimated": the thresholds of the row above, moved to the rates of the topics that
`locbao.topic_rates` reads off the probabilities of the articles judged, without a label of theirs. "Threshold of its
own": the same probabilities with the threshold from the other folds of the articles judged, learned from their labels:
what is won by it was lost by the threshold, the rest by the model.

Means of {len(SEEDS)} seeds of folds. In brackets: 95 % intervals, {DRAWS} bootstrap draws over articles, the same for
all rows; `lost` is against "everything", within a draw. The rules were written by people who had read articles of both
eras, so the last row shows what carries over without them."""


def judge_all(
    articles: Sequence[TopicArticle], origins: Mapping[str, str], config: TopicConfig
) -> dict[tuple[str, str], Judged]:
    """The articles of each era as each model judges them."""
    rules = read_rules(None)
    bare = dict.fromkeys(rules, Rules())
    of_era = {era: [article for article in articles if origins[article.id] == era] for era in ERAS}
    trainers = {era: TopicTrainer(chosen, config) for era, chosen in of_era.items()}
    whole = out_of_fold(TopicTrainer(articles, config), rules)
    result: dict[tuple[str, str], Judged] = {}
    for era, other in (ERAS, ERAS[::-1]):
        kept = np.array([origins[article.id] == era for article in articles if article.is_article])
        for topic, one in whole.items():
            columns = (column[kept] for column in (one.truth, one.sure, one.probability, one.predicted))
            result.setdefault((era, EVERYTHING), {})[topic] = HeldOut(np.arange(kept.sum()), *columns)
        judged = TopicTrainer([one for one in of_era[era] if one.is_article], config)
        folds = make_folds(judged, config.folds)
        carried_over, at_rates = _carried_over(trainers[other], judged, rules)
        result[era, OWN_ERA] = out_of_fold(trainers[era], rules)
        result[era, OTHER], result[era, RATES] = carried_over, at_rates
        result[era, THRESHOLD] = {topic: with_thresholds(one, folds, config) for topic, one in carried_over.items()}
        result[era, BARE], _ = _carried_over(trainers[other], judged, bare)
    return result


def _carried_over(trainer: TopicTrainer, judged: TopicTrainer, rules: Mapping[str, Rules]) -> tuple[Judged, Judged]:
    """The articles of `judged` by models, judges and thresholds from `trainer`: as they are, and with the rates of the
    topics estimated."""
    folds = make_folds(trainer, trainer.config.folds)
    result, at_rates = {}, {}
    for topic, of_topic in rules.items():
        design, columns = trainer.design(of_topic)
        held_out, judge = cross_validate(trainer, topic, columns, folds)
        scores = sentence_scores(design.columns(judged.phrases).matrix(), trainer.fit(columns, *trainer.labels(topic)))
        probability = judge.probabilities(judged.signs(scores))
        truth, _ = judged.labels(topic)
        result[topic] = HeldOut(np.arange(len(truth)), truth, judged.sure, probability, probability >= judge.threshold)
        rate = trained_rate(held_out, trainer.config)
        moved = at_rate(probability, rate, estimated_rate(probability, rate))
        at_rates[topic] = replace(result[topic], probability=moved, predicted=moved >= judge.threshold)
    return result, at_rates


def f1_draws(judged: Sequence[Judged], sure_only: bool) -> dict[str, FloatArray]:
    """(1 + DRAWS,) F1 of each topic, mean over runs: of the articles as they are, then of the draws."""
    result = {}
    for topic in judged[0]:
        f1s = []
        for held_out in (run[topic] for run in judged):
            truth, predicted = held_out.truth, held_out.predicted
            counts = np.stack((truth & predicted, truth, predicted), axis=1).astype(np.float64)
            counts[~held_out.sure & sure_only] = 0
            hits, true, positive = np.vstack((counts.sum(axis=0), resampled(counts))).T
            f1s.append(2 * hits / np.maximum(true + positive, 1e-9))
        result[topic] = np.mean(f1s, axis=0)
    return result


def era_table(models: Mapping[str, Sequence[Judged]], sure_only: bool) -> str:
    """A row for each model: mean F1, what is lost against `EVERYTHING`, F1 of each topic, mean average precision."""
    draws = {name: f1_draws(runs, sure_only) for name, runs in models.items()}
    means = {name: np.mean(list(topics.values()), axis=0) for name, topics in draws.items()}
    rows = []
    for name, runs in models.items():
        lost = means[EVERYTHING] - means[name]
        kept = [(one, one.sure | (not sure_only)) for run in runs for one in run.values()]
        ranked = np.mean([average_precision(one.probability[chosen], one.truth[chosen]) for one, chosen in kept])
        rows.append(
            {
                "learned from": name,
                "mean F1": Estimate.of(means[name][0], means[name][1:]),
                "lost": "" if name == EVERYTHING else Estimate.of(lost[0], lost[1:]),
                **{f"F1 {topic}": f"{drawn[0]:.3f}" for topic, drawn in draws[name].items()},
                "mean average precision": f"{ranked:.3f}",
            }
        )
    return records(rows)


def rate_table(carried_over: Mapping[str, HeldOut], at_rates: Mapping[str, HeldOut]) -> str:
    """A row for each topic: the share of articles that carry it, as counted by the threshold, and as estimated."""
    return records(
        {
            "topic": topic,
            "carried": f"{one.truth.mean():.3f}",
            "counted": f"{one.predicted.mean():.3f}",
            "estimated": f"{at_rates[topic].probability.mean():.3f}",
        }
        for topic, one in carried_over.items()
    )


def compare_eras(paths: Sequence[Path], configs: Sequence[TopicConfig]) -> str:
    """The tables as Markdown: means over runs, one for each of the configurations. Raises CorpusError."""
    articles = read_topic_corpus(paths)
    origins = {row["id"]: str(row.get("origin")) for path in paths for _, row in rows(path)}
    if missing := set(ERAS) - {origins[article.id] for article in articles if article.is_article}:
        what = f"no article with the origin {sorted(missing)[0]!r}"
        raise CorpusError(", ".join(map(str, paths)), what, f'Give each row an "origin"; needed: {", ".join(ERAS)}.')
    runs = [judge_all(articles, origins, config) for config in configs]
    parts = ["# Topics in another era and style", NOTES]
    for era in ERAS:
        models = {name: [run[of_era, name] for run in runs] for of_era, name in runs[0] if of_era == era}
        for cut, sure_only in CUTS.items():
            counts = {topic: one.truth & (one.sure | (not sure_only)) for topic, one in models[EVERYTHING][0].items()}
            carried = ", ".join(f"{int(truth.sum())} {topic}" for topic, truth in counts.items())
            parts += [f"## {era}, {cut} articles, with {carried}", era_table(models, sure_only)]
        parts += [f"## {era}, share of all articles by topic, by the other era, first seed"]
        parts += [rate_table(models[OTHER][0], models[RATES][0])]
    return document(*parts)


def run(corpus: Corpus = None, results: Results = RESULTS / "topics") -> None:
    """Judges the articles of each era by models of the other; writes `topic_eras.md`. Raises CorpusError."""
    text = compare_eras(topic_files(corpus or []), [TopicConfig(seed=seed) for seed in SEEDS])
    write_table("topic_eras", text, results)


if __name__ == "__main__":
    start(run, __doc__)
