"""The lines that may be headlines, and what is measured of them."""

import numpy as np
import pytest

from locbao.features.lines.headline_candidates import QUANTITIES, headline_candidates
from locbao.features.page import Batch, Page

PARAGRAPH = "Sáng nay bà con bản Nà đã dọn xong đất đá ở ngầm tràn, xe máy qua lại được từ chín giờ."
BETWEEN = ["Lò Thị Mây", "Chia sẻ", "Nghe đọc"]


def measured(*above: str) -> dict[str, list[float]]:
    """What is measured of the candidates of a page whose last line is its first paragraph, by name."""
    batch = Batch.of([Page.from_lines([*above, PARAGRAPH])])
    probabilities = np.tile([0.2, 0.1, 0.7], (len(batch), 1))
    probabilities[-1] = 0.9, 0.05, 0.05
    candidates = headline_candidates(batch, probabilities)
    assert candidates.line[-1] == len(above)
    return dict(zip(QUANTITIES, candidates.values.T.tolist(), strict=True))


@pytest.mark.parametrize(("lines", "near"), [(3, 1), (4, 0)])
def test_a_date_stands_below_a_headline_within_four_lines(lines: int, near: float) -> None:
    values = measured("Bản Nà thông đường sau lũ", *["Chia sẻ"] * lines, "05/03/2024 08:30")
    assert values["a date or time just below"] == [near, 0]
    assert values["holds a date"] == [0, 0]


def test_lengths_and_distances() -> None:
    long = " ".join(["mưa"] * 30)
    values = measured("Tin mới", "Bản Nà thông đường", *BETWEEN, long)
    assert values["syllables, up to 12"] == pytest.approx([4 / 12, 1, 1])
    assert values["syllables beyond 25"] == [0, 0.5, 0]
    assert np.expm1(values["lines above the first paragraph (logarithm)"]) == pytest.approx([5, 1, 0])
    assert values["is the first paragraph"] == [0, 0, 1]
    assert values["ends as a sentence does"] == [0, 0, 1]
    assert values["share of its words that the article uses"] == pytest.approx([0.5, 0, 0])


def test_no_paragraph_no_candidates() -> None:
    batch = Batch.of([Page.from_lines(["Bản Nà thông đường sau lũ", PARAGRAPH])])
    assert len(headline_candidates(batch, np.tile([0.2, 0.1, 0.7], (2, 1))).line) == 0


@pytest.mark.parametrize(
    ("line", "candidates"),
    [
        ("Cầu Nà Lao sẽ đóng từ 22 giờ tối nay.", 2),
        ("Cầu Nà Lao sẽ đóng từ 22 giờ tối nay", 0),
        ("Cầu đóng từ tối nay.", 0),
    ],
)
def test_a_page_without_a_paragraph_has_its_first_sentence_instead(line: str, candidates: int) -> None:
    """A brief of short sentences: what is no sentence, or has less than eight syllables, is none."""
    batch = Batch.of([Page.from_lines(["Đóng cầu Nà Lao để sửa", line])])
    assert len(headline_candidates(batch, np.array([[0.2, 0.1, 0.7], [0.9, 0.05, 0.05]])).line) == candidates
