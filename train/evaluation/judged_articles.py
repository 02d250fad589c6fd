"""Articles as a model judges them that has not learned from them, as a file, so that models can be compared on them."""

import gzip
import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from locbao.train.corpus.topic_articles import TopicArticle
from locbao.train.topics.crossval import HeldOut
from locbao.train.tracking.run import Table

HELD_OUT_TOPICS = "held_out_topics.jsonl.gz"
"""Where a run keeps them."""

DECIMALS = 6
"""Of a probability."""

_TITLE = 200  # characters
_COLUMNS = ("topic", "article", "truth", "probability", "begins")


@dataclass(frozen=True, slots=True)
class JudgedArticle:
    """What a model that has not learned from the article says of it.

    `truth`: whether it carries each topic; unknown ones are not listed. `scores`: the probability of each topic.
    `given`: the topics that the model gives it. `sure`: False where its readers doubted.
    """

    id: str
    title: str
    truth: dict[str, bool]
    scores: dict[str, float]
    given: tuple[str, ...]
    sure: bool = True


def begins(article: TopicArticle) -> str:
    """What people know the article by."""
    return article.sentences[0][:_TITLE]


def packed_judged(articles: Sequence[JudgedArticle]) -> bytes:
    """The articles as compressed JSON Lines; the same articles, the same bytes."""
    rows = "".join(json.dumps(asdict(article), ensure_ascii=False) + "\n" for article in articles)
    return gzip.compress(rows.encode(errors="surrogatepass"), mtime=0)


def read_judged(path: Path) -> list[JudgedArticle]:
    """The articles of a file that `packed_judged` made."""
    rows = gzip.decompress(path.read_bytes()).decode(errors="surrogatepass").split("\n")[:-1]
    found = map(json.loads, rows)
    return [JudgedArticle(**{**row, "given": tuple(row["given"])}) for row in found]


def by_topic(articles: Sequence[JudgedArticle]) -> dict[str, HeldOut]:
    """The articles by topic, to be scored, numbered as given. Topics that none of them carries are left out."""
    carried = {topic for article in articles for topic, true in article.truth.items() if true}
    found = {}
    for topic in sorted(carried):
        known = [n for n, one in enumerate(articles) if topic in one.truth and topic in one.scores]
        chosen = [articles[n] for n in known]
        found[topic] = HeldOut(
            article=np.array(known, dtype=np.int64),
            truth=np.array([one.truth[topic] for one in chosen], dtype=bool),
            sure=np.array([one.sure for one in chosen], dtype=bool),
            probability=np.array([one.scores[topic] for one in chosen]),
            predicted=np.array([topic in one.given for one in chosen], dtype=bool),
        )
    return {topic: one for topic, one in found.items() if len(one.article)}


def mistakes(articles: Sequence[JudgedArticle]) -> Table:
    """A row for each topic of an article that was judged wrongly, the surest mistakes first."""
    rows = [row for article in articles for row in _mistakes(article)]
    rows.sort(key=lambda row: -abs(row[3] - 0.5))
    return Table(_COLUMNS, rows)


def _mistakes(article: JudgedArticle) -> Iterator[tuple[str, str, bool, float, str]]:
    for topic, true in article.truth.items():
        if true != (topic in article.given):
            yield topic, article.id, true, round(article.scores[topic], 4), article.title
