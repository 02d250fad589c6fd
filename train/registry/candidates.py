"""Models to be compared, each with what it says of pages and articles that it has not learned from."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Generic, NamedTuple, TypeVar

from locbao.predict.load import load
from locbao.predict.model import Model
from locbao.train.corpus.corpus_files import expanded
from locbao.train.corpus.labelled_pages import read_corpus
from locbao.train.corpus.topic_articles import read_topic_corpus
from locbao.train.evaluation.evaluate import digests, learned_from, scored_by
from locbao.train.evaluation.judged_articles import (
    HELD_OUT_TOPICS,
    JudgedArticle,
    begins,
    judged_by,
    read_judged,
    shared_articles,
)
from locbao.train.evaluation.line_scores import ByStyle, ScoredPage, by_style, labelled_lines
from locbao.train.evaluation.predictions import HELD_OUT, read_held_out
from locbao.train.registry.versions import Registry, Version, version_name

Answers = TypeVar("Answers")


@dataclass(frozen=True)
class Candidate:
    """A model: `address` is what `locbao.load` takes.

    `pages` by style, and `articles`, that it was scored on in its training, as it saw them before it learned them.
    `topics`: those that it knows.
    """

    address: str
    title: str
    pages: ByStyle = field(default_factory=dict)
    articles: Sequence[JudgedArticle] = ()
    topics: frozenset[str] = frozenset()

    @cached_property
    def model(self) -> Model:
        """Loaded only if it has to label something: what it said when it was trained may be enough."""
        return load(self.address)


class Pair(NamedTuple, Generic[Answers]):
    """What two models say of the same pages or articles. `remembered`: titles of those that had learned from them."""

    old: Answers
    new: Answers
    remembered: tuple[str, ...] = ()


def in_folder(wanted: str, registered: str) -> Candidate | None:
    """The model that `wanted` names if it is no version of `registered`: a folder, another address of MLflow, or
    "shipped" for the one that comes with locbao."""
    foreign = version_name(wanted, registered).startswith("models:/")
    if foreign or wanted == "shipped" or (Path(wanted).is_dir() and not wanted.isdigit()):
        return unregistered(wanted, wanted)
    return None


def unregistered(address: str, title: str) -> Candidate:
    """A model that is no registered version, of which only the model itself tells its topics."""
    return Candidate(address, title, topics=frozenset(load(address).topics))


def candidate(registry: Registry, wanted: str) -> Candidate:
    """The model that `wanted` names: as in `in_folder`, or a version's number or alias, `models:/…`, `runs:/…`.

    Raises NoSuchVersion, TrackingError.
    """
    return in_folder(wanted, registry.registered) or of_version(registry, registry.find(wanted))


def of_version(registry: Registry, version: Version) -> Candidate:
    """A registered version, with the held-out pages and articles of the runs that made its parts."""
    pages = registry.file_of_part(version, "lines", HELD_OUT, read_held_out) or {}
    articles = registry.file_of_part(version, "topics", HELD_OUT_TOPICS, read_judged) or []
    return Candidate(f"models:/{registry.registered}/{version.number}", str(version), pages, articles, version.topics)


def pair_pages(old: Candidate, new: Candidate, corpora: Sequence[Path]) -> Pair[ByStyle]:
    """Both models on the pages of `corpora`; without any, on the pages that both were scored on in their trainings.

    A page that a model was scored on in its training keeps that score: the model has learned it by heart since.
    Raises CorpusError.
    """
    scored = [{(style, page.id): page for style, pages in each.pages.items() for page in pages} for each in (old, new)]
    before, after = scored
    if not corpora:
        common = [key for key, page in before.items() if key in after and page.lines == after[key].lines]
        return Pair(_styled(before, common), _styled(after, common))
    files = expanded(corpora)
    corpus = {(page.style, page.id): page for page in read_corpus(files) if page.has_article}
    remembered = []
    for each, pages in zip((old, new), scored, strict=True):
        unseen = [page for key, page in corpus.items() if key not in pages or pages[key].lines != labelled_lines(page)]
        if unseen:
            for style, labelled in scored_by(each.model.line_model, unseen).items():
                pages |= {(style, page.id): page for page in labelled}
            if digests(files) & {file["sha256"] for file in each.model.manifest.get("data", ())}:
                remembered.append(each.title)
    return Pair(_styled(before, corpus), _styled(after, corpus), tuple(remembered))


def _styled(pages: Mapping[tuple[str, str], ScoredPage], keys: Iterable[tuple[str, str]]) -> ByStyle:
    return by_style((key[0], pages[key]) for key in keys)


def pair_articles(old: Candidate, new: Candidate, corpora: Sequence[Path]) -> Pair[list[JudgedArticle]]:
    """Both models on the articles of `corpora`; without any, on those that both judged in their trainings.

    An article keeps what was said of it when it was held out, as a page does. Raises CorpusError.
    """
    if not corpora:
        return Pair(*shared_articles(old.articles, new.articles))
    corpus = {article.id: article for article in read_topic_corpus(corpora) if article.is_article}
    answers, remembered = [], []
    for each in (old, new):
        judged = {
            judgement.id: judgement
            for judgement in each.articles
            if (article := corpus.get(judgement.id))
            and judgement.title == begins(article)
            and not judgement.truth.keys() & article.unknown
            and all(true == (topic in article.topics) for topic, true in judgement.truth.items())
        }
        if unseen := [article for id, article in corpus.items() if id not in judged]:
            judged |= {judgement.id: judgement for judgement in judged_by(each.model, unseen)}
            if digests(corpora) & learned_from(each.model, each.model.topics):
                remembered.append(each.title)
        answers.append([judged[id] for id in corpus if id in judged])
    return Pair(*shared_articles(*answers), tuple(remembered))
