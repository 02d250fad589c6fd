"""Models to be compared, each with what it says of pages that it has not learned from."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from locbao.features.page import Batch, Page
from locbao.predict.load import load
from locbao.predict.model import Model
from locbao.train.corpus.corpus_files import data_file, data_files, expanded
from locbao.train.corpus.labelled_pages import CorpusPage, read_corpus
from locbao.train.corpus.topic_articles import TopicArticle, read_topic_corpus
from locbao.train.evaluation.evaluate import learned_from
from locbao.train.evaluation.judged_articles import (
    HELD_OUT_TOPICS,
    JudgedArticle,
    begins,
    judged_by,
    read_judged,
    shared_articles,
)
from locbao.train.evaluation.line_scores import ByStyle, ScoredPage
from locbao.train.evaluation.predictions import HELD_OUT, read_held_out
from locbao.train.lines.crossval import has_article
from locbao.train.registry.versions import Registry, Version


@dataclass(frozen=True)
class Candidate:
    """A model: `address` is what `locbao.load` takes.

    `held`, `articles`: pages by style, and articles, that it was scored on in its training, as it saw them out of site.
    """

    address: str
    title: str
    held: ByStyle = field(default_factory=dict)
    articles: Sequence[JudgedArticle] = ()

    @cached_property
    def model(self) -> Model:
        """Loaded only if it has to label something: what it said when it was trained may be enough."""
        return load(self.address)


@dataclass(frozen=True)
class Pair:
    """The same pages scored by two models, by style. `remembered`: titles of those that had learned from them."""

    old: ByStyle
    new: ByStyle
    remembered: tuple[str, ...] = ()


@dataclass(frozen=True)
class ArticlePair:
    """The same articles with the same truth, judged by two models. `remembered` as in `Pair`."""

    old: Sequence[JudgedArticle]
    new: Sequence[JudgedArticle]
    remembered: tuple[str, ...] = ()


def candidate(registry: Registry, wanted: str) -> Candidate:
    """The model that `wanted` names: a folder, a version's number or alias, `models:/…`, `runs:/…`.

    Raises NoSuchVersion, TrackingError.
    """
    foreign = wanted.startswith("models:/") and not wanted.startswith(f"models:/{registry.registered}")
    if foreign or (Path(wanted).is_dir() and not wanted.isdigit()):
        return Candidate(wanted, wanted)
    return of_version(registry, registry.find(wanted))


def of_version(registry: Registry, version: Version) -> Candidate:
    """A registered version, with the held-out pages and articles of the runs that made its parts."""
    with _kept(registry, version, "lines", HELD_OUT) as path:
        held = read_held_out(path) if path else {}
    with _kept(registry, version, "topics", HELD_OUT_TOPICS) as path:
        articles = read_judged(path) if path else []
    return Candidate(f"models:/{registry.registered}/{version.number}", str(version), held, articles)


@contextmanager
def _kept(registry: Registry, version: Version, part: str, name: str) -> Iterator[Path | None]:
    """A file of the version's run; if that took over the part from another version, of the run of that one."""
    same = [each for each in registry.versions() if each.part(part) and each.part(part) == version.part(part)]
    for each in (version, *same):
        with registry.file(each.run_id, name) as path:
            if path:
                yield path
                return
    yield None


def pair(old: Candidate, new: Candidate, corpora: Sequence[Path]) -> Pair:
    """Both models on the pages of `corpora`; without any, on the pages that both were scored on in their trainings.

    A page that a model was scored on out of site when it was trained keeps that score: the model itself has learned it
    by heart since. Raises CorpusError.
    """
    if not corpora:
        return _shared(old, new)
    pages = [page for page in read_corpus(expanded(corpora)) if has_article(page)]
    digests = {file.sha256 for file in data_files(corpora)}
    scored, remembered = [], []
    for one in (old, new):
        found, by_heart = _scored(one, pages, digests)
        scored.append(found)
        remembered += [one.title] if by_heart else []
    return Pair(scored[0], scored[1], tuple(remembered))


def pair_articles(old: Candidate, new: Candidate, corpora: Sequence[Path]) -> ArticlePair:
    """Both models on the articles of `corpora`; without any, on those that both judged in their trainings.

    An article keeps what was said of it when it was held out, as a page does. Raises CorpusError.
    """
    if not corpora:
        return ArticlePair(*shared_articles(old.articles, new.articles))
    articles = [article for article in read_topic_corpus(corpora) if article.is_article]
    digests = {data_file(path, "corpus").sha256 for path in corpora}
    judged, remembered = [], []
    for one in (old, new):
        found, by_heart = _judged(one, articles, digests)
        judged.append(found)
        remembered += [one.title] if by_heart else []
    return ArticlePair(*shared_articles(*judged), tuple(remembered))


def _shared(old: Candidate, new: Candidate) -> Pair:
    found = Pair({}, {})
    for style, pages in old.held.items():
        others = {page.id: page for page in new.held.get(style, [])}
        for page in pages:
            other = others.get(page.id)
            if other and _same(page, other):
                found.old.setdefault(style, []).append(page)
                found.new.setdefault(style, []).append(other)
    return found


def _scored(one: Candidate, pages: Sequence[CorpusPage], digests: set[str]) -> tuple[ByStyle, bool]:
    """The pages by style, and whether the model has learned any that it then labels."""
    held = {(style, page.id): page for style, kept in one.held.items() for page in kept}
    found: ByStyle = {}
    labelled = 0
    for page in pages:
        known = held.get((page.style, page.id))
        if known and _still(known, page):
            found.setdefault(page.style, []).append(known)
        else:
            probabilities = one.model.line_model.probabilities(Batch.of([Page.from_lines(page.lines)]))
            found.setdefault(page.style, []).append(ScoredPage.of(page, probabilities))
            labelled += 1
    learned = {file["sha256"] for file in one.model.manifest.get("data", ())} if labelled else set()
    return found, bool(learned & digests)


def _judged(one: Candidate, articles: Sequence[TopicArticle], digests: set[str]) -> tuple[list[JudgedArticle], bool]:
    """What the model says of the articles, and whether it has learned any that it judges only now."""
    held = {article.id: article for article in one.articles}
    unseen = [article for article in articles if not _judges(held.get(article.id), article)]
    if not unseen:
        return [held[article.id] for article in articles], False
    said = {judged.id: judged for judged in judged_by(one.model, unseen)}
    found = [{**held, **said}[article.id] for article in articles if article.id in {**held, **said}]
    return found, bool(learned_from(one.model, one.model.topics) & digests)


def _judges(known: JudgedArticle | None, article: TopicArticle) -> bool:
    """Whether it is the article of the corpus that was held out, with the same truth."""
    if known is None or known.title != begins(article) or known.truth.keys() & article.unknown:
        return False
    return all(true == (topic in article.topics) for topic, true in known.truth.items())


def _same(one: ScoredPage, other: ScoredPage) -> bool:
    """The same lines with the same true labels."""
    return (one.texts, one.truth, one.sure.tolist()) == (other.texts, other.truth, other.sure.tolist())


def _still(known: ScoredPage, page: CorpusPage) -> bool:
    """Whether a page of a corpus is the one that was scored."""
    lines = zip(page.lines, page.labels, page.sure, strict=True)
    kept = [(text, label, sure) for text, label, sure in lines if label is not None]
    return kept == list(zip(known.texts, known.truth, known.sure.tolist(), strict=True))
