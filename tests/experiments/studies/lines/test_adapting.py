"""The study on learning on from a model: what is drawn, and what is counted."""

import numpy as np
import pytest

from locbao.experiments.studies.lines.adapting import DRAWS, Tally, draws
from locbao.train.corpus.corpus_files import CorpusError
from locbao.train.corpus.labelled_pages import CorpusPage
from locbao.train.evaluation.line_scores import ScoredPage


def cut(number: int, style: str) -> CorpusPage:
    return CorpusPage(f"p-{number}/{style}", "s", ("Cầu mới",), ("body",), (True,), (None,), style, "f:1")


def test_no_page_is_learned_and_labelled_in_one_draw() -> None:
    pages = [cut(number, style) for number in range(5) for style in ("full", "main")]
    drawn = list(draws(pages, seed=1))
    assert [size for size, _, _ in drawn] == [1, 2] * DRAWS  # four and three others are more than five
    for size, learned, labelled in drawn:
        assert {page.style for page in learned} == {"full"}
        assert len(learned) == size
        names = [{page.id.split("/")[0] for page in some} for some in (learned, labelled)]
        assert not names[0] & names[1]
        assert len(labelled) == 2 * len(names[1]) == 6


def test_two_pages_are_too_few() -> None:
    with pytest.raises(CorpusError, match="only 2 whole pages"):
        list(draws([cut(1, "full"), cut(2, "full"), cut(3, "main")], seed=1))


def test_lines_that_are_not_sure_are_not_counted() -> None:
    probabilities = np.array([[0.5, 0.25, 0.25], [0.1, 0.1, 0.8], [1.0, 0.0, 0.0]])
    texts, truth = ("a", "b", "c"), ("body", "body", "sidebar")
    tally = Tally()
    tally.add([ScoredPage("p", "s", texts, truth, probabilities, np.array([True, True, False]))])
    assert (tally.wrong, tally.lines) == (1, 2)
    assert np.isclose(tally.loss, np.log(2) + np.log(10))
