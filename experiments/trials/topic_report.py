"""The sections of a report on topics: how articles were judged by models that had not seen them."""

from collections.abc import Sequence
from importlib.util import find_spec

from locbao.experiments.trials.sections import Section
from locbao.train.evaluation.judged_articles import JudgedArticle, by_topic, mistakes
from locbao.train.evaluation.tables import cell, table
from locbao.train.evaluation.topic_scores import score_both, topic_table
from locbao.train.topics.outcome import topic_pictures
from locbao.train.tracking.run import as_png

WORST = 40
"""Mistakes of each topic that are listed."""

_WIDTH = 110  # characters of an article's cell


def topic_sections(articles: Sequence[JudgedArticle]) -> list[Section]:
    """Tables and pictures of all topics, then the mistakes of each, the surest first."""
    held_out = by_topic(articles)
    tables = [f"### {kind}\n\n{topic_table(scores)}" for kind, scores in score_both(held_out).items()]
    lead = "Each article is judged by a model that has not seen it. In brackets: 95 % intervals."
    pictures = {}
    if find_spec("matplotlib"):
        pictures = {topic: as_png(draw) for topic, draw in topic_pictures(held_out).items()}
    else:
        lead += " The pictures are left out: matplotlib is not installed (pip install 'locbao[mlflow]')."
    whole = Section("Topics", "\n\n".join((lead, *tables)), pictures)
    return [whole, *(_mistakes(topic, articles) for topic in held_out)]


def _mistakes(topic: str, articles: Sequence[JudgedArticle]) -> Section:
    """What was judged wrongly, article by article."""
    wrong = [row[1:] for row in mistakes(articles).rows if row[0] == topic]
    rows = [
        [cell(f"{article}: {begins}", _WIDTH), "yes" if true else "no", f"{probability:.2f}"]
        for article, true, probability, begins in wrong[:WORST]
    ]
    shown = f"; the surest {WORST} of them" if len(wrong) > WORST else ", the surest first"
    lead = f"{len(wrong):,} articles judged wrongly{shown}."
    tables = [table(["article", "carries it", "probability"], rows)] if rows else []
    return Section(f"Mistakes: {topic}", "\n\n".join((lead, *tables)))
