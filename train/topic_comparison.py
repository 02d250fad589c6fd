"""Two models' topics on the same articles: F1 of each topic with its difference.

A training of topics keeps its held-out articles (`packed_judged`) beside its run, as the line model keeps its pages.
"""

import gzip
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from locbao.train.score import DRAWS, INTERVAL, Estimate, FloatArray

HELD_OUT_TOPICS = "held_out_topics.jsonl.gz"
"""Where a run keeps them."""


@dataclass(frozen=True, slots=True)
class JudgedArticle:
    """What a model that has not learned from the article says of it.

    `truth`: whether it carries each topic; unknown ones are not listed. `scores`: the probability of each topic.
    `given`: the topics that the model gives it.
    """

    id: str
    title: str
    truth: Mapping[str, bool]
    scores: Mapping[str, float]
    given: tuple[str, ...]


def packed_judged(articles: Sequence[JudgedArticle]) -> bytes:
    """The articles as compressed JSON Lines; the same articles, the same bytes."""
    rows = "".join(json.dumps(asdict(article), ensure_ascii=False) + "\n" for article in articles)
    return gzip.compress(rows.encode(errors="surrogatepass"), mtime=0)


def read_judged(path: Path) -> list[JudgedArticle]:
    """The articles of a file that `packed_judged` made."""
    rows = gzip.decompress(path.read_bytes()).decode(errors="surrogatepass").split("\n")[:-1]
    found = map(json.loads, rows)
    return [JudgedArticle(**{**row, "given": tuple(row["given"])}) for row in found]


def shared_articles(
    old: Sequence[JudgedArticle], new: Sequence[JudgedArticle]
) -> list[tuple[JudgedArticle, JudgedArticle]]:
    """The articles that both were scored on with the same truth."""
    others = {article.id: article for article in new}
    pairs = [(article, others[article.id]) for article in old if article.id in others]
    return [(one, other) for one, other in pairs if one.truth == other.truth]


def compare_topics(pairs: Sequence[tuple[JudgedArticle, JudgedArticle]]) -> dict[str, tuple[float, float, Estimate]]:
    """For each topic: the old F1, the new one, and new minus old with a paired bootstrap interval over articles."""
    known = [set(one.truth) & set(one.scores) & set(other.scores) for one, other in pairs]
    topics = sorted(set[str]().union(*known))
    draws = np.random.default_rng(0).multinomial(len(pairs), np.full(len(pairs), 1 / len(pairs)), DRAWS)
    found = {}
    for topic in topics:
        old, new = (np.array([_counted(pair[side], topic) for pair in pairs]) for side in (0, 1))
        before, after = (float(_f1(counts.sum(axis=0))) for counts in (old, new))
        drawn = _f1(draws @ new) - _f1(draws @ old)
        drawn = drawn[~np.isnan(drawn)]
        low, high = np.percentile(drawn, INTERVAL) if len(drawn) else (np.nan, np.nan)
        found[topic] = (before, after, Estimate(after - before, float(low), float(high)))
    return found


def _counted(article: JudgedArticle, topic: str) -> tuple[int, int, int]:
    """Hit, given, true."""
    if topic not in article.truth:
        return (0, 0, 0)
    given, true = topic in article.given, article.truth[topic]
    return (int(given and true), int(given), int(true))


def _f1(counts: FloatArray) -> FloatArray:
    """F1 of counts (…, 3); nan where nothing is given or true."""
    with np.errstate(invalid="ignore"):
        return np.asarray(2 * counts[..., 0] / (counts[..., 1] + counts[..., 2]))
