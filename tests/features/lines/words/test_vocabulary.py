"""The words a model knows."""

from collections.abc import Sequence

import numpy as np

from locbao.features.columns import Columns
from locbao.features.lines.words.vocabulary import Vocabulary, gram_codes, grams
from locbao.features.page import Batch, Page


def columns(words: Sequence[str], *lines: str) -> Columns:
    batch, vocabulary = Batch.of([Page.from_lines(lines)]), Vocabulary(words)
    return Columns((len(batch), len(vocabulary)), entries=[vocabulary.entries(batch)])


def counted(line: str, *words: str) -> list[float]:
    """What each of some grams counts in a line, in a model that knows these alone."""
    row: list[float] = columns(words, line).matrix().toarray()[0].tolist()
    return row


def test_singles_pairs_edges_and_numbers() -> None:
    line = "Chia sẻ 12 bài"
    grams_of_it = ("chia", "sẻ", "0", "bài", "^ chia", "chia sẻ", "sẻ 0", "0 bài", "bài $")
    assert counted(line, *grams_of_it) == [np.float32(1 / 3)] * 9
    assert counted(line, "sẻ $", "^ sẻ", "chia 0", "12", "bài chia") == [0.0] * 5


def test_a_gram_that_stands_twice_counts_twice() -> None:
    assert np.allclose(counted("xem xem", "xem", "xem xem"), [2 / 3**0.5, 1 / 3**0.5])


def test_every_gram_of_a_line_stands_in_its_line() -> None:
    batch = Batch.of([Page.from_text("một hai\n...\nba")])
    line, code = grams(batch)
    wanted = {(0, gram) for gram in ("một", "hai", "một hai", "^ một", "hai $")}
    wanted |= {(2, gram) for gram in ("ba", "^ ba", "ba $")}
    pairs = sorted(wanted)
    codes = gram_codes([gram for _, gram in pairs])
    expected = sorted((row, value) for (row, _), value in zip(pairs, codes.tolist(), strict=True))
    assert sorted(zip(line.tolist(), code.tolist(), strict=True)) == expected


def test_no_words_and_no_lines() -> None:
    assert columns([], "một").matrix().shape == (1, 0)
    assert columns(["một"]).matrix().shape == (0, 1)
    assert columns(["một"], "...").scores(np.ones((1, 2))).tolist() == [[0.0, 0.0]]
