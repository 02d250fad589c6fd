"""Models to be compared, each with what it says of pages and articles that it has not learned from."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Generic, TypeVar

from locbao.predict.load import load
from locbao.predict.model import Model
from locbao.train.corpus.corpus_files import data_file, data_files, expanded
from locbao.train.corpus.labelled_pages import CorpusPage, read_corpus
from locbao.train.corpus.topic_articles import TopicArticle, read_topic_corpus
from locbao.train.evaluation.evaluate import learned_from, scored_by
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

Key = TypeVar("Key")
Item = TypeVar("Item")
Answer = TypeVar("Answer")
Answers = TypeVar("Answers")


@dataclass(frozen=True)
class Candidate:
    """A model: `address` is what `locbao.load` takes.

    `pages` by style, and `articles`, that it was scored on in its training, as it saw them before it learned them.
    """

    address: str
    title: str
    pages: ByStyle = field(default_factory=dict)
    articles: Sequence[JudgedArticle] = ()

    @cached_property
    def model(self) -> Model:
        """Loaded only if it has to label something: what it said when it was trained may be enough."""
        return load(self.address)


@dataclass(frozen=True)
class Pair(Generic[Answers]):
    """What two models say of the same pages or articles. `remembered`: titles of those that had learned from them."""

    old: Answers
    new: Answers
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
    with _run_file(registry, version, "lines", HELD_OUT) as path:
        pages = read_held_out(path) if path else {}
    with _run_file(registry, version, "topics", HELD_OUT_TOPICS) as path:
        articles = read_judged(path) if path else []
    return Candidate(f"models:/{registry.registered}/{version.number}", str(version), pages, articles)


@contextmanager
def _run_file(registry: Registry, version: Version, part: str, name: str) -> Iterator[Path | None]:
    """A file of the version's run; if that took over the part from another version, of the run of that one."""
    same = [each for each in registry.versions() if each.part(part) and each.part(part) == version.part(part)]
    for each in (version, *same):
        with registry.file(each.run_id, name) as path:
            if path:
                yield path
                return
    yield None


def pair_pages(old: Candidate, new: Candidate, corpora: Sequence[Path]) -> Pair[ByStyle]:
    """Both models on the pages of `corpora`; without any, on the pages that both were scored on in their trainings.

    A page that a model was scored on in its training keeps that score: the model has learned it by heart since.
    Raises CorpusError.
    """
    if not corpora:
        before, after = _by_key(old.pages), _by_key(new.pages)
        shared = [key for key in before if key in after and _same(before[key], after[key])]
        return Pair(_by_style({key: before[key] for key in shared}), _by_style({key: after[key] for key in shared}))
    pages = {(page.style, page.id): page for page in read_corpus(expanded(corpora)) if has_article(page)}
    digests = {file.sha256 for file in data_files(corpora)}

    def label(model: Model, unseen: Sequence[CorpusPage]) -> dict[tuple[str, str], ScoredPage]:
        return _by_key(scored_by(model, unseen))

    def learned(model: Model) -> bool:
        return any(file["sha256"] in digests for file in model.manifest.get("data", ()))

    (scored_old, old_learned), (scored_new, new_learned) = (
        _answers(each, _by_key(each.pages), pages, _still_page, label, learned) for each in (old, new)
    )
    return Pair(_by_style(scored_old), _by_style(scored_new), (*old_learned, *new_learned))


def pair_articles(old: Candidate, new: Candidate, corpora: Sequence[Path]) -> Pair[list[JudgedArticle]]:
    """Both models on the articles of `corpora`; without any, on those that both judged in their trainings.

    An article keeps what was said of it when it was held out, as a page does. Raises CorpusError.
    """
    if not corpora:
        return Pair(*shared_articles(old.articles, new.articles))
    articles = {article.id: article for article in read_topic_corpus(corpora) if article.is_article}
    digests = {data_file(path, "corpus").sha256 for path in corpora}

    def judge(model: Model, unseen: Sequence[TopicArticle]) -> dict[str, JudgedArticle]:
        return {article.id: article for article in judged_by(model, unseen)}

    def learned(model: Model) -> bool:
        return bool(learned_from(model, model.topics) & digests)

    (before, old_learned), (after, new_learned) = (
        _answers(each, {one.id: one for one in each.articles}, articles, _still_article, judge, learned)
        for each in (old, new)
    )
    return Pair(*shared_articles([*before.values()], [*after.values()]), (*old_learned, *new_learned))


def _answers(
    candidate: Candidate,
    held_out: Mapping[Key, Answer],
    items: Mapping[Key, Item],
    still: Callable[[Answer, Item], bool],
    ask: Callable[[Model, Sequence[Item]], Mapping[Key, Answer]],
    learned: Callable[[Model], bool],
) -> tuple[dict[Key, Answer], tuple[str, ...]]:
    """What the candidate says of each item: when it was held out, if it is `still` the same item, else if asked now.

    And its title, if it has to be asked about what it has `learned`.
    """
    answers = {key: held_out[key] for key, item in items.items() if key in held_out and still(held_out[key], item)}
    unseen = [item for key, item in items.items() if key not in answers]
    if not unseen:
        return answers, ()
    answers |= ask(candidate.model, unseen)
    in_order = {key: answers[key] for key in items if key in answers}
    return in_order, (candidate.title,) if learned(candidate.model) else ()


def _by_key(pages: ByStyle) -> dict[tuple[str, str], ScoredPage]:
    return {(style, page.id): page for style, styled in pages.items() for page in styled}


def _by_style(pages: Mapping[tuple[str, str], ScoredPage]) -> ByStyle:
    styled: ByStyle = {}
    for (style, _), page in pages.items():
        styled.setdefault(style, []).append(page)
    return styled


def _same(one: ScoredPage, other: ScoredPage) -> bool:
    """The same lines with the same true labels."""
    return (one.texts, one.truth, one.sure.tolist()) == (other.texts, other.truth, other.sure.tolist())


def _still_page(scored: ScoredPage, page: CorpusPage) -> bool:
    """Whether a page of a corpus is the one that was scored."""
    lines = zip(page.lines, page.labels, page.sure, strict=True)
    labelled = [(text, label, sure) for text, label, sure in lines if label is not None]
    return labelled == list(zip(scored.texts, scored.truth, scored.sure.tolist(), strict=True))


def _still_article(judged: JudgedArticle, article: TopicArticle) -> bool:
    """Whether it is the article of the corpus that was judged, with the same truth."""
    if judged.title != begins(article) or judged.truth.keys() & article.unknown:
        return False
    return all(true == (topic in article.topics) for topic, true in judged.truth.items())
