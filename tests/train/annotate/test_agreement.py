"""Agreement of two annotators."""

from dataclasses import replace
from pathlib import Path

import pytest

from locbao.features.errors import SourceError
from locbao.train.annotate.agreement import agreement
from tests.support.village import labelled, real_page

LINES = [("Cầu mới", "body"), ("", None), ("Bà con qua cầu", "body"), ("Chia sẻ", "sidebar"), ("Tin khác", "sidebar")]
OTHER = Path("other.jsonl")


def test_lines_that_differ_lower_f1_and_kappa() -> None:
    mine = labelled("a", "làng", LINES)
    yours = replace(mine, labels=("body", None, "caption", "sidebar", "sidebar"), source="other.jsonl:7")
    result = agreement([mine], [yours], OTHER)
    assert result.lines == 4
    assert result.f1 == pytest.approx({"body": 2 / 3, "caption": 0, "sidebar": 1})
    assert result.kappa == pytest.approx((0.75 - 0.375) / (1 - 0.375))
    assert result.differences == ("a:1, line 3 of page 'a': body, caption at other.jsonl:7: Bà con qua cầu",)


def test_equal_labels_agree_even_where_all_are_one_label() -> None:
    page = labelled("a", "làng", [("Trang chủ", "sidebar"), ("Chia sẻ", "sidebar")])
    result = agreement([page], [page], OTHER)
    assert (result.kappa, result.f1, result.differences) == (1.0, {"sidebar": 1.0}, ())


def test_pages_of_one_side_are_listed_and_other_texts_refused() -> None:
    page, alone = labelled("a", "làng", LINES), real_page(1, "lang")
    assert agreement([page, alone], [page], OTHER).unmatched == ("lang/1:1: page 'lang/1' is there once",)
    with pytest.raises(SourceError, match="has none of the pages"):
        agreement([page], [alone], OTHER)
    with pytest.raises(SourceError, match="other lines"):
        agreement([page], [replace(page, lines=("Cầu", *page.lines[1:]))], OTHER)
