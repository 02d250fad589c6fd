"""Topics by other means: the same articles, the same folds, each judged by what has not seen it.

    python -m locbao.experiments.studies.topics.topic_peers CORPUS…

Needs underthesea.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np

from locbao.experiments.measurement import Corpus, document, records, start, tool
from locbao.experiments.result_files import RESULTS, Results, write_table
from locbao.experiments.trials.topic_trials import CUTS
from locbao.features.arrays import BoolArray, FloatArray, IntArray
from locbao.features.segmentation.segmenter import segmenter
from locbao.features.topics.design import Rules
from locbao.train.corpus.topic_articles import read_topic_corpus, topic_files
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


def keyword_counts(trainer: TopicTrainer, topic: str) -> IntArray:
    """(a,) how often the topic's keywords stand in each article, longest first."""
    words = sorted((word.strip() for word in KEYWORDS[topic].split(",")), key=len, reverse=True)
    pattern = re.compile(rf"\b(?:{'|'.join(map(re.escape, words))})\b")
    return np.array([len(pattern.findall(" ".join(article.sentences).lower())) for article in trainer.articles])


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
    """A Learner: TextClassifier of underthesea_core. Raises MissingLibrary."""
    classifier: Any = tool("underthesea_core").TextClassifier(**SEN_1)
    classifier.fit(list(texts), ["yes" if yes else "no" for yes in carried])
    answers = classifier.predict_with_scores(list(others))
    return np.array([score if label == "yes" else 1 - score for label, score in answers])


def contenders(trainer: TopicTrainer) -> dict[str, dict[str, HeldOut]]:
    """The held-out articles of every contender, by topic."""
    folds = make_folds(trainer, trainer.config.folds)
    syllables = [" ".join(article.sentences) for article in trainer.articles]
    words = [" ".join(map(" ".join, segmenter().segment_many(article.sentences))) for article in trainer.articles]
    result: dict[str, dict[str, HeldOut]] = {}
    for least in (1, 2):
        result[f"keywords, {least} or more"] = counted = {}
        for topic in KEYWORDS:
            kept, unseen = _unseen(trainer, folds, topic)
            hits = keyword_counts(trainer, topic)[kept]
            counted[topic] = replace(unseen, probability=hits / (hits + 1.0), predicted=hits >= least)
    learners: dict[str, tuple[Sequence[str], Learner]] = {
        "TF-IDF of words, 1 to 2": (words, partial(tf_idf, 2)),
        "TF-IDF of syllables, 1 to 3": (syllables, partial(tf_idf, 3)),
        "TextClassifier": (syllables, text_classifier),
    }
    for with_reads, ending in ((False, ""), (True, ", and read sentences")):
        for name, (texts, learner) in learners.items():
            learned = {topic: _learned(trainer, folds, topic, texts, learner, with_reads) for topic in KEYWORDS}
            result[f"{name}{ending}"] = learned
            if learner is text_classifier:
                result[f"{name}{ending}, own choice"] = _at_half(learned)
    rules = read_rules(None)
    ours = out_of_fold(trainer, {topic: rules[topic] for topic in KEYWORDS})
    return result | {"locbao, from 0.5 on": _at_half(ours), "locbao": ours}


def out_of_fold(trainer: TopicTrainer, rules: Mapping[str, Rules]) -> dict[str, HeldOut]:
    """The held-out articles of each topic that there are rules of."""
    folds = make_folds(trainer, trainer.config.folds)
    return {topic: cross_validate(trainer, topic, trainer.design(each)[1], folds)[0] for topic, each in rules.items()}


def _at_half(held_out: Mapping[str, HeldOut]) -> dict[str, HeldOut]:
    """The same without their thresholds."""
    return {topic: replace(one, predicted=one.probability >= 0.5) for topic, one in held_out.items()}


def _unseen(trainer: TopicTrainer, folds: IntArray, topic: str) -> tuple[IntArray, HeldOut]:
    """The articles that are judged, and their truth; probabilities are 0."""
    carried, judged = trainer.labels(topic)
    kept = np.flatnonzero((folds >= 0) & judged)
    nothing = np.zeros(len(kept))
    return kept, HeldOut(kept, carried[kept], trainer.sure[kept], nothing, nothing > 0)


def _learned(
    trainer: TopicTrainer, folds: IntArray, topic: str, texts: Sequence[str], learner: Learner, with_reads: bool
) -> HeldOut:
    """The articles by what learned from their texts, (a,); `with_reads`: from those of single sentences, too."""
    carried, judged = trainer.labels(topic)
    weights = np.where(trainer.sure, 1.0, trainer.config.unsure_weight)
    groups = np.array([article.group for article in trainer.articles])
    kept, unseen = _unseen(trainer, folds, topic)
    scores = np.zeros(len(folds))
    for number in range(trainer.config.folds):
        out = np.isin(groups, groups[folds == number])
        learn = np.flatnonzero(judged & ~out & (trainer.is_article | with_reads))
        judge = kept[folds[kept] == number]
        read, others = ([texts[place] for place in chosen.tolist()] for chosen in (learn, judge))
        scores[judge] = learner(read, carried[learn], weights[learn], others)
    return with_thresholds(replace(unseen, probability=scores[kept]), folds[kept], trainer.config)


def with_thresholds(held_out: HeldOut, folds: IntArray, config: TopicConfig) -> HeldOut:
    """The same probabilities, with the threshold of each article's fold, (a,), taken from the other folds."""
    weights = np.where(held_out.sure, 1.0, config.unsure_weight)
    predicted = np.zeros(len(folds), dtype=np.bool_)
    for number in range(config.folds):
        others = folds != number
        scores = held_out.probability[others]
        threshold = best_threshold(scores, held_out.truth[others], weights[others], config)
        predicted[~others] = held_out.probability[~others] >= threshold
    return replace(held_out, predicted=predicted)


def contender_table(scores: Mapping[str, TopicScores]) -> str:
    """Mean F1, F1 of each topic and mean average precision of each contender."""
    rows = []
    for name, one in scores.items():
        f1s = {f"F1 {topic}": figures["f1"] for topic, figures in one.topics.items()}
        ranked = np.mean([figures["average_precision"].value for figures in one.topics.values()])
        rows.append({"": name, "mean F1": one.macro_f1, **f1s, "mean average precision": f"{ranked:.3f}"})
    return records(rows)


def run(corpus: Corpus = None, results: Results = RESULTS / "topics") -> None:
    """Judges the articles by other means and by ours; writes `topics.md`. Raises CorpusError, MissingLibrary."""
    held_out = contenders(TopicTrainer(read_topic_corpus(topic_files(corpus or [])), TopicConfig()))
    parts = ["# The same articles, judged by peers", NOTES]
    for cut, sure in CUTS.items():
        scores = {name: score_topics(topics, sure_only=sure) for name, topics in held_out.items()}
        one = scores["locbao"]
        carried = ", ".join(f"{count} {topic}" for topic, count in one.positives.items())
        parts += [f"## {cut.capitalize()} articles: {one.articles}, with {carried}", contender_table(scores)]
    write_table("topics", document(*parts), results)


if __name__ == "__main__":
    start(run, __doc__)
