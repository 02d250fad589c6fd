"""Articles as a model judges them that has not learned from them, as a file, so that models can be compared on them."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np

from locbao.predict.model import Model
from locbao.train.corpus.topic_articles import TopicArticle
from locbao.train.evaluation.estimates import Estimate
from locbao.train.evaluation.predictions import DECIMALS, packed_rows, read_rows
from locbao.train.evaluation.topic_scores import HeldOut, compare_scores, score_topics
from locbao.train.tracking.tracked_run import Table

HELD_OUT_TOPICS = "held_out_topics.jsonl.gz"
"""Where a run keeps them."""

_TITLE = 200  # characters


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


def judged_by(model: Model, articles: Sequence[TopicArticle]) -> list[JudgedArticle]:
    """What the model says of the articles; nothing of any if it has no topics."""
    if model.topic_model is None:
        return []
    judgements = model.topic_model.judge([article.sentences for article in articles])
    return [
        JudgedArticle(
            id=article.id,
            title=begins(article),
            truth={topic: topic in article.topics for topic in judgement.scores if topic not in article.unknown},
            scores={topic: round(float(score), DECIMALS) for topic, score in judgement.scores.items()},
            given=tuple(topic for topic in judgement.scores if topic in judgement.carried),
            sure=article.sure,
        )
        for article, judgement in zip(articles, judgements, strict=True)
    ]


def packed_judged(articles: Sequence[JudgedArticle]) -> bytes:
    """The articles as compressed JSON Lines; the same articles, the same bytes."""
    return packed_rows(map(asdict, articles))


def read_judged(path: Path) -> list[JudgedArticle]:
    """The articles of a file that `packed_judged` made. Raises CorpusError."""
    return list(read_rows(path, lambda row: JudgedArticle(**{**row, "given": tuple(row["given"])})))


def by_topic(articles: Sequence[JudgedArticle]) -> dict[str, HeldOut]:
    """The articles by topic, to be scored, numbered as given. Topics that none of them carries are left out."""
    carried = {topic for article in articles for topic, true in article.truth.items() if true}
    held_out = {}
    for topic in sorted(carried):
        numbers = [n for n, article in enumerate(articles) if topic in article.truth and topic in article.scores]
        judged = [articles[n] for n in numbers]
        if judged:
            held_out[topic] = HeldOut(
                article=np.array(numbers, dtype=np.int64),
                truth=np.array([article.truth[topic] for article in judged], dtype=bool),
                sure=np.array([article.sure for article in judged], dtype=bool),
                probability=np.array([article.scores[topic] for article in judged]),
                predicted=np.array([topic in article.given for article in judged], dtype=bool),
            )
    return held_out


def mistakes(articles: Sequence[JudgedArticle]) -> Table:
    """A row for each topic of an article that was judged wrongly, the surest mistakes first."""
    rows = [
        (topic, article.id, true, round(article.scores[topic], 4), article.title)
        for article in articles
        for topic, true in article.truth.items()
        if true != (topic in article.given)
    ]
    rows.sort(key=lambda row: -abs(row[3] - 0.5))
    return Table(("topic", "article", "truth", "probability", "begins"), rows)


def shared_articles(
    old: Sequence[JudgedArticle], new: Sequence[JudgedArticle]
) -> tuple[list[JudgedArticle], list[JudgedArticle]]:
    """The articles that both judged, in the same order, with the topics that both judged and know the same truth of."""
    others = {article.id: article for article in new}
    before: list[JudgedArticle] = []
    after: list[JudgedArticle] = []
    for article in old:
        other = others.get(article.id)
        if not other or other.title != article.title:
            continue
        judged = article.scores.keys() & other.scores.keys()
        agreed = dict(article.truth.items() & other.truth.items())
        common = {topic: agreed[topic] for topic in article.truth if topic in agreed.keys() & judged}
        if common:
            before.append(replace(article, truth=common))
            after.append(replace(other, truth=common, sure=article.sure))
    return before, after


def compare_topics(
    old: Sequence[JudgedArticle], new: Sequence[JudgedArticle]
) -> dict[str, tuple[float, float, Estimate]]:
    """Every figure of the old model, of the new one, and new minus old with a paired bootstrap interval over articles.

    `old` and `new` are the same articles (`shared_articles`).
    """
    before, after = by_topic(old), by_topic(new)
    if not before:
        return {}
    first, second = (score_topics(held_out, sure_only=False, draws=0).named for held_out in (before, after))
    changes = compare_scores(before, after, sure_only=False)
    return {name: (first[name].value, second[name].value, change) for name, change in changes.items()}
