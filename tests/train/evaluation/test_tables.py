"""Scores as tables."""

from locbao.train.evaluation.tables import short, table


def test_columns_line_up_and_no_text_ends_a_cell_or_a_row() -> None:
    assert table(["site", "pages"], [["Báo Sông | Tin nhanh", 12], ["Báo\nBản", 3]]).splitlines() == [
        "| site                 | pages |",
        "| -------------------- | ----: |",
        "| Báo Sông / Tin nhanh |    12 |",
        "| Báo Bản              |     3 |",
    ]


def test_a_long_text_is_cut() -> None:
    assert (short("dốc Mây"), short("dốc Mây", 5)) == ("dốc Mây", "dốc …")
