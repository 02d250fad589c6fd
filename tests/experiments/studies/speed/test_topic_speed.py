"""What words cost the topic model against syllables: both are timed."""

import pytest

from locbao.experiments.studies.speed.topic_speed import microseconds
from locbao.features.topics.phrases import TOKENS
from locbao.train.corpus.topic_articles import read_topic_corpus, topic_files


@pytest.mark.slow
def test_both_kinds_of_tokens_are_timed() -> None:
    times = microseconds(read_topic_corpus(topic_files([]))[:20])
    assert list(times) == list(TOKENS)
    assert all(len(row) == 3 and min(row) > 0 for row in times.values())
