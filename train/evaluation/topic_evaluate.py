"""Scoring a model's topics on labelled articles."""

from collections.abc import Sequence
from pathlib import Path

from locbao.features.errors import LocbaoError
from locbao.predict.model import Model
from locbao.predict.store.manifest import SHORT_DIGEST
from locbao.train.corpus.sources import data_file
from locbao.train.corpus.topic_articles import TopicArticle, read_topic_corpus
from locbao.train.evaluation.judged_articles import DECIMALS, JudgedArticle, begins, by_topic
from locbao.train.evaluation.topic_scores import TopicScores, score_both, topic_table
from locbao.train.tracking.run import Tell


class NothingToScore(LocbaoError):
    """Articles whose topics the model does not know."""

    def __init__(self, model: str, known: Sequence[str], carried: Sequence[str]) -> None:
        self.model, self.known, self.carried = model, tuple(known), tuple(carried)
        has = f"has {', '.join(known)}" if known else "has no topics"
        carry = f"carry {', '.join(carried)}" if carried else "carry none"
        super().__init__(
            f"No topic can be scored: {model} {has}, the articles {carry}. "
            "Give articles with its topics, or teach it theirs: locbao train topics CORPUS --base MODEL -o DIR."
        )


def evaluate_topics(corpora: Sequence[Path], model: Model, tell: Tell) -> dict[str, TopicScores]:
    """Scores the topics that both the model and the articles have, and prints the tables: of the articles whose readers
    were sure, and of all. Raises NothingToScore, CorpusError."""
    articles = [article for article in read_topic_corpus(corpora) if article.is_article]
    carried = sorted({topic for article in articles for topic in article.topics})
    common = [topic for topic in model.topics if topic in carried]
    if not common:
        raise NothingToScore(model.name, model.topics, carried)
    scores = score_both(by_topic(judged_by(model, articles)))
    if learned_from(model, common) & {data_file(path, "corpus").sha256 for path in corpora}:
        tell("This model has learned from these articles: the figures show what it remembers, not what it can do.")
    for topic in sorted({*model.topics, *carried} - {*common}):
        why = "no article carries it" if topic in model.topics else "the model does not know it"
        tell(f"{topic}: not scored: {why}")
    for kind, found in scores.items():
        tell(f"\n{kind}, model {model.name} {model.digest[:SHORT_DIGEST]}\n\n{topic_table(found)}")
    return scores


def judged_by(model: Model, articles: Sequence[TopicArticle]) -> list[JudgedArticle]:
    """What the model says of the articles; nothing of any if it has no topics."""
    if model.topic_model is None:
        return []
    said = model.topic_model.judge([article.sentences for article in articles])
    return [
        JudgedArticle(
            id=article.id,
            title=begins(article),
            truth={topic: topic in article.topics for topic in found.scores if topic not in article.unknown},
            scores={topic: round(float(score), DECIMALS) for topic, score in found.scores.items()},
            given=tuple(topic for topic in found.scores if topic in found.carried),
            sure=article.sure,
        )
        for article, found in zip(articles, said, strict=True)
    ]


def learned_from(model: Model, topics: Sequence[str]) -> set[str]:
    """Digests of the files that these topics were learned from."""
    entries = model.manifest["topics"]
    return {data["sha256"] for topic in topics for data in entries[topic]["data"]}
