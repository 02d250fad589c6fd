"""Trials of the line model, and the report of what a training came to: small ones, as users run them."""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from locbao.experiments.trials.line_trials import LineTrials
from locbao.experiments.trials.report import report_of_run
from locbao.experiments.trials.trial_results import read_rows
from locbao.train.configuration import ConfigError
from locbao.train.corpus.corpus_files import EXAMPLES
from locbao.train.evaluation.line_scores import ScoreError
from locbao.train.tracking.mlflow_runs import open_tracker
from tests.support.command import locbao, wait_for
from tests.support.training import ONE_SITE, TWO_SITES, keep_to_one_core, one_core

SMALL = {"composed": 10, "words": 50, "folds": 2, "iterations": 3}
CORPUS = (*TWO_SITES, EXAMPLES / "bienthuy.jsonl")
PLAN = f"""
title = "Small"
kind = "lines"
against = "all"
base = {json.dumps(SMALL).replace('"', "").replace(":", " =")}
[variants]
all = {{}}
"one pass" = {{ second_pass = false }}
"two sites" = {{ sites = 2 }}
"""
PATIENCE = 240  # seconds, for a machine that has other things to do


class TestTrials:
    @pytest.fixture(autouse=True)
    def _one_core(self) -> Iterator[None]:
        with one_core():
            yield

    def test_a_trial_is_scored_out_of_site_and_again_the_same(self) -> None:
        kind = LineTrials()
        sources = kind.read(CORPUS, ())
        base, one_pass, again = (
            kind.run(sources, kind.configure({**SMALL, **change}, "x"))
            for change in ({}, {"second_pass": False}, {"second_pass": False})
        )
        assert one_pass.figures == again.figures
        assert one_pass.figures != base.figures
        change = kind.compare(base, one_pass)[""]["macro_f1"]
        assert change.value == pytest.approx(
            one_pass.figures[""]["macro_f1"].value - base.figures[""]["macro_f1"].value
        )
        assert change.low <= change.value <= change.high
        assert kind.compare(again, one_pass)[""]["macro_f1"].high == 0

    def test_viterbi_and_a_choice_of_sites(self) -> None:
        kind = LineTrials()
        sources = kind.read(CORPUS, ())
        decoded, one, every = (
            kind.run(sources, kind.configure({**SMALL, **change}, "x"))
            for change in ({"viterbi": True}, {"sites": 1}, {"sites": 9})
        )
        assert {page.id for page in decoded.held_out[""]} == {page.id for page in one.held_out[""]}
        assert one.figures != every.figures

    def test_without_a_family(self) -> None:
        assert "shape" not in LineTrials().configure({"without": "shape"}, "x")[0].families

    @pytest.mark.parametrize(
        ("values", "message"),
        [
            ({"without": "forms"}, "without: no family 'forms'"),
            ({"viterbi": 1}, "viterbi: 1 is of the wrong type"),
            ({"sites": -1}, "sites: -1 is too small"),
            ({"draw": True}, "draw: True is of the wrong type"),
            ({"wordz": 1}, "unknown key 'wordz'"),
        ],
    )
    def test_what_cannot_be_configured(self, values: dict[str, object], message: str) -> None:
        with pytest.raises(ConfigError, match=f"^plan, trial.*{message}"):
            LineTrials().configure(values, "plan, trial")

    def test_one_site_cannot_be_held_out(self) -> None:
        kind = LineTrials()
        with pytest.raises(ScoreError, match="Give a corpus with two sites or more"):
            kind.run(kind.read([ONE_SITE], ()), kind.configure(SMALL, "x"))


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working directory, which is where runs are kept by default."""
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")  # of what MLflow depends on
def test_killed_resumed_compared_and_reported(here: Path, empty_store: Path) -> None:
    """What people do: a run that dies, the same command again, the comparison, and the report of a trial."""
    shutil.copy(empty_store, here)
    (here / "small.toml").write_text(PLAN, encoding="utf-8")
    run = ("experiments", "run", "small.toml", *CORPUS, "--results", "results")
    process = subprocess.Popen(
        [sys.executable, "-m", "locbao", *map(str, run)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        preexec_fn=keep_to_one_core,  # killed on two, it would leave workers behind
    )  # fmt: skip
    wait_for(lambda: read_rows("small", here / "results"), PATIENCE)
    process.kill()
    process.wait()
    assert [row.variant for row in read_rows("small", here / "results")][:1] == ["all"]

    with one_core():
        code, out, err = locbao(*run)
    assert (code, err.splitlines()[0].endswith("finished before"), out.startswith("# Small\n")) == (0, True, True)
    assert [row.variant for row in read_rows("small", here / "results")] == ["all", "one pass", "two sites"]
    assert locbao("experiments", "table", "small.toml", "--results", "results") == (0, out, "")

    store = f"sqlite:///{here / 'mlflow.db'}"
    runs = open_tracker(store).runs("experiments")
    killed = {each.id: each.name for each in runs if each.status == "FAILED"}
    whole = [each for each in runs if each.tags.get("mlflow.parentRunId") not in killed]
    finished = {each.name: each for each in whole if each.status == "FINISHED"}
    assert "small" in killed.values()
    assert finished.keys() == {"small", "all", "one pass", "two sites"}
    trial = finished["two sites"]
    assert {"all/macro_f1", "all/macro_f1.low", "change/all/macro_f1"} <= trial.metrics.keys()

    assert report_of_run(finished["small"].id, store).sections[0].title == "Comparison"
    assert report_of_run(finished["all"].id, store).sections[0].title == "Figures"
    report = locbao("experiments", "report", trial.id, "-o", "report.html")
    assert report == (0, "", "Written: report.html\n")
    text = (here / "report.html").read_text(encoding="utf-8")
    assert text.count('src="data:image/png;base64,') == 3
    assert "lines wrong</summary>" in text


@pytest.mark.filterwarnings("ignore")  # of what MLflow depends on
def test_a_report_makes_no_store(here: Path) -> None:
    code, _, err = locbao("experiments", "report", "0" * 32, "-o", "report.html")
    assert code == 1
    assert err.startswith("Error: ")
    assert list(here.iterdir()) == []
