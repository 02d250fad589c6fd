"""Spans of time, and counts, in words."""

import pytest

from locbao.features.amounts import counted, duration


@pytest.mark.parametrize(("count", "words"), [(0, "0 pages"), (1, "1 page"), (2, "2 pages"), (2000, "2,000 pages")])
def test_counts(count: int, words: str) -> None:
    assert counted(count, "page") == words


@pytest.mark.parametrize(("seconds", "words"), [(40, "40 s"), (119, "119 s"), (180, "3 min"), (7200, "2 h")])
def test_durations(seconds: float, words: str) -> None:
    assert duration(seconds) == words
