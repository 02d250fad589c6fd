"""`locbao evaluate`: a model's scores on labelled pages and on articles with topics."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from locbao.features.page import Batch, Page
from locbao.predict.load import load
from locbao.predict.model import Model
from locbao.predict.writing.rows import signature
from locbao.train.corpus.corpus_files import data_file, data_files, example_corpus, expanded
from locbao.train.corpus.labelled_pages import CorpusPage, read_corpus
from locbao.train.corpus.topic_articles import holds_articles, read_topic_corpus
from locbao.train.evaluation.judged_articles import by_topic, judged_by
from locbao.train.evaluation.line_scores import ByStyle, ScoredPage, ScoreError, scores_by_style
from locbao.train.evaluation.tables import report
from locbao.train.evaluation.topic_scores import score_both, topic_table
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


def evaluate_lines(corpora: Sequence[Path], model: Model, tell: Tell) -> None:
    """Scores a model on labelled pages and prints the tables, one set for each style of pages. Raises CorpusError."""
    scored = scored_by(model, read_corpus(corpora))
    learned = {data["sha256"] for data in model.manifest.get("data", ())}
    if learned & {file.sha256 for file in data_files(corpora)}:
        tell("This model has learned from these pages: the figures show what it remembers, not what it can do.")
    for style, scores in scores_by_style(scored).items():
        tell(f"\n{style or 'all pages'}, model {signature(model.name, model.digest)}\n\n{report(scores)}")


def scored_by(model: Model, pages: Iterable[CorpusPage]) -> ByStyle:
    """The pages with the model's probabilities."""
    scored: ByStyle = {}
    for page in pages:
        probabilities = model.line_model.probabilities(Batch.of([Page.from_lines(page.lines)]))
        scored.setdefault(page.style, []).append(ScoredPage.of(page, probabilities))
    return scored


def evaluate_topics(corpora: Sequence[Path], model: Model, tell: Tell) -> None:
    """Scores the topics that both the model and the articles have, and prints the tables: of the articles whose readers
    were sure, and of all. Raises ScoreError, CorpusError."""
    articles = [article for article in read_topic_corpus(corpora) if article.is_article]
    carried = sorted({topic for article in articles for topic in article.topics})
    common = [topic for topic in model.topics if topic in carried]
    if not common:
        raise ScoreError(
            f"No topic can be scored: {model.name} has {', '.join(model.topics) or 'no topics'}, the articles carry "
            f"{', '.join(carried) or 'none'}",
            "Give articles with its topics, or teach it theirs: locbao train topics CORPUS --base MODEL -o DIR.",
        )
    scores = score_both(by_topic(judged_by(model, articles)))
    if learned_from(model, common) & {data_file(path, "corpus").sha256 for path in corpora}:
        tell("This model has learned from these articles: the figures show what it remembers, not what it can do.")
    for topic in sorted({*model.topics, *carried} - {*common}):
        why = "no article carries it" if topic in model.topics else "the model does not know it"
        tell(f"{topic}: not scored: {why}")
    for kind, of_kind in scores.items():
        tell(f"\n{kind}, model {signature(model.name, model.digest)}\n\n{topic_table(of_kind)}")


def learned_from(model: Model, topics: Sequence[str]) -> set[str]:
    """Digests of the files that these topics were learned from."""
    entries = model.manifest["topics"]
    return {data["sha256"] for topic in topics for data in entries[topic]["data"]}
