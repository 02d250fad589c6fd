"""A topic of one's own from a few dozen articles: what `locbao train topics` makes of 15, 30 and 60 of them.

    python -m locbao.experiments.studies.topics.own_topics ARTICLES

ARTICLES: rows with `title` and `body`. Which of them were read, and what they carry, stands in `own_topics.tsv`
by a digest of their text, which stays where it is. Writes `own_topics.md`.
"""

import csv
import hashlib
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from itertools import compress, product
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer

from locbao.experiments.measurement import document, records, start
from locbao.experiments.result_files import RESULTS, Results, write_table
from locbao.features.arrays import BoolArray
from locbao.predict.load import load
from locbao.train.corpus.corpus_files import CorpusError, Row, rows, write_rows
from locbao.train.corpus.topic_articles import TOPIC_EXAMPLES, read_topic_corpus
from locbao.train.evaluation.judged_articles import by_topic, judged_by
from locbao.train.evaluation.topic_scores import score_topics
from locbao.train.topics.rules import read_rules
from locbao.train.topics.run import train_topics

RULES = TOPIC_EXAMPLES.parent / "own_topics"
SIZES = (15, 30, 60)
SEEDS = (1, 2, 3)

Labels = Mapping[str, Mapping[str, str]]
"""By digest: the topic that an article was drawn for, and of each topic "1" or "0", with "?" where in doubt."""

NOTES = f"""\
Three topics that locbao does not know: {{topics}}.
{{read}} articles, 200 drawn for each topic, were read by one reader for all three: title, beginning, and the sentences
further down that the topics' words stand in. 120 of the 200 were drawn by simple words, 50 by words of the subjects
around, 30 at random; half from papers of 2016 to 2018, half from 2023 and 2024, as far as they go.

As many of a topic's 200 as the table says, drawn at random, are given to `locbao train topics`, with and without the
topic's file in [train/data/own_topics](../../../train/data/own_topics): ten words in two groups, and one rule. At least
two of them carry the topic: others would have to be looked for first. The rest of the 200 is judged by the model that
comes out, as it is loaded, with its own threshold; the best threshold is the one that only those who know the labels
could choose. The last column judges all articles that were not learned from, of which far fewer carry the topic.
Articles over which the reader doubted are learned from, and left out of the figures. Means of {len(SEEDS)} draws, in
brackets the least and the greatest. The files were written by the reader, after reading."""


def digest(article: Row) -> str:
    """What the table of labels knows an article by."""
    return hashlib.sha256("\n".join([article["title"], *article["body"]]).encode()).hexdigest()[:16]


def read_labels(path: Path) -> Labels:
    """The table of labels."""
    with path.open(encoding="utf-8", newline="") as file:
        return {row.pop("article"): row for row in csv.DictReader(file, delimiter="\t")}


def corpus_rows(articles: Path, labels: Labels, topic: str) -> list[Row]:
    """The articles that were read, as rows of a corpus of the topic, in the order of the labels. Raises CorpusError."""
    texts = {key: article for _, article in rows(articles) if (key := digest(article)) in labels}
    if missing := labels.keys() - texts.keys():
        raise CorpusError(str(articles), f"{len(missing)} of the labelled articles are not there", "Give their file.")
    return [
        {
            "id": key,
            **{name: texts[key][name] for name in ("title", "body")},
            "topics": [topic] if label[topic].startswith("1") else [],
            "sure": not label[topic].endswith("?"),
        }
        for key, label in labels.items()
    ]


def drawn(corpus: Sequence[Row], of_topic: Sequence[bool], size: int, seed: int) -> BoolArray:
    """Which rows are learned from: `size` of those drawn for the topic, at least two of which carry it."""
    random, carried = np.random.default_rng(seed), np.array([bool(row["topics"]) for row in corpus])
    while True:
        chosen = np.zeros(len(corpus), dtype=bool)
        chosen[random.choice(np.flatnonzero(of_topic), size, replace=False)] = True
        if (carried & chosen).sum() >= 2:
            return chosen


def figures(corpus: Sequence[Row], of_topic: Sequence[bool], chosen: BoolArray, rules: Path) -> dict[str, float]:
    """What a training on the chosen rows makes of the others: of those drawn for the topic, and of all."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for file, rows_of in ("learned", chosen), ("judged", ~chosen):
            write_rows(folder / f"{file}.jsonl", compress(corpus, rows_of))
        train_topics(folder / "learned.jsonl", folder / "model", rules=rules, tell=lambda _: None)
        judged = judged_by(load(folder / "model"), read_topic_corpus([folder / "judged.jsonl"]))
    drawn_for = {row["id"] for row in compress(corpus, of_topic)}
    sure = [article for article in judged if article.sure]
    every, of_own = map(by_topic, (sure, [article for article in sure if article.id in drawn_for]))
    [topic] = of_own
    scores, all_scores = (score_topics(each, sure_only=True, draws=0).topics[topic] for each in (of_own, every))
    truth = of_own[topic].truth
    hits = truth[np.argsort(-of_own[topic].probability, kind="stable")].cumsum()
    return {
        "F1": scores["f1"].value,
        "precision": scores["precision"].value,
        "recall": scores["recall"].value,
        "average precision": scores["average_precision"].value,
        "F1 at the best threshold": (2 * hits / (np.arange(1, len(truth) + 1) + truth.sum())).max(),
        "F1, all articles read": all_scores["f1"].value,
    }


def measured(
    articles: Path, labels: Labels, sizes: Sequence[int] = SIZES, seeds: Sequence[int] = SEEDS
) -> Iterator[dict[str, Any]]:
    """A row of the table for each topic, number of articles, and without and with the topic's file."""
    with tempfile.TemporaryDirectory() as bare:
        (Path(bare) / "none.toml").write_text("", encoding="utf-8")
        for topic in read_rules(RULES):
            corpus = corpus_rows(articles, labels, topic)
            of_topic = [row["drawn_for"] == topic for row in labels.values()]
            for size, (file, rules) in product(sizes, (("no", Path(bare)), ("yes", RULES))):
                draws = [drawn(corpus, of_topic, size, seed) for seed in seeds]
                carry = [sum(bool(row["topics"]) for row in compress(corpus, chosen)) for chosen in draws]
                runs = [figures(corpus, of_topic, chosen, rules) for chosen in draws]
                spreads = {name: [run[name] for run in runs] for name in runs[0]}
                yield {"topic": topic, "articles": size, "with the topic": f"{np.mean(carry):.1f}", "file": file} | {
                    name: f"{np.mean(v):.2f} [{min(v):.2f}, {max(v):.2f}]" for name, v in spreads.items()
                }


def run(
    articles: Annotated[Path, typer.Argument(help="The articles, JSON Lines.")], results: Results = RESULTS / "topics"
) -> None:
    """Trains three topics that are new to locbao on a few articles; writes `own_topics.md`. Raises CorpusError."""
    labels = read_labels(RESULTS / "topics" / "own_topics.tsv")
    counts = {topic: sum(label[topic].startswith("1") for label in labels.values()) for topic in read_rules(RULES)}
    carried = ", ".join(f"{topic} (carried by {count})" for topic, count in counts.items())
    notes = NOTES.format(topics=carried, read=len(labels))
    table = records(measured(articles, labels))
    write_table("own_topics", document("# Topics of one's own", notes, table), results)


if __name__ == "__main__":
    start(run, __doc__)
