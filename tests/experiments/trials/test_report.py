"""The report of what a training came to: what it gathers, and how it is written as HTML."""

import gzip
import re
import shutil
import sys
from pathlib import Path

import numpy as np
import pytest

from locbao.experiments.trials.line_trials import line_sections, outcome_of, worst
from locbao.experiments.trials.report import NothingToReport, report_of_file, report_of_run
from locbao.experiments.trials.report_parts import JudgedLine, JudgedPage, Report, Section
from locbao.rendering.html_documents import render_report
from locbao.train.corpus.corpus_files import CorpusError
from locbao.train.evaluation.line_scores import ScoredPage
from locbao.train.evaluation.predictions import write_held_out
from locbao.train.lines.run import train_lines
from locbao.train.tracking.mlflow_runs import open_tracker
from tests.app.test_show import HOSTILE, Outline
from tests.support.training import QUICK, TWO_SITES
from tests.train.evaluation.test_score import page as scored_page

BODY, CAPTION, SIDEBAR = np.eye(3)


def judged(*wrong: bool) -> ScoredPage:
    """A page of body lines, some of them taken for sidebar."""
    name = "".join("x" if each else "o" for each in wrong)
    return scored_page(["body"] * len(wrong), [SIDEBAR if each else BODY for each in wrong], name=name)


class TestReport:
    def test_the_pages_with_the_most_mistakes_come_first(self) -> None:
        pages = [judged(False, False), judged(True, False, True), judged(False, True)]
        assert [(page.name, page.wrong) for page in worst(pages)] == [("xox", 2), ("ox", 1)]
        assert len(worst(pages, most=1)) == 1

    @pytest.mark.parametrize("name", ["predictions.jsonl", "predictions.jsonl.gz"])
    def test_a_file_of_predictions(self, tmp_path: Path, name: str) -> None:
        path = tmp_path / name
        write_held_out(path, {"main": [judged(True, False)], "full": [judged(True, True, False)]})
        made = report_of_file(path)
        assert [section.title for section in made.sections] == ["Pages of style main", "Pages of style full"]
        assert [section.pages[0].wrong for section in made.sections] == [1, 2]
        assert all(picture.startswith(b"\x89PNG") for picture in made.sections[0].pictures.values())

    def test_pictures_are_left_out_without_matplotlib(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setitem(sys.modules, "matplotlib", None)
        [section] = line_sections({"": [judged(True, False)]})
        assert section.pictures == {}
        assert "matplotlib is not installed" in section.text

    def test_files_that_cannot_be_reported(self, tmp_path: Path) -> None:
        path = tmp_path / "x.jsonl"
        contents = {'{"id": "a", "probabilities": []}': "have not what", "": "no row to read", "x": "not JSON"}
        for content, message in contents.items():
            path.write_text(content, encoding="utf-8")
            with pytest.raises(NothingToReport, match=f"{message}.*Give the id of a run"):
                report_of_file(path)

    def test_the_outcome_that_is_kept_can_be_reported(self, tmp_path: Path) -> None:
        kept = outcome_of({"": [judged(True, False)]})
        [(name, content)] = kept.files.items()
        (tmp_path / name).write_bytes(content)
        assert report_of_file(tmp_path / name).sections[0].pages[0].wrong == 1

    def test_predictions_that_somebody_changed(self, tmp_path: Path) -> None:
        [content] = outcome_of({"": [judged(True, False)]}).files.values()
        path, row = tmp_path / "held.jsonl", gzip.decompress(content)
        path.write_bytes(row + row.rstrip())  # the last line has no end
        assert len(report_of_file(path).sections[0].pages) == 2
        for other in (row[:40] + b"\n", row.replace(b'"sure"', b'"sore"'), row.replace(b"[[", b"[[0.5, ")):
            path.write_bytes(row + other)
            with pytest.raises(CorpusError, match=r"held\.jsonl:2: "):
                report_of_file(path)


class TestHtml:
    def test_hostile_text_stays_text(self) -> None:
        line = JudgedLine(HOSTILE, "body", 0.9, "caption", sure=True)
        table = "| a | b |\n| --- | --: |\n| `x` |   |"
        section = Section(HOSTILE, f"{HOSTILE}\n\n{table}", {HOSTILE: b"png"}, [JudgedPage(HOSTILE, [line])])
        text = render_report(Report(HOSTILE, {HOSTILE: HOSTILE}, [section]))
        outline = Outline(text)
        assert "script" not in {tag for tag, _ in outline.elements}
        assert [each["src"] for each in outline.attributes("img")] == ["data:image/png;base64,cG5n"]
        assert not any(name.startswith("on") for _, attributes in outline.elements for name in attributes)
        assert not re.search(r"https?://", text)
        assert "<td><code>x</code></td><td></td>" in re.sub(r">\s+<", "><", text)

    def test_mistakes_are_marked_and_the_rest_is_not(self) -> None:
        lines = [
            JudgedLine("Tin", "body", 0.9, "body", sure=True),
            JudgedLine("Mới", "body", 0.8, "caption", sure=True),
            JudgedLine("Cũ", "body", 0.7, "sidebar", sure=False),
        ]
        text = render_report(Report("r", {}, [Section("s", pages=[JudgedPage("p", lines)])]))
        classes = [each["class"] for each in Outline(text).attributes("li")]
        assert classes == ["body", "body wrong", "body"]
        assert "1 of 3 lines wrong" in text
        assert text.count("true: caption") == text.count("not scored") == 1


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")  # of what MLflow depends on
def test_a_training(tmp_path: Path, empty_store: Path) -> None:
    config, uri = tmp_path / "quick.toml", f"sqlite:///{shutil.copy(empty_store, tmp_path / 'runs.db')}"
    config.write_text(QUICK.replace("folds = 0", "folds = 2"), encoding="utf-8")
    tracker = open_tracker(uri)
    train_lines(TWO_SITES, tmp_path / "small", config=config, tracker=tracker, tell=lambda line: None)
    made = report_of_run(tracker.runs("lines", {"kind": "lines"})[0].id, uri)
    assert (made.title, made.facts["status"]) == ("small", "finished")
    assert made.facts["command"].split()[0] == "locbao"
    assert [section.title for section in made.sections] == ["All pages", "Of the model", "Configuration"]
    assert list(made.sections[1].pictures) == ["coefficients"]


@pytest.mark.filterwarnings("ignore")  # of what MLflow depends on
def test_a_run_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(NothingToReport, match=r"no run that could be read .*none\.db"):
        report_of_run("0" * 32, f"sqlite:///{tmp_path / 'none.db'}")
