"""What labelling gives back, in a notebook and as a table."""

import doctest
import json
import pickle

import polars

from locbao.predict import labelled
from locbao.predict.model import Model
from locbao.predict.writing.rows import as_row

TEXT = "Trang chủ\n\nBản Nà <b>có cầu</b> treo mới trước mùa mưa, ông Lò Văn Páo kể.\nẢnh: Hoà Thuỷ \ud800"


def test_the_examples_of_the_docstrings_run() -> None:
    results = doctest.testmod(labelled)
    assert results.attempted
    assert not results.failed


def test_a_page_is_told_in_one_short_line(model: Model) -> None:
    page = model.label(TEXT * 500)
    assert len(repr(page)) < 160
    assert f"of {len(page.lines):,} lines" in repr(page)
    assert pickle.loads(pickle.dumps(page)) == page


def test_a_notebook_shows_every_line_escaped(model: Model) -> None:
    page = model.label(TEXT)
    html = page._repr_html_()
    assert html.count("border-left") == len(page.lines) == 3
    assert "&lt;b&gt;có cầu&lt;/b&gt;" in html
    assert "<b>" not in html
    assert html.encode()


def test_a_page_is_the_row_of_predict_without_id_and_model(model: Model) -> None:
    page = model.label(TEXT)
    row = as_row("id", page, "model")
    assert page.to_dict() == {name: row[name] for name in row if name not in {"id", "model"}}
    assert json.loads(json.dumps(page.to_dict())) == page.to_dict()


def test_the_lines_are_a_data_frame_in_one_call(model: Model) -> None:
    page = model.label(TEXT.replace("\ud800", ""))
    frame = polars.DataFrame(page.to_records())
    assert frame.columns == ["line", "label", "score", "text", "body", "caption", "sidebar"]
    assert frame["line"].to_list() == [1, 3, 4]
    assert frame["label"].to_list() == [line.label for line in page.lines]
