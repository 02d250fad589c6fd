"""Two models' topics on the same articles."""

from collections.abc import Sequence
from dataclasses import replace

from locbao.train.evaluation.judged_articles import JudgedArticle, by_topic
from locbao.train.evaluation.line_scores import Estimate
from locbao.train.evaluation.topic_scores import compare_scores, score_topics


def shared_articles(
    old: Sequence[JudgedArticle], new: Sequence[JudgedArticle]
) -> tuple[list[JudgedArticle], list[JudgedArticle]]:
    """The articles that both judged, in the same order, with the topics that both judged and know the same truth of."""
    others = {article.id: article for article in new}
    before: list[JudgedArticle] = []
    after: list[JudgedArticle] = []
    for one in old:
        other = others.get(one.id)
        if other and other.title == one.title and (common := _common(one, other)):
            before.append(replace(one, truth=common))
            after.append(replace(other, truth=common, sure=one.sure))
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
    first, second = (score_topics(one, sure_only=False, draws=0).named for one in (before, after))
    changes = compare_scores(before, after, sure_only=False)
    return {name: (first[name].value, second[name].value, change) for name, change in changes.items()}


def _common(one: JudgedArticle, other: JudgedArticle) -> dict[str, bool]:
    both = one.scores.keys() & other.scores.keys()
    return {topic: true for topic, true in one.truth.items() if topic in both and other.truth.get(topic) == true}
