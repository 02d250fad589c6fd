"""Trials of the topic model, and the report of what they and a training of topics came to."""

import re
import shutil
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from locbao.experiments.trials.plan import read_plan
from locbao.experiments.trials.report import report_of_file, report_of_run
from locbao.experiments.trials.runner import run_plan
from locbao.experiments.trials.topic_trials import TopicTrials, as_tokens, topic_sections
from locbao.experiments.trials.trial_results import current_rows, read_rows
from locbao.features.topics.design import Rules
from locbao.rendering.html_documents import render_report
from locbao.train.configuration import ConfigError
from locbao.train.corpus.corpus_files import CorpusError
from locbao.train.corpus.topic_articles import TOPIC_EXAMPLES, TopicArticle
from locbao.train.evaluation.judged_articles import JudgedArticle, packed_judged
from locbao.train.evaluation.line_scores import ScoreError
from locbao.train.tracking.mlflow_runs import open_tracker
from locbao.train.tracking.tracked_run import Tracker

QUICK = {"folds": 2, "rounds": 1, "phrase": 1}
PLAN = """
title = "Small"
kind = "topics"
against = "all"
base = { folds = 2, rounds = 1, phrase = 1 }
[variants]
all = {}
"no rules" = { rules = "none" }
"""


@pytest.fixture(scope="module")
def articles() -> list[TopicArticle]:
    """The example articles, every third of them doubted, and as many single sentences."""
    examples = TopicTrials().read([], ())
    doubted = [replace(one, sure=number % 3 > 0) for number, one in enumerate(examples)]
    single = [
        replace(one, id=f"{one.id}/1", group=f"{one.id}/1", sentences=one.sentences[:1], is_article=False)
        for one in examples
    ]
    return [*doubted, *single]


class TestTrials:
    def test_a_trial_is_scored_held_out_and_again_the_same(self, articles: list[TopicArticle]) -> None:
        kind = TopicTrials()
        base, bare, again = (
            kind.run(articles, kind.configure({**QUICK, **change}, "x"))
            for change in ({}, {"rules": "none"}, {"rules": "none"})
        )
        assert bare.figures == again.figures != base.figures
        assert base.figures.keys() == {"sure", "all"}
        assert {"macro_f1", "asean_f1", "drug_crime_average_precision"} <= base.figures["all"].keys()
        for cut, change in kind.compare(base, bare).items():
            assert change.keys() == base.figures[cut].keys()
            macro, without, whole = (each["macro_f1"] for each in (change, bare.figures[cut], base.figures[cut]))
            assert macro.value == pytest.approx(without.value - whole.value)
            assert macro.low <= macro.value <= macro.high
        assert {each.high for each in kind.compare(again, bare)["all"].values() if each.high == each.high} == {0}

    def test_what_only_experiments_need_changes_the_outcome(self, articles: list[TopicArticle]) -> None:
        kind = TopicTrials()
        changes: Sequence[dict[str, object]] = (
            {}, {"reads": 0}, {"reads": 0.5}, {"rules": "groups"}, {"judge": "strongest"},
        )  # fmt: skip
        outcomes = [kind.run(articles, kind.configure({**QUICK, **change}, "x")) for change in changes]
        assert len({str(one.figures) for one in outcomes}) == len(changes)
        assert {len(one.held_out) for one in outcomes} == {sum(one.is_article for one in articles)}
        # the same articles, whatever was read
        assert kind.compare(outcomes[0], outcomes[1])["all"]["macro_f1"].value != 0

    def test_groups_of_words(self) -> None:
        rules = Rules({"border": ("biên giới", "mốc")})
        assert as_tokens(rules, "syllables") is rules
        assert as_tokens(rules, "words").words["border"] == ("biên giới", "biên_giới", "mốc")

    @pytest.mark.parametrize(
        ("values", "message"),
        [
            ({"reads": 2}, "reads: 2 is too large"),
            ({"reads": True}, "reads: True is of the wrong type"),
            ({"rules": "some"}, "rules: unknown 'some'. Use 'all', 'groups' or 'none'"),
            ({"judge": 3}, "judge: unknown 3. Use 'all' or 'strongest'"),
            ({"judge": ["all"]}, "judge: unknown .'all'."),
            ({"tokens": "letters"}, "tokens: unknown 'letters'"),
            ({"words": 1}, "unknown key 'words'"),
        ],
    )
    def test_what_cannot_be_configured(self, values: dict[str, object], message: str) -> None:
        with pytest.raises(ConfigError, match=f"^plan, trial.*{message}"):
            TopicTrials().configure(values, "plan, trial")

    @pytest.mark.parametrize("settings", [{"least": 1000}, {"folds": 0}])
    def test_too_few_articles(self, articles: list[TopicArticle], settings: dict[str, int]) -> None:
        kind = TopicTrials()
        with pytest.raises(ScoreError, match="Give more articles"):
            kind.run(articles, kind.configure(settings, "x"))

    def test_no_material(self, tmp_path: Path) -> None:
        with pytest.raises(CorpusError, match="no material"):
            TopicTrials().files([], [tmp_path / "pages.jsonl"])
        assert [file.role for file in TopicTrials().files([], [])] == ["corpus"] * len(
            list(TOPIC_EXAMPLES.glob("*.jsonl"))
        )


def test_a_plan_is_run_and_compared(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "small.toml").write_text(PLAN, encoding="utf-8")
    plan = read_plan(tmp_path / "small.toml")
    run_plan(plan, Tracker(), lambda line: None, results=tmp_path)
    shown = capsys.readouterr().out
    assert re.search(r"\| no rules +\| 0\.\d{3} \[", shown)
    assert "sure macro f1 change" in shown
    assert [row.variant for row in current_rows(plan, read_rows("small", tmp_path))] == ["all", "no rules"]


class TestReport:
    def test_tables_pictures_and_mistakes_article_by_article(self, tmp_path: Path) -> None:
        said = [("flood",)] * 6 + [()] * 4
        kept = [
            JudgedArticle(str(n), f"Lũ về | bản {n}", {"flood": n % 2 == 0}, {"flood": 0.9 if topics else 0.1}, topics)
            for n, topics in enumerate(said)
        ]
        path = tmp_path / "held_out_topics.jsonl.gz"
        path.write_bytes(packed_judged(kept))
        made = report_of_file(path)
        assert [section.title for section in made.sections] == ["Topics", "Mistakes: flood"]
        whole, wrong = made.sections
        assert "### all articles" in whole.text
        assert whole.pictures["flood"].startswith(b"\x89PNG")
        assert wrong.text.startswith("5 articles judged wrongly, the surest first.")
        assert "| 1: Lũ về / bản 1 |         no |        0.90 |" in wrong.text
        assert "<td>1: Lũ về / bản 1</td>" in render_report(made)

    def test_pictures_are_left_out_without_matplotlib(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setitem(sys.modules, "matplotlib", None)
        section = topic_sections([JudgedArticle("a", "Lũ", {"flood": True}, {"flood": 0.9}, ("flood",))])[0]
        assert section.pictures == {}
        assert "matplotlib is not installed" in section.text

    @pytest.mark.slow
    @pytest.mark.filterwarnings("ignore")  # of what MLflow depends on
    def test_a_trial_in_mlflow(self, tmp_path: Path, empty_store: Path) -> None:
        (tmp_path / "small.toml").write_text(PLAN, encoding="utf-8")
        uri = f"sqlite:///{shutil.copy(empty_store, tmp_path / 'runs.db')}"
        tracker = open_tracker(uri)
        run_plan(read_plan(tmp_path / "small.toml"), tracker, lambda line: None, results=tmp_path)
        [trial] = [run for run in tracker.runs("experiments") if run.name == "no rules"]
        assert {"all/macro_f1", "sure/asean_f1.low", "change/all/macro_f1"} <= trial.metrics.keys()
        made = report_of_run(trial.id, uri)
        assert [section.title for section in made.sections][:2] == ["Topics", "Mistakes: asean"]
