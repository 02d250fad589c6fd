"""Topics by other means: the same articles, the same folds, each judged by what has not seen it.

    python -m locbao.experiments.studies.topic_peers CORPUS…

Needs underthesea.
"""

import argparse
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from locbao.experiments.studies.command import foreseen
from locbao.experiments.studies.keepers import tool
from locbao.experiments.trials.trial_results import write_table
from locbao.features.arrays import BoolArray, FloatArray, IntArray
from locbao.features.segmentation.segmenter import segmenter
from locbao.train.corpus.topic_articles import TopicArticle, read_topic_corpus
from locbao.train.evaluation.tables import table
from locbao.train.evaluation.topic_scores import HeldOut, TopicScores, score_topics
from locbao.train.topics.config import TopicConfig
from locbao.train.topics.crossval import best_threshold, cross_validate, make_folds
from locbao.train.topics.fit import TopicTrainer, logistic
from locbao.train.topics.rules import read_rules

# Written from the definitions of the topics, before any of these scores was seen.
KEYWORDS = {
    "asean": "asean, hiệp hội các quốc gia đông nam á, aseanapol, aipa",
    "border_security": """biên giới, biên phòng, cửa khẩu, vượt biên, nhập cảnh trái phép, xuất cảnh trái phép,
        buôn lậu, cột mốc, mốc giới, chủ quyền, biển đông, hoàng sa, trường sa, cảnh sát biển""",
    "drug_crime": """ma túy, ma tuý, heroin, hêrôin, cần sa, thuốc lắc, thuốc phiện, cocaine, cocain, methamphetamine,
        ketamine, hàng đá, tiền chất, cai nghiện, nghiện hút, con nghiện""",
}
STRENGTH = 10.0  # C of the logistic regressions
SEN_1 = {"max_features": 20000, "ngram_range": (1, 2), "c": 1.0, "max_iter": 2000}
YES, NO = "yes", "no"

Learner = Callable[[Sequence[str], BoolArray, FloatArray, Sequence[str]], FloatArray]
"""Texts (n), whether they carry the topic (n), their weights (n), further texts (m) -> scores (m) from 0 to 1."""

_SIZES = ", ".join(f"{words.count(',') + 1} for {topic}" for topic, words in KEYWORDS.items())

NOTES = f"""\
Every article is judged by a model that has seen neither it nor another one of its title; all contenders get the same
five folds. Thresholds, where there are any, come from the other folds. In brackets: 95 % intervals, 1000 bootstrap
draws over articles, the same for all.

- Keywords: {_SIZES}, counted in the whole article.
- TF-IDF: n-grams in two articles or more, sublinear, logistic regression with C = {STRENGTH:g}, unsure articles
  weighted as ours. C is not tuned: with 1 all four rows lose 0.02 to 0.06; with 100, tried for words without read
  sentences alone, that row gains 0.01. Words are those of underthesea.
- TextClassifier of underthesea_core with the settings of Sen-1 (20,000 features, n-grams of 1 and 2, C = 1, 2,000
  iterations), two classes for each topic. It knows no weights. It gives the winner's confidence, so a threshold can be
  put on that; "own choice" is the winner itself.
- "and read sentences": those single sentences that people have read, which ours learns from, are given as further
  texts. Ours alone has rules; `topic_ablation.md` says what it does without them."""


@dataclass(frozen=True, slots=True)
class Peer:
    """What a peer reads of a bench, (a,), and how it learns; `sentences`: from single sentences, too."""

    texts: Sequence[str]
    learner: Learner
    sentences: bool = False


def keyword_counts(bench: TopicTrainer, topic: str) -> IntArray:
    """(a,) how often the topic's keywords stand in each article, longest first."""
    words = sorted((word.strip() for word in KEYWORDS[topic].split(",")), key=len, reverse=True)
    pattern = re.compile(rf"\b(?:{'|'.join(map(re.escape, words))})\b")
    return np.array([len(pattern.findall(" ".join(article.sentences).lower())) for article in bench.articles])


def tf_idf(
    longest: int, texts: Sequence[str], carried: BoolArray, weights: FloatArray, others: Sequence[str]
) -> FloatArray:
    """A Learner: logistic regression on n-grams of what stands between spaces and punctuation."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    vectorizer = TfidfVectorizer(token_pattern=r"\w+", ngram_range=(1, longest), min_df=2, sublinear_tf=True)
    X = vectorizer.fit_transform(texts)
    estimator = logistic(STRENGTH, TopicConfig().seed)
    estimator.fit(X, carried, sample_weight=weights)
    return np.asarray(estimator.predict_proba(vectorizer.transform(others))[:, 1])


def text_classifier(texts: Sequence[str], carried: BoolArray, _: FloatArray, others: Sequence[str]) -> FloatArray:
    """A Learner: TextClassifier of underthesea_core. Raises PeerMissing."""
    classifier: Any = tool("underthesea_core").TextClassifier(**SEN_1)
    classifier.fit(list(texts), [YES if yes else NO for yes in carried])
    found = classifier.predict_with_scores(list(others))
    return np.array([score if label == YES else 1 - score for label, score in found])


def contenders(bench: TopicTrainer) -> dict[str, dict[str, HeldOut]]:
    """The held-out articles of every contender, by topic."""
    folds = make_folds(bench, bench.config.folds)
    syllables = [" ".join(article.sentences) for article in bench.articles]
    words = [" ".join(map(" ".join, segmenter().segment_many(article.sentences))) for article in bench.articles]
    counts = {topic: keyword_counts(bench, topic) for topic in KEYWORDS}
    found = {
        f"keywords, {least} or more": {topic: _counted(bench, folds, topic, counts[topic], least) for topic in KEYWORDS}
        for least in (1, 2)
    }
    learned = {
        "TF-IDF of words, 1 to 2": Peer(words, partial(tf_idf, 2)),
        "TF-IDF of syllables, 1 to 3": Peer(syllables, partial(tf_idf, 3)),
        "TextClassifier": Peer(syllables, text_classifier),
    }
    learned |= {f"{name}, and read sentences": replace(own, sentences=True) for name, own in learned.items()}
    for name, peer in learned.items():
        found[name] = {topic: _learned(bench, folds, topic, peer) for topic in KEYWORDS}
        if peer.learner is text_classifier:
            found[f"{name}, own choice"] = _at_half(found[name])
    rules = read_rules(None)
    ours = {topic: cross_validate(bench, topic, bench.design(rules[topic])[1], folds)[0] for topic in KEYWORDS}
    return found | {"locbao, from 0.5 on": _at_half(ours), "locbao": ours}


def _at_half(held_out: Mapping[str, HeldOut]) -> dict[str, HeldOut]:
    """The same without their thresholds."""
    return {topic: replace(one, predicted=one.probability >= 0.5) for topic, one in held_out.items()}


def _counted(bench: TopicTrainer, folds: IntArray, topic: str, counts: IntArray, least: int) -> HeldOut:
    carried, known = bench.labels(topic)
    kept = np.flatnonzero((folds >= 0) & known)
    own = counts[kept]
    return HeldOut(kept, carried[kept], bench.sure[kept], own / (own + 1.0), own >= least)


def _learned(bench: TopicTrainer, folds: IntArray, topic: str, peer: Peer) -> HeldOut:
    carried, known = bench.labels(topic)
    weights = np.where(bench.sure, 1.0, bench.config.unsure_weight)
    groups = np.array([article.group for article in bench.articles])
    kept = np.flatnonzero((folds >= 0) & known)
    scores = np.zeros(len(folds))
    for number in range(bench.config.folds):
        out = np.isin(groups, groups[folds == number])
        seen = np.flatnonzero(known & ~out & (bench.is_article | peer.sentences))
        judged = kept[folds[kept] == number]
        own, others = ([peer.texts[i] for i in chosen.tolist()] for chosen in (seen, judged))
        scores[judged] = peer.learner(own, carried[seen], weights[seen], others)
    reached = np.zeros(len(kept), dtype=bool)
    for number in range(bench.config.folds):
        inside = folds[kept] == number
        others = kept[~inside]
        threshold = best_threshold(scores[others], carried[others], weights[others], bench.config.seed)
        reached[inside] = scores[kept[inside]] >= threshold
    return HeldOut(kept, carried[kept], bench.sure[kept], scores[kept], reached)


def _table(found: Mapping[str, TopicScores]) -> str:
    first = next(iter(found.values()))
    rows = (
        [
            name,
            scores.macro_f1,
            *(figures["f1"] for figures in scores.topics.values()),
            f"{np.mean([figures['average_precision'].value for figures in scores.topics.values()]):.3f}",
        ]
        for name, scores in found.items()
    )
    return table(["", "mean F1", *(f"F1 {topic}" for topic in first.topics), "mean average precision"], rows)


def bench_topics(articles: Sequence[TopicArticle]) -> str:
    """The tables of all contenders as Markdown. Raises PeerMissing, UndertheseaMissing."""
    found = contenders(TopicTrainer(articles, TopicConfig()))
    parts = ["# The same articles, judged by peers", NOTES]
    for cut in ("sure", "all"):
        scores = {name: score_topics(own, sure_only=cut == "sure") for name, own in found.items()}
        first = next(iter(scores.values()))
        carried = ", ".join(f"{count} {topic}" for topic, count in first.positives.items())
        parts += [f"## {cut.capitalize()} articles: {first.articles}, with {carried}", _table(scores)]
    return "\n\n".join(parts)


def main() -> None:
    """The command line of this module."""
    parser = argparse.ArgumentParser(description="Topics by other means, on the same articles and folds.")
    parser.add_argument("corpus", nargs="+", type=Path)
    write_table("topics", bench_topics(read_topic_corpus(parser.parse_args().corpus)))


if __name__ == "__main__":
    with foreseen():
        main()
