"""Reader of topic corpora: articles, or single sentences, with the topics that they carry."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from locbao.features.text import normalise, normalise_lines, split_lines, split_sentences
from locbao.predict.store.manifest import may_be_named
from locbao.train.corpus.corpus_files import (
    CorpusError,
    Row,
    expanded,
    first_row,
    is_sure,
    optional_text,
    optional_texts,
    repeated_ids,
    required_text,
    rows,
)

TOPIC_EXAMPLES = Path(__file__).parents[1] / "data" / "articles"


@dataclass(frozen=True, slots=True)
class TopicArticle:
    """An article with its topics. `sentences`: of headline, lead and body, normalised. `group`: what is held out
    together, the normalised title where the corpus names none. `unknown`: topics that were not judged. `sure` is False
    where its readers doubted. `source` is "file:line". `is_article` is False for a single sentence that people have
    read: it is learned from, but no article to be scored.
    """

    id: str
    group: str
    sentences: tuple[str, ...]
    topics: frozenset[str]
    unknown: frozenset[str]
    sure: bool
    is_article: bool
    source: str


def topic_files(corpora: Sequence[Path]) -> list[Path]:
    """The files of these corpora; without any, those of the example articles. Raises CorpusError."""
    return expanded(corpora) or sorted(TOPIC_EXAMPLES.glob("*.jsonl"))


def read_topic_corpus(paths: Sequence[Path]) -> list[TopicArticle]:
    """All articles of the files, in order.

    Raises CorpusError: a file that is missing, not UTF-8, not JSON Lines or empty; a row without id, text or topics; an
    id met before; a topic that is in `unknown` too.
    """
    articles = [_article(source, row) for path in paths for source, row in rows(path)]
    for fault in repeated_ids((article.id, article.source) for article in articles):
        raise fault
    return articles


def holds_articles(path: Path) -> bool:
    """Whether a file holds articles with topics, not labelled pages: its first row tells. Raises CorpusError."""
    row = first_row(path)
    return "topics" in row and "lines" not in row


def title_key(title: str) -> str:
    """What equal titles share, however they are set."""
    return " ".join("".join(c if c.isalnum() else " " for c in normalise(title).lower()).split())


def _article(source: str, row: Row) -> TopicArticle:
    id = required_text(source, row, "id")
    title, single = optional_text(source, row, "title"), optional_text(source, row, "sentence")
    body = optional_texts(source, row, "body") or split_lines(optional_text(source, row, "text"))
    texts = [title, optional_text(source, row, "lead"), *body]
    sentences = (normalise(single),) if single else _sentences(texts)
    if not any(sentences):
        raise CorpusError(source, "no text", 'Add "body", a list of paragraphs, or "text".')
    topics, unknown = _names(source, row, "topics"), _names(source, {"unknown": [], **row}, "unknown")
    if topics & unknown:
        raise CorpusError(source, f"{sorted(topics & unknown)[0]!r} is both carried and unknown", "Decide for one.")
    return TopicArticle(
        id=id,
        group=optional_text(source, row, "group") or title_key(title) or id,
        sentences=sentences,
        topics=topics,
        unknown=unknown,
        sure=is_sure(source, row),
        is_article=not single,
        source=source,
    )


def _sentences(texts: Sequence[str]) -> tuple[str, ...]:
    return tuple(sentence for line in normalise_lines(texts) for sentence in split_sentences(line))


def _names(source: str, row: Row, key: str) -> frozenset[str]:
    value = row.get(key)
    if not isinstance(value, list) or not all(name and may_be_named(name) for name in value):
        raise CorpusError(source, f'"{key}" is no list of topics', f'Write "{key}": [] or ["border_security", …].')
    return frozenset(value)
