"""What the commands do, from Python: the examples of the docstrings, run where their files are."""

import doctest
import shutil
from pathlib import Path

import pytest

import locbao
from locbao.predict.load import SHIPPED
from locbao.train.corpus.corpus_files import example_corpus, write_rows
from locbao.train.corpus.topic_articles import topic_files
from locbao.train.evaluation import evaluate
from locbao.train.evaluation.line_scores import ScoreError
from locbao.train.lines import run as lines
from locbao.train.topics import run as topics
from tests.support.docs import PYTHON, blocks

ARTICLES = ("border_security", "other_news")  # few, since the examples train with all that is there by default


@pytest.mark.slow
def test_the_examples_of_the_docstrings_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    pages = [path.read_text(encoding="utf-8") for path in example_corpus()[:3]]
    articles = [path.read_text(encoding="utf-8") for path in topic_files(()) if path.stem in ARTICLES]
    Path("pages.jsonl").write_text("".join(pages), encoding="utf-8")
    Path("mine.jsonl").write_text(pages[0], encoding="utf-8")
    Path("articles.jsonl").write_text("".join(articles), encoding="utf-8")
    Path("small.toml").write_text("composed = 10\nfolds = 0\nwords = 200\niterations = 5\n", encoding="utf-8")
    for module in (lines, topics, evaluate):  # the last one scores the model of the first
        results = doctest.testmod(module)
        assert results.attempted
        assert not results.failed
    for folder in ("my-model", "my-topics"):
        shutil.rmtree(folder)
    for block in blocks(PYTHON, "python"):
        exec(block, {"locbao": locbao})


def test_a_loaded_model_is_scored(tmp_path: Path) -> None:
    told: list[str] = []
    figures = locbao.evaluate(example_corpus()[0], model=locbao.load(), tell=told.append)
    assert figures["all pages"]["lines"] > 0
    assert "macro" in "".join(told).lower()
    assert locbao.evaluate(str(example_corpus()[0]), model=SHIPPED, tell=told.append) == figures


def test_several_files_are_given_as_a_list() -> None:
    figures = locbao.evaluate(topic_files(()), tell=lambda message: None)
    assert any(name.endswith("/border_security") for name in figures)
    assert all(0 <= of_topic["f1"] <= 1 for of_topic in figures.values())


def test_a_style_without_a_sure_line_is_left_out_and_named(tmp_path: Path) -> None:
    line = {"text": "Lũ về trong đêm ở bản Nà, già bản kể.", "label": "body"}
    pages = [{"id": "a", "site": "s", "style": "main", "lines": [line]}]
    pages.append({"id": "b", "site": "s", "style": "draft", "lines": [{**line, "sure": False}]})
    for path, rows in (tmp_path / "both.jsonl", pages), (tmp_path / "draft.jsonl", pages[1:]):
        write_rows(path, rows)
    told: list[str] = []
    assert locbao.evaluate(tmp_path / "both.jsonl", tell=told.append).keys() == {"main"}
    assert told[0] == "draft: not scored: nobody is sure of any line"
    with pytest.raises(ScoreError, match="no line to score"):
        locbao.evaluate(tmp_path / "draft.jsonl", tell=told.append)
