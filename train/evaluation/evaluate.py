"""`locbao evaluate`: a model's scores on labelled pages and on articles with topics."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from locbao.features.fixed_width import unwrapped
from locbao.features.page import Batch
from locbao.predict.lines.line_model import LineModel
from locbao.predict.load import load
from locbao.predict.model import Model
from locbao.train.corpus.corpus_files import Corpora, corpus_paths, data_file, example_corpus, expanded
from locbao.train.corpus.labelled_pages import CorpusPage, read_corpus
from locbao.train.corpus.topic_articles import holds_articles, read_topic_corpus
from locbao.train.evaluation.judged_articles import by_topic, judged_by
from locbao.train.evaluation.line_scores import ByStyle, ScoredPage, ScoreError, by_style, scores_by_style
from locbao.train.evaluation.tables import report
from locbao.train.evaluation.topic_scores import score_both, topic_table
from locbao.train.tracking.tracked_run import Tell


def evaluate(
    corpus: Corpora, *, model: Model | str | Path | None = None, tell: Tell = print
) -> dict[str, dict[str, float]]:
    """What `locbao evaluate` does: scores a model on labelled pages and on articles, and prints the tables.

    `corpus`: files or folders, the first row of a file tells which of the two it holds; `()` for the example pages.
    `model`: a model or what `locbao.load` takes. Returns the figures, shares from 0 to 1, by style of page ("all pages"
    where it has none) and as "kind/topic" for each topic. Raises LocbaoError.

    >>> import locbao
    >>> figures = locbao.evaluate("pages.jsonl", model="my-model", tell=lambda message: None)
    >>> 0 <= figures["all pages"]["macro_f1"] <= 1
    True
    """
    files = expanded(corpus_paths(corpus)) or example_corpus()
    of_articles = [path for path in files if holds_articles(path)]
    of_pages = [path for path in files if path not in of_articles]
    loaded = model if isinstance(model, Model) else load(model)
    figures: dict[str, dict[str, float]] = {}
    if of_pages:
        scored = scored_by(loaded.line_model, read_corpus(of_pages))
        styles = scores_by_style(scored)
        if digests(of_pages) & {data["sha256"] for data in loaded.manifest.get("data", ())}:
            tell("This model has learned from these pages: the figures show what it remembers, not what it can do.")
        for style in sorted(scored.keys() - styles.keys()):
            tell(f"{style or 'all pages'}: not scored: nobody is sure of any line")
        for style, of_style in styles.items():
            figures[style or "all pages"] = of_style.plain_figures()
            tell(f"\n{style or 'all pages'}, model {loaded.signature}\n\n{report(of_style)}")
    if not of_articles:
        return figures
    articles = [article for article in read_topic_corpus(of_articles) if article.is_article]
    carried = sorted({topic for article in articles for topic in article.topics})
    common = [topic for topic in loaded.topics if topic in carried]
    if not common:
        raise ScoreError(
            f"No topic can be scored: {loaded.name} has {', '.join(loaded.topics) or 'no topics'}, the articles carry "
            f"{', '.join(carried) or 'none'}",
            "Give articles with its topics, or teach it theirs: locbao train topics CORPUS --base MODEL -o DIR.",
        )
    by_kind = score_both(by_topic(judged_by(loaded, articles)))
    if digests(of_articles) & learned_from(loaded, common):
        tell("This model has learned from these articles: the figures show what it remembers, not what it can do.")
    for topic in sorted({*loaded.topics, *carried} - {*common}):
        why = "no article carries it" if topic in loaded.topics else "the model does not know it"
        tell(f"{topic}: not scored: {why}")
    for kind, of_kind in by_kind.items():
        figures |= {f"{kind}/{topic}": of_kind.figures(topic) for topic in of_kind.topics}
        tell(f"\n{kind}, model {loaded.signature}\n\n{topic_table(of_kind)}")
    return figures


def scored_by(model: LineModel, pages: Iterable[CorpusPage]) -> ByStyle:
    """The pages with the model's probabilities."""
    return by_style((page.style, scored_page(model, page)) for page in pages)


def scored_page(model: LineModel, page: CorpusPage) -> ScoredPage:
    """The page with the model's probabilities; one of fixed width is read by its paragraphs, as in labelling."""
    read = unwrapped(page.page)
    of_paragraphs = model.read(Batch.of([read])).probabilities
    return ScoredPage.of(page, of_paragraphs[read.places(read.input_numbers)])


def digests(corpora: Sequence[Path]) -> set[str]:
    """Of the files, as the manifest of a model that has learned from them has it."""
    return {data_file(path, "corpus").sha256 for path in corpora}


def learned_from(model: Model, topics: Sequence[str]) -> set[str]:
    """Digests of the files that these topics were learned from."""
    entries = model.manifest["topics"]
    return {data["sha256"] for topic in topics for data in entries[topic]["data"]}
