"""Reader of topic corpora: articles, or single sentences, with the topics that they carry."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from locbao.features.sentences import split_sentences
from locbao.features.text import normalise, normalise_lines, split_lines
from locbao.train.corpus import CorpusError, rows

TOPIC_EXAMPLES = Path(__file__).parent / "articles"


@dataclass(frozen=True, slots=True)
class TopicArticle:
    """An article with its topics. `sentences`: of headline, lead and body, normalised. `group`: what is held out
    together, the normalised title where the corpus names none. `unknown`: topics that were not judged. `sure` is False
    where its readers doubted. `source` is "file:line". `is_article` is False for a single sentence that people have read:
    it is learned from, but no article to be scored.
    """

    id: str
    group: str
    sentences: tuple[str, ...]
    topics: frozenset[str]
    unknown: frozenset[str]
    sure: bool
    is_article: bool
    source: str


def read_topic_corpus(paths: Sequence[Path]) -> list[TopicArticle]:
    """All articles of the files, in order.

    Raises CorpusError: a file that is missing, not UTF-8, not JSON Lines or empty; a row without id, text or topics; an
    id met before; a topic that is in `unknown` too.
    """
    articles: list[TopicArticle] = []
    seen: dict[str, str] = {}
    for path in paths:
        for source, row in rows(path):
            article = _article(source, row)
            if article.id in seen:
                raise CorpusError(
                    source, f"id {article.id!r} stands already at {seen[article.id]}", "Give every row its own id."
                )
            seen[article.id] = source
            articles.append(article)
    return articles


def title_key(title: str) -> str:
    """What equal titles share, however they are set."""
    return " ".join("".join(c if c.isalnum() else " " for c in normalise(title).lower()).split())


def _article(source: str, row: dict[str, Any]) -> TopicArticle:
    if not isinstance(row.get("id"), str) or not row["id"]:
        raise CorpusError(source, 'no "id"', 'Add "id", a text that no other row has.')
    title, single = _text(source, row, "title"), _text(source, row, "sentence")
    texts = [title, _text(source, row, "lead"), *_body(source, row)]
    sentences = (normalise(single),) if single else _sentences(texts)
    if not any(sentences):
        raise CorpusError(source, "no text", 'Add "body", a list of paragraphs, or "text".')
    topics, unknown = _names(source, row, "topics"), _names(source, row, "unknown", frozenset())
    if topics & unknown:
        raise CorpusError(source, f"{sorted(topics & unknown)[0]!r} is both carried and unknown", "Decide for one.")
    return TopicArticle(
        id=row["id"],
        group=_text(source, row, "group") or title_key(title) or row["id"],
        sentences=sentences,
        topics=topics,
        unknown=unknown,
        sure=row.get("sure") is not False,
        is_article=not single,
        source=source,
    )


def _sentences(texts: Sequence[str]) -> tuple[str, ...]:
    return tuple(sentence for line in normalise_lines(texts) for sentence in split_sentences(line))


def _text(source: str, row: dict[str, Any], key: str) -> str:
    value = row.get(key) or ""
    if not isinstance(value, str):
        raise CorpusError(source, f'"{key}" is no text', f'Write "{key}" as a text, or leave it out.')
    return value


def _body(source: str, row: dict[str, Any]) -> list[str]:
    body = row.get("body")
    if body is None:
        return split_lines(_text(source, row, "text"))
    if not isinstance(body, list) or not all(isinstance(text, str) for text in body):
        raise CorpusError(source, '"body" is no list of texts', 'Write "body" as a list, a paragraph an entry.')
    return body


def _names(source: str, row: dict[str, Any], key: str, default: frozenset[str] | None = None) -> frozenset[str]:
    value = row.get(key, default)
    if isinstance(value, frozenset):
        return value
    if not isinstance(value, list) or not all(isinstance(name, str) and name for name in value):
        raise CorpusError(source, f'"{key}" is no list of topics', f'Write "{key}": [] or ["border_security", …].')
    return frozenset(value)
