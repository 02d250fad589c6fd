"""A topic of one's own from a few dozen articles: what `locbao train topics` makes of 15, 30 and 60 of them.

    python -m locbao.experiments.studies.own_topics ARTICLES

ARTICLES: rows with `title` and `body`. Which of them were read, and what they carry, stands in `results/own_topics.tsv`
by a digest of their text, which stays where it is. Writes `results/own_topics.md`.
"""

import csv
import hashlib
import json
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer

from locbao.experiments.studies.study import Results, document, records, start
from locbao.experiments.trials.trial_results import RESULTS, write_table
from locbao.predict.load import load
from locbao.train.corpus.corpus_files import CorpusError, Row, rows
from locbao.train.corpus.topic_articles import read_topic_corpus
from locbao.train.evaluation.judged_articles import by_topic, judged_by
from locbao.train.evaluation.topic_scores import average_precision
from locbao.train.topics.rules import read_rules
from locbao.train.topics.run import train_topics

RULES = Path(__file__).parents[2] / "train" / "data" / "own_topics"
SIZES = (15, 30, 60)
SEEDS = (1, 2, 3, 4, 5)

NOTES = f"""\
Three topics that locbao does not know: {{topics}}. {{read}} articles, 200 drawn for each topic, were read by one reader
for all three: title, beginning, and the sentences further down that the topics' words stand in. 120 of the 200 were
drawn by simple words, 50 by words of the subjects around, 30 at random; half from papers of 2016 to 2018, half from 2023
and 2024, as far as they go.

As many of a topic's 200 as the table says, drawn at random, are given to `locbao train topics`, with and without the
topic's file in [train/data/own_topics](../../train/data/own_topics): ten words in two groups, and one rule. At least
two of them carry the topic: others would have to be looked for first. All other articles that were read are judged by
the model that comes out, as it is loaded, with its own threshold; the best threshold is the one that only those who know
the labels could choose. Articles over which the reader doubted are learned from, and left out of the figures. Means of
{len(SEEDS)} draws, in brackets the least and the greatest. The files were written by the reader after reading."""


def digest(article: Row) -> str:
    """What the table of labels knows an article by."""
    return hashlib.sha256("\n".join([article["title"], *article["body"]]).encode()).hexdigest()[:16]


def read_labels(path: Path) -> dict[str, dict[str, str]]:
    """By digest: the topic that an article was drawn for, and of each topic "1" or "0", with "?" where in doubt."""
    with path.open(encoding="utf-8", newline="") as file:
        return {row.pop("article"): row for row in csv.DictReader(file, delimiter="\t")}


def corpus_rows(articles: Path, labels: Mapping[str, Mapping[str, str]], topic: str) -> list[Row]:
    """The articles that were read, as rows of a corpus of this topic, in the order of the labels. Raises CorpusError."""
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


def drawn(corpus: Sequence[Row], own: Sequence[bool], size: int, seed: int) -> list[bool]:
    """Which rows are learned from: `size` of the topic's own, at least two of which carry it."""
    random, chosen = np.random.default_rng(seed), np.zeros(len(corpus), dtype=bool)
    while sum(bool(row["topics"]) for row, taken in zip(corpus, chosen, strict=True) if taken) < 2:
        chosen[:] = False
        chosen[random.choice(np.flatnonzero(own), size, replace=False)] = True
    return chosen.tolist()


def figures(corpus: Sequence[Row], chosen: Sequence[bool], topic: str, rules: Path) -> dict[str, float]:
    """What a training on the chosen rows makes of the others."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for file, wanted in ("learned", True), ("judged", False):
            lines = (json.dumps(row) for row, taken in zip(corpus, chosen, strict=True) if taken == wanted)
            (folder / f"{file}.jsonl").write_text("\n".join(lines), encoding="utf-8")
        train_topics(folder / "learned.jsonl", folder / "model", topics=[topic], rules=rules, tell=lambda _: None)
        judged = judged_by(load(folder / "model"), read_topic_corpus([folder / "judged.jsonl"]))
    one = by_topic([article for article in judged if article.sure])[topic]
    order = np.argsort(-one.probability, kind="stable")
    best = 2 * np.cumsum(one.truth[order]) / (np.arange(1, len(order) + 1) + one.truth.sum())
    hits = np.sum(one.truth & one.predicted)
    return {
        "F1": 2 * hits / max(one.truth.sum() + one.predicted.sum(), 1),
        "precision": hits / max(one.predicted.sum(), 1),
        "recall": hits / one.truth.sum(),
        "average precision": average_precision(one.probability, one.truth),
        "F1 at the best threshold": best.max(),
    }


def measured(articles: Path, labels: Mapping[str, Mapping[str, str]]) -> Iterator[dict[str, Any]]:
    """A row of the table for each topic, with and without its file, and each number of articles."""
    with tempfile.TemporaryDirectory() as name:
        bare = Path(name)
        (bare / "none.toml").write_text("", encoding="utf-8")
        for topic in read_rules(RULES):
            corpus = corpus_rows(articles, labels, topic)
            own = [label["drawn_for"] == topic for label in labels.values()]
            for size in SIZES:
                draws = [drawn(corpus, own, size, seed) for seed in SEEDS]
                carry = [sum(bool(r["topics"]) for r, taken in zip(corpus, d, strict=True) if taken) for d in draws]
                for said, rules in (("no", bare), ("yes", RULES)):
                    runs = [figures(corpus, chosen, topic, rules) for chosen in draws]
                    of_all = defaultdict(list)
                    for run in runs:
                        for figure, value in run.items():
                            of_all[figure].append(value)
                    yield {"topic": topic, "articles": size, "that carry it": f"{np.mean(carry):.1f}", "file": said} | {
                        figure: f"{np.mean(v):.2f} [{min(v):.2f}, {max(v):.2f}]" for figure, v in of_all.items()
                    }


def run(
    articles: Annotated[Path, typer.Argument(help="The articles, JSON Lines.")], results: Results = RESULTS
) -> None:
    """Trains three topics that are new to locbao on a few articles; writes `own_topics.md`. Raises CorpusError."""
    labels = read_labels(results / "own_topics.tsv")
    topics = [f"{topic} (carried by {sum(label[topic][0] == '1' for label in labels.values())})" for topic in read_rules(RULES)]
    notes = NOTES.format(topics=", ".join(topics), read=len(labels))
    table = records(measured(articles, labels))
    write_table("own_topics", document("# Topics of one's own", notes, table), results)


if __name__ == "__main__":
    start(run, __doc__)
