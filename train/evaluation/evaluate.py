"""`locbao evaluate`: a model's scores on whatever is labelled."""

from collections.abc import Sequence
from pathlib import Path

from locbao.predict.load import load
from locbao.train.corpus.sources import example_corpus, expanded
from locbao.train.corpus.topic_articles import holds_articles
from locbao.train.evaluation.topic_evaluate import evaluate_topics
from locbao.train.lines.run import evaluate_lines
from locbao.train.tracking.run import Tell


def evaluate(corpora: Sequence[Path], *, model: str | None = None, tell: Tell = print) -> None:
    """Scores a model on labelled pages and on articles with topics, and prints the tables. Raises LocbaoError.

    The first row of a file tells which of the two it holds; without corpora, the example corpus of pages.
    """
    files = expanded(corpora) or example_corpus()
    articles = [path for path in files if holds_articles(path)]
    pages = [path for path in files if path not in articles]
    loaded = load(model)
    if pages:
        evaluate_lines(pages, loaded, tell)
    if articles:
        evaluate_topics(articles, loaded, tell)
