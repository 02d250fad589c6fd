"""The sweep over hostile pages: what its rows say, not how long it took."""

import pytest

from locbao.experiments.studies.hostile import hostile_pages as pages
from locbao.predict.load import load


@pytest.mark.parametrize("kind", pages.KINDS)
def test_pages_are_as_long_as_they_should_be(kind: str) -> None:
    for size in (1000, 25_000):
        assert 0.9 * size < len(pages.KINDS[kind](size)) < 1.1 * size + 100


def test_kinds_that_are_refused_when_large() -> None:
    row = pages._row("x", pages.measure(load(), "lines of one letter"))
    assert (row["largest, KB"], row["s, 1 MB"]) == ("100", "")
    assert row["refused"] == "The page has 200,000 lines that are not blank"


def test_the_exponent_is_that_of_the_time() -> None:
    row = pages._row("x", pages.Sweep([0.1, 1.0, 16.0, 100.0], [1, 2, 3, 4], ""))
    assert (row["s, 100 KB"], row["s, 1 MB"], row["exponent"], row["MB, 1 MB"]) == ("1.000", "100.00", "2.00", "4")
    assert pages._row("x", pages.Sweep([0.25, 1.0], [1, 2], "too long"))["exponent"] == "1.00"
