"""How turns are timed, and how their figures are written."""

from locbao.experiments.timing import ratios, seconds, spread


def test_figures_of_turns() -> None:
    assert spread([3.0, 1.0, 2.0]) == "2 [1, 3]"
    assert spread([1234.5], 1) == "1,234.5 [1,234.5, 1,234.5]"
    assert ratios([2.0, 8.0], [1.0, 2.0]) == "3.00 [2.00, 4.00]"


def test_seconds_are_those_of_the_call() -> None:
    called: list[int] = []
    assert seconds(called.append, 7) >= 0
    assert called == [7]
